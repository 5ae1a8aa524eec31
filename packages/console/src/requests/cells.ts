/** Splits a program into the pieces that people read: the code cells of a notebook, or the whole text of another program. */
import { cellsOf } from '@stimnet/protocol'

/** A piece of a program. */
export interface Cell {
  /** Number of the cell, from 1, as in the findings of the review. */
  readonly number: number
  readonly language: string
  readonly source: string
}

/** The cells that run. A text that is not a valid notebook cannot run; it is shown in full, never hidden. */
export function cellsToRead(scriptType: string, content: string): Cell[] {
  const cells = scriptType === 'jupyter' ? cellsOf(content) : undefined
  if (cells) return cells.map((source, at) => ({ number: at + 1, language: 'python', source }))
  return [{ number: 1, language: scriptType, source: scriptType === 'statistic' ? laidOut(content) : content }]
}

function laidOut(content: string): string {
  try {
    return JSON.stringify(JSON.parse(content), null, 2)
  } catch {
    return content
  }
}
