/** The grammars for parsing scripts, and a traversal of syntax trees. Both are bounded in time. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Parser, Tree, TreeCursor } from 'web-tree-sitter'

/** Maximum processor time for parsing, ms. Wall time would depend on other load. The largest script takes about 20 ms. */
const PARSE_MS_MAX = 500

/**
 * Maximum processor time for a traversal, ms. The largest script takes a fraction of this time; the traversal of a very deep tree is cut
 * short.
 */
const WALK_MS_MAX = 500

/** The grammars as WebAssembly, in their npm packages. */
const FILES = {
  python: 'tree-sitter-python/tree-sitter-python.wasm',
  r: '@eagleoutice/tree-sitter-r/tree-sitter-r.wasm'
} as const

/** A language that can be parsed. */
export type GrammarName = keyof typeof FILES

const opened = new Map<GrammarName, Promise<Parser>>()

/** The parser of a language. The process has one per language, which keeps nothing of the parsed texts. */
export function openGrammar(name: GrammarName): Promise<Parser> {
  const known = opened.get(name)
  if (known) return known
  const opening = load(name)
  opened.set(name, opening)
  return opening
}

async function load(name: GrammarName): Promise<Parser> {
  // Loaded with the first grammar: only the thread that reads scripts needs it.
  const { Language, Parser } = await import('web-tree-sitter')
  await Parser.init()
  const file = createRequire(import.meta.url).resolve(FILES[name])
  return new Parser().setLanguage(await Language.load(await readFile(file)))
}

/** A script that cannot be parsed: the line of the first error, and `why` if the reason is not a syntax error. */
export interface Unread {
  readonly ok: false
  readonly line: number
  readonly why?: string
}

/** The processor time of this thread so far, ms. */
function processorMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}

/** The outcome for a script that took too long. */
export const TOO_SLOW: Unread = {
  ok: false,
  line: 1,
  why: 'The script could not be read here in a second of processor time. Shorter expressions and comments help; so may trying again.'
}

/** Parses the text and returns the result of `read` for its tree, or the reason why the text cannot be parsed. */
export function readTree<T>(
  parser: Parser,
  text: string,
  read: (tree: Tree) => T
): { readonly ok: true; readonly value: T } | Unread {
  const deadline = processorMs() + PARSE_MS_MAX
  const tree = parser.parse(text, null, { progressCallback: () => processorMs() > deadline })
  if (!tree) {
    // Parsing was cancelled. Without a reset, the next text would be parsed as the continuation of this one.
    parser.reset()
    return TOO_SLOW
  }
  try {
    return tree.rootNode.hasError ? { ok: false, line: firstErrorLine(tree) } : { ok: true, value: read(tree) }
  } finally {
    tree.delete()
  }
}

/** The line of the first syntax error. A cursor is used, because hostile code can be nested deeper than the stack allows. */
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

/** A node on the path from the root to the current node of a traversal. */
export interface Above {
  readonly type: string
  /** The node's field in its parent, such as `function`, `object` or `body`. */
  readonly field: string | null
  /** Whether the script handles a failure in the code below this node. */
  readonly isGuard: boolean
}

/** Called for each named node before the nodes inside it. */
export interface Visitor {
  enter(cursor: TreeCursor, above: readonly Above[]): void
  /** Whether the script handles a failure in the code below the cursor. */
  isGuard(cursor: TreeCursor): boolean
}

/** Number of nodes between two checks of the processor time. */
const LOOK_EVERY = 256

/** Visits all named nodes, parents first. Returns false if the time was not sufficient. */
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
