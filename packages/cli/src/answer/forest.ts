/** A forest plot for a terminal: one line per institution, and the pooled estimate below. */
import { measured, printable } from '@stimnet/machine'
import type { ForestRow } from '@stimnet/sdk'

const WIDTH = 48
const LABEL_MAX = 34
/** Zero is on the axis unless its distance from the intervals is more than this multiple of their width. */
const ZERO_WIDTHS_MAX = 3

interface Drawn {
  readonly row: ForestRow
  readonly at: { readonly estimate: number; readonly low: number; readonly high: number } | undefined
}

/**
 * The lines of a forest plot. An institution whose estimate is missing or not comparable has no interval in the plot, and its line says so.
 */
export function forestLines(title: string, rows: readonly ForestRow[]): string[] {
  const all = rows.map((row): Drawn => {
    const { estimate, low, high } = row
    const isKnown = estimate !== null && low !== null && high !== null && row.isComparable
    return { row, at: isKnown ? { estimate, low, high } : undefined }
  })
  const ends = all.flatMap(({ at }) => (at === undefined ? [] : [at.low, at.high]))
  const scale = scaleOf(ends)
  const widest = Math.max(...rows.map(({ institution }) => labelOf(institution).length))
  const lines = all.map(({ row, at }) => {
    const label = labelOf(row.institution).padEnd(widest)
    if (!row.isComparable) return `  ${label}  not comparable\n`
    if (at === undefined || scale === undefined) return `  ${label}  not estimated\n`
    const numbers = `${measured(at.estimate)} (${measured(at.low)} to ${measured(at.high)})`
    return `  ${label}  ${barOf(at, row.isPooled, scale)}  ${numbers}\n`
  })
  return [`\n${printable(title)}, with 95 % intervals\n`, ...lines, ...axisOf(scale, widest)]
}

interface Scale {
  readonly low: number
  readonly high: number
  readonly place: (value: number) => number
  /** The column of zero; undefined if zero is not on the axis. */
  readonly zero: number | undefined
}

/** The scale of the plot; undefined without an interval, or for numbers at the limits of a double. */
function scaleOf(ends: readonly number[]): Scale | undefined {
  if (ends.length === 0) return undefined
  const [least, most] = [Math.min(...ends), Math.max(...ends)]
  const apart = Math.max(0, least, -most)
  const hasZero = apart <= ZERO_WIDTHS_MAX * (most - least)
  const [low, high] = hasZero ? [Math.min(0, least), Math.max(0, most)] : [least, most]
  const cells = (WIDTH - 1) / (high - low)
  if (!Number.isFinite(cells) || cells === 0) return undefined
  const place = (value: number) => Math.round((value - low) * cells)
  return { low, high, place, zero: hasZero ? place(0) : undefined }
}

function barOf(at: NonNullable<Drawn['at']>, isPooled: boolean, { place, zero }: Scale): string {
  const cells = Array.from({ length: WIDTH }, (_, i): string => (i === zero ? '┊' : ' '))
  for (let i = place(at.low); i <= place(at.high); i++) cells[i] = isPooled ? '═' : '─'
  cells[place(at.estimate)] = isPooled ? '◆' : '■'
  return cells.join('')
}

/** The axis: its two ends, and zero if it is on the axis. */
function axisOf(scale: Scale | undefined, widest: number): string[] {
  if (scale === undefined) return []
  const [low, high] = [measured(scale.low), measured(scale.high)]
  const line = `${low}${high.padStart(Math.max(0, WIDTH - low.length))}`.split('')
  const { zero } = scale
  if (zero !== undefined && zero > low.length && zero < WIDTH - high.length - 1) line[zero] = '0'
  return [`  ${' '.repeat(widest)}  ${line.join('')}\n`]
}

function labelOf(name: string): string {
  return printable(name).slice(0, LABEL_MAX)
}
