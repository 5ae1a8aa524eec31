/** A pair of variables in the groups of rows in memory. */
import type { Deviations, ReducedPair, SubjectSet } from '@stimnet/protocol'
import { type ColumnInGroups, distancesIn } from './column.ts'
import { deviationsIn } from './deviations.ts'
import { type Grouping, peopleWith } from './groups.ts'
import { remembered } from './remembered.ts'
import { momentsOf, productSums, type Whole } from './sums.ts'

/** Reduces a pair over the rows with both values; by group. */
export function pairIn(x: ColumnInGroups, y: ColumnInGroups, by: Grouping): ReducedPair[] {
  const { people, counts, ofX, ofY } = x.isMissing || y.isMissing ? overBoth(x, y, by) : overAll(x, y, by)
  const products = remembered(x.column, { what: 'products', by, others: [y.column] }, () =>
    productSums(x.whole, y.whole, by)
  )
  return by.groups.map((_, group) => ({
    support: people[group] as SubjectSet,
    rows: counts[group] as number,
    decimals: [x.columns[group]?.decimals ?? 0, y.columns[group]?.decimals ?? 0],
    sumX: ofX.sums[group] as bigint,
    sumY: ofY.sums[group] as bigint,
    sumXX: ofX.squares[group] as bigint,
    sumYY: ofY.squares[group] as bigint,
    sumXY: products[group] as bigint,
    deviations: [ofX.deviations[group] as Deviations, ofY.deviations[group] as Deviations]
  }))
}

interface OfOne {
  readonly sums: readonly bigint[]
  readonly squares: readonly bigint[]
  readonly deviations: readonly Deviations[]
}

interface OfBoth {
  readonly people: readonly SubjectSet[]
  readonly counts: ArrayLike<number>
  readonly ofX: OfOne
  readonly ofY: OfOne
}

/** If nobody lacks a value, both columns are those of the group. */
function overAll(x: ColumnInGroups, y: ColumnInGroups, by: Grouping): OfBoth {
  return {
    people: by.groups.map((one) => one.people),
    counts: by.groups.map((one) => one.count),
    ofX: ofColumn(x, by),
    ofY: ofColumn(y, by)
  }
}

const KNOWN = new WeakMap<ColumnInGroups, OfOne>()

/** Cached, because a column is in many pairs. */
function ofColumn(column: ColumnInGroups, by: Grouping): OfOne {
  const before = KNOWN.get(column)
  if (before !== undefined) return before
  const sums = column.columns.map(({ sum }) => sum)
  const counts = Uint32Array.from(column.columns, ({ rows }) => rows)
  const found = {
    sums,
    squares: column.columns.map(({ sumSquares }) => sumSquares),
    deviations: distancesIn(column.column, { values: column.whole.values, sums, counts }, by)
  }
  KNOWN.set(column, found)
  return found
}

function overBoth(x: ColumnInGroups, y: ColumnInGroups, by: Grouping): OfBoth {
  const both = x.whole.values.map((value, row) => value * 0 + (y.whole.values[row] as number) * 0)
  const people = peopleWith(both, {}, by)
  const counts = Uint32Array.from(people, ({ size }) => size)
  const only = ({ values, largest }: Whole, other: Whole): OfOne => {
    const whole = {
      values: values.map((value, row) => (Number.isNaN(other.values[row] as number) ? Number.NaN : value)),
      largest
    }
    const { sums, squares } = momentsOf(whole, by)
    return {
      sums,
      squares,
      deviations: deviationsIn(whole.values, { sums, counts }, by)
    }
  }
  return { people, counts, ofX: only(x.whole, y.whole), ofY: only(y.whole, x.whole) }
}
