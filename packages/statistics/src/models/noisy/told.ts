/** The numbers that a fit with noise releases about its coefficients. */
import type { ModelResult } from '@stimnet/protocol'
import { pOfNormal, pOfT, tOfP, zOfP } from '../../distributions.ts'
import { ERROR_SHARE } from '../../tests/table.ts'
import { NO_FIT, NOTHING } from '../combine.ts'

/** One term of a fit. */
export type Coefficient = ModelResult['coefficients'][number]

/** The numbers of a fit with noise. */
export type NoisyFit = Pick<
  ModelResult,
  'coefficients' | 'n' | 'df' | 'sigma' | 'r2' | 'adjusted_r2' | 'log_likelihood' | 'aic' | 'note' | 'code'
>

/** The distribution of an estimate: the degrees of freedom of its error (infinite: normal), and the excess kurtosis of its noise. */
export interface Freedom {
  readonly df: number
  readonly kurtosis: number
}

/**
 * The half-width of an interval in standard errors. It is larger if Laplace noise makes extreme values more likely (Cornish and Fisher).
 */
export function reachOf({ df, kurtosis }: Freedom): number {
  const quantile = df === Number.POSITIVE_INFINITY ? zOfP(ERROR_SHARE) : tOfP(ERROR_SHARE, df)
  return quantile + (quantile ** 3 - 3 * quantile) * (kurtosis / 24)
}

/** An estimate with its test and its interval. */
export function tested(
  { estimate, error }: { readonly estimate: number; readonly error: number },
  freedom: Freedom
): Omit<Coefficient, 'term' | 'between'> {
  const reach = reachOf(freedom) * error
  const statistic = estimate / error
  const p = freedom.df === Number.POSITIVE_INFINITY ? pOfNormal(statistic) : pOfT(statistic, freedom.df)
  return { estimate, error, statistic, p, interval: [estimate - reach, estimate + reach] }
}

/** A fit of which the noise leaves nothing. */
export function nothingLeft(names: readonly string[], n: number, advice = ''): NoisyFit {
  const coefficients = names.map((term) => ({ term, ...NOTHING }))
  const { note, ...told } = notesOf(coefficients, '')
  return { coefficients, n, ...NO_FIT, ...told, note: [note, advice].filter((text) => text !== '').join(' ') }
}

/** The notes about a fit with noise. `others`: a statement about the other coefficients if some have no estimate. */
export function notesOf(coefficients: readonly Coefficient[], others: string): Pick<ModelResult, 'note' | 'code'> {
  const lost = coefficients.filter(({ estimate }) => estimate === null).map(({ term }) => term)
  if (lost.length === 0) return { note: '' }
  const rest = lost.length < coefficients.length ? ` ${others}` : ''
  return { note: `Too noisy to be estimated: ${lost.join(', ')}.${rest}`, code: 'TOO_NOISY' }
}

/** A matrix of doubles, row by row. */
export type Matrix = readonly (readonly number[])[]

/** A matrix times a vector. */
export function times(matrix: Matrix, vector: readonly number[]): number[] {
  return matrix.map((row) => dot(row, vector))
}

/** The sum of the products of two vectors. */
export function dot(one: readonly number[], other: readonly number[]): number {
  return one.reduce((sum, value, i) => sum + value * (other[i] ?? 0), 0)
}
