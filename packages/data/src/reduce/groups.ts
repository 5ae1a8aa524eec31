/** Per subject first, then over subjects: rows, sums and squares of each group, as exact integers. */
import type { ReducedColumn, ReducedPair, SubjectSet } from '@stimnet/protocol'
import { bitsOf, setOfBits } from '../bits.ts'
import { decimalsOf } from '../catalog-config.ts'
import { isNumeric } from '../columns.ts'
import type { Row, Session } from '../engine.ts'
import type { Base, PlanVariable } from './base.ts'

/** A group's sums; `cells` are the cells of its keys, null for missing. */
export interface GroupSums {
  readonly cells: readonly (number | null)[]
  readonly support: SubjectSet
  readonly rows: number
  readonly rowSet?: SubjectSet
  readonly columns: readonly ReducedColumn[]
  readonly pairs: readonly ReducedPair[]
}

/** A pair of measured variables, by position. */
export type PairAt = readonly [x: number, y: number]

/** One session in which a plan is reduced. */
export interface ReduceSession {
  readonly session: Session
  readonly subjects: number
  /** Rows of the table that has several per subject; undefined where the plan has none. */
  readonly items: number | undefined
  readonly signal: AbortSignal | undefined
}

/** The sums of all groups, from the table `base`. Throws NODE_ERROR, CANCELLED. */
export async function sumGroups(
  base: Base,
  pairs: readonly PairAt[],
  { session, subjects, signal }: ReduceSession
): Promise<readonly GroupSums[]> {
  const keys = base.keys.map((_, i) => `k${i}`)
  const own = [...keys, 's', 'count(*) AS n', ...base.values.flatMap(subjectParts), ...pairs.flatMap(subjectPairParts)]
  const by = [...keys, 's'].join(', ')
  await session.rows(`CREATE TEMP TABLE per AS SELECT ${own.join(', ')} FROM base GROUP BY ${by}`, [], signal)
  const over = [
    ...keys,
    support(subjects),
    'sum(n)',
    ...base.values.flatMap(({ variable }, i) => groupParts(i, isNumeric(variable), subjects)),
    ...pairs.flatMap((_, i) => groupPairParts(i, subjects))
  ]
  const grouped = keys.length === 0 ? 'HAVING count(*) > 0' : `GROUP BY ${keys.join(', ')}`
  const order = keys.length === 0 ? '' : `ORDER BY ${keys.map((key) => `${key} NULLS LAST`).join(', ')}`
  const rows = await session.rows(`SELECT ${over.join(', ')} FROM per ${grouped} ${order}`, [], signal)
  return rows.map((row) => readGroup(row, base, pairs, subjects))
}

/** The aggregate that gathers subjects; the snapshot's universe is its fixed width. */
export function support(subjects: number, condition = ''): string {
  const only = condition === '' ? '' : ` FILTER (WHERE ${condition})`
  return `bitstring_agg(CAST(s AS INTEGER), 0, ${bitsOf(subjects) - 1})${only}`
}

/** The aggregate that gathers rows. */
export function rowSupport(items: number, condition = ''): string {
  const only = condition === '' ? '' : ` FILTER (WHERE ${condition})`
  return `bitstring_agg(CAST(r AS INTEGER), 0, ${bitsOf(items) - 1})${only}`
}

function subjectParts({ variable }: PlanVariable, i: number): string[] {
  const present = `count(x${i}) AS n_${i}`
  if (!isNumeric(variable)) return [present]
  const value = `CAST(x${i} AS HUGEINT)`
  return [present, `sum(${value}) AS s_${i}`, `sum(${value} * x${i}) AS q_${i}`, `min(x${i}) AS m_${i}`]
}

function groupParts(i: number, numeric: boolean, subjects: number): string[] {
  const present = [support(subjects, `n_${i} > 0`), `sum(n_${i})`]
  if (!numeric) return [...present, 'NULL', 'NULL', 'NULL', 'NULL']
  return [...present, `sum(s_${i})`, `sum(q_${i})`, `min(m_${i})`, `max(s_${i}, 2)`]
}
const COLUMN_PARTS = 6

function subjectPairParts([x, y]: PairAt, i: number): string[] {
  const both = `FILTER (WHERE x${x} IS NOT NULL AND x${y} IS NOT NULL)`
  const [a, b] = [`CAST(x${x} AS HUGEINT)`, `CAST(x${y} AS HUGEINT)`]
  return [
    `count(*) ${both} AS pn_${i}`,
    `sum(${a}) ${both} AS px_${i}`,
    `sum(${b}) ${both} AS py_${i}`,
    `sum(${a} * x${x}) ${both} AS pxx_${i}`,
    `sum(${b} * x${y}) ${both} AS pyy_${i}`,
    `sum(${a} * x${y}) ${both} AS pxy_${i}`
  ]
}

function groupPairParts(i: number, subjects: number): string[] {
  const sums = ['pn', 'px', 'py', 'pxx', 'pyy', 'pxy'].map((name) => `sum(${name}_${i})`)
  return [support(subjects, `pn_${i} > 0`), ...sums]
}
const PAIR_PARTS = 7

function readGroup(row: Row, base: Base, pairs: readonly PairAt[], subjects: number): GroupSums {
  const keys = base.keys.length
  const first = keys + 2
  const firstPair = first + base.values.length * COLUMN_PARTS
  const at = (from: number, parts: number, i: number) => row.slice(from + i * parts, from + (i + 1) * parts)
  return {
    cells: row.slice(0, keys).map((cell) => (cell === null ? null : Number(cell))),
    support: setOfBits(subjects, row[keys]),
    rows: Number(row[keys + 1]),
    columns: base.values.map((value, i) => readColumn(at(first, COLUMN_PARTS, i), value, subjects)),
    pairs: pairs.map((pair, i) => readPair(at(firstPair, PAIR_PARTS, i), pair, base, subjects))
  }
}

function readColumn(parts: Row, { config }: PlanVariable, subjects: number): ReducedColumn {
  const [having, rows, sum, squares, least, most] = parts
  const nonNegative = integer(least) >= 0n
  const [one = 0n, two = 0n] = nonNegative ? integers(most) : []
  return {
    decimals: decimalsOf(config),
    support: setOfBits(subjects, having),
    rows: Number(integer(rows)),
    sum: integer(sum),
    sumSquares: integer(squares),
    nonNegative,
    largest: [one, two]
  }
}

function readPair(parts: Row, [x, y]: PairAt, base: Base, subjects: number): ReducedPair {
  const [having, ...sums] = parts
  const [rows = 0n, sumX = 0n, sumY = 0n, sumXX = 0n, sumYY = 0n, sumXY = 0n] = sums.map(integer)
  const decimals = (at: number) => decimalsOf(base.values[at]?.config ?? { type: 'integer' })
  return {
    support: setOfBits(subjects, having),
    rows: Number(rows),
    decimals: [decimals(x), decimals(y)],
    sumX,
    sumY,
    sumXX,
    sumYY,
    sumXY
  }
}

/** A whole number of the engine; the sum over nothing is none. */
function integer(value: unknown): bigint {
  return value === null || value === undefined ? 0n : BigInt(value as bigint | number)
}

function integers(list: unknown): bigint[] {
  return list === null || list === undefined ? [] : (list as { items: readonly unknown[] }).items.map(integer)
}
