/** The sums of each group: its subjects, rows, sums and squares as exact integers, and the largest contributions of single subjects. */
import type { ReducedColumn, ReducedPair, SubjectSet } from '@stimnet/protocol'
import { bitsOf, setOfBits } from '../index/bits.ts'
import { decimalsOf } from '../catalog/catalog-config.ts'
import { isNumeric } from '../columns.ts'
import type { Row, Session } from '../engine.ts'
import type { Base, PlanVariable } from './base.ts'

/** A group's sums. `cells` are the cells of its keys, null for missing. */
export interface GroupSums {
  readonly cells: readonly (number | null)[]
  readonly support: SubjectSet
  readonly rows: number
  readonly rowSet?: SubjectSet
  readonly columns: readonly ReducedColumn[]
  readonly pairs: readonly ReducedPair[]
  /** The smallest and the largest value of each column; null for a category, and if there is no value. */
  readonly ranges: readonly (readonly [bigint, bigint] | null)[]
}

/** A pair of measured variables, by position, and the column that marks the rows to leave out of the pair, if any. */
export type PairAt = readonly [x: number, y: number, leftOut?: string]

/** The session in which a plan is reduced. */
export interface ReduceSession {
  readonly session: Session
  readonly subjects: number
  /**
   * Number of rows of the table with several rows per subject; undefined if the plan has no such table, so that each subject has one row.
   */
  readonly items: number | undefined
  /** The largest number of rows of one subject in that table. */
  readonly rowsEach: number
  readonly signal: AbortSignal | undefined
}

/**
 * The sums of all groups. Columns and pairs have the sets of their group, which is correct if no value is missing; see `withSupports`.
 * Throws NODE_ERROR, CANCELLED.
 */
export async function sumGroups(
  base: Base,
  pairs: readonly PairAt[],
  reading: ReduceSession
): Promise<readonly GroupSums[]> {
  const { subjects, items } = reading
  const parts = [
    support(subjects),
    items === undefined ? 'NULL' : rowSupport(items),
    'count(*)',
    ...base.values.flatMap((value, i) => columnParts(value, i, items === undefined)),
    ...pairs.flatMap((pair) => pairParts(pair, base))
  ]
  const rows = await byGroup(parts, base, reading)
  const most = items === undefined ? undefined : await largestOf(rows, base, reading)
  return rows.map(({ cells, values }) => readGroup(cells, values, { base, pairs, reading, most }))
}

/** The id of a group: the cells of its keys as one text. */
export function groupId(cells: readonly (number | null)[]): string {
  return cells.map(String).join(',')
}

/** One group of a query's result: the cells of its keys, and the requested parts. */
export interface GroupRow {
  readonly cells: readonly (number | null)[]
  readonly values: Row
}

/** Aggregates by group, over the base or another relation with the same keys. The groups are in the order of their keys. */
export async function byGroup(
  parts: readonly string[],
  base: Base,
  { session, signal }: ReduceSession,
  from = base.from
): Promise<readonly GroupRow[]> {
  const keys = base.keys.map((_, i) => `k${i}`)
  const grouped =
    keys.length === 0
      ? 'HAVING count(*) > 0'
      : `GROUP BY ${keys.join(', ')} ORDER BY ${keys.map((key) => `${key} NULLS LAST`).join(', ')}`
  const sql = `SELECT ${[...keys, ...parts].join(', ')} FROM ${from} ${grouped}`
  const rows = await session.rows(sql, base.parameters, signal)
  return rows.map((row) => ({
    cells: row.slice(0, keys.length).map((cell) => (cell === null ? null : Number(cell))),
    values: row.slice(keys.length)
  }))
}

/** SQL for the aggregate that collects subjects. Its fixed width is the universe of the snapshot. */
export function support(subjects: number, condition = ''): string {
  const only = condition === '' ? '' : ` FILTER (WHERE ${condition})`
  return `bitstring_agg(CAST(s AS INTEGER), 0, ${bitsOf(subjects) - 1})${only}`
}

/** SQL for the aggregate that collects rows. */
export function rowSupport(items: number, condition = ''): string {
  const only = condition === '' ? '' : ` FILTER (WHERE ${condition})`
  return `bitstring_agg(CAST(r AS INTEGER), 0, ${bitsOf(items) - 1})${only}`
}

/** Products of values below this limit fit the engine's 64-bit integers, which it multiplies three times as fast as wide integers. */
const FACTOR_MAX = 3_000_000_000

/** Whether the declared bounds, which hold for all values of a snapshot, make wide integers unnecessary. */
function isNarrow({ config }: PlanVariable): boolean {
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = config
  return Math.max(Math.abs(minimum), Math.abs(maximum)) * 10 ** decimalsOf(config) < FACTOR_MAX
}

function factor(value: PlanVariable, at: number): string {
  return isNarrow(value) ? `x${at}` : `CAST(x${at} AS HUGEINT)`
}

function columnParts(value: PlanVariable, i: number, isOneEach: boolean): string[] {
  if (!isNumeric(value.variable)) return [`count(x${i})`, 'NULL', 'NULL', 'NULL', 'NULL']
  const own = factor(value, i)
  const most = isOneEach ? `max(x${i}, 2)` : `max(x${i}, 1)`
  return [`count(x${i})`, `sum(x${i})`, `sum(${own} * ${own})`, `min(x${i})`, most]
}
const COLUMN_PARTS = 5

/** An SQL condition that is true for a row with values of both variables. */
export function bothPresent([x, y, leftOut]: PairAt): string {
  const both = `x${x} IS NOT NULL AND x${y} IS NOT NULL`
  return leftOut === undefined ? both : `${both} AND NOT ${leftOut}`
}

function pairParts(pair: PairAt, { values }: Base): string[] {
  const both = `FILTER (WHERE ${bothPresent(pair)})`
  const [x, y] = pair
  const [a, b] = [x, y].map((at) => {
    const value = values[at]
    return value === undefined ? `x${at}` : factor(value, at)
  })
  const sums = [`x${x}`, `x${y}`, `${a} * ${a}`, `${b} * ${b}`, `${a} * ${b}`]
  return [`count(*) ${both}`, ...sums.map((term) => `sum(${term}) ${both}`)]
}
const PAIR_PARTS = 6

/**
 * No dominance rule concerns a subject that contributes less than this fraction of a sum, 1/40. An upper bound is then enough, and the sums
 * of every subject, which are half of the work, need not be computed.
 */
const NO_PART_OF = 40n

/** The two largest contributions of single subjects, or upper bounds of these, by group and column. */
async function largestOf(
  rows: readonly GroupRow[],
  base: Base,
  reading: ReduceSession
): Promise<ReadonlyMap<string, Row>> {
  const numeric = base.values.flatMap(({ variable }, i) => (isNumeric(variable) ? [i] : []))
  const found = new Map<string, Row>()
  for (const { cells, values } of rows) {
    const bounds = base.values.map((): Row[number] => null)
    for (const i of numeric) {
      const [, sum, , least, most] = values.slice(GROUP_PARTS + i * COLUMN_PARTS, GROUP_PARTS + (i + 1) * COLUMN_PARTS)
      // The bounds are not used if any value is negative.
      if (least === null || least === undefined || integer(least) < 0n) continue
      const bound = BigInt(reading.rowsEach) * (integers(most)[0] ?? 0n)
      if (bound * NO_PART_OF > integer(sum)) return largestBySubject(base, reading)
      bounds[i] = { items: [bound, bound] } as unknown as Row[number]
    }
    found.set(groupId(cells), bounds)
  }
  return found
}

/** The two largest sums over the rows of one subject, by group and column. */
async function largestBySubject(base: Base, reading: ReduceSession): Promise<ReadonlyMap<string, Row>> {
  const numeric = base.values.map(({ variable }) => isNumeric(variable))
  if (!numeric.includes(true)) return new Map()
  const keys = base.keys.map((_, i) => `k${i}`)
  // A sum of narrow values fits 64 bits, in which the largest values are found in half the time.
  const sums = base.values.flatMap((value, i) => {
    if (!isNumeric(value.variable)) return []
    return isNarrow(value) ? [`CAST(sum(x${i}) AS BIGINT) AS s_${i}`] : [`sum(x${i}) AS s_${i}`]
  })
  const by = [...keys, 's'].join(', ')
  const per = `(SELECT ${[...keys, ...sums].join(', ')} FROM ${base.from} GROUP BY ${by})`
  const parts = numeric.map((is, i) => (is ? `max(s_${i}, 2)` : 'NULL'))
  const rows = await byGroup(parts, base, reading, per)
  return new Map(rows.map(({ cells, values }) => [groupId(cells), values]))
}

interface Reading {
  readonly base: Base
  readonly pairs: readonly PairAt[]
  readonly reading: ReduceSession
  /** The largest contributions by group; undefined if each subject has one row. */
  readonly most: ReadonlyMap<string, Row> | undefined
}

/** Number of query columns of the group itself: subjects, rows, and the number of rows. */
const GROUP_PARTS = 3

function readGroup(cells: readonly (number | null)[], row: Row, { base, pairs, reading, most }: Reading): GroupSums {
  const { subjects, items } = reading
  const group = setOfBits(subjects, row[0])
  const firstPair = GROUP_PARTS + base.values.length * COLUMN_PARTS
  const at = (from: number, parts: number, i: number) => row.slice(from + i * parts, from + (i + 1) * parts)
  const own = most?.get(groupId(cells))
  return {
    cells,
    support: group,
    rows: Number(row[2]),
    ...(items === undefined ? {} : { rowSet: setOfBits(items, row[1]) }),
    columns: base.values.map((value, i) => {
      const parts = at(GROUP_PARTS, COLUMN_PARTS, i)
      return readColumn(most === undefined ? parts : [...parts.slice(0, -1), own?.[i] ?? null], value, group)
    }),
    pairs: pairs.map((pair, i) => readPair(at(firstPair, PAIR_PARTS, i), pair, base, group)),
    ranges: base.values.map((_, i) => rangeOf(at(GROUP_PARTS, COLUMN_PARTS, i)))
  }
}

function rangeOf([, , , least, most]: Row): readonly [bigint, bigint] | null {
  const [greatest] = integers(most)
  return least === null || greatest === undefined ? null : [integer(least), greatest]
}

function readColumn(parts: Row, { config }: PlanVariable, group: SubjectSet): ReducedColumn {
  const [rows, sum, squares, least, most] = parts
  const nonNegative = integer(least) >= 0n
  const [one = 0n, two = 0n] = nonNegative ? integers(most) : []
  return {
    decimals: decimalsOf(config),
    support: group,
    rows: Number(integer(rows)),
    sum: integer(sum),
    sumSquares: integer(squares),
    nonNegative,
    largest: [one, two]
  }
}

function readPair(parts: Row, [x, y]: PairAt, base: Base, group: SubjectSet): ReducedPair {
  const [rows = 0n, sumX = 0n, sumY = 0n, sumXX = 0n, sumYY = 0n, sumXY = 0n] = parts.map(integer)
  const decimals = (at: number) => decimalsOf(base.values[at]?.config ?? { type: 'integer' })
  return {
    support: group,
    rows: Number(rows),
    decimals: [decimals(x), decimals(y)],
    sumX,
    sumY,
    sumXX,
    sumYY,
    sumXY
  }
}

/** An integer of the engine. Null, the sum over no rows, is zero. */
function integer(value: unknown): bigint {
  return value === null || value === undefined ? 0n : BigInt(value as bigint | number)
}

function integers(list: unknown): bigint[] {
  return list === null || list === undefined ? [] : (list as { items: readonly unknown[] }).items.map(integer)
}
