/**
 * Meta-analysis of one estimate per site: fixed effect, or random effects with the variance between sites by REML, DerSimonian
 * and Laird, or Paule and Mandel. Formulas as in Viechtbauer, J. Stat. Softw. 36(3), 2010, with whose package metafor the tests
 * compare the results.
 */
import { pOfChiSquared, pOfNormal, pOfT, tOfP, zOfP } from '../distributions.ts'
import { exactSum } from '../moments.ts'
import { ERROR_SHARE } from './table.ts'

/** Methods of estimating the variance between sites; `fixed` assumes that there is none. */
export const META_METHODS = ['reml', 'dl', 'pm', 'fixed'] as const
/** One of META_METHODS. */
export type MetaMethod = (typeof META_METHODS)[number]

/** The estimate of one site, on the scale on which it is combined. */
export interface SiteEffect {
  readonly estimate: number
  /** Squared standard error. */
  readonly variance: number
}

/** The combined estimate, on the same scale. */
export interface Meta {
  readonly estimate: number
  readonly error: number
  /** The 95 % interval, low and high. */
  readonly interval: readonly [number, number]
  /** The range that contains the effect of another site in 19 of 20 cases; null for `fixed` and for fewer than three sites. */
  readonly prediction: readonly [number, number] | null
  /** t with `df` degrees of freedom, or z if `df` is null. */
  readonly statistic: number
  readonly df: number | null
  /** Two-sided p value for no effect. */
  readonly p: number
  /** Variance between the sites' own effects. */
  readonly tau2: number
  /** Cochran's test that all sites have one effect. */
  readonly q: { readonly statistic: number; readonly df: number; readonly p: number }
  /** Share of the variability that is between sites, 0 to 1. */
  readonly i2: number
  /** Share of each site in the estimate; the shares add up to 1. */
  readonly weights: readonly number[]
}

/** The options of a meta-analysis. */
export interface MetaOptions {
  readonly method: MetaMethod
  /**
   * Whether to use the interval by Hartung and Knapp, from the scatter of the sites with a t distribution, which is also valid
   * for few sites.
   */
  readonly hartungKnapp: boolean
}

/** Null for fewer than two sites, or a variance that is not positive. */
export function metaOf(effects: readonly SiteEffect[], { method, hartungKnapp }: MetaOptions): Meta | null {
  const count = effects.length
  if (count < 2 || effects.some(({ estimate, variance }) => !Number.isFinite(estimate) || !(variance > 0))) return null
  const tau2 = between(effects, method)
  if (!Number.isFinite(tau2)) return null
  const { weights, sum, mean } = weighted(effects, tau2)
  const scatter = exactSum(effects.map(({ estimate }, i) => (weights[i] ?? 0) * (estimate - mean) ** 2))
  const isKnapp = hartungKnapp && method !== 'fixed'
  const error = Math.sqrt((isKnapp ? scatter / (count - 1) : 1) / sum)
  if (!(error > 0)) return null
  const df = isKnapp ? count - 1 : null
  const reach = df === null ? zOfP(ERROR_SHARE) : tOfP(ERROR_SHARE, df)
  const statistic = mean / error
  const further = reach * Math.sqrt(error ** 2 + tau2)
  return {
    estimate: mean,
    error,
    interval: [mean - reach * error, mean + reach * error],
    prediction: method === 'fixed' || count < 3 ? null : [mean - further, mean + further],
    statistic,
    df,
    p: df === null ? pOfNormal(statistic) : pOfT(statistic, df),
    tau2,
    ...heterogeneity(effects, tau2, method),
    weights: weights.map((weight) => weight / sum)
  }
}

/** The note for an interval by Hartung and Knapp over only two sites. */
export function knappNotes({ df }: Pick<Meta, 'df'>): string[] {
  return df === 1
    ? ['Of two institutions the interval of Hartung and Knapp has one degree of freedom and is very wide.']
    : []
}

interface Weighted {
  readonly weights: readonly number[]
  readonly sum: number
  readonly mean: number
}

function weighted(effects: readonly SiteEffect[], tau2: number): Weighted {
  const weights = effects.map(({ variance }) => 1 / (variance + tau2))
  const sum = exactSum(weights)
  return { weights, sum, mean: exactSum(effects.map(({ estimate }, i) => (weights[i] ?? 0) * estimate)) / sum }
}

/** Cochran's Q with the weights of a fixed effect; I² by the typical variance of a site, after Higgins and Thompson. */
function heterogeneity(effects: readonly SiteEffect[], tau2: number, method: MetaMethod): Pick<Meta, 'q' | 'i2'> {
  const df = effects.length - 1
  const { weights, sum } = weighted(effects, 0)
  const statistic = cochran(effects, 0)
  const typical = (df * sum) / (sum ** 2 - exactSum(weights.map((weight) => weight ** 2)))
  const q = { statistic, df, p: pOfChiSquared(statistic, df) }
  // For a fixed effect, I² follows from Q itself, because no variance between sites was estimated.
  return { q, i2: method === 'fixed' ? Math.max(0, 1 - df / statistic) : tau2 / (tau2 + typical) }
}

function cochran(effects: readonly SiteEffect[], tau2: number): number {
  const { weights, mean } = weighted(effects, tau2)
  return exactSum(effects.map(({ estimate }, i) => (weights[i] ?? 0) * (estimate - mean) ** 2))
}

function between(effects: readonly SiteEffect[], method: MetaMethod): number {
  switch (method) {
    case 'fixed':
      return 0
    case 'dl':
      return dersimonianLaird(effects)
    case 'pm':
      return pauleMandel(effects)
    case 'reml':
      return restrictedLikelihood(effects)
  }
}

/** The variance at which the expected value of Q equals the observed Q. */
function dersimonianLaird(effects: readonly SiteEffect[]): number {
  const { weights, sum } = weighted(effects, 0)
  const scale = sum - exactSum(weights.map((weight) => weight ** 2)) / sum
  return Math.max(0, (cochran(effects, 0) - (effects.length - 1)) / scale)
}

const HALVINGS_MAX = 2_000

/** The variance at which Q equals the number of sites minus one: Q falls with the variance. */
function pauleMandel(effects: readonly SiteEffect[]): number {
  const wanted = effects.length - 1
  if (cochran(effects, 0) <= wanted) return 0
  let [low, high] = [0, 1]
  while (cochran(effects, high) > wanted) high *= 2
  for (let step = 0; step < HALVINGS_MAX && high - low > Number.EPSILON * high; step++) {
    const middle = (low + high) / 2
    if (cochran(effects, middle) > wanted) low = middle
    else high = middle
  }
  return (low + high) / 2
}

const SCORINGS_MAX = 200

/**
 * Fisher's scoring of the restricted likelihood, beginning at DerSimonian and Laird's variance; NaN if it does not converge.
 * Steps that change direction are halved, because they would otherwise alternate, if only in the last digit.
 */
function restrictedLikelihood(effects: readonly SiteEffect[]): number {
  let tau2 = dersimonianLaird(effects)
  let [share, before] = [1, 0]
  for (let step = 0; step < SCORINGS_MAX; step++) {
    const { weights, sum, mean } = weighted(effects, tau2)
    const powers = (power: number) => exactSum(weights.map((weight) => weight ** power))
    // P is the projector that removes the weighted mean: these are the traces of P and P·P, and y'PPy.
    const trace = sum - powers(2) / sum
    const squared = powers(2) - (2 * powers(3)) / sum + (powers(2) / sum) ** 2
    const scatter = exactSum(effects.map(({ estimate }, i) => ((weights[i] ?? 0) * (estimate - mean)) ** 2))
    const step = (scatter - trace) / squared
    if (step * before < 0) share /= 2
    before = step
    const next = Math.max(0, tau2 + share * step)
    if (Math.abs(next - tau2) <= 1e-14 * Math.max(next, tau2)) return next
    tau2 = next
  }
  return Number.NaN
}
