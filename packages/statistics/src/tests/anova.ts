/** One-way analysis of variance, over several sites with the site as a second factor. */
import { pOfF } from '../distributions.ts'
import { quadraticForm } from '../linear.ts'
import { exactSum } from '../moments.ts'
import { EXACT } from './accuracy.ts'
import type { Measured } from './table.ts'

/** An analysis of variance. */
export interface Anova {
  readonly statistic: number
  /** Degrees of freedom between (`between`) and within groups (`within`). */
  readonly between: number
  readonly within: number
  readonly p: number
}

/** The groups of one site, by name. */
export type Groups = ReadonlyMap<string, Measured>

/**
 * The analysis of variance of one site. Null with fewer than two groups, without degrees of freedom within the groups, or if
 * nothing varies within them.
 */
export function anovaOf(groups: readonly Measured[]): Anova | null {
  return anovaOver([new Map(groups.map((group, i) => [String(i), group]))])
}

/**
 * The analysis of variance over several sites: the F of the groups in the linear model of site and group, as lm(y ~ site +
 * group), so that differences between sites have no effect. For rounded numbers, F is the smallest that the exact numbers can
 * give. Null also if the sites do not link all groups, because no site then compares them.
 */
export function anovaOver(sites: readonly Groups[]): Anova | null {
  const names = [...new Set(sites.flatMap((groups) => [...groups.keys()]))]
  const cells = sites.flatMap((groups) => [...groups.values()])
  if (names.length < 2 || cells.some(({ deviations }) => deviations === undefined)) return null
  const parts = sites.map((groups) => reduced(groups, names))
  const matrix = names.map((_, i) => names.map((_, j) => exactSum(parts.map(({ matrix }) => matrix[i]?.[j] ?? 0))))
  const vector = names.map((_, i) => exactSum(parts.map(({ vector }) => vector[i] ?? 0)))
  const { value, rank } = quadraticForm(matrix, vector)
  if (rank < names.length - 1) return null
  const hidden = hiddenIn(cells)
  const outside = Math.max(0, Math.sqrt(value) - hidden) ** 2 * Math.min(...cells.map((cell) => leastOf(cell) / cell.n))
  // The part of the cells' means that group and site do not explain, and the deviations within the cells.
  const interaction = Math.max(0, exactSum(parts.map(({ square }) => square)) - value)
  const inside = exactSum([
    ...cells.map(({ deviations = 0, within = EXACT }) => deviations + within.deviations),
    sites.length > 1 ? (Math.sqrt(interaction) + hidden) ** 2 : 0
  ])
  const within = exactSum(cells.map(leastOf)) - sites.length - rank
  if (within < 1 || !(inside > 0)) return null
  const statistic = outside / rank / (inside / within)
  return { statistic, between: rank, within, p: pOfF(statistic, rank, within) }
}

/** The largest change that rounding can make to the root of a sum of squares between means, by the triangle inequality. */
function hiddenIn(cells: readonly Measured[]): number {
  return Math.sqrt(exactSum(cells.map(({ n, within = EXACT }) => (n + within.count) * within.mean ** 2)))
}

/** The smallest possible number of values. */
function leastOf({ n, within = EXACT }: Measured): number {
  return Math.max(1, n - within.count)
}

/** The normal equations of the groups of one site, without the site's own mean. */
function reduced(groups: Groups, names: readonly string[]) {
  const cells = names.map((name) => groups.get(name))
  const ns = cells.map((cell) => cell?.n ?? 0)
  const all = exactSum(ns)
  const mean = exactSum(cells.map((cell) => cell?.sum ?? 0)) / all
  const offsets = cells.map((cell) => (cell === undefined ? 0 : cell.sum / cell.n - mean))
  return {
    matrix: ns.map((n, i) => ns.map((m, j) => (i === j ? n : 0) - (n * m) / all)),
    vector: ns.map((n, i) => n * (offsets[i] ?? 0)),
    square: exactSum(ns.map((n, i) => n * (offsets[i] ?? 0) ** 2))
  }
}
