/** A plan over a cohort, reduced: our own queries over the snapshot, never a text of the request. */
import {
  type CatalogDescriptor,
  type Plan,
  pairKey,
  type ReducedColumn,
  type Reduction,
  type RowItems,
  resolveVariable,
  StimnetError,
  type SubjectSet
} from '@stimnet/protocol'
import type { CatalogConfig } from '../catalog-config.ts'
import { groupCells } from '../columns.ts'
import { cellLabel, domainOf } from '../domain.ts'
import type { Engine } from '../engine.ts'
import { measuredPairs, measuredVariables, planFault, severalRowsTables } from '../plan-check.ts'
import { type Base, makeBase } from './base.ts'
import { binsOf, FEW_VALUES_MAX, groupId, levelsOf } from './cells.ts'
import { type GroupSums, type ReduceSession, sumGroups } from './groups.ts'
import { withRowSets } from './row-sets.ts'

/** Subject sets of one reduction, bytes: what a node can hold beside everything else. */
const SETS_BYTES_MAX = 512 * 1024 * 1024

/** A plan, a cohort, and what is needed to read their rows. */
export interface ReduceOptions {
  readonly plan: Plan
  readonly cohort: SubjectSet
  readonly descriptor: CatalogDescriptor
  readonly config: CatalogConfig
  readonly engine: Engine
  /** The rows of a table that has several per subject. */
  readonly itemsOf: (table: string) => Promise<RowItems>
  /** How many rows that are. */
  readonly rowsOf: (table: string) => number
  readonly signal: AbortSignal | undefined
}

/** Throws PARAMETER_INVALID for a plan that does not fit the catalog; NODE_ERROR, CANCELLED. */
export async function reduce(options: ReduceOptions): Promise<Reduction> {
  const { plan, cohort, descriptor, engine, signal } = options
  assertFits(options)
  const [long] = severalRowsTables(plan, descriptor)
  const items = long === undefined ? undefined : await options.itemsOf(long)
  const session = await engine.session()
  try {
    const reading: ReduceSession = { session, subjects: cohort.universe, items: items?.rows, signal }
    const base = await makeBase({ ...options, session })
    const pairs = measuredPairs(plan.measures)
    const at = (ref: string) => base.values.findIndex((value) => value.ref === ref)
    const places = pairs.map(([x, y]) => [at(x), at(y)] as const)
    const groups = await withRowSets(await sumGroups(base, places, reading), base, places, reading)
    const complete = await completeColumns(plan, base, reading)
    return {
      ...(items === undefined ? {} : { items }),
      groups: groups.map((group) => ({
        key: group.cells.map((cell, i) => labelOf(cell, base, i)),
        support: group.support,
        rows: group.rows,
        ...(group.rowSet === undefined ? {} : { rowSet: group.rowSet }),
        columns: new Map(base.values.map(({ ref }, i) => [ref, complete(group, i)])),
        pairs: new Map(pairs.map(([x, y], i) => [pairKey(x, y), present(group.pairs[i])]))
      }))
    }
  } finally {
    session.close()
  }
}

/** Static: what a plan costs is known from the description and the number of subjects. */
function assertFits({ plan, descriptor, cohort, rowsOf }: ReduceOptions): void {
  const fault = planFault(plan, descriptor)
  if (fault !== null) throw new StimnetError('PARAMETER_INVALID', fault, { reason: fault })
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
  throw new StimnetError('PARAMETER_INVALID', reason, { reason })
}

/** Sums joined with levels and bins; the queries run one after the other on the session's own tables. */
async function completeColumns(plan: Plan, base: Base, reading: ReduceSession) {
  const binned = new Set(plan.measures.flatMap((m) => (m.kind === 'quantile' ? [m.variable] : [])))
  const extras: ((group: string) => Partial<ReducedColumn>)[] = []
  for (const [i, value] of base.values.entries()) {
    const levels = await levelsOf(value, i, base, reading)
    const bins = binned.has(value.ref) ? await binsOf(value, i, base, reading) : undefined
    extras.push((group) => ({
      ...(levels === undefined ? {} : levels(group)),
      ...(bins === undefined ? {} : { bins: bins(group) })
    }))
  }
  return (group: GroupSums, i: number): ReducedColumn => ({
    ...present(group.columns[i]),
    ...extras[i]?.(groupId(group.cells))
  })
}

function labelOf(cell: number | null, base: Base, i: number): string | null {
  const key = base.keys[i]
  return cell === null || key === undefined ? null : cellLabel(key.variable, cell)
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new TypeError('a group without one of its columns')
  return value
}
