/** Maps values to positions on an axis, and chooses round numbers as its ticks. */

/** A linear axis. */
export interface Scale {
  readonly low: number
  readonly high: number
  at(value: number): number
}

/** Maps [low, high] to [from, to]. If low equals high, every value is mapped to the middle. */
export function scaleOf(domain: readonly [number, number], range: readonly [number, number]): Scale {
  const [low, high] = domain
  const [from, to] = range
  const length = high - low
  return {
    low,
    high,
    at: (value) => (length > 0 ? from + ((value - low) / length) * (to - from) : (from + to) / 2)
  }
}

/** The smallest and largest value with a margin; 0 to 1 if there are no values. */
export function domainOf(values: readonly number[], options: { withZero?: boolean } = {}): [number, number] {
  const finite = values.filter(Number.isFinite)
  const all = options.withZero ? [...finite, 0] : finite
  if (all.length === 0) return [0, 1]
  const low = Math.min(...all)
  const high = Math.max(...all)
  if (low === high) return low === 0 ? [0, 1] : [Math.min(low, low - Math.abs(low) / 2), high + Math.abs(high) / 2]
  const room = (high - low) * 0.06
  return [options.withZero && low === 0 ? 0 : low - room, options.withZero && high === 0 ? 0 : high + room]
}

/** About `wanted` round numbers within the range; their distance is 1, 2 or 5 times a power of ten. */
export function ticksOf([low, high]: readonly [number, number], wanted = 5): number[] {
  const rough = (high - low) / Math.max(1, wanted)
  if (!(rough > 0) || !Number.isFinite(rough)) return [low]
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((times) => times * power).find((size) => size >= rough) ?? 10 * power
  const first = Math.ceil(low / step - 1e-9)
  const last = Math.floor(high / step + 1e-9)
  // Computed as multiples of the step, so that no rounding error of a sum is shown.
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)))
}
