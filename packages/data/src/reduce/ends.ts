/**
 * The people whose values are not the smallest, or not the largest, that occur in the snapshot: a sum at its minimum discloses everybody's
 * value. The declared bounds do not matter: for a number from 0 to 20 that is 1 for most people, 1 may be the smallest value. A second set
 * also leaves out the people with the second value from an end: a sum at the minimum that is possible for the number of people above the
 * smallest value discloses that all of these people have the second value.
 */
import { LIMITS, type ReducedPart } from '@stimnet/protocol'
import { setOfBits } from '../index/bits.ts'
import { isNumeric } from '../columns.ts'
import type { Engine } from '../engine.ts'
import { quoteName } from '../quote.ts'
import type { Base, PlanVariable } from './base.ts'
import { byGroup, type GroupSums, groupId, type ReduceSession, rowSupport, support } from './groups.ts'

interface End {
  readonly at: number
  readonly name: 'aboveLeast' | 'belowMost' | 'aboveSecond' | 'belowLastButOne'
  readonly condition: string
  /** Whether no value of a group with this range is the extreme value. */
  readonly isOff: (range: Range) => boolean
}

/**
 * Adds these people to the columns of groups. Call it after supports and row sets are added. Values are read again only if somebody has an
 * extreme value.
 */
export async function withEnds(
  groups: readonly GroupSums[],
  base: Base,
  { reading, engine }: { readonly reading: ReduceSession; readonly engine: Engine }
): Promise<readonly GroupSums[]> {
  const ends: End[] = []
  for (const [at, value] of base.values.entries()) {
    if (isNumeric(value.variable)) ends.push(...(await endsOf(value, at, reading, engine)))
  }
  const reached = ends.filter(({ at, isOff }) => groups.some(({ ranges }) => !isOffIn(ranges[at], isOff)))
  const parts = reached.flatMap(({ condition }) => partsOf(condition, reading))
  const rows = parts.length === 0 ? [] : await byGroup(parts, base, reading)
  const found = new Map(rows.map(({ cells, values }) => [groupId(cells), values]))
  return groups.map((group) => {
    const values = found.get(groupId(group.cells)) ?? []
    const columns = group.columns.map((column, at) => {
      const own = ends.filter((end) => end.at === at)
      const partOf = (end: End) => {
        const place = reached.indexOf(end)
        return place < 0 ? column : readPart(values.slice(place * END_PARTS, (place + 1) * END_PARTS), reading)
      }
      return {
        ...column,
        ...Object.fromEntries(own.map((end) => [end.name, partOf(end)]))
      }
    })
    return { ...group, columns }
  })
}

/** Number of query columns per end: subjects, number of rows, and the rows. */
const END_PARTS = 3

function partsOf(condition: string, { subjects, items }: ReduceSession): string[] {
  const rows = items === undefined ? 'NULL' : rowSupport(items, condition)
  return [support(subjects, condition), `count(*) FILTER (WHERE ${condition})`, rows]
}

function readPart([subjectBits, rows, rowBits]: readonly unknown[], { subjects, items }: ReduceSession): ReducedPart {
  const rowSet = items === undefined ? {} : { rowSet: setOfBits(items, rowBits) }
  return {
    support: setOfBits(subjects, subjectBits),
    rows: Number(rows ?? 0),
    ...rowSet
  }
}

function isOffIn(range: GroupSums['ranges'][number] | undefined, isOff: End['isOff']): boolean {
  return range === null || range === undefined || isOff(range)
}

/**
 * The extreme values of the whole table, outermost first. The list ends before the first value that only a few rows have. A second value is
 * included only if there are further values beyond it.
 */
type Extremes = readonly [low: readonly bigint[], high: readonly bigint[]]

const KNOWN = new WeakMap<Engine, Map<string, Extremes>>()
/** Maximum number of variables remembered per snapshot; mappings may read a variable in many units. */
const KNOWN_MAX = 256

/** The ends of a number. They depend on the snapshot, not on the request. */
async function endsOf(
  { ref, sql }: PlanVariable,
  at: number,
  { session, signal }: ReduceSession,
  engine: Engine
): Promise<End[]> {
  const [alias = 't0'] = /\bt\d+(?=\.)/.exec(sql) ?? []
  const [low, high] = await extremesOf(ref, sql, alias)
  return [
    ...low.map((end, place) => ({
      at,
      name: place === 0 ? ('aboveLeast' as const) : ('aboveSecond' as const),
      condition: `x${at} > ${end}`,
      isOff: ([from]: Range) => from > end
    })),
    ...high.map((end, place) => ({
      at,
      name: place === 0 ? ('belowMost' as const) : ('belowLastButOne' as const),
      condition: `x${at} < ${end}`,
      isOff: ([, to]: Range) => to < end
    }))
  ]

  async function extremesOf(variable: string, column: string, table: string): Promise<Extremes> {
    const known = KNOWN.get(engine) ?? new Map<string, Extremes>()
    KNOWN.set(engine, known)
    const key = `${variable} ${column}`
    const before = known.get(key)
    if (before !== undefined) return before
    const from = `${quoteName(variable.slice(0, variable.indexOf('.')))} AS ${table}`
    const valuesFrom = (order: 'ASC' | 'DESC') =>
      session.rows(
        `SELECT x, count(*) FROM (SELECT ${column} AS x FROM ${from}) WHERE x IS NOT NULL GROUP BY x ORDER BY x ${order} LIMIT 3`,
        [],
        signal
      )
    const found: Extremes = [sharedOf(await valuesFrom('ASC')), sharedOf(await valuesFrom('DESC'))]
    if (known.size < KNOWN_MAX) known.set(key, found)
    return found
  }
}

/**
 * The values that are ends, from the three outermost values with the number of rows of each: all values before the first that only a few
 * rows have.
 */
export function sharedOf(rows: readonly (readonly unknown[])[]): bigint[] {
  const few = rows.findIndex(([, count]) => Number(count) < LIMITS.cohortSizeFloor)
  const most = rows.length < 3 ? 1 : 2
  return rows.slice(0, few < 0 ? most : Math.min(few, most)).map(([value]) => BigInt(value as bigint | number))
}

type Range = readonly [bigint, bigint]
