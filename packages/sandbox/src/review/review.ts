/**
 * Review of a script by parsing alone, before any data are read: for the researcher who sends it, for the steward who reviews it, and for
 * catalogs that refuse certain kinds of findings. It is not a security boundary, since a script can hide anything from it. The sandbox
 * confines every script.
 */
import { misleadingIn, readNotebook } from '@stimnet/protocol'
import type { SandboxLanguage } from '../sandbox.ts'
import type { Finding } from './finding.ts'
import { FINDINGS_MAX } from './finding.ts'
import { openGrammar, readTree, type Unread } from './grammar.ts'
import { type ImportedModule, PythonReader, type Reading } from './python.ts'
import { readR } from './r.ts'

/** The imported modules of a program, without duplicates; or the reason why the program cannot be parsed. */
export type Imports = { readonly ok: true; readonly modules: readonly ImportedModule[] } | Unread

/** The imports and findings of a script. */
export interface Review {
  readonly imports: Imports
  /** Findings in the order of the script; empty if it cannot be parsed. */
  readonly findings: readonly Finding[]
  /** Whether the list of findings is incomplete. */
  readonly isCut: boolean
}

/**
 * Reviews a script. An optional import (`try … except ImportError`, `if (requireNamespace(…))`) is a finding, but is not one of the
 * imports.
 */
export async function readScript(language: SandboxLanguage, code: string): Promise<Review> {
  const notebook = language === 'jupyter' ? readNotebook(code) : { ok: true as const, cells: [code] }
  if (!notebook.ok) return unreadable({ ok: false, line: 1, why: notebook.reason })
  const { cells } = notebook
  // Checked before parsing: an interpreter may see other line breaks in such a text than a parser or a person.
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
 * The code with its comment lines emptied, because the grammar is slow with many of them. Lines with a quotation mark are kept, since they
 * could end a string or a name that is followed by code.
 */
function withoutComments(cell: string): string {
  return cell.replaceAll(/^[ \t]*#[^'"`\r\n]*$/gm, '')
}

/** The first character that makes the code look different from the code that runs. Its line is counted over all cells. */
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

/** The modules of all cells, each with the line of its first import, counted over all cells. */
function joined(readings: readonly (Reading & { readonly lineOffset: number })[]): ImportedModule[] {
  const modules = new Map<string, ImportedModule>()
  for (const { modules: found, lineOffset } of readings) {
    for (const { name, line } of found) {
      if (!modules.has(name)) modules.set(name, { name, line: lineOffset + line })
    }
  }
  return [...modules.values()]
}
