/** Which modules a program cannot do without, found by parsing alone: before any data are touched. Never a boundary. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { Language, type Node, Parser, Query, type Tree } from 'web-tree-sitter'
import { cellsOf } from './notebook.ts'
import type { SandboxLanguage } from './sandbox.ts'

/** A script of the largest size parses in some 20 ms; one that takes this long was made to. */
const PARSE_MS_MAX = 500

/** A module by its top-level name, and the line that imports it (from 1). */
export interface ImportedModule {
  /** Top-level name: `scipy` for `import scipy.stats`. */
  readonly name: string
  /** Counted from one; in a notebook over its code cells one after the other. */
  readonly line: number
}

/** What a program imports, each module once; or the first line that is no code of its language. */
export type Imports =
  | { readonly ok: true; readonly modules: readonly ImportedModule[] }
  | { readonly ok: false; readonly line: number }

const MODULES = `
  (import_statement name: (dotted_name . (identifier) @module))
  (import_statement name: (aliased_import name: (dotted_name . (identifier) @module)))
  (import_from_statement module_name: (dotted_name . (identifier) @module))
`

/** Exceptions whose handler means that the script has an answer to a module that is not there. */
const GUARDS = new Set(['ImportError', 'ModuleNotFoundError', 'Exception', 'BaseException'])

/**
 * The imports of a program. An import guarded by `try … except ImportError` is left out: the script can do without it.
 * For R there is no parser here yet, so an R script is not judged to be one.
 */
export async function importsOf(language: SandboxLanguage, code: string): Promise<Imports> {
  if (language === 'r') return { ok: false, line: 1 }
  const cells = language === 'jupyter' ? cellsOf(code) : [code]
  if (cells === undefined) return { ok: false, line: 1 }
  const python = await openPython()
  const modules = new Map<string, ImportedModule>()
  let lineOffset = 0
  for (const cell of cells) {
    const found = importsOfCell(python, cell)
    if (!found.ok) return { ok: false, line: lineOffset + found.line }
    for (const { name, line } of found.modules) {
      if (!modules.has(name)) modules.set(name, { name, line: lineOffset + line })
    }
    lineOffset += cell.split('\n').length
  }
  return { ok: true, modules: [...modules.values()] }
}

interface PythonParser {
  readonly parser: Parser
  readonly query: Query
}

let opening: Promise<PythonParser> | undefined

/** One parser for the process: it is pure code, 0.7 MB, and keeps nothing of what it parsed. */
function openPython(): Promise<PythonParser> {
  opening ??= loadPython()
  return opening
}

async function loadPython(): Promise<PythonParser> {
  const require = createRequire(import.meta.url)
  await Parser.init()
  const language = await Language.load(await readFile(require.resolve('tree-sitter-python/tree-sitter-python.wasm')))
  return { parser: new Parser().setLanguage(language), query: new Query(language, MODULES) }
}

function importsOfCell({ parser, query }: PythonParser, cell: string): Imports {
  const deadline = performance.now() + PARSE_MS_MAX
  const tree = parser.parse(cell, null, { progressCallback: () => performance.now() > deadline })
  if (!tree) {
    // Cancelled: forget the half-parsed text, or the next one would be parsed as its continuation.
    parser.reset()
    return { ok: false, line: 1 }
  }
  try {
    if (tree.rootNode.hasError) return { ok: false, line: firstErrorLine(tree) }
    const nodes = query.captures(tree.rootNode).map(({ node }) => node)
    const needed = nodes.filter((node) => !isGuarded(node))
    return { ok: true, modules: needed.map((node) => ({ name: node.text, line: node.startPosition.row + 1 })) }
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

/** Whether the import stands in the body of a `try` that handles its failure. */
function isGuarded(node: Node): boolean {
  let child = node
  for (let parent = node.parent; parent; parent = parent.parent) {
    const isBody = parent.type === 'try_statement' && parent.childForFieldName('body')?.id === child.id
    if (isBody && parent.namedChildren.some((clause) => clause !== null && handlesImportError(clause))) return true
    child = parent
  }
  return false
}

function handlesImportError(clause: Node): boolean {
  if (clause.type !== 'except_clause') return false
  const caught = clause.namedChildren.find((part) => part?.type !== 'block' && part?.type !== 'comment')
  if (!caught) return true
  return caught.text.split(/[^A-Za-z]+/).some((name) => GUARDS.has(name))
}
