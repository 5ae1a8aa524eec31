/** Notebooks as programs: their code cells in order, without commands for the notebook software. */

/** The code cells of a notebook, which run and are reviewed; or the reason why they cannot be determined. */
export type Notebook =
  | { readonly ok: true /** The code of each code cell; line numbers are kept. */; readonly cells: readonly string[] }
  | { readonly ok: false; readonly reason: string }

/** Types of cells in nbformat 3 and 4. Only `code` runs. */
const CELL_TYPES: readonly unknown[] = ['code', 'markdown', 'raw', 'heading', 'html']

/** Reads a notebook in order to run, review or show it. Notebooks that two readers could understand differently are refused. */
export function readNotebook(text: string): Notebook {
  let notebook: unknown
  try {
    notebook = JSON.parse(text)
  } catch {
    return no('it is no JSON')
  }
  if (!isObject(notebook)) return no('it is no JSON object')
  const listed = cellsListed(notebook)
  if (typeof listed === 'string') return no(listed)
  if (listed.length === 0) return no('it has no cells')
  const codes: string[] = []
  for (const [at, cell] of listed.entries()) {
    const read = codeOf(cell)
    if (!read.ok) return no(`entry ${at + 1} of its cells ${read.why}`)
    if (read.code !== undefined) codes.push(withoutCommands(read.code))
  }
  return { ok: true, cells: codes }
}

/** The code of each code cell; undefined if the text is not a valid notebook. */
export function cellsOf(text: string): readonly string[] | undefined {
  const notebook = readNotebook(text)
  return notebook.ok ? notebook.cells : undefined
}

/**
 * The cells of a notebook: nbformat 4 has `cells`, nbformat 3 has `worksheets` with cells. Returns the reason as text if there are
 * none.
 */
function cellsListed(notebook: Record<string, unknown>): readonly unknown[] | string {
  const { cells, worksheets } = notebook
  if (Object.hasOwn(notebook, 'cells') && Object.hasOwn(notebook, 'worksheets'))
    return 'it has both cells and worksheets, and what runs would depend on who reads it'
  if (Array.isArray(cells)) return cells
  if (!Array.isArray(worksheets)) return 'it has no list of cells'
  const sheets = worksheets.map((sheet: unknown) =>
    isObject(sheet) && Array.isArray(sheet.cells) ? sheet.cells : null
  )
  return sheets.every((sheet) => sheet !== null) ? sheets.flat() : 'a worksheet of it has no list of cells'
}

type Cell = { readonly ok: true; readonly code?: string } | { readonly ok: false; readonly why: string }

/** The code of a cell, if it is a code cell: `source` in nbformat 4, `input` in nbformat 3; a text or a list of lines. */
function codeOf(cell: unknown): Cell {
  if (!isObject(cell) || !CELL_TYPES.includes(cell.cell_type)) return { ok: false, why: 'is of no known type' }
  const names = ['source', 'input'].filter((name) => Object.hasOwn(cell, name))
  if (names.length > 1) return { ok: false, why: 'has both source and input' }
  if (cell.cell_type !== 'code') return { ok: true }
  const written = cell[names[0] ?? '']
  if (typeof written === 'string') return { ok: true, code: written }
  const isLines = Array.isArray(written) && written.every((line) => typeof line === 'string')
  return isLines ? { ok: true, code: written.join('') } : { ok: false, why: 'has no source' }
}

/** Replaces lines that are not Python, such as `%time` or `!pip`, by `pass`. */
function withoutCommands(source: string): string {
  return source.replace(/^([ \t]*)(?:%%?[A-Za-z]|!).*$/gm, '$1pass')
}

function no(why: string): Notebook {
  return { ok: false, reason: `The notebook cannot be read: ${why}.` }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
