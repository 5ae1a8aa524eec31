/** Exact sums of whole numbers in doubles, by group. */
import { addAllMoments, addMoments, addProducts } from './loops.ts'

/** The group of each row, and the groups. */
export interface Grouped {
  readonly codes: Uint32Array
  readonly groups: { readonly length: number }
}

/** Values, and the largest absolute value. Values are whole numbers that a double holds exactly, or NaN if there is none. */
export interface Whole {
  readonly values: Float64Array
  readonly largest: number
}

/** Doubles hold every whole number up to this one, so a sum that stays below it is exact. */
const EXACT_MAX = Number.MAX_SAFE_INTEGER
/** Above this size, products of values are computed from two parts: thousands of products of parts below 2^20 can be summed exactly. */
const PART = 2 ** 20
const SPLIT_MAX = PART * PART
const PRODUCTS_EACH = 2 ** 12

/** The sums of the values and of their squares by group. Missing values are left out. */
export function momentsOf(x: Whole, by: Grouped): { sums: bigint[]; squares: bigint[] } {
  const { values, largest } = x
  if (largest * largest * values.length > EXACT_MAX) {
    const ones = { values: new Float64Array(values.length).fill(1), largest: 1 }
    return { sums: productSums(x, ones, by), squares: productSums(x, x, by) }
  }
  const { codes, groups } = by
  const [sums, squares] = [new Float64Array(groups.length), new Float64Array(groups.length)]
  if (groups.length === 1) addAllMoments(values, sums, squares)
  else addMoments(values, codes, sums, squares)
  return { sums: Array.from(sums, BigInt), squares: Array.from(squares, BigInt) }
}

/** The sums of products by group, over the rows in which both values are present. */
export function productSums(x: Whole, y: Whole, by: Grouped): bigint[] {
  const isSmall = x.largest * y.largest * x.values.length <= EXACT_MAX
  if (isSmall) return Array.from(plainSums(x.values, y.values, by, 0, x.values.length), BigInt)
  if (x.largest * y.largest <= EXACT_MAX / PRODUCTS_EACH) return pieceSums(x.values, y.values, by)
  if (Math.max(x.largest, y.largest) >= SPLIT_MAX) return wideSums(x.values, y.values, by)
  const [xs, ys] = [partsOf(x.values), partsOf(y.values)]
  const unit = BigInt(PART)
  const [high, highLow, lowHigh, low] = [
    pieceSums(xs.high, ys.high, by),
    pieceSums(xs.high, ys.low, by),
    pieceSums(xs.low, ys.high, by),
    pieceSums(xs.low, ys.low, by)
  ]
  return high.map(
    (sum, group) => (sum * unit + (highLow[group] ?? 0n) + (lowHigh[group] ?? 0n)) * unit + (low[group] ?? 0n)
  )
}

function plainSums(
  x: Float64Array,
  y: Float64Array,
  { codes, groups }: Grouped,
  from: number,
  to: number
): Float64Array {
  const sums = new Float64Array(groups.length)
  addProducts(x, y, { codes, sums, from, to })
  return sums
}

/** Sums of products of which thousands can be added exactly. */
function pieceSums(x: Float64Array, y: Float64Array, by: Grouped): bigint[] {
  const sums = new Array<bigint>(by.groups.length).fill(0n)
  for (let from = 0; from < x.length; from += PRODUCTS_EACH) {
    const piece = plainSums(x, y, by, from, Math.min(x.length, from + PRODUCTS_EACH))
    for (let group = 0; group < piece.length; group++)
      if (piece[group] !== 0) sums[group] = (sums[group] ?? 0n) + BigInt(piece[group] as number)
  }
  return sums
}

function wideSums(x: Float64Array, y: Float64Array, { codes, groups }: Grouped): bigint[] {
  const sums = new Array<bigint>(groups.length).fill(0n)
  for (let row = 0; row < x.length; row++) {
    const [a, b, group] = [x[row] as number, y[row] as number, codes[row] as number]
    if (!Number.isNaN(a) && !Number.isNaN(b)) sums[group] = (sums[group] ?? 0n) + BigInt(a) * BigInt(b)
  }
  return sums
}

/** Each value as `high` times 2^20 plus `low`, which is from 0 to 2^20. */
function partsOf(values: Float64Array): { high: Float64Array; low: Float64Array } {
  const high = values.map((value) => Math.floor(value / PART))
  return { high, low: values.map((value, row) => value - (high[row] as number) * PART) }
}
