/**
 * ComBat (Johnson, Li and Rabinovic, Biostatistics 8, 2007) from Gram matrices: location and scale of each site in each feature,
 * shrunk by empirical Bayes towards those of the site's other features. Harmonised rows are never computed; their means and their
 * regression on the covariates follow from the same sums.
 */
import type { GramPart, ModelResult } from '@stimnet/protocol'
import { pOfT, tOfP } from '../distributions.ts'
import { ratioToNumber } from '../rational.ts'
import { ERROR_SHARE } from '../tests/table.ts'
import { addGrams, type Gram, gramOf, inCommonUnits, withSiteColumns } from './gram.ts'
import { NO_FIT, NOTHING } from './combine.ts'
import type { SiteGram } from './regression.ts'
import { independentIn, type IntegerMatrix, partAt, solveExactly } from './solve.ts'

type Harmonised = NonNullable<ModelResult['harmonised']>[number]

/** The relative change below which the iteration ends, as in sva. */
const CHANGE_MAX = 1e-4
const STEPS_MAX = 10_000

/** Minimum number of features of a question: with fewer, there is nothing to shrink towards. */
export const FEATURES_MIN = 2

/** Harmonises the features of sites, which must be of one model. Throws RangeError if there is no site. */
export function fitCombat(sites: readonly SiteGram[]): ModelResult {
  const [first] = sites
  const fit = first?.gram.fit
  if (first === undefined || fit?.family !== 'combat') throw new RangeError('a harmonisation of no site')
  const { formula, outcome, site } = first.gram
  const made = sites.length < 2 ? NOT_ALONE : harmonisedOver(sites, fit.features)
  const n = sites.reduce((sum, { gram }) => sum + gram.n, 0)
  return {
    kind: 'combat',
    formula,
    outcome,
    site,
    coefficients: [],
    n,
    ...NO_FIT,
    ...(typeof made === 'string' ? { note: made } : { harmonised: made, note: '' })
  }
}

const NOT_ALONE = 'One institution alone has nothing that it could be harmonised with.'

/** Whether a part can be that of a harmonisation: it needs enough features after its intercept. */
export function isOfFeatures({ fit, columns, intercept }: GramPart): boolean {
  return fit?.family !== 'combat' || (intercept && fit.features >= FEATURES_MIN && fit.features < columns.length)
}

/** One feature before shrinkage. */
interface Standardised {
  /** Weighted mean of the sites' intercepts. */
  readonly grand: number
  /** Slopes by covariate. */
  readonly slopes: readonly number[]
  /** Root of the mean squared residual over all sites. */
  readonly sd: number
  /** By site: location in units of `sd`, sum of squared residuals in units of `sd` squared, and scale. */
  readonly sites: readonly { readonly location: number; readonly squares: number; readonly scale: number }[]
}

/** The harmonised features, or the reason why there are none. */
function harmonisedOver(sites: readonly SiteGram[], features: number): readonly Harmonised[] | string {
  const grams = inCommonUnits(sites.map(({ gram }) => gramOf(gram)))
  const few = sites.filter(({ gram }) => gram.n < 2)
  if (few.length > 0) return 'Not harmonised: an institution has one person alone.'
  const whole = withSiteColumns(sites.map(({ site }, i) => ({ site, gram: grams[i] as Gram })))
  const all = addGrams(grams)
  if (whole === undefined || all === undefined) return 'Not harmonised: the model has no intercept.'
  const places = Array.from({ length: whole.columns.length - features }, (_, i) => i)
  const kept = independentIn(partAt(whole.matrix, places))
  if (kept.length < places.length) {
    const names = places.filter((at) => !kept.includes(at)).map((at) => whole.columns[at]?.name ?? '')
    return `Not harmonised, because these follow from the institution and the terms before them: ${names.join(', ')}.`
  }
  const standardised = Array.from({ length: features }, (_, i) => standardisedAt(i, { whole, grams, features }))
  const found = standardised.flatMap((one) => one ?? [])
  if (found.length < features) return 'Not harmonised: a feature does not vary at an institution, or not at all.'
  const shrunk = grams.map(({ n }, at) => shrunkAt(at, n, found))
  if (shrunk.some((one) => one === undefined))
    return 'Not harmonised: the features of an institution do not differ enough to shrink towards each other.'
  return found.map((one, i) => {
    const own = shrunk.map((site) => site?.[i] ?? { location: 0, scale: 1 })
    return harmonisedAt(i, { one, own, sites, grams, features })
  })
}

/** Standardises one feature by least squares on the institution and the covariates, in whole numbers up to the division. */
function standardisedAt(
  feature: number,
  { whole, grams, features }: { readonly whole: Gram; readonly grams: readonly Gram[]; readonly features: number }
): Standardised | undefined {
  const size = whole.columns.length - features
  const design = Array.from({ length: size }, (_, i) => i)
  const right = design.map((at) => whole.matrix[at]?.[size + feature] ?? 0n)
  const { bottom, solution } = solveExactly(partAt(whole.matrix, design), right)
  const unitOf = (at: number) => 10n ** BigInt(whole.columns[at]?.decimals ?? 0)
  const own = unitOf(size + feature)
  const estimateAt = (at: number) => ratioToNumber((solution[at] ?? 0n) * unitOf(at), bottom * own)
  const others = grams.length - 1
  // The solution holds the intercept of each site in whole numbers, and then the covariates.
  const interceptOf = (site: number) => (solution[0] ?? 0n) + (site === 0 ? 0n : (solution[site] ?? 0n))
  const slopes = solution.slice(1 + others)
  const sums = grams.map(({ matrix }, site) => {
    const line = new Map<number, bigint>([[0, -interceptOf(site)]])
    for (const [i, slope] of slopes.entries()) line.set(1 + i, -slope)
    line.set(1 + slopes.length + feature, bottom)
    return formOf(matrix, line)
  })
  const n = grams.reduce((sum, gram) => sum + gram.n, 0)
  const total = sums.reduce((sum, one) => sum + one, 0n)
  if (total <= 0n || sums.some((one) => one <= 0n)) return undefined
  const variance = ratioToNumber(total, bottom * bottom * own * own * BigInt(n))
  const sd = Math.sqrt(variance)
  const intercepts = grams.map((_, site) => ratioToNumber(interceptOf(site), bottom * own))
  const grand = grams.reduce((sum, gram, site) => sum + (gram.n / n) * (intercepts[site] ?? 0), 0)
  return {
    grand,
    slopes: slopes.map((_, i) => estimateAt(1 + others + i)),
    sd,
    sites: grams.map((gram, site) => {
      const squares = ratioToNumber((sums[site] ?? 0n) * BigInt(n), total)
      return { location: ((intercepts[site] ?? 0) - grand) / sd, squares, scale: squares / (gram.n - 1) }
    })
  }
}

/** vᵀMv for a vector that is zero except at these indices. */
function formOf(matrix: IntegerMatrix, line: ReadonlyMap<number, bigint>): bigint {
  let sum = 0n
  for (const [i, a] of line) for (const [j, b] of line) sum += a * b * (matrix[i]?.[j] ?? 0n)
  return sum
}

interface Shrunk {
  readonly location: number
  readonly scale: number
}

/** Location and scale of one site in each feature, after shrinkage; undefined if a prior has no spread. */
function shrunkAt(site: number, n: number, all: readonly Standardised[]): readonly Shrunk[] | undefined {
  const raw = all.flatMap((one) => one.sites[site] ?? [])
  const locations = spreadOf(raw.map(({ location }) => location))
  const scales = spreadOf(raw.map(({ scale }) => scale))
  if (!(locations.variance > 0 && scales.variance > 0)) return undefined
  const { mean: m, variance: s2 } = scales
  const [shape, rate] = [(2 * s2 + m ** 2) / s2, (m * s2 + m ** 3) / s2]
  let now: Shrunk[] = raw.map(({ location, scale }) => ({ location, scale }))
  for (let step = 0; step < STEPS_MAX; step++) {
    const next = raw.map(({ location, squares }, i): Shrunk => {
      const { scale } = now[i] ?? { scale: 1 }
      const moved = (locations.variance * n * location + scale * locations.mean) / (locations.variance * n + scale)
      // The sum of squares about the new location: that about the site's own location, plus the distance between the two.
      const about = squares + n * (location - moved) ** 2
      return { location: moved, scale: (0.5 * about + rate) / (n / 2 + shape - 1) }
    })
    // As in sva, the change is divided by the signed previous value, so that a negative location does not keep the iteration
    // going.
    const change = Math.max(
      ...next.map((one, i) => Math.abs(one.location - (now[i]?.location ?? 0)) / (now[i]?.location ?? 1)),
      ...next.map((one, i) => Math.abs(one.scale - (now[i]?.scale ?? 0)) / (now[i]?.scale ?? 1))
    )
    now = next
    if (!(change > CHANGE_MAX)) return now
  }
  return undefined
}

function spreadOf(values: readonly number[]): { mean: number; variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1) }
}

/**
 * The harmonised values of a feature, y/√δ + (1 − 1/√δ)(grand + covariates) − sd·γ/√δ, so that their sums follow from the given
 * sums.
 */
function harmonisedAt(
  feature: number,
  {
    one,
    own,
    sites,
    grams,
    features
  }: {
    readonly one: Standardised
    readonly own: readonly Shrunk[]
    readonly sites: readonly SiteGram[]
    readonly grams: readonly Gram[]
    readonly features: number
  }
): Harmonised {
  const size = (grams[0]?.columns.length ?? 0) - features
  const at = size + feature
  const parts = grams.map((gram, i) => {
    const { location, scale } = own[i] ?? { location: 0, scale: 1 }
    const root = Math.sqrt(scale)
    const line = [
      (1 - 1 / root) * one.grand - (one.sd * location) / root,
      ...one.slopes.map((slope) => (1 - 1 / root) * slope),
      1 / root
    ]
    return sumsOf(gram, { line, size, at })
  })
  const raw = grams.map((gram) => sumsOf(gram, { line: [...Array.from({ length: size }, () => 0), 1], size, at }))
  return {
    feature: grams[0]?.columns[at]?.name ?? '',
    grand_mean: one.grand,
    pooled_sd: one.sd,
    ...momentsOf(parts.reduce(added)),
    sites: sites.map(({ site }, i) => {
      const [before, after] = [raw[i], parts[i]].map((sums) => momentsOf(sums ?? parts.reduce(added)))
      return {
        site,
        n: before?.n ?? 0,
        location: one.sites[i]?.location ?? 0,
        scale: one.sites[i]?.scale ?? 1,
        shrunk_location: own[i]?.location ?? 0,
        shrunk_scale: own[i]?.scale ?? 1,
        mean_before: before?.mean ?? 0,
        sd_before: before?.sd ?? 0,
        mean: after?.mean ?? 0,
        sd: after?.sd ?? 0
      }
    }),
    coefficients: regressionOn(grams, parts.reduce(added))
  }
}

/** Sums of a number that is linear in a row: its products with each column of the design, and its squares. */
interface Sums {
  readonly n: number
  readonly right: readonly number[]
  readonly squares: number
}

/** `line` holds the number's coefficient for each column of the design, and last for the feature. */
function sumsOf(
  { matrix, columns, n }: Gram,
  { line, size, at }: { readonly line: readonly number[]; readonly size: number; readonly at: number }
): Sums {
  const places = [...Array.from({ length: size }, (_, i) => i), at]
  const unitOf = (place: number) => 10n ** BigInt(columns[place]?.decimals ?? 0)
  const entry = (i: number, j: number) => ratioToNumber(matrix[i]?.[j] ?? 0n, unitOf(i) * unitOf(j))
  const products = places.map((i) => places.reduce((sum, j, b) => sum + (line[b] ?? 0) * entry(i, j), 0))
  return {
    n,
    right: products.slice(0, size),
    squares: products.reduce((sum, value, a) => sum + value * (line[a] ?? 0), 0)
  }
}

function added(one: Sums, other: Sums): Sums {
  return {
    n: one.n + other.n,
    right: one.right.map((value, i) => value + (other.right[i] ?? 0)),
    squares: one.squares + other.squares
  }
}

function momentsOf({ n, right: [sum = 0], squares }: Sums): { n: number; mean: number; sd: number } {
  const mean = sum / n
  return { n, mean, sd: Math.sqrt(Math.max(0, squares - n * mean ** 2) / (n - 1)) }
}

/**
 * Least squares of the harmonised values on the covariates, over all rows. Errors are those of values that were measured in this
 * form.
 */
function regressionOn(grams: readonly Gram[], { n, right, squares }: Sums): Harmonised['coefficients'] {
  const all = addGrams(grams)
  if (all === undefined) return []
  const design = right.map((_, i) => i)
  const { bottom, inverse } = solveExactly(
    partAt(all.matrix, design),
    design.map(() => 0n)
  )
  const unitOf = (at: number) => 10n ** BigInt(all.columns[at]?.decimals ?? 0)
  const inverted = inverse.map((row, i) => row.map((value, j) => ratioToNumber(value * unitOf(i) * unitOf(j), bottom)))
  const estimates = inverted.map((row) => row.reduce((sum, value, j) => sum + value * (right[j] ?? 0), 0))
  const df = n - design.length
  const left = squares - estimates.reduce((sum, value, i) => sum + value * (right[i] ?? 0), 0)
  return estimates.map((estimate, i) => {
    const term = all.columns[i]?.name ?? ''
    const error = Math.sqrt((left / df) * (inverted[i]?.[i] ?? 0))
    if (!(df > 0 && error > 0)) return { term, ...NOTHING, estimate }
    const reach = tOfP(ERROR_SHARE, df) * error
    const statistic = estimate / error
    return { term, estimate, error, statistic, p: pOfT(statistic, df), interval: [estimate - reach, estimate + reach] }
  })
}
