/** Decision in whole numbers whether a set is a linear combination of other sets. */

/** Largest denominator that is tried: combinations by sums and differences have small denominators. */
const DENOMINATOR_MAX = 5_040
const NEAR = 1e-6

/**
 * True if fractions near the given weights combine the other sets to exactly this set: for every pattern, the sum of the
 * weights of the sets that contain it is 1 inside the set and 0 outside. `wanted` is undefined for a pattern that the set
 * divides; no combination can divide a pattern. False does not mean that no such combination exists.
 */
export function rationalWeights(
  weights: Float64Array,
  rows: readonly Uint8Array[],
  wanted: (own: number) => 0 | 1 | undefined
): boolean {
  const denominator = commonDenominator(weights)
  if (denominator === undefined) return false
  const numerators = Array.from(weights, (weight) => Math.round(weight * denominator))
  return rows.every((row, own) => {
    const want = wanted(own)
    if (want === undefined) return false
    let sum = 0
    for (let set = 0; set < row.length; set++) if (row[set] === 1) sum += numerators[set] ?? 0
    return Number.isSafeInteger(sum) && sum === want * denominator
  })
}

/**
 * The least denominator with which all weights are near whole numbers; undefined if it exceeds the largest denominator that
 * is tried.
 */
function commonDenominator(weights: Float64Array): number | undefined {
  let common = 1
  for (const weight of weights) {
    const isWhole = (value: number) => Math.abs(value - Math.round(value)) <= NEAR
    if (isWhole(weight * common)) continue
    let factor = 2
    while (common * factor <= DENOMINATOR_MAX && !isWhole(weight * common * factor)) factor++
    if (common * factor > DENOMINATOR_MAX) return undefined
    common *= factor
  }
  return common
}
