/** Interval arithmetic: numbers that are known to lie between two ends, and computations with these numbers. */

/** The smallest and the largest possible value of a number. For an exact number, both are equal. */
export interface Range {
  readonly low: number
  readonly high: number
}

/** A number that differs from `value` by at most `within`. */
export function around(value: number, within = 0): Range {
  return { low: value - within, high: value + within }
}

/** A number that cannot be below zero. */
export function notNegative({ low, high }: Range): Range {
  return { low: Math.max(0, low), high: Math.max(0, high) }
}

/** The sum of all ranges. */
export function plus(...all: readonly Range[]): Range {
  return all.reduce((a, b) => ({ low: a.low + b.low, high: a.high + b.high }), { low: 0, high: 0 })
}

/** The first range minus the second. */
export function minus(a: Range, b: Range): Range {
  return { low: a.low - b.high, high: a.high - b.low }
}

/** The product of all ranges. */
export function times(...all: readonly Range[]): Range {
  return all.reduce(
    (a, b) => {
      const ends = [a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high]
      return { low: Math.min(...ends), high: Math.max(...ends) }
    },
    { low: 1, high: 1 }
  )
}

/** The quotient; without bounds if the divisor may be zero. */
export function over(a: Range, b: Range): Range {
  if (!(b.low > 0) && !(b.high < 0)) return { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY }
  return times(a, { low: 1 / b.high, high: 1 / b.low })
}
