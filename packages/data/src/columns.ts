/** The representation of variables in a snapshot, as exact integers, and conditions on them in generated SQL. */
import type { VariableDescriptor } from '@stimnet/protocol'
import { decimalsOf, type VariableConfig } from './catalog/catalog-config.ts'
import { domainOf } from './index/domain.ts'

/** The column with a subject's position in the dense subject index. No variable can have this name. */
export const SUBJECT = '_subject'

/**
 * The column with a row's position in a table with several rows per subject. The position is fixed for the epoch, and the rows of a subject
 * are contiguous.
 */
export const ROW = '_row'

/** SQL for the cell number of a value, computed from the column that stores the value; null if the value is missing. */
export function cellSql(column: string, variable: VariableDescriptor, config: VariableConfig): string {
  if (variable.type === 'category') return column
  const cases = scaledPoints(variable, config).map((point, i) => `WHEN ${column} < ${point} THEN ${i}`)
  return `CASE WHEN ${column} IS NULL THEN NULL ${cases.join(' ')} ELSE ${cases.length} END`
}

/** SQL condition: the value has one of these levels, or lies between two of these breakpoints; false if it is missing. */
export function inCellsSql(
  column: string,
  variable: VariableDescriptor,
  config: VariableConfig,
  cells: ReadonlySet<number>
): string {
  const sorted = [...cells].sort((a, b) => a - b)
  if (sorted.length === 0) return 'false'
  if (variable.type === 'category') return `coalesce(${column} IN (${sorted.join(', ')}), false)`
  const points = scaledPoints(variable, config)
  const ranges = runs(sorted).map(([first, last]) => {
    const from = points[first - 1]
    const to = points[last]
    const parts = [from === undefined ? '' : `${column} >= ${from}`, to === undefined ? '' : `${column} < ${to}`]
    return parts.filter((part) => part !== '').join(' AND ') || `${column} IS NOT NULL`
  })
  return `coalesce(${ranges.map((range) => `(${range})`).join(' OR ')}, false)`
}

/** The cell number of a stored value, as `cellSql` computes it. */
export function cellsAs(variable: VariableDescriptor, config: VariableConfig): (value: number) => number {
  if (variable.type === 'category') return (value) => value
  const points = scaledPoints(variable, config)
  return (value) => {
    const at = points.findIndex((point) => value < point)
    return at < 0 ? points.length : at
  }
}

/** Breakpoints in the integer units of the snapshot. */
function scaledPoints(variable: VariableDescriptor, config: VariableConfig): readonly number[] {
  const unit = 10 ** decimalsOf(config)
  return variable.breakpoints.map((point) => Math.round(point * unit))
}

/** Joins adjacent cells: 1 2 3 7 becomes 1–3 and 7–7. */
function runs(sorted: readonly number[]): [first: number, last: number][] {
  const found: [number, number][] = []
  for (const cell of sorted) {
    const open = found.at(-1)
    if (open && open[1] === cell - 1) open[1] = cell
    else found.push([cell, cell])
  }
  return found
}

/** Whether a variable is a number or an integer, which can be used in calculations. */
export function isNumeric(variable: { readonly type: string }): boolean {
  return variable.type === 'integer' || variable.type === 'number'
}

/** The number of cells of a group key, including the cell for missing values. Reads no data. */
export function groupCells(variable: VariableDescriptor): number {
  return (domainOf(variable)?.cells ?? 0) + 1
}

/** The decimal text of a scaled integer, without trailing zeros and without an exponent. */
export function decimalText(scaled: bigint, decimals: number): string {
  const digits = (scaled < 0n ? -scaled : scaled).toString().padStart(decimals + 1, '0')
  const whole = digits.slice(0, digits.length - decimals)
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, '')
  return `${scaled < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`
}
