/** Small bar plots for a terminal: one bar per row, to the right or left of zero. */
import { counted } from '@stimnet/protocol'
import { cellOf, printable } from '@stimnet/machine'
import { aboutText, type Broadcast, rangeText } from '@stimnet/sdk'
import { blankWord } from './noise.ts'

/** Minimum and maximum number of rows of a plot. */
const ROWS_MIN = 2
const ROWS_MAX = 24
const WIDTH = 32
const LABEL_MAX = 32
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

/** One bar. Its value is null if the number was withheld or is too noisy. */
export interface Bar {
  readonly label: string
  readonly value: number | null
  /** The institutions behind the value, such as `2 of 3 institutions`, if these are not all that answered. */
  readonly over?: string
  /** The text in place of a value, such as the range of a quantile. */
  readonly instead?: string
}

/** The lines of a plot; empty if there is nothing to compare. */
export function barsOf(title: string, bars: readonly Bar[], blank = 'withheld', isLeftOut = false): string[] {
  const values = bars.flatMap(({ value }) => (value !== null && Number.isFinite(value) ? [value] : []))
  const [least, most] = [Math.min(0, ...values), Math.max(0, ...values)]
  const cells = WIDTH / (most - least)
  // Too few or too many rows, only zeros, or numbers at the limits of a double.
  if (bars.length < ROWS_MIN || bars.length > ROWS_MAX || cells === 0 || !Number.isFinite(cells)) return []
  const labels = bars.map(({ label }) => printable(label).slice(0, LABEL_MAX))
  const widest = Math.max(...labels.map(({ length }) => length))
  const zero = Math.round(-least * cells)
  const lines = bars.map(({ value, over, instead = blank }, at) => {
    const label = (labels[at] ?? '').padEnd(widest)
    if (value === null) return `  ${label}  ${' '.repeat(zero)}· ${instead}\n`
    return `  ${label}  ${barOf(value * cells, zero)} ${aboutText(cellOf(value), isLeftOut)}${over === undefined ? '' : ` (${over})`}\n`
  })
  return [`\n${printable(title)}\n`, ...lines]
}

/** A bar. To the right it has eighths of a cell; to the left it has whole cells, as Unicode has no eighths for that side. */
function barOf(length: number, zero: number): string {
  if (length < 0) {
    const cells = Math.min(zero, Math.max(1, Math.round(-length)))
    return `${' '.repeat(zero - cells)}${'█'.repeat(cells)}`
  }
  const eighths = length === 0 ? 0 : Math.max(1, Math.round(length * 8))
  return `${' '.repeat(zero)}${'█'.repeat(Math.floor(eighths / 8))}${EIGHTHS[eighths % 8] ?? ''}`
}

/** A note for plots whose bars are over different institutions. */
const MIXED = 'Not all bars cover the same institutions; such bars also differ in the people that they cover.\n'

/** A plot of the first measure of a pooled table, by its keys. */
export function pooledPlot(broadcast: Broadcast): string[] {
  const { pooled } = broadcast
  if (!pooled) return []
  const keys = pooled.columns.flatMap(({ role }, at) => (role === 'key' ? [at] : []))
  const measure = pooled.columns.findIndex(({ role }) => role === 'measure')
  if (keys.length === 0 || measure < 0) return []
  const behind = pooled.rows.map(({ sites, column_sites: columns }) => columns?.[measure] ?? sites)
  const bars = pooled.rows.map(({ values, ranges }, row) => {
    const value = values[measure]
    const range = ranges?.[measure]
    const many = behind[row]?.length ?? 0
    return {
      label: keys.map((at) => cellOf(values[at])).join(', '),
      value: typeof value === 'number' ? value : null,
      ...(range ? { instead: rangeText(range) } : {}),
      ...(many < pooled.sites.length ? { over: `${many} of ${counted(pooled.sites.length, 'institution')}` } : {})
    }
  })
  const names = keys.map((at) => pooled.columns[at]?.name).join(', ')
  const { name, left_out: isLeftOut } = pooled.columns[measure] ?? {}
  const lines = barsOf(`${name} by ${names}`, bars, blankWord(broadcast), isLeftOut)
  const kinds = new Set(behind.flatMap((sites) => (sites.length === 0 ? [] : [sites.toSorted().join(' ')])))
  return lines.length > 0 && kinds.size > 1 ? [...lines, MIXED] : lines
}
