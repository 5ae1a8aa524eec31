/**
 * The people whose values are not the least, or not the greatest, that occur in the snapshot: a sum at its least discloses
 * everybody's value. What the description declares does not matter: of a number from 0 to 20 that is 1 for most people, 1 may be
 * the least.
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
  readonly name: 'aboveLeast' | 'belowMost'
  readonly condition: string
  /** Whether no value of a group with this range is the extreme one. */
  readonly isOff: (range: Range) => boolean
}

/**
 * Adds these people to the columns of groups. Call it after supports and row sets. Values are read
 * again only if somebody has an extreme one.
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

/** Number of parts of an end: subjects, number of rows, and the rows. */
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

/** The least and the greatest value in the whole table, each null if only a few rows have it. */
type Extremes = readonly [least: bigint | null, greatest: bigint | null]

const KNOWN = new WeakMap<Engine, Map<string, Extremes>>()
/** Variables that are kept per snapshot; a mapping may read a variable in many ways. */
const KNOWN_MAX = 256

/** The ends of a number, which stay the same as long as the snapshot does, whatever is asked. */
async function endsOf(
  { ref, sql }: PlanVariable,
  at: number,
  { session, signal }: ReduceSession,
  engine: Engine
): Promise<End[]> {
  const [alias = 't0'] = /\bt\d+(?=\.)/.exec(sql) ?? []
  const [least, greatest] = await extremesOf(ref, sql, alias)
  return [
    ...(least === null
      ? []
      : [{ at, name: 'aboveLeast' as const, condition: `x${at} > ${least}`, isOff: ([from]: Range) => from > least }]),
    ...(greatest === null
      ? []
      : [
          { at, name: 'belowMost' as const, condition: `x${at} < ${greatest}`, isOff: ([, to]: Range) => to < greatest }
        ])
  ]

  async function extremesOf(variable: string, column: string, table: string): Promise<Extremes> {
    const known = KNOWN.get(engine) ?? new Map<string, Extremes>()
    KNOWN.set(engine, known)
    const key = `${variable} ${column}`
    const before = known.get(key)
    if (before !== undefined) return before
    const from = `${quoteName(variable.slice(0, variable.indexOf('.')))} AS ${table}`
    const inner = `SELECT ${column} AS x, min(${column}) OVER () AS low, max(${column}) OVER () AS high FROM ${from}`
    const counts = 'count(*) FILTER (WHERE x = low), count(*) FILTER (WHERE x = high)'
    const [row] = await session.rows(`SELECT any_value(low), any_value(high), ${counts} FROM (${inner})`, [], signal)
    const [low, high, ofLow, ofHigh] = row ?? []
    const shared = (value: unknown, rows: unknown) =>
      value === null || value === undefined || Number(rows ?? 0) < LIMITS.cohortSizeFloor
        ? null
        : BigInt(value as bigint)
    const found: Extremes = [shared(low, ofLow), shared(high, ofHigh)]
    if (known.size < KNOWN_MAX) known.set(key, found)
    return found
  }
}

type Range = readonly [bigint, bigint]
