/** A notebook as a program: its code cells in order, without the commands that speak to the notebook itself. */

/** The code of each code cell, every line where it was; undefined where the text is no notebook (nbformat 3 or 4). */
export function cellsOf(text: string): string[] | undefined {
  let notebook: unknown
  try {
    notebook = JSON.parse(text)
  } catch {
    // Not JSON, so no notebook: the caller refuses.
    return undefined
  }
  if (!isObject(notebook)) return undefined
  const sheets = Array.isArray(notebook.worksheets) ? notebook.worksheets : [notebook]
  const cells = sheets.flatMap((sheet: unknown) => (isObject(sheet) && Array.isArray(sheet.cells) ? sheet.cells : []))
  if (!cells.every(isObject) || cells.length === 0) return undefined
  return cells.filter((cell) => cell.cell_type === 'code').map((cell) => withoutCommands(sourceOf(cell)))
}

/** nbformat 4 writes `source`, nbformat 3 `input`; either one text or a list of lines. */
function sourceOf(cell: Record<string, unknown>): string {
  const source = cell.source ?? cell.input
  if (Array.isArray(source)) return source.join('')
  return typeof source === 'string' ? source : ''
}

/** `%time`, `!pip` and their like are no Python: each such line does nothing here. */
function withoutCommands(source: string): string {
  return source.replace(/^([ \t]*)(?:%%?[A-Za-z]|!).*$/gm, '$1pass')
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
