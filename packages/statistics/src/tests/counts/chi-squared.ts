/** Tests of association between two categories: Pearson's χ² at one site, and the Cochran–Mantel–Haenszel test over several sites. */
import { pOfChiSquared } from '../../distributions.ts'
import { quadraticForm } from '../../linear.ts'
import { exactSum } from '../../moments.ts'

/** One cell of a two-way table. */
export interface CountCell {
  readonly row: string
  readonly column: string
  readonly count: number
  /** Largest distance of the count from the exact count. */
  readonly within?: number
}

/** A test of association. */
export interface ChiSquared {
  readonly statistic: number
  readonly df: number
  readonly p: number
  /** The smallest expected count. */
  readonly least: number
}

/** Largest number of free cells: the equations over several sites have one unknown for each. */
const FREE_CELLS_MAX = 400

/**
 * Pearson's χ² without continuity correction. Cells that are not named are zero. Null with fewer than two non-empty rows or
 * columns.
 */
export function chiSquaredOf(cells: readonly CountCell[]): ChiSquared | null {
  const table = twoWay(cells, cells)
  const { rows, columns } = table
  if (rows.length < 2 || columns.length < 2) return null
  const terms = expectedOf(table).flatMap((line, i) =>
    line.map((expected, j) => (countAt(table, i, j) - expected) ** 2 / expected)
  )
  const statistic = lessRounding(exactSum(terms), [table])
  const df = (rows.length - 1) * (columns.length - 1)
  return { statistic, df, p: pOfChiSquared(statistic, df), least: leastOf([table]) }
}

/**
 * The generalised Cochran–Mantel–Haenszel statistic, as R's mantelhaen.test without correction: association within the sites,
 * whatever the differences between sites. Null in the cases of `chiSquaredOf`, and with too many cells.
 */
export function mantelHaenszelOf(sites: readonly (readonly CountCell[])[]): ChiSquared | null {
  const all = sites.flat()
  const tables = sites.map((cells) => twoWay(cells, all)).filter(({ total }) => total > 1)
  const [rows = 0, columns = 0] = [tables[0]?.rows.length, tables[0]?.columns.length]
  const free = (rows - 1) * (columns - 1)
  if (rows < 2 || columns < 2 || free > FREE_CELLS_MAX) return null
  // The last row and column follow from the others.
  const places = Array.from({ length: free }, (_, at) => [Math.floor(at / (columns - 1)), at % (columns - 1)] as const)
  const vector = places.map(([i, j]) => exactSum(tables.map((table) => countAt(table, i, j) - expectedAt(table, i, j))))
  const matrix = places.map((one) =>
    places.map((other) => exactSum(tables.map((table) => covarianceOf(table, one, other))))
  )
  const { value, rank: df } = quadraticForm(matrix, vector)
  const statistic = lessRounding(value, tables)
  return df === 0 ? null : { statistic, df, p: pOfChiSquared(statistic, df), least: leastOf(tables) }
}

/**
 * The smallest χ² that the exact counts can give: the root of χ² is a distance, and rounding moves each table by at most a known
 * distance.
 */
function lessRounding(statistic: number, tables: readonly TwoWay[]): number {
  const hidden = tables.map((table) =>
    Math.sqrt(
      exactSum(
        expectedOf(table)
          .flat()
          .map((expected) => (expected > 0 ? table.within ** 2 / expected : 0))
      )
    )
  )
  return Math.max(0, Math.sqrt(Math.max(0, statistic)) - exactSum(hidden)) ** 2
}

interface TwoWay {
  readonly rows: readonly number[]
  readonly columns: readonly number[]
  readonly total: number
  readonly counts: readonly (readonly number[])[]
  /** Largest distance of a count from the exact count. */
  readonly within: number
}

/** The two-way table of the cells, with the rows and columns that are not empty in `all`. */
function twoWay(cells: readonly CountCell[], all: readonly CountCell[]): TwoWay {
  const names = (of: (cell: CountCell) => string) => [...new Set(all.filter(({ count }) => count > 0).map(of))]
  const [rows, columns] = [names(({ row }) => row), names(({ column }) => column)]
  const found = new Map(cells.map(({ row, column, count }) => [JSON.stringify([row, column]), count]))
  const counts = rows.map((row) => columns.map((column) => found.get(JSON.stringify([row, column])) ?? 0))
  const sums = counts.map((line) => exactSum(line))
  const within = Math.max(0, ...cells.map((cell) => cell.within ?? 0))
  return {
    rows: sums,
    columns: columns.map((_, j) => exactSum(counts.map((line) => line[j] ?? 0))),
    total: exactSum(sums),
    counts,
    within
  }
}

const countAt = ({ counts }: TwoWay, i: number, j: number): number => counts[i]?.[j] ?? 0
const expectedAt = ({ rows, columns, total }: TwoWay, i: number, j: number): number =>
  ((rows[i] ?? 0) * (columns[j] ?? 0)) / total
const expectedOf = (table: TwoWay): number[][] =>
  table.rows.map((_, i) => table.columns.map((_, j) => expectedAt(table, i, j)))

/** The covariance of two cells given the margins, in the hypergeometric distribution. */
function covarianceOf(
  { rows, columns, total }: TwoWay,
  [i, j]: readonly [number, number],
  [k, l]: readonly [number, number]
): number {
  const spread = (sums: readonly number[], a: number, b: number) =>
    (sums[a] ?? 0) * ((a === b ? total : 0) - (sums[b] ?? 0))
  return (spread(rows, i, k) * spread(columns, j, l)) / (total ** 2 * (total - 1))
}

/** The smallest expected count of a cell, over all tables together. */
function leastOf(tables: readonly TwoWay[]): number {
  const [first] = tables
  const sums = (first?.rows ?? []).flatMap((_, i) =>
    (first?.columns ?? []).map((_, j) => exactSum(tables.map((table) => expectedAt(table, i, j))))
  )
  return Math.min(...sums)
}
