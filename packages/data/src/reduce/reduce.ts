/** Reduction of a plan over a cohort by generated queries over the snapshot, which contain no text of the request. */
import {
  type Plan,
  pairKey,
  type ReducedColumn,
  type ReducedPair,
  type ReducedRows,
  type Reduction,
  type RowItems,
  resolveVariable,
  StimnetError,
  type VariableRef
} from '@stimnet/protocol'
import { groupCells } from '../columns.ts'
import { cellLabel, domainOf } from '../index/domain.ts'
import { measuredPairs, measuredVariables, planFault, severalRowsTables } from './plan-check.ts'
import { type Base, type BaseOptions, openBase } from './base.ts'
import { binsOf, FEW_VALUES_MAX, levelsOf } from './cells.ts'
import { withEnds } from './ends.ts'
import { type GroupSums, groupId, type PairAt, type ReduceSession, sumGroups } from './groups.ts'
import { reduceKept } from './kept/reduce.ts'
import { modelRows } from './model-rows.ts'
import { withRowSets } from './row-sets.ts'
import { type DistanceAt, deviationsBy, pairDistances, powerSums, powersOf } from './spread.ts'
import { withSupports } from './supports.ts'

/** Maximum size of the subject sets of one reduction, bytes. A node can hold this beside its other data. */
const SETS_BYTES_MAX = 512 * 1024 * 1024

/** The parts needed for a reduction. */
export interface ReduceOptions extends BaseOptions {
  /** The row items of a table with several rows per subject. */
  readonly itemsOf: (table: string) => Promise<RowItems>
  /** The number of rows of a table with several rows per subject. */
  readonly rowsOf: (table: string) => number
  readonly signal: AbortSignal | undefined
  /** Reduces in memory if the plan allows it, as for a model and its questions, whose rows are read into memory anyway. */
  readonly inMemory?: boolean | undefined
}

/** Reduces a plan over a cohort. Throws PARAMETER_INVALID for a plan that does not fit the catalog; throws NODE_ERROR, CANCELLED. */
export async function reduce(options: ReduceOptions): Promise<Reduction> {
  const { plan, cohort, descriptor, engine, signal } = options
  assertFits(options)
  // Rows in memory are all rows. A view that lacks some rows is read by queries.
  const isOfAll = options.leftOut === undefined && options.rowsSql === undefined
  if (isOfAll && (options.inMemory || plan.measures.some(({ kind }) => kind === 'gram'))) {
    const kept = await reduceKept({ ...options, subjects: cohort.universe })
    if (kept !== undefined) return kept
  }
  const [long] = severalRowsTables(plan, descriptor)
  const items = long === undefined ? undefined : await options.itemsOf(long)
  const session = await engine.session()
  try {
    const rowsEach = items === undefined ? 1 : rowsOfOne(items)
    const reading: ReduceSession = { session, subjects: cohort.universe, items: items?.rows, rowsEach, signal }
    const pairs = measuredPairs(plan.measures)
    // Number of reads: for the sums, for the subjects of the rows, and for the values of each variable.
    const reads = (items === undefined ? 1 : 2) + 2 * measuredVariables(plan.measures).length
    const base = await openBase({ ...options, session, reads })
    const at = (ref: string) => base.values.findIndex((value) => value.ref === ref)
    const isLessened = ([x, y]: readonly [VariableRef, VariableRef]) =>
      options.leftOut?.pairs.has(pairKey(x, y)) === true
    const places = pairs.map((pair, i): PairAt => {
      const [x, y] = pair
      return isLessened(pair) ? [at(x), at(y), `p${i}`] : [at(x), at(y)]
    })
    const sums = await sumGroups(base, places, reading)
    const complete = await withRowSets(await withSupports(sums, base, places, reading), base, places, reading)
    const groups = await withEnds(complete, base, { reading, engine })
    const signed = base.values.map((_, i) => groups.some(({ columns }) => columns[i]?.nonNegative === false))
    const columns = await completeColumns({ plan, base, places, signed }, reading)
    const grams = new Map<string, ReducedRows>()
    for (const measure of plan.measures)
      if (measure.kind === 'gram') grams.set(measure.name, await modelRows(measure, base, reading))
    return {
      ...(items === undefined ? {} : { items }),
      groups: groups.map((group) => ({
        key: group.cells.map((cell, i) => labelOf(cell, base, i)),
        support: group.support,
        rows: group.rows,
        ...(group.rowSet === undefined ? {} : { rowSet: group.rowSet }),
        columns: new Map(base.values.map(({ ref }, i) => [ref, columns.column(group, i)])),
        pairs: new Map(pairs.map(([x, y], i) => [pairKey(x, y), columns.pair(group, i)])),
        ...(grams.size === 0 ? {} : { grams })
      }))
    }
  } finally {
    session.close()
  }
}

const ROWS_OF_ONE = new WeakMap<RowItems, number>()

/** The largest number of rows of one subject in a table. The rows of each subject are contiguous. */
function rowsOfOne(items: RowItems): number {
  const known = ROWS_OF_ONE.get(items)
  if (known !== undefined) return known
  let [most, from] = [0, 0]
  for (let i = 1; i <= items.rows; i++) {
    if (i < items.rows && items.owners[i] === items.owners[i - 1]) continue
    most = Math.max(most, i - from)
    from = i
  }
  ROWS_OF_ONE.set(items, most)
  return most
}

/**
 * Throws PARAMETER_INVALID for a plan that does not fit or costs too much. Reads no data: the cost follows from the description and the
 * number of subjects.
 */
function assertFits({ plan, descriptor, cohort, rowsOf }: ReduceOptions): void {
  const fault = planFault(plan, descriptor)
  if (fault !== null) throw StimnetError.told('PARAMETER_INVALID', fault)
  const variableOf = (ref: string) => resolveVariable(descriptor, ref, plan.tables).variable
  const groups = plan.groupBy.reduce((product, { variable }) => product * groupCells(variableOf(variable)), 1)
  const sets = measuredVariables(plan.measures).map((ref) => {
    const variable = variableOf(ref)
    return 1 + Math.max(FEW_VALUES_MAX, domainOf(variable)?.cells ?? 0)
  })
  const [long] = severalRowsTables(plan, descriptor)
  const universe = cohort.universe + (long === undefined ? 0 : rowsOf(long))
  const bytes = groups * (1 + measuredPairs(plan.measures).length + sets.reduce((a, b) => a + b, 0)) * (universe / 8)
  if (bytes <= SETS_BYTES_MAX) return
  const reason = 'The query makes more groups and columns than this node can hold. Ask for fewer at a time.'
  throw StimnetError.told('PARAMETER_INVALID', reason)
}

interface Completing {
  readonly plan: Plan
  readonly base: Base
  readonly places: readonly PairAt[]
  /** For each variable, whether some group has negative values of it. */
  readonly signed: readonly boolean[]
}

/** Adds levels, bins and spreads to the sums. The queries run one after the other on the session's temporary tables. */
async function completeColumns(completing: Completing, reading: ReduceSession) {
  const { plan, base } = completing
  const binned = new Set(plan.measures.flatMap((m) => (m.kind === 'quantile' || m.kind === 'bins' ? [m.variable] : [])))
  const extras: ((group: string) => Partial<ReducedColumn>)[] = []
  for (const [i, value] of base.values.entries()) {
    const levels = await levelsOf(value, i, base, reading)
    const bins = binned.has(value.ref) ? await binsOf(value, i, base, reading) : undefined
    const powers = powersOf(value.ref, plan, false).includes(3) ? await powerSums(i, base, reading) : undefined
    extras.push((group) => ({
      ...(levels === undefined ? {} : levels(group)),
      ...(bins === undefined ? {} : { bins: bins(group) }),
      ...(powers === undefined ? {} : { powers: powers.get(group) ?? { cubes: 0n, fourths: 0n } })
    }))
  }
  const spreads = await spreadsOf(completing, reading)
  return {
    column: (group: GroupSums, i: number): ReducedColumn => {
      const id = groupId(group.cells)
      return { ...present(group.columns[i]), ...extras[i]?.(id), ...spreads.column(id, i) }
    },
    pair: (group: GroupSums, i: number): ReducedPair => ({
      ...present(group.pairs[i]),
      ...spreads.pair(groupId(group.cells), i)
    })
  }
}

/** The distances from the mean, in one query, for all measures that are judged by these distances. */
async function spreadsOf({ plan, base, places, signed }: Completing, reading: ReduceSession) {
  const powersAt = base.values.map(({ ref }, at) => powersOf(ref, plan, signed[at] ?? false))
  const columns = powersAt.map((powers, at) => powers.map((power): DistanceAt => ({ at, power })))
  const pairs = places.map(pairDistances)
  const asked = [...columns, ...pairs].flat()
  const found = await deviationsBy(asked, base, reading)
  const pick = (group: string, distances: readonly DistanceAt[] | undefined) => {
    if (distances === undefined || distances.length === 0) return {}
    const all = found.get(group) ?? []
    return { deviations: distances.flatMap((distance) => all[asked.indexOf(distance)] ?? []) }
  }
  return {
    column: (group: string, i: number) => pick(group, columns[i]),
    pair: (group: string, i: number) => pick(group, pairs[i])
  }
}

function labelOf(cell: number | null, base: Base, i: number): string | null {
  const key = base.keys[i]
  return cell === null || key === undefined ? null : cellLabel(key.variable, cell)
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new TypeError('a group without one of its columns')
  return value
}
