/** Coefficients that institutions estimate by themselves, combined by random effects over those at which they mean the same. */
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
   * Which columns follow there from which others. The coefficient of a column that another one follows from has that one's effect in it:
   * with nobody at the reference level of a category, the intercept and its other levels are compared with the last of them.
   */
  readonly follows: readonly FollowsFrom[]
}

/** The numbers of a model that is no single fit. */
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

/** Which columns of a design follow from which others; the matrix is ZᵀZ of the design. */
export function followsIn(design: IntegerMatrix): FollowsFrom[] {
  return followersIn(design, independentIn(design))
}

/** What the fits of institutions give together: a combined fit has no common sigma or likelihood. */
export type Combined = Pick<ModelResult, 'coefficients' | 'n' | 'df' | 'note'>

/**
 * Each coefficient over the institutions that estimate it, without those at which it means something else. Of fewer than two of them there
 * is none. Only these coefficients have `between`.
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
    // Coefficients of different numbers of institutions have no common one.
    df: hartungKnapp && size !== undefined && others.length === 0 ? size - 1 : null,
    note: [
      ...listed('Not estimated by every institution', unknown),
      ...fits.flatMap(leftOutOf),
      ...listed('Not combined, since fewer than two institutions are left', left),
      ...(hartungKnapp ? knappOf(fits.length, ofTwo) : [])
    ].join(' ')
  }
}

/** The fits of institutions as a result shows them; of several, a coefficient that means something else than its name says is marked. */
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

/** The coefficients of an institution that are not combined, each with what it has in it. */
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

/** Whether the effect of the column is taken off once, as is that of a level that others are compared with. */
function isTakenOff({ top, bottom }: FollowsFrom): boolean {
  return Math.abs(ratioToNumber(top, bottom) + 1) < ROUNDING
}

/** Sums of doubles do not tell smaller differences. */
const ROUNDING = 1e-4

function listed(what: string, terms: readonly string[]): string[] {
  return terms.length === 0 ? [] : [`${what}: ${terms.join(', ')}.`]
}

/** Of two institutions the interval is very wide; where there are more, for the coefficients that only two are combined of. */
function knappOf(sites: number, ofTwo: readonly string[]): string[] {
  if (sites === 2) return knappNotes({ df: 1 })
  return ofTwo.length === 0 ? [] : knappNotes({ df: 1 }).map((note) => `${note.slice(0, -1)}: ${ofTwo.join(', ')}.`)
}

/** How the coefficients of the sites are combined. */
function metaAsked({ method, interval }: NonNullable<GramPart['meta']> = REML_KNAPP): MetaOptions {
  return { method, hartungKnapp: interval === 'hartung_knapp' && method !== 'fixed' }
}

const REML_KNAPP = { method: 'reml', interval: 'hartung_knapp' } as const

/** How the sites differ in a coefficient. */
function betweenIn({ tau2, i2, q, prediction }: Meta): NonNullable<Coefficient['between']> {
  return { tau2, i2, q: q.statistic, q_p: q.p, ...(prediction === null ? {} : { prediction: [...prediction] }) }
}
