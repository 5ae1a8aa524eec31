/**
 * Linear models with a random intercept per person, optionally with a random slope, or with a random intercept per site, from the released
 * sums of the sites.
 */
import { counted, type GramPart, type ModelResult } from '@stimnet/protocol'
import { pOfNormal, zOfP } from '../../distributions.ts'
import { ERROR_SHARE } from '../../tests/table.ts'
import { type Gram, gramOf, inCommonUnits, matrixOf, withSiteColumns } from '../gram.ts'
import { followsIn, NOTHING, sitesShown } from '../combine.ts'
import { type Coefficient, combined, designOf, type Fit, fitOf, notesOn, type SiteGram } from '../regression.ts'
import { type IntegerMatrix, isOfSquares } from '../solve.ts'
import { type GroupsOfSize, type RemlFit, remlOf } from './reml.ts'
import { originNotes } from './origin.ts'
import { slopeFitOf } from './slope.ts'
import { isOfVisits, sumsAtVisits } from './visits.ts'

type Random = NonNullable<ModelResult['random']>
type FitOfGroups = Fit & { readonly random?: Random }

/** The sums of one site over its groups of one size. */
interface SiteGroups extends Pick<GroupsOfSize, 'size' | 'groups'> {
  readonly site: string
  readonly within: Gram
  readonly totals: Gram
}

const WALD = 'z, p and intervals take the normal distribution (Wald); with few groups they are too sure.'
const RESTRICTED = 'The likelihood is the restricted one: compare it between models of the same terms alone.'
const SINGULAR =
  'Singular fit: a variance of zero, or a correlation of 1 or -1, is estimated. The data do not tell all random terms apart: take (1 | subject), or || in place of |.'

/** Fits a model with an intercept per site, which needs the model's own intercept. Throws RangeError if there is no site. */
export function fitRandomSites(sites: readonly SiteGram[]): ModelResult {
  const [first] = sites
  if (first === undefined) throw new RangeError('a model of no site')
  const grams = inCommonUnits(sites.map(({ gram }) => gramOf(gram)))
  const [one] = grams
  const each = sites.map(({ site, gram }) => {
    const own = gramOf(gram)
    return { site, fit: fitOf(own), follows: followsIn(designOf(own)) }
  })
  // The totals of a site are the first row of its matrix, because its first column is 1.
  const classes = grams.map(
    ({ matrix, n }): GroupsOfSize => ({
      size: n,
      groups: 1,
      within: matrix,
      totals: matrix.map((_, i) => matrix.map((__, j) => (matrix[0]?.[i] ?? 0n) * (matrix[0]?.[j] ?? 0n)))
    })
  )
  return {
    kind: 'mixed',
    formula: first.gram.formula,
    outcome: first.gram.outcome,
    site: 'random',
    ...fitOfGroups(classes, { columns: one?.columns ?? [], by: 'site', isRestricted: true }),
    sites: sitesShown(each)
  }
}

/** Fits a model with an intercept per person, and with a slope if requested. Throws RangeError without a site. */
export function fitPeople(sites: readonly SiteGram[]): ModelResult {
  const [first] = sites
  if (first === undefined) throw new RangeError('a model of no site')
  const { formula, outcome, site } = first.gram
  const { clusters } = first.gram
  const isRestricted = clusters?.likelihood !== 'ml'
  const fitOfSome = (some: readonly SiteGram[], effects: ModelResult['site']) =>
    clusters?.time === undefined
      ? ofPeople(some.flatMap(groupsIn), effects, isRestricted)
      : ofVisits(some, effects, isRestricted)
  const each = sites.map((own) => ({
    site: own.site,
    fit: fitOfSome([own], 'none'),
    follows: followsIn(designOf(gramOf(own.gram)))
  }))
  const several = site === 'meta' && sites.length > 1
  const fit: FitOfGroups = several ? combined(each, first.gram.meta) : fitOfSome(sites, site)
  const left = leftOutOf(sites)
  const isEstimated = fit.coefficients.some(({ estimate }) => estimate !== null)
  const note = [
    ...(isEstimated ? originNotes(sites) : []),
    ...(left.left_out === 0 ? [] : [leftOutInWords(left, fit.n, clusters?.time)])
  ]
  return {
    kind: 'mixed',
    formula,
    outcome,
    site,
    ...fit,
    note: [fit.note, ...note].filter((text) => text !== '').join(' '),
    ...(fit.random === undefined ? {} : { random: { ...fit.random, ...left } }),
    sites: sitesShown(each)
  }
}

/** The number of people whom sites left out. The number of their rows is included only if each of these sites discloses it. */
function leftOutOf(sites: readonly SiteGram[]): { readonly left_out: number; readonly left_out_rows?: number } {
  const each = sites.flatMap(({ gram: { n, clusters } }) => {
    if (clusters === undefined || clusters.left_out === 0) return []
    return [{ kinds: clusters.left_out, rows: clusters.rows === undefined ? undefined : clusters.rows - n }]
  })
  const left_out = each.reduce((sum, { kinds }) => sum + kinds, 0)
  const rows = each.map((one) => one.rows)
  if (left_out === 0 || rows.includes(undefined)) return { left_out }
  return { left_out, left_out_rows: rows.reduce<number>((sum, own) => sum + (own ?? 0), 0) }
}

function leftOutInWords(
  { left_out, left_out_rows }: ReturnType<typeof leftOutOf>,
  n: number,
  time: string | undefined
): string {
  const share =
    left_out_rows === undefined
      ? '; not every institution says how many rows these are'
      : `: ${left_out_rows} of ${n + left_out_rows} rows (${Number(((100 * left_out_rows) / (n + left_out_rows)).toPrecision(2))} %)`
  const groups = counted(left_out, 'group')
  const by = time === undefined ? 'how many rows they have' : `the visits that they have (${time})`
  return `People are grouped by ${by}, and groups of too few people are left out, here ${groups}${share}. Where only a few would be left out, the next smallest group is left out as well.`
}

/** Whether a part can be the answer of a site for a model with an intercept per person: a dishonest site may send anything. */
export function isOfClusters(part: GramPart): boolean {
  const { clusters, columns, intercept, n, upper } = part
  if (clusters === undefined) return true
  const length = (columns.length * (columns.length + 1)) / 2
  const sizes = clusters.sizes.map(({ size }) => size)
  if (part.fit !== undefined || part.site === 'random') return false
  const isByVisits = clusters.time !== undefined
  if (!isByVisits && new Set(sizes).size < sizes.length) return false
  if (
    clusters.sizes.some(
      ({ within, totals, visits }) =>
        within.length !== length || (!isByVisits && totals.length !== length) || (visits === undefined) === isByVisits
    )
  )
    return false
  const added = upper.map((_, i) => clusters.sizes.reduce((sum, { within }) => sum + BigInt(within[i] ?? '0'), 0n))
  if (added.some((value, i) => value !== BigInt(upper[i] ?? '0'))) return false
  // If the number of all rows is stated, people were left out, and they have rows.
  if (clusters.rows !== undefined && (clusters.left_out === 0 || clusters.rows <= n)) return false
  if (clusters.sizes.reduce((sum, { size, people }) => sum + size * people, 0) !== n) return false
  if (isByVisits) return isOfVisits(part)
  return clusters.sizes.every(({ size, people, within, totals }) => {
    const [rows, ofTotals] = [matrixOf(within, columns.length), matrixOf(totals, columns.length)]
    const isCounted = rows[0]?.[0] === BigInt(size * people) && ofTotals[0]?.[0] === BigInt(size * size * people)
    // The sums of products of the rows within people, after subtraction of the people's means.
    const inside = rows.map((row, i) => row.map((value, j) => BigInt(size) * value - (ofTotals[i]?.[j] ?? 0n)))
    return (!intercept || isCounted) && isOfSquares(ofTotals) && isOfSquares(inside)
  })
}

function groupsIn({ site, gram }: SiteGram): SiteGroups[] {
  const whole = gramOf(gram)
  const of = (upper: readonly string[], n: number): Gram => ({
    ...whole,
    n,
    matrix: matrixOf(upper, whole.columns.length)
  })
  return (gram.clusters?.sizes ?? []).map(({ size, people, within, totals }) => ({
    site,
    size,
    groups: people,
    within: of(within, size * people),
    totals: of(totals, size * people)
  }))
}

/** The fit with a random slope of the people of some sites. */
function ofVisits(sites: readonly SiteGram[], effects: ModelResult['site'], isRestricted: boolean): FitOfGroups {
  const { people, columns, time, timeDecimals, isCorrelated } = sumsAtVisits(sites, effects)
  const decimals = columns.map((column) => column.decimals)
  const found = slopeFitOf(people, { decimals, timeDecimals, isCorrelated, isRestricted })
  const n = people.reduce((sum, one) => sum + one.people * one.times.length, 0)
  const coefficients = columns
    .slice(0, -1)
    .map(({ name }, at): Coefficient => ({ term: name, ...(found === undefined ? NOTHING : termOf(found, at)) }))
  const nothing = { n, df: null, r2: null, adjusted_r2: null }
  if (found === undefined) {
    const why =
      'No fit: the sums do not say how the lines of people differ and how far rows are from them. An intercept and a slope of each person need people with three visits or more: take (1 | subject).'
    return { ...nothing, coefficients, sigma: null, log_likelihood: null, aic: null, note: why }
  }
  const { intercepts, slopes, covariance, residual, isSingular, logLikelihood, kept } = found
  const spread = Math.sqrt(intercepts * slopes)
  const correlation = !isCorrelated || !(spread > 0) ? null : Math.max(-1, Math.min(1, covariance / spread))
  return {
    ...nothing,
    coefficients,
    sigma: Math.sqrt(residual),
    log_likelihood: logLikelihood,
    // In addition to the coefficients, three variances are estimated, and the covariance if the model has one.
    aic: 2 * (kept.length + (isCorrelated ? 4 : 3)) - 2 * logLikelihood,
    note: notesOfMixed(coefficients, { isRestricted, more: isSingular ? [SINGULAR] : [] }),
    random: {
      by: 'subject',
      groups: people.reduce((sum, one) => sum + one.people, 0),
      tau2: intercepts,
      sigma2: residual,
      slope: { term: time, tau2: slopes, correlation, correlated: isCorrelated },
      ...(isRestricted ? {} : { likelihood: 'ml' }),
      ...(isSingular ? { singular: true } : {})
    }
  }
}

/** The notes about a fit with random effects. */
function notesOfMixed(
  coefficients: readonly Coefficient[],
  { isRestricted, more }: { readonly isRestricted: boolean; readonly more: readonly string[] }
): string {
  const said = [notesOn(coefficients, false), ...more, WALD, ...(isRestricted ? [RESTRICTED] : [])]
  return said.filter((text) => text !== '').join(' ')
}

function ofPeople(groups: readonly SiteGroups[], site: ModelResult['site'], isRestricted: boolean): FitOfGroups {
  const names = [...new Set(groups.map((one) => one.site))]
  const common = inCommonUnits(groups.flatMap(({ within, totals }) => [within, totals]))
  const made = common.map((gram, i) => {
    const own = groups[Math.floor(i / 2)]?.site ?? ''
    return site === 'fixed' ? withColumnsOf(gram, own, names) : gram
  })
  const classes = groups.map(({ size, groups: count }, i) => ({
    size,
    groups: count,
    within: made[2 * i]?.matrix ?? [],
    totals: made[2 * i + 1]?.matrix ?? []
  }))
  return fitOfGroups(joined(classes), { columns: made[0]?.columns ?? [], by: 'subject', isRestricted })
}

/** The matrix with the columns of all sites, of which only the site's own column is not zero. */
function withColumnsOf(gram: Gram, own: string, names: readonly string[]): Gram {
  const nothing = gram.matrix.map((row) => row.map(() => 0n))
  const sites = names.map((site) => ({ site, gram: site === own ? gram : { ...gram, n: 0, matrix: nothing } }))
  const made = withSiteColumns(sites)
  if (made === undefined) throw new RangeError('the site as a factor, without an intercept')
  return made
}

/** The groups of all sites, joined by size. */
function joined(classes: readonly GroupsOfSize[]): GroupsOfSize[] {
  const add = (one: IntegerMatrix, other: IntegerMatrix) =>
    one.map((row, i) => row.map((value, j) => value + (other[i]?.[j] ?? 0n)))
  return [...Map.groupBy(classes, ({ size }) => size).values()].map((alike) =>
    alike.reduce((sum, one) => ({
      size: sum.size,
      groups: sum.groups + one.groups,
      within: add(sum.within, one.within),
      totals: add(sum.totals, one.totals)
    }))
  )
}

interface GroupsAsked extends Pick<Gram, 'columns'>, Pick<Random, 'by'> {
  readonly isRestricted: boolean
}

function fitOfGroups(classes: readonly GroupsOfSize[], { columns, by, isRestricted }: GroupsAsked): FitOfGroups {
  const n = classes.reduce((sum, { size, groups }) => sum + size * groups, 0)
  const groups = classes.reduce((sum, one) => sum + one.groups, 0)
  const decimals = columns.map((column) => column.decimals)
  const found = remlOf(classes, { decimals, isRestricted })
  const coefficients = columns
    .slice(0, -1)
    .map(({ name }, at): Coefficient => ({ term: name, ...(found === undefined ? NOTHING : termOf(found, at)) }))
  const nothing = { n, df: null, r2: null, adjusted_r2: null }
  if (found === undefined) {
    const why = 'No fit: the sums do not say how much of the variance is between the groups and how much within them.'
    return { ...nothing, coefficients, sigma: null, log_likelihood: null, aic: null, note: why }
  }
  const { residual, ratio, logLikelihood, kept } = found
  const zero = ratio === 0 ? [`No variance between the ${by === 'site' ? 'institutions' : 'people'} is estimated.`] : []
  return {
    ...nothing,
    coefficients,
    sigma: Math.sqrt(residual),
    log_likelihood: logLikelihood,
    // In addition to the coefficients, the two variances are estimated.
    aic: 2 * (kept.length + 2) - 2 * logLikelihood,
    note: notesOfMixed(coefficients, { isRestricted, more: zero }),
    random: {
      by,
      groups,
      tau2: ratio * residual,
      sigma2: residual,
      icc: ratio / (1 + ratio),
      ...(isRestricted ? {} : { likelihood: 'ml' })
    }
  }
}

function termOf(
  { kept, estimates, errors }: Pick<RemlFit, 'kept' | 'estimates' | 'errors'>,
  at: number
): Omit<Coefficient, 'term'> {
  const place = kept.indexOf(at)
  const [estimate, error] = [estimates[place], errors[place]]
  if (estimate === undefined || error === undefined) return NOTHING
  const statistic = estimate / error
  const reach = zOfP(ERROR_SHARE) * error
  return { estimate, error, statistic, p: pOfNormal(statistic), interval: [estimate - reach, estimate + reach] }
}
