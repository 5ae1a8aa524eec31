/** Mean, variance, skewness, kurtosis, covariance and correlation: exactly from integer sums at one site, then pooled across sites. */
import type { MomentsPart } from '@stimnet/protocol'
import { fractionOf, minus, over, plus, ratioToNumber, rootOfRatioToNumber } from './rational.ts'

/** Sums over `n` values in units of 10^-decimals (squares in 10^-2·decimals). */
export interface ExactSums {
  readonly n: number
  readonly decimals: number
  readonly sum: bigint
  readonly sumSquares: bigint
}

/** Sums that include third and fourth powers, in units of 10^-3·decimals and 10^-4·decimals. */
export interface ExactPowers extends ExactSums {
  readonly cubes: bigint
  readonly fourths: bigint
}

/** Sums over `n` pairs of values, each in its own unit of 10^-decimals. */
export interface ExactPairSums {
  readonly n: number
  readonly decimals: readonly [number, number]
  readonly sumX: bigint
  readonly sumY: bigint
  readonly sumXX: bigint
  readonly sumYY: bigint
  readonly sumXY: bigint
}

/** The sum in the variable’s own unit, rounded once. */
export function sumOf({ sum, decimals }: Pick<ExactSums, 'sum' | 'decimals'>): number {
  return ratioToNumber(sum, powerOfTen(decimals))
}

/** Null without values. */
export function meanOf({ n, sum, decimals }: Pick<ExactSums, 'n' | 'sum' | 'decimals'>): number | null {
  return n === 0 ? null : ratioToNumber(sum, BigInt(n) * powerOfTen(decimals))
}

/** Sum of squared deviations from the mean. Null without values. */
export function deviationsOf(sums: ExactSums): number | null {
  return sums.n === 0 ? null : ratioToNumber(spread(sums), BigInt(sums.n) * powerOfTen(2 * sums.decimals))
}

/** Sample variance, over n - 1. Null below two values. */
export function varianceOf(sums: ExactSums): number | null {
  return sums.n < 2 ? null : ratioToNumber(spread(sums), pairsOf(sums.n) * powerOfTen(2 * sums.decimals))
}

/** Sample standard deviation. Null below two values. */
export function sdOf(sums: ExactSums): number | null {
  return sums.n < 2 ? null : rootOfRatioToNumber(spread(sums), pairsOf(sums.n) * powerOfTen(2 * sums.decimals))
}

/** Skewness of the population, m3/m2^1.5. Null if nothing varies. */
export function skewnessOf(sums: ExactPowers): number | null {
  const square = spread(sums)
  if (square === 0n) return null
  const third = thirdSpread(sums)
  const size = rootOfRatioToNumber(third * third, square ** 3n)
  return third < 0n ? -size : size
}

/** Kurtosis of the population, m4/m2²: 3 for a normal distribution. Null if nothing varies. */
export function kurtosisOf(sums: ExactPowers): number | null {
  const square = spread(sums)
  return square === 0n ? null : ratioToNumber(fourthSpread(sums), square * square)
}

/** Sums of third and fourth powers of the deviations from the mean. Null without values. */
export function higherDeviationsOf(sums: ExactPowers): { third: number; fourth: number } | null {
  const { n, decimals } = sums
  if (n === 0) return null
  const count = BigInt(n)
  return {
    third: ratioToNumber(thirdSpread(sums), count ** 2n * powerOfTen(3 * decimals)),
    fourth: ratioToNumber(fourthSpread(sums), count ** 3n * powerOfTen(4 * decimals))
  }
}

/** Sample covariance. Null below two pairs. */
export function covarianceOf(sums: ExactPairSums): number | null {
  if (sums.n < 2) return null
  return ratioToNumber(crossSpread(sums), pairsOf(sums.n) * powerOfTen(sums.decimals[0] + sums.decimals[1]))
}

/** Sum of products of deviations. Null without pairs. */
export function crossDeviationsOf(sums: ExactPairSums): number | null {
  if (sums.n === 0) return null
  return ratioToNumber(crossSpread(sums), BigInt(sums.n) * powerOfTen(sums.decimals[0] + sums.decimals[1]))
}

/** Pearson's r. Null if one of the variables does not vary. */
export function correlationOf(sums: ExactPairSums): number | null {
  const { x, y } = sidesOf(sums)
  const product = spread(x) * spread(y)
  if (product === 0n) return null
  const cross = crossSpread(sums)
  const size = rootOfRatioToNumber(cross * cross, product)
  return cross < 0n ? -size : size
}

/** The two sides of a pair as separate sums. */
export function sidesOf(sums: ExactPairSums): { x: ExactSums; y: ExactSums } {
  const { n, decimals } = sums
  return {
    x: { n, decimals: decimals[0], sum: sums.sumX, sumSquares: sums.sumXX },
    y: { n, decimals: decimals[1], sum: sums.sumY, sumSquares: sums.sumYY }
  }
}

/** n·Σx² - (Σx)²: n times the sum of squared deviations, without rounding. */
function spread({ n, sum, sumSquares }: ExactSums): bigint {
  return BigInt(n) * sumSquares - sum * sum
}

/** n² times the sum of third powers of the deviations. */
function thirdSpread({ n, sum, sumSquares, cubes }: ExactPowers): bigint {
  const count = BigInt(n)
  return count * count * cubes - 3n * count * sum * sumSquares + 2n * sum ** 3n
}

/** n³ times the sum of fourth powers of the deviations. */
function fourthSpread({ n, sum, sumSquares, cubes, fourths }: ExactPowers): bigint {
  const count = BigInt(n)
  return count ** 3n * fourths - 4n * count * count * sum * cubes + 6n * count * sum * sum * sumSquares - 3n * sum ** 4n
}

function crossSpread({ n, sumX, sumY, sumXY }: ExactPairSums): bigint {
  return BigInt(n) * sumXY - sumX * sumY
}

function pairsOf(n: number): bigint {
  return BigInt(n) * BigInt(n - 1)
}

function powerOfTen(exponent: number): bigint {
  return 10n ** BigInt(exponent)
}

/** The sum as decimal text with all digits. */
export function sumText({ sum, decimals }: Pick<ExactSums, 'sum' | 'decimals'>): string {
  const digits = (sum < 0n ? -sum : sum).toString().padStart(decimals + 1, '0')
  const [whole, fraction] = [digits.slice(0, digits.length - decimals), digits.slice(digits.length - decimals)]
  return `${sum < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`
}

/**
 * Pools moments by Chan, Golub & LeVeque: the deviations within the parts, and the deviations of the parts' means from the common
 * mean; third and fourth powers by Pébay. If a part lacks something (deviations, a power, the second variable), the result lacks
 * it too. Null without values.
 */
export function poolMoments(parts: readonly MomentsPart[]): MomentsPart | null {
  const filled = parts.filter((part) => part.n > 0)
  const n = exactSum(filled.map((part) => part.n))
  if (n === 0) return null
  const sum = exactSum(filled.map((part) => part.sum))
  const offsets = offsetsOf(filled)
  const shifted = filled.map((part, i) => ({ ...part, offset: offsets[i] ?? 0 }))
  const deviations = poolPower(shifted, ({ n, offset, deviations }) => [deviations, n * offset ** 2])
  const third = poolPower(shifted, ({ n, offset, deviations, third }) => [
    third,
    deviations === undefined ? undefined : 3 * offset * deviations,
    n * offset ** 3
  ])
  const fourth = poolPower(shifted, ({ n, offset, deviations, third, fourth }) => [
    fourth,
    third === undefined ? undefined : 4 * offset * third,
    deviations === undefined ? undefined : 6 * offset ** 2 * deviations,
    n * offset ** 4
  ])
  const second = poolSecond(filled, offsets)
  return {
    n,
    sum,
    ...(deviations === undefined ? {} : { deviations }),
    ...(third === undefined ? {} : { third }),
    ...(fourth === undefined ? {} : { fourth }),
    ...(second ? { second } : {})
  }
}

/**
 * The distance of each part's mean from the common mean, rounded once. The difference of two quotients of doubles would lose the
 * leading digits that large numbers have in common.
 */
function offsetsOf(parts: readonly Pick<MomentsPart, 'n' | 'sum' | 'sum_exact'>[]): number[] {
  const ns = parts.map(({ n }) => fractionOf(n))
  const sums = parts.map(({ sum, sum_exact }) => fractionOf(sum_exact ?? sum))
  const mean = over(sums.reduce(plus), ns.reduce(plus))
  return parts.map((_, i) => {
    const { top, bottom } = minus(over(sums[i] ?? mean, ns[i] ?? mean), mean)
    return ratioToNumber(top, bottom)
  })
}

type Shifted = MomentsPart & { readonly offset: number }

/** Undefined if a part lacks a term. */
function poolPower(
  parts: readonly Shifted[],
  termsOf: (part: Shifted) => readonly (number | undefined)[]
): number | undefined {
  const terms = parts.flatMap((part) => [...termsOf(part)])
  const known = terms.filter((term) => term !== undefined)
  return known.length < terms.length ? undefined : exactSum(known)
}

function poolSecond(parts: readonly MomentsPart[], offsetsX: readonly number[]): MomentsPart['second'] {
  const seconds = parts.flatMap((part) => (part.second ? [{ n: part.n, ...part.second }] : []))
  if (seconds.length < parts.length) return undefined
  const sum = exactSum(seconds.map((part) => part.sum))
  const offsets = offsetsOf(seconds)
  return {
    sum,
    deviations: exactSum(seconds.flatMap((part, i) => [part.deviations, part.n * (offsets[i] ?? 0) ** 2])),
    cross: exactSum(seconds.flatMap((part, i) => [part.cross, part.n * (offsets[i] ?? 0) * (offsetsX[i] ?? 0)]))
  }
}

/** The value of a kind of measure for given moments; null where it is not defined. */
export function valueOfMoments(kind: string, moments: MomentsPart): number | null {
  const { n, sum, deviations } = moments
  if (n <= 0) return null
  if (kind === 'mean') return sum / n
  if (n < 2 || deviations === undefined) return null
  if (kind === 'variance') return deviations / (n - 1)
  if (kind === 'sd') return Math.sqrt(deviations / (n - 1))
  if (kind === 'skewness' || kind === 'kurtosis') return shapeOf(kind, moments, deviations / n)
  return pairValueOf(kind, moments, deviations)
}

function shapeOf(kind: 'skewness' | 'kurtosis', { n, third, fourth }: MomentsPart, square: number): number | null {
  if (!(square > 0)) return null
  if (kind === 'skewness') return third === undefined ? null : third / n / square ** 1.5
  return fourth === undefined ? null : fourth / n / square ** 2
}

function pairValueOf(kind: string, { n, second }: MomentsPart, deviations: number): number | null {
  if (second === undefined) return null
  if (kind === 'covariance') return second.cross / (n - 1)
  if (kind !== 'correlation') return null
  const product = Math.sqrt(deviations) * Math.sqrt(second.deviations)
  return product > 0 ? Math.min(1, Math.max(-1, second.cross / product)) : null
}

/** A sum whose rounding error does not grow with the number of terms (Neumaier). */
export function exactSum(terms: readonly number[]): number {
  let sum = 0
  let lost = 0
  for (const term of terms) {
    const next = sum + term
    lost += Math.abs(sum) >= Math.abs(term) ? sum - next + term : term - next + sum
    sum = next
  }
  return sum + lost
}
