/** Search for the integers that fit a few power sums, which the moments of a small group disclose. */

/** A number that is known up to a tolerance. */
export interface Near {
  readonly value: number
  readonly tolerance: number
}

/** Power sums of `count` integers between `low` and `high`. */
export interface PowerSums {
  readonly count: number
  readonly low: number
  readonly high: number
  /** The sum of the first powers, of the second powers, and so on. The first two are required. */
  readonly sums: readonly Near[]
}

/** All fitting multisets, each in ascending order; null if there are too many to search. */
export function multisetsOf(
  { count, low, high, sums }: PowerSums,
  { nodesMax = 3_000_000, foundMax = 200 } = {}
): readonly (readonly number[])[] | null {
  const [first, second] = sums
  if (!first || !second) return null
  const found: number[][] = []
  const chosen: number[] = []
  let nodes = 0
  let tooMany = false
  const fits = () =>
    sums.every(({ value, tolerance }, i) => {
      const sum = chosen.reduce((all, each) => all + each ** (i + 1), 0)
      return Math.abs(sum - value) <= tolerance + 1e-6 * Math.max(1, Math.abs(value))
    })
  const visit = (least: number, sum: number, squares: number): void => {
    if (tooMany) return
    nodes += 1
    if (nodes > nodesMax || found.length > foundMax) {
      tooMany = true
      return
    }
    const left = count - chosen.length
    if (left === 0) {
      if (fits()) found.push([...chosen])
      return
    }
    // The remaining values must have a mean of at least the lowest one, and at least the sum of squares of equal values.
    const [rest, restSquares] = [first.value - sum, second.value - squares]
    const slack = first.tolerance + 0.5
    if (rest + slack < left * least || rest - slack > left * high) return
    if (restSquares + second.tolerance + 0.5 < Math.max(0, Math.abs(rest) - slack) ** 2 / left) return
    const highest = Math.min(high, Math.floor((rest + slack) / left))
    const reach = Math.sqrt(Math.max(0, restSquares + second.tolerance + 0.5))
    for (let value = Math.max(least, Math.ceil(-reach)); value <= Math.min(highest, reach); value++) {
      chosen.push(value)
      visit(value, sum + value, squares + value * value)
      chosen.pop()
    }
  }
  visit(low, 0, 0)
  return tooMany ? null : found
}

/** All assignments of the values to people whose sum, weighted by a known column, fits; null if there are too many. */
export function ordersOf(
  values: readonly number[],
  known: readonly number[],
  product: Near,
  { nodesMax = 500_000, foundMax = 2_000 } = {}
): readonly (readonly number[])[] | null {
  const found: number[][] = []
  const left = Map.groupBy(values, (value) => value)
  const counts = new Map([...left].map(([value, all]) => [value, all.length]))
  const chosen: number[] = []
  let nodes = 0
  let tooMany = false
  const visit = (sum: number): void => {
    nodes += 1
    if (tooMany || nodes > nodesMax || found.length > foundMax) {
      tooMany = true
      return
    }
    const at = chosen.length
    if (at === known.length) {
      if (Math.abs(sum - product.value) <= product.tolerance + 1e-6 * Math.max(1, Math.abs(product.value))) {
        found.push([...chosen])
      }
      return
    }
    for (const [value, count] of counts) {
      if (count === 0) continue
      counts.set(value, count - 1)
      chosen.push(value)
      visit(sum + value * (known[at] ?? 0))
      chosen.pop()
      counts.set(value, count)
    }
  }
  visit(0)
  return tooMany ? null : found
}
