/** Mean, variance, covariance and correlation: exactly from integer sums at one site, then pooled across sites. */
import type { MomentsPart } from '@stimnet/protocol'
import { ratioToNumber, rootOfRatioToNumber } from './rational.ts'

/** Sums over `n` values in units of 10^-decimals (squares in 10^-2·decimals). */
export interface ExactSums {
  readonly n: number
  readonly decimals: number
  readonly sum: bigint
  readonly sumSquares: bigint
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

/** Pearson's r. Null where one of both does not vary. */
export function correlationOf(sums: ExactPairSums): number | null {
  const { x, y } = sidesOf(sums)
  const product = spread(x) * spread(y)
  if (product === 0n) return null
  const cross = crossSpread(sums)
  const size = rootOfRatioToNumber(cross * cross, product)
  return cross < 0n ? -size : size
}

/** The two sides of a pair as sums of their own. */
export function sidesOf(sums: ExactPairSums): { x: ExactSums; y: ExactSums } {
  const { n, decimals } = sums
  return {
    x: { n, decimals: decimals[0], sum: sums.sumX, sumSquares: sums.sumXX },
    y: { n, decimals: decimals[1], sum: sums.sumY, sumSquares: sums.sumYY }
  }
}

/** n·Σx² - (Σx)²: n times the sum of squared deviations, without a rounding. */
function spread({ n, sum, sumSquares }: ExactSums): bigint {
  return BigInt(n) * sumSquares - sum * sum
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

/**
 * Moments of the union, after Chan, Golub & LeVeque: the deviations within the parts, and those of their means from the
 * common mean. What a part lacks (deviations, the second variable), the union lacks. Null without values.
 */
export function poolMoments(parts: readonly MomentsPart[]): MomentsPart | null {
  const filled = parts.filter((part) => part.n > 0)
  const n = exactSum(filled.map((part) => part.n))
  if (n === 0) return null
  const sum = exactSum(filled.map((part) => part.sum))
  const offsets = filled.map((part) => part.sum / part.n - sum / n)
  const deviations = pooledDeviations(
    filled.map((part) => part.deviations),
    filled.map((part, i) => part.n * (offsets[i] ?? 0) ** 2)
  )
  const second = poolSecond(filled, n, offsets)
  return { n, sum, ...(deviations === undefined ? {} : { deviations }), ...(second ? { second } : {}) }
}

function poolSecond(parts: readonly MomentsPart[], n: number, offsetsX: readonly number[]): MomentsPart['second'] {
  const seconds = parts.flatMap((part) => (part.second ? [{ n: part.n, ...part.second }] : []))
  if (seconds.length < parts.length) return undefined
  const sum = exactSum(seconds.map((part) => part.sum))
  const offsets = seconds.map((part) => part.sum / part.n - sum / n)
  return {
    sum,
    deviations: exactSum(seconds.flatMap((part, i) => [part.deviations, part.n * (offsets[i] ?? 0) ** 2])),
    cross: exactSum(seconds.flatMap((part, i) => [part.cross, part.n * (offsets[i] ?? 0) * (offsetsX[i] ?? 0)]))
  }
}

function pooledDeviations(within: readonly (number | undefined)[], between: readonly number[]): number | undefined {
  const known = within.filter((value) => value !== undefined)
  return known.length < within.length ? undefined : exactSum([...known, ...between])
}

/** What a measure of that kind is over given moments; null where it is undefined. */
export function valueOfMoments(kind: string, moments: MomentsPart): number | null {
  const { n, sum, deviations, second } = moments
  if (n <= 0) return null
  if (kind === 'mean') return sum / n
  if (n < 2 || deviations === undefined) return null
  if (kind === 'variance') return deviations / (n - 1)
  if (kind === 'sd') return Math.sqrt(deviations / (n - 1))
  if (second === undefined) return null
  if (kind === 'covariance') return second.cross / (n - 1)
  if (kind !== 'correlation') return null
  const product = Math.sqrt(deviations) * Math.sqrt(second.deviations)
  return product > 0 ? Math.min(1, Math.max(-1, second.cross / product)) : null
}

/** A sum whose rounding does not grow with the number of terms (Neumaier). */
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
