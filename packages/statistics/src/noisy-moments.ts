/** Moments from noisy sums of one or several sites: the sums are pooled as they were drawn, and limited to their bounds at the end. */
import type { MomentsPart, NoisyMoments } from '@stimnet/protocol'
import { exactSum } from './moments.ts'
import type { NoiseTerm } from './noise.ts'

type Variable = NoisyMoments['variables'][number]

/** The sums of all sites about one point for each variable, not yet limited to bounds. */
interface Together {
  readonly rows: number
  /** The points about which the sums are taken. */
  readonly about: readonly number[]
  readonly first: readonly number[]
  readonly squares: readonly (number | undefined)[]
  readonly cubes: readonly (number | undefined)[]
  readonly products: number | undefined
}

/**
 * The moments of everybody, as if all sums had come from one site. The number of rows is raised to the minimum that the kind
 * needs, because empty groups are answered as well. Means are limited to the bounds, and spreads to the values that the bounds
 * allow. Null if the sites did not sum the same quantities.
 */
export function momentsOfNoisy(kind: string, sites: readonly NoisyMoments[]): MomentsPart | null {
  const means = meansOf(kind, sites)
  if (means === null) return null
  const { n, mean, width } = means
  const around = sumsAbout(sites, mean)
  const within = (value: number, most: number) => Math.min(most, Math.max(-most, value))
  const [wx = 0, wy = 0] = width
  // Between two bounds, no variance is above a quarter of their squared distance, and none is below zero.
  const [deviations, others] = around.squares.map((sum, i) =>
    sum === undefined ? undefined : Math.max(0, within(sum / n, (width[i] ?? 0) ** 2)) * n
  )
  // The distance of a value from the mean is at most the distance between the bounds.
  const third = around.cubes[0] === undefined ? undefined : within(around.cubes[0] / n, (2 * wx) ** 3) * n
  const [x = 0, y = 0] = mean
  const moments = {
    n,
    sum: x * n,
    ...(deviations === undefined ? {} : { deviations }),
    ...(third === undefined ? {} : { third })
  }
  if (around.products === undefined) return moments
  const cross = within(around.products / n, wx * wy) * n
  // A covariance needs no spreads, so they are not requested and cost nothing.
  return { deviations: 0, ...moments, second: { sum: y * n, deviations: others ?? 0, cross } }
}

const ROWS_LEAST: Readonly<Record<string, number>> = { mean: 1 }

function meansOf(kind: string, sites: readonly NoisyMoments[]) {
  const [first] = sites
  const shape = (site: NoisyMoments) =>
    JSON.stringify(site.variables.map((one) => [one.squares === undefined, one.cubes === undefined]))
  if (!first || sites.some((site) => shape(site) !== shape(first))) return null
  const ends = first.variables.map((_, i) => endsOf(sites.flatMap(({ variables }) => variables[i] ?? [])))
  const around = sumsAbout(
    sites,
    ends.map(({ low, high }) => (low + high) / 2)
  )
  const n = Math.max(ROWS_LEAST[kind] ?? 2, around.rows)
  const width = ends.map(({ low, high }) => (high - low) / 2)
  const mean = ends.map(({ low, high }, i) =>
    Math.min(high, Math.max(low, (low + high) / 2 + (around.first[i] ?? 0) / n))
  )
  return { n, mean, width }
}

function endsOf(variables: readonly Variable[]): { low: number; high: number } {
  return {
    low: Math.min(...variables.map(({ centre, width }) => centre - width)),
    high: Math.max(...variables.map(({ centre, width }) => centre + width))
  }
}

/** The sums of powers of x - p are those of (x - c) + (c - p), with the centre c of each site. */
function sumsAbout(sites: readonly NoisyMoments[], about: readonly number[]): Together {
  const shifted = sites.map((site) => ({
    site,
    shifts: site.variables.map(({ centre }, i) => centre - (about[i] ?? 0))
  }))
  const each = (of: (variable: Variable, shift: number, rows: number) => (number | undefined)[]) =>
    about.map((_, i) =>
      total(
        shifted.flatMap(({ site, shifts }) => {
          const variable = site.variables[i]
          return variable ? of(variable, shifts[i] ?? 0, site.rows.sum) : [undefined]
        })
      )
    )
  return {
    about,
    rows: exactSum(sites.map(({ rows }) => rows.sum)),
    first: each(({ first }, d, n) => [first.sum, d * n]).map((sum) => sum ?? 0),
    squares: each(({ first, squares }, d, n) => [squares?.sum, 2 * d * first.sum, d ** 2 * n]),
    cubes: each(({ first, squares, cubes }, d, n) => [
      cubes?.sum,
      squares && 3 * d * squares.sum,
      3 * d ** 2 * first.sum,
      d ** 3 * n
    ]),
    products: total(
      shifted.flatMap(({ site: { rows, variables, products }, shifts: [dx = 0, dy = 0] }) => [
        products?.sum,
        dy * (variables[0]?.first.sum ?? 0),
        dx * (variables[1]?.first.sum ?? 0),
        dx * dy * rows.sum
      ])
    )
  }
}

function total(terms: readonly (number | undefined)[]): number | undefined {
  const given = terms.filter((term) => term !== undefined)
  return given.length < terms.length ? undefined : exactSum(given)
}

/** The change of the number per unit of each noise term of a site. */
interface Weights {
  readonly rows: number
  readonly first: readonly number[]
  readonly squares?: readonly number[]
  readonly products?: number
}

/**
 * The noise terms of a pooled number, each multiplied by the change that it causes in the number: to first order, at the computed
 * moments. For a standard deviation these are the terms of its variance. Null for a kind without known terms.
 */
export function noiseOfNoisy(kind: string, sites: readonly NoisyMoments[], moments: MomentsPart): NoiseTerm[] | null {
  const { n, sum, second, deviations = 0 } = moments
  const means = [sum / n, ...(second ? [second.sum / n] : [])]
  const [vx, vy] = [deviations / n, (second?.deviations ?? 0) / n]
  const product = (second?.cross ?? 0) / n
  const found = sites.map((site) => {
    const [dx = 0, dy = 0] = site.variables.map(({ centre }, i) => centre - (means[i] ?? 0))
    return { site, weights: weightsOf(kind, { dx, dy, vx, vy, product }) }
  })
  if (found.some(({ weights }) => weights === null)) return null
  return found.flatMap(({ site, weights }) => (weights ? termsOf(site, weights, n) : []))
}

interface At {
  /** Distance from the mean of each variable to the centre of the site. */
  readonly dx: number
  readonly dy: number
  readonly vx: number
  readonly vy: number
  readonly product: number
}

function weightsOf(kind: string, { dx, dy, vx, vy, product }: At): Weights | null {
  switch (kind) {
    case 'mean':
      return { rows: dx, first: [1] }
    case 'variance':
    case 'sd':
      return { rows: dx ** 2 - vx, first: [2 * dx], squares: [1] }
    case 'covariance':
      return { rows: dx * dy - product, first: [dy, dx], products: 1 }
    case 'correlation': {
      if (!(vx > 0 && vy > 0)) return null
      const spread = Math.sqrt(vx) * Math.sqrt(vy)
      const r = Math.min(1, Math.max(-1, product / spread))
      return {
        rows: (dx * dy) / spread - (r / 2) * (dx ** 2 / vx + dy ** 2 / vy),
        first: [dy / spread - (r * dx) / vx, dx / spread - (r * dy) / vy],
        squares: [-r / (2 * vx), -r / (2 * vy)],
        products: 1 / spread
      }
    }
    default:
      return null
  }
}

function termsOf({ rows, variables, products }: NoisyMoments, weights: Weights, n: number): NoiseTerm[] {
  const term = (sd: number | undefined, step: number, weight: number | undefined): NoiseTerm[] =>
    sd === undefined || !weight ? [] : [{ sd: (sd * Math.abs(weight)) / n, step: (step * Math.abs(weight)) / n }]
  const steps = variables.map(({ step }) => step)
  return [
    ...term(rows.sd, 1, weights.rows),
    ...variables.flatMap(({ first, step }, i) => term(first.sd, step, weights.first[i])),
    ...variables.flatMap(({ squares, step }, i) => term(squares?.sd, step ** 2, weights.squares?.[i])),
    ...term(products?.sd, (steps[0] ?? 1) * (steps[1] ?? 1), weights.products)
  ]
}
