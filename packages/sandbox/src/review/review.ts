/**
 * What a script says of itself, found by parsing alone, before any data are touched: for the researcher who sends it, for
 * the steward who reads it, and for a catalog that wants nothing of a kind. Never a boundary: a script can hide anything
 * from its reader, and the sandbox holds whatever it does.
 */
import { misleadingIn, readNotebook } from '@stimnet/protocol'
import type { SandboxLanguage } from '../sandbox.ts'
import type { Finding } from './finding.ts'
import { FINDINGS_MAX } from './finding.ts'
import { openGrammar, readTree, type Unread } from './grammar.ts'
import { type ImportedModule, PythonReader, type Reading } from './python.ts'
import { readR } from './r.ts'

/** What a program imports, each module once; or the first line that is no code of its language. */
export type Imports = { readonly ok: true; readonly modules: readonly ImportedModule[] } | Unread

/** What a script imports and touches. */
export interface Review {
  readonly imports: Imports
  /** In the order of the script; none where it cannot be parsed. */
  readonly findings: readonly Finding[]
  /** There is more than was looked at or kept: whoever judges by the findings has not seen all. */
  readonly isCut: boolean
}

/**
 * Reads a script. An import that it can do without (`try … except ImportError`, `if (requireNamespace(…))`) is a finding
 * but not among its imports.
 */
export async function readScript(language: SandboxLanguage, code: string): Promise<Review> {
  const notebook = language === 'jupyter' ? readNotebook(code) : { ok: true as const, cells: [code] }
  if (!notebook.ok) return unreadable({ ok: false, line: 1, why: notebook.reason })
  const { cells } = notebook
  // Before any grammar: an interpreter may see other lines in it than a parser and a reader.
  const misleading = firstMisleading(cells)
  if (misleading) {
    return unreadable({ ok: false, line: misleading.line, why: misleading.why(language === 'jupyter') })
  }
  const parser = await openGrammar(language === 'r' ? 'r' : 'python')
  const reader = new PythonReader()
  const read = (cell: string) =>
    readTree(parser, withoutComments(cell), (tree) => (language === 'r' ? readR(tree) : reader.read(tree)))
  const readings: (Reading & { readonly lineOffset: number })[] = []
  let lineOffset = 0
  for (const cell of cells) {
    const reading = read(cell)
    if (!reading.ok) return unreadable({ ...reading, line: lineOffset + reading.line })
    readings.push({ ...reading.value, lineOffset })
    lineOffset += cell.split('\n').length
  }
  const findings = readings.flatMap(({ findings: found }, at) =>
    language === 'jupyter' ? found.map((finding) => ({ ...finding, cell: at + 1 })) : found
  )
  return {
    imports: { ok: true, modules: joined(readings) },
    findings: findings.slice(0, FINDINGS_MAX),
    isCut: findings.length > FINDINGS_MAX || readings.some(({ isCut }) => isCut)
  }
}

function unreadable(imports: Unread): Review {
  return { imports, findings: [], isCut: false }
}

/**
 * With nothing in the lines that hold a comment alone, since the grammar takes a time of its own for each of many. None with a
 * quotation mark of any kind: such a line could end a string or a name, with code behind it.
 */
function withoutComments(cell: string): string {
  return cell.replaceAll(/^[ \t]*#[^'"`\r\n]*$/gm, '')
}

/** The first character that makes the code read otherwise than it runs; its line is counted over all cells. */
function firstMisleading(cells: readonly string[]) {
  let lineOffset = 0
  for (const [at, cell] of cells.entries()) {
    const found = misleadingIn(cell)
    if (found) {
      const { line, codePoint } = found
      const why = (inCell: boolean) =>
        `The character ${codePoint} in ${inCell ? `cell ${at + 1}, ` : ''}line ${line} makes the script read otherwise than it runs.`
      return { line: lineOffset + line, why }
    }
    lineOffset += cell.split('\n').length
  }
  return undefined
}

/** Each module where it is first imported, lines counted over all cells. */
function joined(readings: readonly (Reading & { readonly lineOffset: number })[]): ImportedModule[] {
  const modules = new Map<string, ImportedModule>()
  for (const { modules: found, lineOffset } of readings) {
    for (const { name, line } of found) {
      if (!modules.has(name)) modules.set(name, { name, line: lineOffset + line })
    }
  }
  return [...modules.values()]
}
