/** The groups of rows in memory: by categories, or one group of all rows. */
import { SubjectSet } from '@stimnet/protocol'
import { cellLabel } from '../../index/domain.ts'
import type { KeptColumn } from './columns.ts'
import { countGroups, divideGroups, type Marked, markBetween, markPeople, renameGroups } from './loops.ts'
import { type KeptRows, type KeptVariable, valuesAt } from './rows.ts'

/** The rows of a plan with the group of each. */
export interface Grouping {
  readonly rows: KeptRows
  /** The group of each row. */
  readonly codes: Uint32Array
  /** The groups that occur, in the order of their keys. */
  readonly groups: readonly KeptGroup[]
  /** The columns of the categories by which the groups are made. */
  readonly keys: readonly KeptColumn[]
}

/** One group. */
export interface KeptGroup {
  readonly key: readonly (string | null)[]
  readonly people: SubjectSet
  /** The number of rows of the group. Each person has one row. */
  readonly count: number
}

/** The groups by some categories. People without a value form a separate group, after the others. */
export function grouped(rows: KeptRows, keys: readonly KeptVariable[]): Grouping {
  if (keys.length === 0) {
    const all = { key: [], people: rows.people, count: rows.count }
    return { rows, codes: new Uint32Array(rows.count), groups: rows.count === 0 ? [] : [all], keys: [] }
  }
  // The last cell of a category is for people without a value.
  const sizes = keys.map(({ variable }) => variable.levels.length + 1)
  const codes = new Uint32Array(rows.count)
  for (const [at, { column }] of keys.entries()) {
    divideGroups(codes, valuesAt(column, rows), sizes[at] as number)
  }
  const counts = new Uint32Array(sizes.reduce((product, size) => product * size, 1))
  countGroups(codes, counts)
  const occurring = [...counts.keys()].filter((code) => counts[code] !== 0)
  if (occurring.some((code, group) => code !== group)) {
    const placeOf = new Uint32Array(counts.length)
    for (const [group, code] of occurring.entries()) placeOf[code] = group
    renameGroups(codes, placeOf)
  }
  const people =
    occurring.length === 1 ? [rows.people] : setsMarked(rows, occurring.length, (marked) => markPeople(codes, marked))
  const groups = occurring.map((code, group): KeptGroup => {
    return { key: keyOf(code, keys), people: people[group] as SubjectSet, count: counts[code] as number }
  })
  return { rows, codes, groups, keys: keys.map(({ column }) => column) }
}

/** The labels of a combined code, in which the last key changes fastest. */
function keyOf(code: number, keys: readonly KeptVariable[]): (string | null)[] {
  let left = code
  return keys
    .toReversed()
    .map(({ variable }) => {
      const size = variable.levels.length + 1
      const cell = left % size
      left = (left - cell) / size
      return cell === size - 1 ? null : cellLabel(variable, cell)
    })
    .reverse()
}

/** Some sets of people, made from the bits that a loop sets in them. */
export function setsMarked(
  { places, universe }: KeptRows,
  count: number,
  mark: (marked: Marked) => void
): SubjectSet[] {
  const sets = Array.from({ length: count }, () => new Uint8Array(Math.ceil(universe / 32) * 4))
  mark({ sets, places })
  return sets.map((one) => SubjectSet.fromBytes(universe, one))
}

/** The people of each group whose value is above a number and below another; everybody if no numbers are given. */
export function peopleWith(
  values: Float64Array,
  { above = Number.NEGATIVE_INFINITY, below = Number.POSITIVE_INFINITY }: { above?: number; below?: number },
  { rows, codes, groups }: Grouping
): SubjectSet[] {
  return setsMarked(rows, groups.length, (marked) => markBetween(values, { codes, above, below }, marked))
}
