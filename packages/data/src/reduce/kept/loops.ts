/**
 * The loops over all rows. Each takes nothing but arrays and numbers, so that it is compiled once for all callers. `codes` has the group of
 * each row, and the results are by group. NaN means a missing value, which is left out.
 */

/** Adds the values and their squares. */
export function addMoments(values: Float64Array, codes: Uint32Array, sums: Float64Array, squares: Float64Array): void {
  for (let row = 0; row < values.length; row++) {
    const value = values[row] as number
    if (Number.isNaN(value)) continue
    const group = codes[row] as number
    sums[group] = (sums[group] as number) + value
    squares[group] = (squares[group] as number) + value * value
  }
}

/** The same for a single group. */
export function addAllMoments(values: Float64Array, sums: Float64Array, squares: Float64Array): void {
  let sum = 0
  let square = 0
  for (let row = 0; row < values.length; row++) {
    const value = values[row] as number
    if (Number.isNaN(value)) continue
    sum += value
    square += value * value
  }
  sums[0] = sum
  squares[0] = square
}

/** Adds the products of the rows from `from` to `to`. */
export function addProducts(
  x: Float64Array,
  y: Float64Array,
  { codes, sums, from, to }: { codes: Uint32Array; sums: Float64Array; from: number; to: number }
): void {
  if (sums.length === 1) {
    sums[0] = (sums[0] as number) + productOf(x, y, from, to)
    return
  }
  for (let row = from; row < to; row++) {
    const term = (x[row] as number) * (y[row] as number)
    if (Number.isNaN(term)) continue
    const group = codes[row] as number
    sums[group] = (sums[group] as number) + term
  }
}

function productOf(x: Float64Array, y: Float64Array, from: number, to: number): number {
  let sum = 0
  for (let row = from; row < to; row++) {
    const term = (x[row] as number) * (y[row] as number)
    if (!Number.isNaN(term)) sum += term
  }
  return sum
}

/** Three results by group. */
export type Three = readonly [Float64Array, Float64Array, Float64Array]

/** Finds the smallest and the two largest values; the results begin with infinite ones. */
export function findRanges(values: Float64Array, codes: Uint32Array, [least, most, second]: Three): void {
  for (let row = 0; row < values.length; row++) {
    const value = values[row] as number
    const group = codes[row] as number
    if (value < (least[group] as number)) least[group] = value
    // Few values are larger than the second largest so far.
    if (!(value > (second[group] as number))) continue
    const isMost = value > (most[group] as number)
    second[group] = isMost ? (most[group] as number) : value
    if (isMost) most[group] = value
  }
}

/** Adds up the squared distances from the mean of each group, and finds the two largest. */
export function addDistances(
  values: Float64Array,
  codes: Uint32Array,
  means: Float64Array,
  [totals, most, second]: Three
): void {
  for (let row = 0; row < values.length; row++) {
    const group = codes[row] as number
    const apart = (values[row] as number) - (means[group] as number)
    const square = apart * apart
    // False for a row without a value.
    if (!(square >= 0)) continue
    totals[group] = (totals[group] as number) + square
    if (square <= (second[group] as number)) continue
    const isMost = square > (most[group] as number)
    second[group] = isMost ? (most[group] as number) : square
    if (isMost) most[group] = square
  }
}

/** Counts the rows of each group. */
export function countGroups(codes: Uint32Array, counts: Uint32Array): void {
  for (let row = 0; row < codes.length; row++)
    counts[codes[row] as number] = (counts[codes[row] as number] as number) + 1
}

/** Divides each group by a category of `size` cells, the last of which is for people without a value. */
export function divideGroups(codes: Uint32Array, cells: Float64Array, size: number): void {
  for (let row = 0; row < codes.length; row++) {
    const cell = cells[row] as number
    codes[row] = (codes[row] as number) * size + (Number.isNaN(cell) ? size - 1 : cell)
  }
}

/** Gives the groups other numbers. */
export function renameGroups(codes: Uint32Array, names: Uint32Array): void {
  for (let row = 0; row < codes.length; row++) codes[row] = names[codes[row] as number] as number
}

/** The sets of people that a loop fills, as bits. Without `places`, row i belongs to person i. */
export interface Marked {
  readonly sets: readonly Uint8Array[]
  readonly places: Uint32Array | undefined
}

/** Marks the person of each row in the set of its group. */
export function markPeople(codes: Uint32Array, { sets, places }: Marked): void {
  for (let row = 0; row < codes.length; row++) {
    const own = sets[codes[row] as number] as Uint8Array
    const person = places === undefined ? row : (places[row] as number)
    own[person >>> 3] = (own[person >>> 3] as number) | (1 << (person & 7))
  }
}

/** Like `markPeople`, for the rows whose value is above `above` and below `below`. */
export function markBetween(
  values: Float64Array,
  { codes, above, below }: { codes: Uint32Array; above: number; below: number },
  { sets, places }: Marked
): void {
  for (let row = 0; row < codes.length; row++) {
    const value = values[row] as number
    if (!(value > above && value < below)) continue
    const own = sets[codes[row] as number] as Uint8Array
    const person = places === undefined ? row : (places[row] as number)
    own[person >>> 3] = (own[person >>> 3] as number) | (1 << (person & 7))
  }
}

/** Marks the person of each row in the set of its group and of its value, which is a whole number below `size`. */
export function markByValue(
  values: Float64Array,
  { codes, size }: { codes: Uint32Array; size: number },
  { sets, places }: Marked
): void {
  for (let row = 0; row < codes.length; row++) {
    const value = values[row] as number
    if (Number.isNaN(value)) continue
    const own = sets[(codes[row] as number) * size + value] as Uint8Array
    const person = places === undefined ? row : (places[row] as number)
    own[person >>> 3] = (own[person >>> 3] as number) | (1 << (person & 7))
  }
}
