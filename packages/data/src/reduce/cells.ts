/** The subjects of each value: the frequency tables behind categories, numbers with few values, and the bins of quantiles. */
import { type ReducedBin, SubjectSet } from '@stimnet/protocol'
import { setOfBits } from '../index/bits.ts'
import { decimalsOf } from '../catalog/catalog-config.ts'
import { cellSql, decimalText, isNumeric } from '../columns.ts'
import { domainOf } from '../index/domain.ts'
import type { Base, PlanVariable } from './base.ts'
import { groupId, type ReduceSession, rowSupport, support } from './groups.ts'

/** Maximum number of distinct values of a number that disclosure control treats as a table; privacy.md B.4, step 4. */
export const FEW_VALUES_MAX = 10

/** Parts of a group's column other than its sums, by the `groupId` of the group. */
export type ByGroup<T> = ReadonlyMap<string, T>

interface CellCount {
  readonly support: SubjectSet
  readonly rows: number
  readonly rowSet?: SubjectSet
}

/** The subjects of each value. For a number, also the rows of each value if the plan has a table with several rows per subject. */
export interface Levels {
  readonly levels: ReadonlyMap<string, SubjectSet>
  readonly levelRows?: ReadonlyMap<string, SubjectSet>
}

/**
 * The subjects of each value: for a category of every declared level, for a number of its values if the whole cohort has at most ten.
 * Undefined for any other number. Values that do not occur in a group have empty sets.
 */
export async function levelsOf(
  value: PlanVariable,
  at: number,
  base: Base,
  session: ReduceSession
): Promise<((group: string) => Levels) | undefined> {
  const names = await valueNames(value, at, base, session)
  if (names === undefined) return undefined
  // Levels of a category are used for shares, which count subjects. The values of a number could be solved from its sums, which are over
  // rows.
  const items = isNumeric(value.variable) ? session.items : undefined
  const counts = await countCells(`x${at}`, base, { ...session, items })
  const none = SubjectSet.none(session.subjects)
  const noRows = SubjectSet.none(items ?? 0)
  return (group) => {
    const own = counts.get(group)
    const entries = Array.from(names, ([cell, name]) => ({ name, count: own?.get(cell) }))
    const levels = new Map(entries.map(({ name, count }) => [name, count?.support ?? none]))
    if (items === undefined) return { levels }
    return { levels, levelRows: new Map(entries.map(({ name, count }) => [name, count?.rowSet ?? noRows])) }
  }
}

/** A map from stored values to written values. */
async function valueNames(
  { variable, config, sql }: PlanVariable,
  at: number,
  base: Base,
  session: ReduceSession
): Promise<ReadonlyMap<string, string> | undefined> {
  if (variable.type === 'category') return new Map(variable.levels.map((level, i) => [String(i), level]))
  if (!isNumeric(variable)) return undefined
  return remembered(base, `${sql} to ${decimalsOf(config)}`, () => fewValues(config, at, base, session))
}

const KNOWN = new WeakMap<object, Map<string, ReadonlyMap<string, string> | undefined>>()
/**
 * Maximum number of remembered readings of variables, since a request can use its own units. Beyond this number, the values are read each
 * time.
 */
const KNOWN_MAX = 256

async function remembered(
  { whole }: Base,
  read: string,
  find: () => Promise<ReadonlyMap<string, string> | undefined>
): Promise<ReadonlyMap<string, string> | undefined> {
  if (whole === undefined) return find()
  const known = KNOWN.get(whole.engine) ?? new Map<string, ReadonlyMap<string, string> | undefined>()
  KNOWN.set(whole.engine, known)
  const key = `${whole.table} ${read}`
  if (known.has(key)) return known.get(key)
  const found = await find()
  if (known.size < KNOWN_MAX) known.set(key, found)
  return found
}

async function fewValues(
  config: PlanVariable['config'],
  at: number,
  { from, parameters }: Base,
  { session, signal }: ReduceSession
): Promise<ReadonlyMap<string, string> | undefined> {
  const few = `SELECT DISTINCT x${at} AS x FROM ${from} WHERE x${at} IS NOT NULL LIMIT ${FEW_VALUES_MAX + 1}`
  const found = await session.rows(`SELECT x FROM (${few}) ORDER BY x`, parameters, signal)
  if (found.length > FEW_VALUES_MAX) return undefined
  return new Map(found.map(([x]) => [String(x), decimalText(BigInt(String(x)), decimalsOf(config))]))
}

/**
 * Subjects and rows of each declared bin, in order. The outermost bins reach to the declared minimum and maximum, or to infinity if none
 * are declared.
 */
export async function binsOf(
  { variable, config }: PlanVariable,
  at: number,
  base: Base,
  session: ReduceSession
): Promise<(group: string) => readonly ReducedBin[]> {
  const counts = await countCells(cellSql(`x${at}`, variable, config), base, session, `x${at} IS NOT NULL`)
  const { breakpoints, bounded, minimum, maximum } = variable
  const first = breakpoints[0] ?? 0
  const last = breakpoints.at(-1) ?? 0
  const lowest = bounded && minimum < first ? minimum : Number.NEGATIVE_INFINITY
  const highest = bounded && maximum > last ? maximum : Number.POSITIVE_INFINITY
  const edges = [lowest, ...breakpoints, highest]
  const { subjects, items } = session
  const nobody = {
    support: SubjectSet.none(subjects),
    rows: 0,
    ...(items === undefined ? {} : { rowSet: SubjectSet.none(items) })
  }
  return (group) =>
    Array.from({ length: domainOf(variable)?.cells ?? 0 }, (_, cell) => ({
      from: edges[cell] ?? lowest,
      to: edges[cell + 1] ?? highest,
      ...(counts.get(group)?.get(String(cell)) ?? nobody)
    }))
}

/** Counts by group, and by value of an expression over `base`. */
async function countCells(
  expression: string,
  base: Base,
  { session, subjects, items, signal }: ReduceSession,
  condition = `${expression} IS NOT NULL`
): Promise<ByGroup<ReadonlyMap<string, CellCount>>> {
  const keys = base.keys.map((_, i) => `k${i}`)
  const columns = [...keys, `${expression} AS cell`]
  const by = [...keys, 'cell'].join(', ')
  const parts = [support(subjects), 'count(*)', ...(items === undefined ? [] : [rowSupport(items)])]
  const sql = `SELECT ${[...columns, ...parts].join(', ')} FROM ${base.from} WHERE ${condition} GROUP BY ${by}`
  const found = new Map<string, Map<string, CellCount>>()
  for (const row of await session.rows(sql, base.parameters, signal)) {
    const group = groupId(row.slice(0, keys.length).map((cell) => (cell === null ? null : Number(cell))))
    const own = found.get(group) ?? new Map<string, CellCount>()
    found.set(group, own)
    const [cell, bits, rows, rowBits] = row.slice(keys.length)
    const rowSet = items === undefined ? {} : { rowSet: setOfBits(items, rowBits) }
    own.set(String(cell), { support: setOfBits(subjects, bits), rows: Number(rows), ...rowSet })
  }
  return found
}
