/** Tail probabilities of t, F and χ², computed with the incomplete beta and gamma functions. */

/**
 * Maximum number of terms, which is enough for every argument that a table can give. Without convergence by then, the result is
 * NaN, never a wrong number.
 */
const STEPS_MAX = 100_000
const EPSILON = 1e-16
/** Replaces zero if a continued fraction would divide by it. */
const TINY = 1e-300

/** Probability of a |t| this large or larger: the two-sided p of a t test. `df` need not be whole. */
export function pOfT(t: number, df: number): number {
  if (!(df > 0) || Number.isNaN(t)) return Number.NaN
  return regularizedBeta({ a: df / 2, b: 0.5, x: df / (df + t * t), rest: (t * t) / (df + t * t) })
}

/** Probability of an F this large or larger. */
export function pOfF(f: number, between: number, within: number): number {
  if (!(between > 0) || !(within > 0) || Number.isNaN(f)) return Number.NaN
  if (f <= 0) return 1
  const whole = within + between * f
  return regularizedBeta({ a: within / 2, b: between / 2, x: within / whole, rest: (between * f) / whole })
}

/** Probability of a χ² this large or larger. */
export function pOfChiSquared(value: number, df: number): number {
  if (!(df > 0) || Number.isNaN(value)) return Number.NaN
  return value <= 0 ? 1 : upperGamma(df / 2, value / 2)
}

/** The t with the two-sided tail probability `p`: 2.228 for p = 0.05 and ten degrees of freedom. */
export function tOfP(p: number, df: number): number {
  return df > 0 ? tailOf(p, (t) => pOfT(t, df)) : Number.NaN
}

/** Two-sided tail probability of the normal distribution. */
export function pOfNormal(z: number): number {
  return Number.isNaN(z) ? Number.NaN : pOfChiSquared(z * z, 1)
}

/** The z for which both tails beyond ±z together have the probability `p`: 1.96 for p = 0.05. */
export function zOfP(p: number): number {
  return tailOf(p, pOfNormal)
}

/**
 * The value at which a tail probability that falls from 1 equals `p`, found by bisection until neighbouring doubles: 60 steps
 * give more digits than a double has.
 */
function tailOf(p: number, tail: (value: number) => number): number {
  if (!(p > 0 && p < 1)) return Number.NaN
  let high = 1
  while (tail(high) > p) high *= 2
  let low = 0
  for (let step = 0; step < 200 && high - low > Number.EPSILON * high; step++) {
    const middle = (low + high) / 2
    if (tail(middle) > p) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** `rest` is 1 - x. It is given separately, because the subtraction would lose digits for x near one. */
interface BetaArguments {
  readonly a: number
  readonly b: number
  readonly x: number
  readonly rest: number
}

/**
 * The regularised incomplete beta function I_x(a, b). The continued fraction converges below the
 * mean; above it the complement is used.
 */
function regularizedBeta({ a, b, x, rest }: BetaArguments): number {
  if (x <= 0) return 0
  if (rest <= 0) return 1
  const front = Math.exp(a * Math.log(x) + b * Math.log(rest) - lnBeta(a, b))
  if (x < (a + 1) / (a + b + 2)) return (front * betaFraction(a, b, x)) / a
  return 1 - (front * betaFraction(b, a, rest)) / b
}

/** The continued fraction of the incomplete beta function, by Lentz' method. */
function betaFraction(a: number, b: number, x: number): number {
  let c = 1
  let d = 1 / awayFromZero(1 - ((a + b) * x) / (a + 1))
  let value = d
  for (let m = 1; m <= STEPS_MAX; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / awayFromZero(1 + even * d)
    c = awayFromZero(1 + even / c)
    value *= c * d
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / awayFromZero(1 + odd * d)
    c = awayFromZero(1 + odd / c)
    value *= c * d
    if (Math.abs(c * d - 1) <= EPSILON) return value
  }
  return Number.NaN
}

/** The regularised upper gamma function Q(a, x), by its series if that is short, and otherwise by its continued fraction. */
function upperGamma(a: number, x: number): number {
  const front = Math.exp(a * Math.log(x) - x - lnGamma(a))
  return x < a + 1 ? 1 - front * gammaSeries(a, x) : front * gammaFraction(a, x)
}

function gammaSeries(a: number, x: number): number {
  let term = 1 / a
  let sum = term
  for (let n = 1; n <= STEPS_MAX; n++) {
    term *= x / (a + n)
    sum += term
    if (term <= sum * EPSILON) return sum
  }
  return Number.NaN
}

function gammaFraction(a: number, x: number): number {
  let b = x + 1 - a
  let c = 1 / TINY
  let d = 1 / awayFromZero(b)
  let value = d
  for (let n = 1; n <= STEPS_MAX; n++) {
    const top = -n * (n - a)
    b += 2
    d = 1 / awayFromZero(top * d + b)
    c = awayFromZero(b + top / c)
    value *= c * d
    if (Math.abs(c * d - 1) <= EPSILON) return value
  }
  return Number.NaN
}

function awayFromZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value
}

/**
 * The logarithm of the beta function. For a large a, ln Γ(a) and ln Γ(a + b) are large and nearly equal, so
 * their difference is computed directly.
 */
function lnBeta(a: number, b: number): number {
  const [small, large] = a < b ? [a, b] : [b, a]
  if (large < SHIFT) return lnGamma(a) + lnGamma(b) - lnGamma(a + b)
  const whole = small + large
  // ln Γ(large) - ln Γ(large + small) by Stirling, with log1p instead of the logarithm of a ratio near one.
  const difference =
    -(large - 0.5) * Math.log1p(small / large) - small * Math.log(whole) + small + stirling(large) - stirling(whole)
  return lnGamma(small) + difference
}

/** From this argument on, the omitted terms of Stirling's series are smaller than the last digit. */
const SHIFT = 15

/** ln Γ(x) for x > 0: Stirling's series, after moving small arguments up. */
export function lnGamma(x: number): number {
  let moved = x
  let product = 1
  while (moved < SHIFT) product *= moved++
  return (moved - 0.5) * Math.log(moved) - moved + 0.5 * Math.log(2 * Math.PI) + stirling(moved) - Math.log(product)
}

/** 1/(12x) - 1/(360x³) + …, the Bernoulli numbers over 2k(2k - 1). */
function stirling(x: number): number {
  const square = 1 / (x * x)
  const terms = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360_360, 1 / 156]
  return terms.reduceRight((sum, term) => sum * square + term, 0) / x
}
