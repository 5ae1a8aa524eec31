/**
 * Coefficients that institutions estimate separately, combined by random effects over the institutions at which they have the
 * same meaning.
 */
import type { GramPart, ModelResult } from '@stimnet/protocol'
import { ratioToNumber } from '../rational.ts'
import { knappNotes, type Meta, type MetaOptions, metaOf } from '../tests/meta.ts'
import { type FollowsFrom, followersIn, independentIn, type IntegerMatrix } from './solve.ts'

type Coefficient = ModelResult['coefficients'][number]

/** The fit of one institution to its own people. */
export interface OwnFit<F extends Pick<ModelResult, 'coefficients' | 'n'>> {
  readonly site: string
  readonly fit: F
  /**
   * The columns that follow from other columns at this site. A column's coefficient includes the effect of the columns that
   * follow from it: if nobody has the reference level of a category, the intercept and the other levels are compared with the
   * last level instead.
   */
  readonly follows: readonly FollowsFrom[]
}

/** The numbers of a model that is not a single fit. */
export const NO_FIT = {
  df: null,
  sigma: null,
  r2: null,
  adjusted_r2: null,
  log_likelihood: null,
  aic: null
}

/** The numbers of a term that is not estimated. */
export const NOTHING = { estimate: null, error: null, statistic: null, p: null, interval: null }

/** The columns of a design that follow from other columns; the matrix is ZᵀZ of the design. */
export function followsIn(design: IntegerMatrix): FollowsFrom[] {
  return followersIn(design, independentIn(design))
}

/** The combination of the fits of institutions, which has no common sigma or likelihood. */
export type Combined = Pick<ModelResult, 'coefficients' | 'n' | 'df' | 'note'>

/**
 * Each coefficient over the institutions that estimate it with the same meaning; none if there are fewer than two. Only these
 * coefficients have `between`.
 */
export function combinedOver(
  fits: readonly OwnFit<Pick<ModelResult, 'coefficients' | 'n'>>[],
  meta: GramPart['meta']
): Combined {
  const options = metaAsked(meta)
  const told = fits.map(({ follows }) => new Set(follows.map(({ from }) => from)))
  const unknown: string[] = []
  const left: string[] = []
  const ofTwo: string[] = []
  const sizes = new Set<number>()
  const coefficients = (fits[0]?.fit.coefficients ?? []).map(({ term }, at): Coefficient => {
    const known = fits.flatMap(({ fit }, i) => {
      const { estimate = null, error = null } = fit.coefficients[at] ?? {}
      return estimate === null || error === null
        ? []
        : [{ estimate, variance: error ** 2, isOther: told[i]?.has(at) === true }]
    })
    const alike = known.filter(({ isOther }) => !isOther)
    const made = metaOf(alike, options)
    if (known.length < fits.length || (made === null && alike.length > 1)) unknown.push(term)
    if (alike.length < 2) left.push(term)
    if (alike.length === 2) ofTwo.push(term)
    if (made === null) return { term, ...NOTHING }
    sizes.add(alike.length)
    const { estimate, error, statistic, p, interval } = made
    return { term, estimate, error, statistic, p, interval: [...interval], between: betweenIn(made) }
  })
  const { hartungKnapp } = options
  const [size, ...others] = sizes
  return {
    coefficients,
    n: fits.reduce((sum, { fit: { n } }) => sum + n, 0),
    // Coefficients of different numbers of institutions have no common degrees of freedom.
    df: hartungKnapp && size !== undefined && others.length === 0 ? size - 1 : null,
    note: [
      ...listed('Not estimated by every institution', unknown),
      ...fits.flatMap(leftOutOf),
      ...listed('Not combined, since fewer than two institutions are left', left),
      ...(hartungKnapp ? knappOf(fits.length, ofTwo) : [])
    ].join(' ')
  }
}

/**
 * The fits of institutions as a result shows them. If there are several, coefficients whose meaning differs from their name are
 * marked.
 */
export function sitesShown(
  fits: readonly OwnFit<Pick<ModelResult, 'coefficients' | 'n' | 'sigma'>>[]
): NonNullable<ModelResult['sites']> {
  return fits.map(({ site, fit: { n, sigma, coefficients }, follows }) => {
    const others = new Set(fits.length > 1 ? follows.map(({ from }) => from) : [])
    const shown = coefficients.map((one, at): Coefficient => {
      return others.has(at) && one.estimate !== null ? { ...one, not_comparable: true } : one
    })
    return { site, n, sigma, coefficients: shown }
  })
}

/** The coefficients of an institution that are not combined, each with the effects that it includes. */
function leftOutOf({ site, fit, follows }: OwnFit<Pick<ModelResult, 'coefficients' | 'n'>>): string[] {
  const nameOf = (at: number) => fit.coefficients[at]?.term ?? ''
  const terms = fit.coefficients.flatMap(({ term, estimate, error }, at) => {
    const own = follows.filter(({ from }) => from === at)
    if (own.length === 0 || estimate === null || error === null) return []
    const [against, within] = [own.filter(isTakenOff), own.filter((one) => !isTakenOff(one))]
    const words = [
      ...(within.length === 0 ? [] : [`includes ${within.map(({ column }) => nameOf(column)).join(', ')}`]),
      ...(against.length === 0 ? [] : [`compares with ${against.map(({ column }) => nameOf(column)).join(', ')}`])
    ]
    return [`${term} ${words.join(' and ')}`]
  })
  if (terms.length === 0) return []
  return [`Not combined of ${site}, where they mean something else than their names say: ${terms.join('; ')}.`]
}

/** Whether the effect of the column is subtracted once, like that of a level with which others are compared. */
function isTakenOff({ top, bottom }: FollowsFrom): boolean {
  return Math.abs(ratioToNumber(top, bottom) + 1) < ROUNDING
}

/** Smaller differences are rounding errors of sums of doubles. */
const ROUNDING = 1e-4

function listed(what: string, terms: readonly string[]): string[] {
  return terms.length === 0 ? [] : [`${what}: ${terms.join(', ')}.`]
}

/**
 * A note that the interval over two institutions is very wide. If there are more institutions, the note names the coefficients
 * that only two of them estimate.
 */
function knappOf(sites: number, ofTwo: readonly string[]): string[] {
  if (sites === 2) return knappNotes({ df: 1 })
  return ofTwo.length === 0 ? [] : knappNotes({ df: 1 }).map((note) => `${note.slice(0, -1)}: ${ofTwo.join(', ')}.`)
}

/** The options with which the coefficients of the sites are combined. */
function metaAsked({ method, interval }: NonNullable<GramPart['meta']> = REML_KNAPP): MetaOptions {
  return { method, hartungKnapp: interval === 'hartung_knapp' && method !== 'fixed' }
}

const REML_KNAPP = { method: 'reml', interval: 'hartung_knapp' } as const

/** The differences between the sites in a coefficient. */
function betweenIn({ tau2, i2, q, prediction }: Meta): NonNullable<Coefficient['between']> {
  return { tau2, i2, q: q.statistic, q_p: q.p, ...(prediction === null ? {} : { prediction: [...prediction] }) }
}
