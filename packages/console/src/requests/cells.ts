/** A program in the pieces that people read: a notebook's code cells, or the whole of anything else. */

/** One piece. */
export interface Cell {
  /** From 1, as the review counts. */
  readonly number: number
  readonly language: string
  readonly source: string
}

/** A notebook that cannot be read is shown as it is, never hidden. */
export function cellsOf(scriptType: string, content: string): Cell[] {
  const whole = [{ number: 1, language: scriptType, source: scriptType === 'statistic' ? laidOut(content) : content }]
  if (scriptType !== 'jupyter') return whole
  const notebook = parsed(content)
  const cells = fieldOf(notebook, 'cells')
  if (!Array.isArray(cells)) return whole
  return cells
    .filter((cell) => fieldOf(cell, 'cell_type') === 'code')
    .map((cell, at) => ({ number: at + 1, language: 'python', source: sourceOf(cell) }))
}

function laidOut(content: string): string {
  const value = parsed(content)
  return value === undefined ? content : JSON.stringify(value, null, 2)
}

function sourceOf(cell: unknown): string {
  const source = fieldOf(cell, 'source')
  return Array.isArray(source) ? source.join('') : String(source ?? '')
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
