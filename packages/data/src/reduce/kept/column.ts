/** One variable in the groups of rows in memory. */
import type { Deviations, ReducedColumn, ReducedPart, SubjectSet } from '@stimnet/protocol'
import { decimalsOf } from '../../catalog/catalog-config.ts'
import { decimalText, isNumeric } from '../../columns.ts'
import { FEW_VALUES_MAX } from '../cells.ts'
import { sharedOf } from '../ends.ts'
import type { KeptColumn } from './columns.ts'
import { deviationsIn } from './deviations.ts'
import { type Grouping, peopleWith, setsMarked } from './groups.ts'
import { findRanges, markByValue } from './loops.ts'
import { remembered } from './remembered.ts'
import { type KeptVariable, valuesAt } from './rows.ts'
import { momentsOf, type Whole } from './sums.ts'

/** A variable in all groups. */
export interface ColumnInGroups {
  readonly column: KeptColumn
  /** Its values by row. */
  readonly whole: Whole
  /** Whether some row lacks a value. */
  readonly isMissing: boolean
  /** Whether some group has a negative value. */
  readonly isSigned: boolean
  /** The reduced columns by group. */
  readonly columns: readonly ReducedColumn[]
}

/** Reduces a variable. `spreads` decides, from the sign of the values, whether the distances from the mean are needed. */
export function columnIn(
  variable: KeptVariable,
  by: Grouping,
  spreads: (isSigned: boolean) => boolean
): ColumnInGroups {
  const { column } = variable
  const values = valuesAt(column, by.rows)
  const whole = { values, largest: column.largest }
  const isComplete = column.present === by.rows.universe
  const present = isComplete
    ? Uint32Array.from(by.groups, ({ count }) => count)
    : remembered(column, { what: 'present', by }, () => presentIn(values, by))
  const isMissing = present.some((count, group) => count !== by.groups[group]?.count)
  const people = isMissing ? peopleWith(values, {}, by) : by.groups.map((one) => one.people)
  const shared = (group: number) => ({
    decimals: decimalsOf(variable.config),
    support: people[group] as SubjectSet,
    rows: present[group] as number
  })
  if (!isNumeric(variable.variable)) {
    const levels = levelsIn(variable, values, by)
    const columns = by.groups.map((_, group) => ({ ...shared(group), ...NO_SUMS, levels: levels(group) }))
    return { column, whole, isMissing, isSigned: false, columns }
  }
  const { sums, squares } = remembered(column, { what: 'moments', by }, () => momentsOf(whole, by))
  const ranges = remembered(column, { what: 'ranges', by }, () => rangesIn(values, by))
  const isSigned = ranges.least.some((least) => least < 0)
  const few = fewIn(variable, values, by)
  const ends = endsIn(variable, { values, ranges, by })
  const deviations = spreads(isSigned) ? distancesIn(column, { values, sums, counts: present }, by) : undefined
  const columns = by.groups.map((_, group): ReducedColumn => {
    const isNegative = (ranges.least[group] as number) < 0
    const largest = [ranges.most, ranges.second].map((one) => wholeOf(one[group] as number))
    const own = shared(group)
    return {
      ...own,
      sum: sums[group] as bigint,
      sumSquares: squares[group] as bigint,
      nonNegative: !isNegative,
      largest: isNegative ? [0n, 0n] : [largest[0] ?? 0n, largest[1] ?? 0n],
      ...ends(group, own),
      ...(few === undefined ? {} : { levels: few(group) }),
      ...(deviations === undefined ? {} : { deviations: [deviations[group] as Deviations] })
    }
  })
  return { column, whole, isMissing, isSigned, columns }
}

/** The distances of a column from the means of the groups; see `deviationsIn`. */
export function distancesIn(
  column: KeptColumn,
  { values, sums, counts }: { values: Float64Array; sums: readonly bigint[]; counts: Uint32Array },
  by: Grouping
): Deviations[] {
  return remembered(column, { what: 'distances', by }, () => deviationsIn(values, { sums, counts }, by))
}

const NO_SUMS = { sum: 0n, sumSquares: 0n, nonNegative: true, largest: [0n, 0n] } as const

/** The number of rows of each group that have a value. */
function presentIn(values: Float64Array, { codes, groups }: Grouping): Uint32Array {
  const counts = new Uint32Array(groups.length)
  for (let row = 0; row < codes.length; row++)
    if (!Number.isNaN(values[row] as number))
      counts[codes[row] as number] = (counts[codes[row] as number] as number) + 1
  return counts
}

/** The smallest and the two largest values of each group; infinite where there is none. */
interface Ranges {
  readonly least: Float64Array
  readonly most: Float64Array
  readonly second: Float64Array
}

function rangesIn(values: Float64Array, { codes, groups }: Grouping): Ranges {
  const of = (value: number) => new Float64Array(groups.length).fill(value)
  const [least, most, second] = [
    of(Number.POSITIVE_INFINITY),
    of(Number.NEGATIVE_INFINITY),
    of(Number.NEGATIVE_INFINITY)
  ]
  findRanges(values, codes, [least, most, second])
  return { least, most, second }
}

function wholeOf(value: number): bigint {
  return Number.isFinite(value) ? BigInt(value) : 0n
}

/** The people of each declared level. The value of a category is the index of its level. */
function levelsIn({ variable }: KeptVariable, values: Float64Array, by: Grouping): SetsOfGroup {
  return setsByPlace(variable.levels, values, by)
}

/** The people of each value, if all rows together have only a few values; undefined otherwise. */
function fewIn({ config }: KeptVariable, values: Float64Array, by: Grouping) {
  const found = new Set<number>()
  for (let row = 0; row < values.length && found.size <= FEW_VALUES_MAX; row++)
    if (!Number.isNaN(values[row] as number)) found.add(values[row] as number)
  if (found.size > FEW_VALUES_MAX) return undefined
  const sorted = [...found].sort((a, b) => a - b)
  const placeOf = new Map(sorted.map((value, place) => [value, place]))
  const names = sorted.map((value) => decimalText(BigInt(value), decimalsOf(config)))
  return setsByPlace(
    names,
    values.map((value) => placeOf.get(value) ?? Number.NaN),
    by
  )
}

type SetsOfGroup = (group: number) => ReadonlyMap<string, SubjectSet>

/** For each group, the people of each name. Each row has the index of its name. */
function setsByPlace(names: readonly string[], places: Float64Array, { rows, codes, groups }: Grouping): SetsOfGroup {
  const size = names.length
  const sets = setsMarked(rows, groups.length * size, (marked) => markByValue(places, { codes, size }, marked))
  return (group) => new Map(names.map((name, place) => [name, sets[group * size + place] as SubjectSet]))
}

type EndName = 'aboveLeast' | 'aboveSecond' | 'belowMost' | 'belowLastButOne'

/** The people whose values are not the smallest, or not the largest, of the snapshot; see `ends.ts`. */
function endsIn(
  { column }: KeptVariable,
  { values, ranges, by }: { values: Float64Array; ranges: Ranges; by: Grouping }
) {
  const [low, high] = column.ends.map(sharedOf)
  const found: { name: EndName; people: SubjectSet[] | undefined }[] = []
  for (const [place, end] of (low ?? []).entries()) {
    const isReached = ranges.least.some((least) => least <= Number(end))
    const people = isReached ? peopleWith(values, { above: Number(end) }, by) : undefined
    found.push({ name: place === 0 ? 'aboveLeast' : 'aboveSecond', people })
  }
  for (const [place, end] of (high ?? []).entries()) {
    const isReached = ranges.most.some((most) => most >= Number(end))
    const people = isReached ? peopleWith(values, { below: Number(end) }, by) : undefined
    found.push({ name: place === 0 ? 'belowMost' : 'belowLastButOne', people })
  }
  return (group: number, all: ReducedPart): Partial<Record<EndName, ReducedPart>> =>
    Object.fromEntries(
      found.map(({ name, people }) => {
        const set = people?.[group]
        return [name, set === undefined ? { support: all.support, rows: all.rows } : { support: set, rows: set.size }]
      })
    )
}
