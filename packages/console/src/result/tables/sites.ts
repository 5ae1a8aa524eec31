/** The parts of a pooled table: each institution's values for the same row and column. */
import type { OutputColumn, OutputRow, PooledOutput, TableOutput } from '@stimnet/protocol'
import { pool, rangeText } from '@stimnet/sdk'
import type { CellParts } from '../../plots/site-bars.tsx'
import { written } from '../../words/number.ts'

type Cell = string | number | null

/** One institution's table. */
export interface SiteTable {
  readonly peerId: string
  readonly name: string
  readonly table: TableOutput
}

/**
 * The text shown for a missing number. Nothing is withheld from an answer with noise; there a number is missing if the noise leaves
 * too little of it, such as a correlation when a standard deviation is zero.
 */
export function blankWord(sites: readonly SiteTable[]): string {
  return sites.some(({ table }) => table.disclosure.level === 'P2') ? 'too noisy' : 'withheld'
}

/** The positions of key columns and measure columns. */
export interface Places {
  readonly keys: readonly number[]
  readonly measures: readonly number[]
}

/** The positions of keys and measures in the rows of a table. */
export function placesOf(columns: readonly OutputColumn[]): Places {
  const at = (role: OutputColumn['role']) => columns.flatMap((column, i) => (column.role === role ? [i] : []))
  return { keys: at('key'), measures: at('measure') }
}

/** The name of a row, made of its keys; "everybody" if it has none. A null key means that the value is missing. */
export function rowName(values: readonly Cell[], { keys }: Places): string {
  return keys.map((at) => String(values[at] ?? 'missing')).join(' · ') || 'everybody'
}

/** The row of an institution's table with the same keys; undefined if the institution withheld it or does not have it. */
export function rowOf(site: SiteTable, values: readonly Cell[], places: Places): OutputRow | undefined {
  return site.table.rows.find((row) => places.keys.every((at) => (row.values[at] ?? null) === (values[at] ?? null)))
}

type PooledRow = PooledOutput['rows'][number]

/** Finds the errors and ranges of an institution's own numbers in a row; undefined if it has none. */
export function ownRows(sites: readonly SiteTable[]) {
  const rows = new Map(
    sites.map(({ peerId, table }) => [peerId, pool([{ site: peerId, output: table }]).rows] as const)
  )
  return ({ peerId }: SiteTable, values: readonly Cell[], { keys }: Places): PooledRow | undefined =>
    rows.get(peerId)?.find((row) => keys.every((at) => (row.values[at] ?? null) === (values[at] ?? null)))
}

/** One column of the pooled table: each row with the values of the institutions. */
export function columnParts(pooled: PooledOutput, sites: readonly SiteTable[], column: number): CellParts[] {
  const places = placesOf(pooled.columns)
  const ownOf = ownRows(sites)
  return pooled.rows.map(({ values, sites: behind, column_sites: behindColumns, ranges }) => ({
    row: rowName(values, places),
    ...insteadOf(ranges?.[column]),
    pooled: pooled.columns[column]?.pools === false ? undefined : numberOf(values[column]),
    ...leftOut(pooled.columns[column]),
    behind: { sites: behindColumns?.[column] ?? behind, of: pooled.sites.length },
    sites: sites.map((site) => ({
      name: site.name,
      value: numberOf(rowOf(site, values, places)?.values[column]),
      ...insteadOf(ownOf(site, values, places)?.ranges?.[column]),
      ...leftOut(site.table.columns[column])
    }))
  }))
}

/** The range of a quantile, which is shown where it has no value. */
function insteadOf(range: NonNullable<PooledRow['ranges']>[number] | undefined): { readonly instead?: string } {
  return range ? { instead: rangeText(range, written) } : {}
}

function leftOut(column: OutputColumn | undefined): { readonly isLeftOut?: true } {
  return column?.left_out ? { isLeftOut: true } : {}
}

function numberOf(cell: Cell | undefined): number | null {
  return typeof cell === 'number' ? cell : null
}
