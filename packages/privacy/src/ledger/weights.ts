/** Whether a set is a combination of others, decided in whole numbers. */

/** Denominators that are tried: sums and differences of sets have small ones. */
const DENOMINATOR_MAX = 5_040
const NEAR = 1e-6

/**
 * True where fractions near the given weights make up the set exactly: for every pattern Σ weight·(in that set) is 1 inside
 * and 0 outside. `wanted` is undefined for a pattern that the set cuts, which no combination does. False says nothing.
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

/** The least one with which all weights are near whole numbers. */
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
