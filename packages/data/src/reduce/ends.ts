/**
 * The people whose values are not the least, or not the greatest, that a number can have: a sum at
 * its least discloses everybody's value.
 */
import type { ReducedPart } from '@stimnet/protocol'
import { setOfBits } from '../index/bits.ts'
import { decimalsOf } from '../catalog/catalog-config.ts'
import { isNumeric } from '../columns.ts'
import type { Base, PlanVariable } from './base.ts'
import { byGroup, type GroupSums, groupId, type ReduceSession, rowSupport, support } from './groups.ts'

interface End {
  readonly at: number
  readonly name: 'aboveLeast' | 'belowMost'
  readonly condition: string
  /** Whether no value of a group with this range is the extreme one. */
  readonly isOff: (range: readonly [bigint, bigint]) => boolean
}

/**
 * Adds these people to the columns of groups. Call it after supports and row sets. Values are read
 * again only if somebody has an extreme one.
 */
export async function withEnds(
  groups: readonly GroupSums[],
  base: Base,
  reading: ReduceSession
): Promise<readonly GroupSums[]> {
  const ends = base.values.flatMap((value, at) => (isNumeric(value.variable) ? endsOf(value, at, groups) : []))
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

/** The ends of a number. Without declared bounds, a number that is never below zero has zero as its least value. */
function endsOf({ config }: PlanVariable, at: number, groups: readonly GroupSums[]): End[] {
  const scaled = (value: number) => BigInt(Math.round(value * 10 ** decimalsOf(config)))
  const { minimum = 0, maximum } = config
  const least = scaled(minimum)
  const isBelow = groups.some(({ ranges }) => (ranges[at]?.[0] ?? least) < least)
  const above: End = {
    at,
    name: 'aboveLeast',
    condition: `x${at} > ${least}`,
    isOff: ([from]) => from > least
  }
  if (maximum === undefined) return isBelow ? [] : [above]
  const most = scaled(maximum)
  return [
    above,
    {
      at,
      name: 'belowMost',
      condition: `x${at} < ${most}`,
      isOff: ([, to]) => to < most
    }
  ]
}
