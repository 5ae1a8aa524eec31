/** The grammars that scripts are read with, and one walk over what they read, bounded in time. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { Language, Parser, type Tree, type TreeCursor } from 'web-tree-sitter'

/** Processor time, so that a busy machine refuses nobody. A script of the largest size parses in some 20 ms. Looked at now and then. */
const PARSE_MS_MAX = 500

/** Looking at every word of the largest script takes a fraction of this; deep ones are cut. */
const WALK_MS_MAX = 500

/** Files of the packages that hold a grammar as WebAssembly. */
const FILES = {
  python: 'tree-sitter-python/tree-sitter-python.wasm',
  r: '@eagleoutice/tree-sitter-r/tree-sitter-r.wasm'
} as const

/** A language that can be read here. */
export type GrammarName = keyof typeof FILES

const opened = new Map<GrammarName, Promise<Parser>>()

/** One parser a language for the process: it is pure code, and keeps nothing of what it parsed. */
export function openGrammar(name: GrammarName): Promise<Parser> {
  const known = opened.get(name)
  if (known) return known
  const opening = load(name)
  opened.set(name, opening)
  return opening
}

async function load(name: GrammarName): Promise<Parser> {
  await Parser.init()
  const file = createRequire(import.meta.url).resolve(FILES[name])
  return new Parser().setLanguage(await Language.load(await readFile(file)))
}

/** Where there is nothing to read: the first line that is no code of its language, and `why` where its grammar does not say. */
export interface Unread {
  readonly ok: false
  readonly line: number
  readonly why?: string
}

/** What this thread has computed, and nothing of what it waited for. */
function processorMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}

/** Of a script that was given up. */
export const TOO_SLOW: Unread = {
  ok: false,
  line: 1,
  why: 'The script could not be read here in a second of processor time. Shorter expressions and comments help; so may trying again.'
}

/** What `read` makes of the tree. */
export function readTree<T>(
  parser: Parser,
  text: string,
  read: (tree: Tree) => T
): { readonly ok: true; readonly value: T } | Unread {
  const deadline = processorMs() + PARSE_MS_MAX
  const tree = parser.parse(text, null, { progressCallback: () => processorMs() > deadline })
  if (!tree) {
    // Cancelled: forget the half-parsed text, or the next one would be parsed as its continuation.
    parser.reset()
    return TOO_SLOW
  }
  try {
    return tree.rootNode.hasError ? { ok: false, line: firstErrorLine(tree) } : { ok: true, value: read(tree) }
  } finally {
    tree.delete()
  }
}

/** Goes down to the first broken place. A cursor, since hostile code nests deeper than a stack. */
function firstErrorLine(tree: Tree): number {
  const cursor = tree.walk()
  try {
    for (;;) {
      const { isError, isMissing } = cursor.currentNode
      if (isError || isMissing) break
      if (!cursor.gotoFirstChild()) break
      while (!cursor.currentNode.hasError && cursor.gotoNextSibling()) {}
    }
    return cursor.currentNode.startPosition.row + 1
  } finally {
    cursor.delete()
  }
}

/** A node on the way from the root to where the walk is. */
export interface Above {
  readonly type: string
  /** Its part in its parent: `function`, `object`, `body`. */
  readonly field: string | null
  /** Whether a failure beneath it is something the script has an answer to. */
  readonly isGuard: boolean
}

/** Told of each named node before what is inside it. */
export interface Visitor {
  enter(cursor: TreeCursor, above: readonly Above[]): void
  /** Whether the script has an answer to a failure in the place where the cursor is. */
  isGuard(cursor: TreeCursor): boolean
}

/** How often the clock is looked at, in nodes. */
const LOOK_EVERY = 256

/** Visits every named node, parents first. False where there was no time for all of them. */
export function walk(tree: Tree, visitor: Visitor): boolean {
  const deadline = processorMs() + WALK_MS_MAX
  const cursor = tree.walk()
  const above: Above[] = []
  try {
    for (let seen = 1; ; seen++) {
      if (seen % LOOK_EVERY === 0 && processorMs() > deadline) return false
      if (cursor.nodeIsNamed) visitor.enter(cursor, above)
      const place = { type: cursor.nodeType, field: cursor.currentFieldName, isGuard: visitor.isGuard(cursor) }
      if (cursor.gotoFirstChild()) above.push(place)
      else if (!toNext(cursor, above)) return true
    }
  } finally {
    cursor.delete()
  }
}

function toNext(cursor: TreeCursor, above: Above[]): boolean {
  while (!cursor.gotoNextSibling()) {
    if (!cursor.gotoParent()) return false
    above.pop()
  }
  return true
}
