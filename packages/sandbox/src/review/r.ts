/** Imports and findings of an R script, from its syntax tree. They are advice: a script can hide things from static review. */
import type { Node, Tree, TreeCursor } from 'web-tree-sitter'
import { Findings, shown } from './finding.ts'
import { type Above, walk } from './grammar.ts'
import type { ImportedModule, Reading } from './python.ts'
import { R_HARMLESS_BY_NAME, R_NAMES, R_SURE_NAMES } from './r-names.ts'

/** Functions that load a package by name. */
const ATTACHING = new Set(['library', 'require', 'requireNamespace', 'loadNamespace', 'attachNamespace'])

/** Calls that handle a failure of the code inside them. */
const TRYING = /^(?:base::)?(?:try|tryCatch)\s*\(/

/** Conditions such as `if (requireNamespace("x"))`, under which the package is optional. */
const ASKING = /^if\s*\(\s*!?\s*(?:suppress\w+\s*\(\s*)?(?:base::)?require(?:Namespace)?\s*\(/

/** Number of characters of a node's text to which the two patterns above are applied. */
const START_CHARACTERS = 200

/** The imports and findings of one R script. */
export function readR(tree: Tree): Reading {
  const modules = new Map<string, ImportedModule>()
  const findings = new Findings()
  const imported = (name: string, line: number, isOptional: boolean) => {
    if (!isOptional && !modules.has(name)) modules.set(name, { name, line })
    findings.add({ kind: 'import', what: shown(name), line })
  }
  const enter = (cursor: TreeCursor, above: readonly Above[]) => {
    const { nodeType } = cursor
    const isOptional = above.some(({ isGuard }) => isGuard)
    if (nodeType === 'call') readCall(cursor.currentNode, { findings, imported, isOptional })
    else if (nodeType === 'namespace_operator') {
      const { name, package: from } = qualifiedNameOf(cursor.currentNode)
      if (from !== '') imported(from, lineOf(cursor.currentNode), isOptional)
      if (R_SURE_NAMES.has(name)) addByName(findings, name, cursor.currentNode)
    } else if (nodeType === 'identifier' && above.at(-1)?.type === 'argument' && cursor.currentFieldName !== 'name') {
      const name = bare(cursor.nodeText)
      if (R_SURE_NAMES.has(name)) addByName(findings, name, cursor.currentNode)
    }
  }
  if (!walk(tree, { enter, isGuard })) findings.cut()
  return { modules: [...modules.values()], findings: findings.inOrder(), isCut: findings.isCut }
}

interface CallContext {
  readonly findings: Findings
  readonly isOptional: boolean
  imported(name: string, line: number, isOptional: boolean): void
}

function readCall(node: Node, { findings, imported, isOptional }: CallContext): void {
  const { name } = qualifiedNameOf(node.childForFieldName('function'))
  if (ATTACHING.has(name)) {
    const given = packageOf(node)
    if (given !== undefined) imported(given, lineOf(node), isOptional)
    else if (hasArguments(node)) findings.add({ kind: 'eval', what: shown(node.text), line: lineOf(node) })
    return
  }
  if (name === 'do.call') {
    readDoCall(node, findings)
    return
  }
  // A function that is looked up by a quoted name is classified as that function.
  const text = name === 'match.fun' || name === 'get' ? textOf(argumentsOf(node)[0]) : undefined
  if (text !== undefined && addByName(findings, text, node)) return
  addByName(findings, name, node)
}

function readDoCall(node: Node, findings: Findings): void {
  const what = argumentsOf(node)[0]
  const text = textOf(what)
  if (text !== undefined && addByName(findings, text, node)) return
  const name = text ?? (what?.type === 'identifier' ? bare(what.text) : qualifiedNameOf(what ?? null).name)
  // The function is harmless, or reported elsewhere: an unambiguous name passed as an argument is a finding of its own.
  if (R_HARMLESS_BY_NAME.has(name) || R_SURE_NAMES.has(name) || text !== undefined) return
  findings.add({ kind: 'eval', what: shown(node.text), line: lineOf(node) })
}

function addByName(findings: Findings, name: string, node: Node): boolean {
  const kind = R_NAMES.get(name)
  if (!kind) return false
  const called = node.type === 'call' ? node.childForFieldName('function') : node
  const text = called?.text ?? ''
  const what = text.replace(/[`"']/g, '').endsWith(name) ? text : node.text
  findings.add({ kind, what: shown(what), line: lineOf(node) })
  return true
}

/** The package in `library(survival)` or `library("survival")`; undefined if its name is computed at run time. */
function packageOf(node: Node): string | undefined {
  const all = node.childForFieldName('arguments')?.childrenForFieldName('argument') ?? []
  if (all.some((one) => /^character\.only\s*=\s*T/.test(one?.text.slice(0, START_CHARACTERS) ?? ''))) return undefined
  const value = argumentsOf(node)[0]
  return value?.type === 'identifier' ? bare(value.text) : textOf(value)
}

function hasArguments(node: Node): boolean {
  return argumentsOf(node).length > 0
}

/** The values of the arguments, in order. */
function argumentsOf(node: Node): Node[] {
  const all = node.childForFieldName('arguments')?.childrenForFieldName('argument') ?? []
  return all.flatMap((one) => one?.childForFieldName('value') ?? [])
}

/** The contents of a string literal; undefined for any other node. */
function textOf(node: Node | undefined | null): string | undefined {
  return node?.type === 'string' ? (node.childForFieldName('content')?.text ?? '') : undefined
}

/** The name and package in `pkg::name`, `name`, or a name in quotes or back quotes; empty texts for any other node. */
function qualifiedNameOf(node: Node | null): { readonly name: string; readonly package: string } {
  if (node?.type !== 'namespace_operator') return { name: plainNameOf(node), package: '' }
  return { name: plainNameOf(node.childForFieldName('rhs')), package: plainNameOf(node.childForFieldName('lhs')) }
}

function plainNameOf(node: Node | null): string {
  return textOf(node) ?? (node?.type === 'identifier' ? bare(node.text) : '')
}

function bare(name: string): string {
  return name.startsWith('`') ? name.slice(1, -1) : name
}

function isGuard(cursor: TreeCursor): boolean {
  if (cursor.nodeType !== 'call' && cursor.nodeType !== 'if_statement') return false
  const start = cursor.currentNode.text.slice(0, START_CHARACTERS)
  return cursor.nodeType === 'call' ? TRYING.test(start) : ASKING.test(start)
}

function lineOf(node: Node): number {
  return node.startPosition.row + 1
}
