/** Linear regression from Gram matrices: for one site, for all sites together, and for each site separately. */
import type { GramPart, ModelResult } from '@stimnet/protocol'
import { pOfT, tOfP } from '../distributions.ts'
import { ratioToNumber, rootOfRatioToNumber } from '../rational.ts'
import { ERROR_SHARE } from '../tests/table.ts'
import { combinedOver, followsIn, NOTHING, type OwnFit, sitesShown } from './combine.ts'
import { addGrams, type Gram, gramOf, withSiteColumns } from './gram.ts'
import { independentIn, type IntegerMatrix, partAt, solveExactly } from './solve.ts'

/** The Gram matrix that one site released. */
export interface SiteGram {
  readonly site: string
  readonly gram: GramPart
}

/** One term of a fit. */
export type Coefficient = ModelResult['coefficients'][number]

/** The numbers of one fit. */
export type Fit = Pick<
  ModelResult,
  'coefficients' | 'n' | 'df' | 'sigma' | 'r2' | 'adjusted_r2' | 'log_likelihood' | 'aic' | 'note'
>

/** Fits a linear model to the Gram matrices of the sites; see `fitModel`. Throws RangeError if there is no site. */
export function fitLinear(sites: readonly SiteGram[]): ModelResult {
  const [first] = sites
  if (first === undefined) throw new RangeError('a model of no site')
  const { formula, outcome, site, meta } = first.gram
  const grams = sites.map(({ site: name, gram }) => ({ site: name, gram: gramOf(gram) }))
  const each = grams.map((one) => ({ site: one.site, fit: fitOf(one.gram), follows: followsIn(designOf(one.gram)) }))
  const fit = site === 'meta' && sites.length > 1 ? combined(each, meta) : pooledFit(grams, site)
  return {
    kind: 'regression',
    formula,
    outcome,
    site,
    ...fit,
    sites: sitesShown(each)
  }
}

function pooledFit(grams: readonly { readonly site: string; readonly gram: Gram }[], site: ModelResult['site']): Fit {
  const all = site === 'fixed' ? withSiteColumns(grams) : addGrams(grams.map(({ gram }) => gram))
  if (all === undefined) throw new RangeError('the site as a factor, without an intercept')
  return fitOf(all)
}

/** The sums of products of the columns without the outcome. */
export function designOf({ matrix }: Pick<Gram, 'matrix'>): IntegerMatrix {
  return matrix.slice(0, -1).map((row) => row.slice(0, -1))
}

/** Least squares from one Gram matrix, in whole numbers up to the last step. */
export function fitOf({ columns, intercept, matrix, n }: Gram): Fit {
  const last = columns.length - 1
  const kept = independentIn(designOf({ matrix }))
  const right = kept.map((at) => matrix[at]?.[last] ?? 0n)
  const { bottom, solution, inverse } = solveExactly(partAt(matrix, kept), right)
  const squares = matrix[last]?.[last] ?? 0n
  // All numbers have the determinant as denominator: the sum of squared residuals is `left` over `bottom`.
  const left = squares * bottom - right.reduce((sum, value, i) => sum + value * (solution[i] ?? 0n), 0n)
  const df = n - kept.length
  const unit = (at: number) => 10n ** BigInt(columns[at]?.decimals ?? 0)
  const own = unit(last)
  const hasError = df > 0 && left > 0n
  const coefficients = columns.slice(0, last).map(({ name }, at): Coefficient => {
    const place = kept.indexOf(at)
    if (place < 0) return { term: name, ...NOTHING }
    const estimate = ratioToNumber((solution[place] ?? 0n) * unit(at), bottom * own)
    if (!hasError) return { term: name, ...NOTHING, estimate }
    const variance = left * (inverse[place]?.[place] ?? 0n) * unit(at) ** 2n
    const error = rootOfRatioToNumber(variance, bottom ** 2n * BigInt(df) * own ** 2n)
    return { term: name, ...tested(estimate, error, df) }
  })
  // With an intercept, R² is about the mean.
  const sum = matrix[0]?.[last] ?? 0n
  const [total, times] = intercept ? [squares * BigInt(n) - sum ** 2n, BigInt(n)] : [squares, 1n]
  const r2 = total === 0n ? null : 1 - ratioToNumber(left * times, bottom * total)
  const freedoms = n - (intercept ? 1 : 0)
  const meanSquare = hasError ? ratioToNumber(left, bottom * BigInt(n) * own ** 2n) : null
  const likelihood = meanSquare === null ? null : -(n / 2) * (Math.log(2 * Math.PI * meanSquare) + 1)
  return {
    coefficients,
    n,
    df,
    sigma: df > 0 ? rootOfRatioToNumber(left, bottom * BigInt(df) * own ** 2n) : null,
    r2,
    adjusted_r2: r2 === null || df <= 0 ? null : 1 - (1 - r2) * (freedoms / df),
    log_likelihood: likelihood,
    aic: likelihood === null ? null : 2 * (kept.length + 1) - 2 * likelihood,
    note: notesOn(coefficients, left === 0n)
  }
}

/** The notes of a fit about itself. */
export function notesOn(coefficients: readonly Coefficient[], isPerfect: boolean): string {
  const aliased = coefficients.filter(({ estimate }) => estimate === null).map(({ term }) => term)
  return [
    ...(aliased.length > 0
      ? [`Not estimated, because they follow from the terms before them: ${aliased.join(', ')}.`]
      : []),
    ...(isPerfect ? ['The model fits without any error: it has no standard errors.'] : [])
  ].join(' ')
}

function tested(estimate: number, error: number, df: number): Omit<Coefficient, 'term' | 'between'> {
  const reach = tOfP(ERROR_SHARE, df) * error
  const statistic = estimate / error
  return { estimate, error, statistic, p: pOfT(statistic, df), interval: [estimate - reach, estimate + reach] }
}

/** The combined fit of institutions. */
export function combined(fits: readonly OwnFit<Fit>[], meta: GramPart['meta']): Fit {
  const { coefficients, n, df, note } = combinedOver(fits, meta)
  const unknown = { sigma: null, r2: null, adjusted_r2: null, log_likelihood: null, aic: null }
  return { coefficients, n, df, ...unknown, note }
}
