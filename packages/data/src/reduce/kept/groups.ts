/** The groups of rows in memory: by categories, or one group of all rows. */
import { SubjectSet } from '@stimnet/protocol'
import { cellLabel } from '../../index/domain.ts'
import { type KeptRows, type KeptVariable, valuesAt } from './rows.ts'

/** The rows of a plan with the group of each. */
export interface Grouping {
  readonly rows: KeptRows
  /** The group of each row. */
  readonly codes: Uint32Array
  /** The groups that occur, in the order of their keys. */
  readonly groups: readonly KeptGroup[]
}

/** One group. */
export interface KeptGroup {
  readonly key: readonly (string | null)[]
  readonly people: SubjectSet
  /** Its number of rows; each person has one. */
  readonly count: number
}

/** The groups by some categories. People without a value are in a group of their own, after the others. */
export function grouped(rows: KeptRows, keys: readonly KeptVariable[]): Grouping {
  if (keys.length === 0) {
    const all = { key: [], people: rows.people, count: rows.count }
    return { rows, codes: new Uint32Array(rows.count), groups: rows.count === 0 ? [] : [all] }
  }
  // The last cell of a category is for people without a value.
  const sizes = keys.map(({ variable }) => variable.levels.length + 1)
  const codes = new Uint32Array(rows.count)
  for (const [at, { column }] of keys.entries()) {
    const [size, values] = [sizes[at] as number, valuesAt(column, rows)]
    for (let row = 0; row < codes.length; row++) {
      const value = values[row] as number
      codes[row] = (codes[row] as number) * size + (Number.isNaN(value) ? size - 1 : value)
    }
  }
  const counts = new Uint32Array(sizes.reduce((product, size) => product * size, 1))
  for (let row = 0; row < codes.length; row++)
    counts[codes[row] as number] = (counts[codes[row] as number] as number) + 1
  const occurring = [...counts.keys()].filter((code) => counts[code] !== 0)
  const placeOf = new Uint32Array(counts.length)
  for (const [group, code] of occurring.entries()) placeOf[code] = group
  for (let row = 0; row < codes.length; row++) codes[row] = placeOf[codes[row] as number] as number
  const people = occurring.length === 1 ? [rows.people] : setsIn(rows, codes, occurring.length)
  const groups = occurring.map((code, group): KeptGroup => {
    return { key: keyOf(code, keys), people: people[group] as SubjectSet, count: counts[code] as number }
  })
  return { rows, codes, groups }
}

/** The labels of a combined code, of which the last key changes fastest. */
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

/** The people of the rows by code; rows with a code of `sets` or more are in none. */
export function setsIn({ places, universe }: KeptRows, codes: Uint32Array, sets: number): SubjectSet[] {
  const bytes = Array.from({ length: sets }, () => new Uint8Array(Math.ceil(universe / 32) * 4))
  for (let row = 0; row < codes.length; row++) {
    const own = bytes[codes[row] as number]
    if (own === undefined) continue
    const person = places === undefined ? row : (places[row] as number)
    own[person >>> 3] = (own[person >>> 3] as number) | (1 << (person & 7))
  }
  return bytes.map((one) => SubjectSet.fromBytes(universe, one))
}

/** The people of each group whose value has a property. */
export function peopleWith(
  values: Float64Array,
  holds: (value: number) => boolean,
  { rows, codes, groups }: Grouping
): SubjectSet[] {
  const outside = groups.length
  const chosen = new Uint32Array(codes.length)
  for (let row = 0; row < chosen.length; row++)
    chosen[row] = holds(values[row] as number) ? (codes[row] as number) : outside
  return setsIn(rows, chosen, outside)
}
