/** Imports and findings of a Python script, from its syntax tree. They are advice: a script can hide things from static review. */
import type { Node, Tree, TreeCursor } from 'web-tree-sitter'
import { type Finding, type FindingKind, Findings, shown } from './finding.ts'
import { type Above, walk } from './grammar.ts'
import { PYTHON_DOORS, PYTHON_METHODS, PYTHON_NAMES } from './python-names.ts'

/** An imported module. */
export interface ImportedModule {
  /** Top-level name, such as `scipy` for `import scipy.stats`. */
  readonly name: string
  /** The line of the import, from 1; in a notebook, counted over all code cells. */
  readonly line: number
}

/** The imports and findings of one text. */
export interface Reading {
  /** The imported modules without duplicates and optional ones. */
  readonly modules: readonly ImportedModule[]
  readonly findings: readonly Finding[]
  /** Whether the lists are incomplete. */
  readonly isCut: boolean
}

/** Exceptions whose handler also handles a missing module, so that the import is optional. */
const GUARDS = new Set(['ImportError', 'ModuleNotFoundError', 'Exception', 'BaseException'])

/** Maximum number of parts of a dotted name that are kept. The lists contain no names with more parts. */
const NAME_PARTS_MAX = 8
/** Maximum number of meanings of one name, and maximum length of a chain of aliases. */
const MEANINGS_MAX = 8
const ALIASES_DEEP_MAX = 4

/** A reader for one script, or for the cells of one notebook, in order: names bound in earlier cells are known in later ones. */
export class PythonReader {
  /** The meanings of names, from imports and simple assignments. They are kept from one cell to the next. */
  readonly #meanings = new Map<string, string[]>()
  #modules = new Map<string, ImportedModule>()
  #findings = new Findings()
  #named: { readonly name: string; readonly what: string; readonly line: number }[] = []

  read(tree: Tree): Reading {
    this.#modules = new Map()
    this.#findings = new Findings()
    this.#named = []
    const isWhole = walk(tree, { enter: (cursor, above) => this.#enter(cursor, above), isGuard: isGuardedTry })
    if (!isWhole) this.#findings.cut()
    // Names are classified only now, because a function may use modules that are imported after it.
    for (const { name, what, line } of this.#named) this.#judge(name, { what, line })
    const findings = this.#findings.inOrder()
    return { modules: [...this.#modules.values()], findings, isCut: this.#findings.isCut }
  }

  #enter(cursor: TreeCursor, above: readonly Above[]): void {
    const { nodeType } = cursor
    if (nodeType === 'import_statement' || nodeType === 'import_from_statement') {
      this.#import(cursor.currentNode, isGuarded(above))
    } else if (nodeType === 'assignment') this.#assign(cursor.currentNode)
    else if (nodeType === 'call') this.#call(cursor.currentNode)
    else if (nodeType === 'attribute') {
      const parent = above.at(-1)?.type
      // In a.b.c, only the whole name is examined, not its parts.
      if (parent === 'attribute' && cursor.currentFieldName === 'object') return
      this.#attribute(cursor.currentNode, { isCalled: parent === 'call' && cursor.currentFieldName === 'function' })
    } else if (nodeType === 'identifier' && isReference(cursor, above)) {
      this.#name(cursor.currentNode, asRead(cursor.nodeText))
    }
  }

  #import(node: Node, isOptional: boolean): void {
    const line = lineOf(node)
    const from = node.type === 'import_from_statement' ? node.childForFieldName('module_name') : null
    if (from?.type === 'relative_import') return
    const names = node.childrenForFieldName('name').filter((name) => name !== null)
    if (from) {
      const module = asRead(from.text)
      this.#imported(module, line, isOptional)
      for (const name of names) this.#bind(boundNameOf(name), `${module}.${nameOf(name)}`)
      if (names.length === 0) this.#bind('*', module)
      for (const name of names) this.#judge(`${module}.${nameOf(name)}`, { what: shown(name.text), line: lineOf(name) })
      return
    }
    for (const name of names) {
      this.#imported(nameOf(name), line, isOptional)
      // `import a.b` binds a; `import a.b as c` binds a.b.
      if (name.type === 'aliased_import') this.#bind(boundNameOf(name), nameOf(name))
    }
  }

  #imported(module: string, line: number, isOptional: boolean): void {
    if (module === '__future__') return
    const top = module.split('.', 1)[0] ?? ''
    if (!isOptional && !this.#modules.has(top)) this.#modules.set(top, { name: top, line })
    this.#findings.add({ kind: 'import', what: shown(module), line })
    this.#judge(module, { what: shown(module), line })
  }

  /** Records an assignment such as `run = os.system`: `run` then means `os.system`. */
  #assign(node: Node): void {
    const left = node.childForFieldName('left')
    const right = node.childForFieldName('right')
    if (left?.type !== 'identifier' || !right) return
    const name = right.type === 'identifier' || right.type === 'attribute' ? dottedNameOf(right)?.name : undefined
    const bound = asRead(left.text)
    if (name !== undefined && name !== bound) this.#bind(bound, name)
  }

  #call(node: Node): void {
    const called = node.childForFieldName('function')
    if (called?.type !== 'identifier' || asRead(called.text) !== 'getattr') return
    const [object, name] = node.childForFieldName('arguments')?.namedChildren ?? []
    const text = name?.type === 'string' ? literalOf(name) : undefined
    const of = object ? dottedNameOf(object)?.name : undefined
    if (text === undefined) this.#findings.add({ kind: 'eval', what: shown(node.text), line: lineOf(node) })
    else if (of !== undefined) this.#named.push({ name: `${of}.${text}`, what: shown(node.text), line: lineOf(node) })
    if (text !== undefined && PYTHON_DOORS.has(text)) this.#add('eval', node)
  }

  #attribute(node: Node, { isCalled }: { isCalled: boolean }): void {
    const dotted = dottedNameOf(node)
    if (dotted) this.#name(node, dotted.name)
    const last = asRead(node.childForFieldName('attribute')?.text ?? '')
    const kind = PYTHON_METHODS.get(last)
    if (kind && isCalled) this.#add(kind, node)
    const door = (dotted?.name.split('.').slice(1) ?? [last]).find((part) => PYTHON_DOORS.has(part))
    if (door) this.#add('eval', node)
  }

  #name(node: Node, name: string): void {
    this.#named.push({ name, what: shown(node.text), line: lineOf(node) })
  }

  #add(kind: FindingKind, node: Node): void {
    this.#findings.add({ kind, what: shown(node.text), line: lineOf(node) })
  }

  #judge(name: string, at: { what: string; line: number }): void {
    for (const meaning of this.#meaningsOf(name)) {
      const kind = kindOf(meaning)
      if (kind) this.#findings.add({ kind, ...at, ...(at.what.includes(meaning) ? {} : { means: shown(meaning) }) })
    }
  }

  #bind(name: string, meaning: string): void {
    const known = this.#meanings.get(name) ?? []
    if (known.length < MEANINGS_MAX && !known.includes(meaning)) this.#meanings.set(name, [...known, meaning])
  }

  /** The name itself, and all names that it may stand for. */
  #meaningsOf(name: string): Set<string> {
    const found = new Set([name])
    let newest = [name]
    for (let deep = 0; deep < ALIASES_DEEP_MAX && found.size < MEANINGS_MAX; deep++) {
      newest = newest.flatMap((one) => {
        const [first = '', ...rest] = one.split('.')
        return (this.#meanings.get(first) ?? []).map((meaning) => [meaning, ...rest].join('.'))
      })
      for (const one of newest) found.add(one)
    }
    // After `from os import *`, a bare name may come from os.
    for (const module of this.#meanings.get('*') ?? []) {
      if (PYTHON_NAMES.has(`${module}.${name}`)) found.add(`${module}.${name}`)
    }
    return found
  }
}

/** The kind of the longest known prefix of a dotted name. */
function kindOf(name: string): FindingKind | undefined {
  for (let part = name; part !== ''; part = part.slice(0, Math.max(0, part.lastIndexOf('.')))) {
    const kind = PYTHON_NAMES.get(part)
    if (kind) return kind
  }
  return undefined
}

/** The dotted name in `a.b.c`; undefined if the expression does not begin with a name. */
function dottedNameOf(node: Node): { readonly name: string } | undefined {
  const parts: string[] = []
  let at: Node | null = node
  for (; at?.type === 'attribute'; at = at.childForFieldName('object')) {
    parts.unshift(asRead(at.childForFieldName('attribute')?.text ?? ''))
    if (parts.length > NAME_PARTS_MAX) parts.pop()
  }
  if (at?.type !== 'identifier') return undefined
  return { name: [asRead(at.text), ...parts].join('.') }
}

/** Whether a bare name is used here, rather than being declared or part of a longer name. */
function isReference(cursor: TreeCursor, above: readonly Above[]): boolean {
  const field = cursor.currentFieldName
  switch (above.at(-1)?.type) {
    case 'attribute':
    case 'parameters':
    case 'lambda_parameters':
    case 'dotted_name':
    case 'aliased_import':
      return false
    case 'keyword_argument':
    case 'function_definition':
    case 'class_definition':
    case 'default_parameter':
    case 'typed_parameter':
      return field !== 'name' && field !== null
    case 'assignment':
      return field !== 'left'
    case 'call':
      // A call of getattr is classified by its arguments.
      return field !== 'function' || asRead(cursor.nodeText) !== 'getattr'
    default:
      return true
  }
}

function isGuarded(above: readonly Above[]): boolean {
  return above.some(({ isGuard }, at) => isGuard && above[at + 1]?.field === 'body')
}

/** Whether the node is a `try` that handles a missing module. */
function isGuardedTry(cursor: TreeCursor): boolean {
  if (cursor.nodeType !== 'try_statement') return false
  return cursor.currentNode.namedChildren.some((clause) => clause !== null && handlesImportError(clause))
}

function handlesImportError(clause: Node): boolean {
  if (clause.type !== 'except_clause') return false
  const caught = clause.namedChildren.find((part) => part?.type !== 'block' && part?.type !== 'comment')
  if (!caught) return true
  return caught.text.split(/[^A-Za-z]+/).some((name) => GUARDS.has(name))
}

/** The name as Python normalises it: full-width letters such as `ｅｖａｌ` mean `eval` (PEP 3131). */
function asRead(name: string): string {
  return name.normalize('NFKC')
}

function nameOf(name: Node): string {
  return asRead((name.type === 'aliased_import' ? name.childForFieldName('name')?.text : name.text) ?? '')
}

function boundNameOf(name: Node): string {
  return asRead((name.type === 'aliased_import' ? name.childForFieldName('alias')?.text : name.text) ?? '')
}

/** The text of a plain string; undefined for an f-string with expressions or a string with escapes. */
function literalOf(node: Node): string | undefined {
  const parts = node.namedChildren.filter((part) => part?.type !== 'string_start' && part?.type !== 'string_end')
  if (parts.some((part) => part?.type !== 'string_content' || part.namedChildCount > 0)) return undefined
  return parts.map((part) => part?.text ?? '').join('')
}

function lineOf(node: Node): number {
  return node.startPosition.row + 1
}
