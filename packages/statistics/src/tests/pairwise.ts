/** Post-hoc comparisons after an analysis of variance: Welch's t of each pair of groups, with Holm's p values. */
import type { PlanTest, TestEstimate, TestResult } from '@stimnet/protocol'
import { exactSum } from '../moments.ts'
import { giving, groupOf, isHidden, namesIn, ROUNDED } from './given.ts'
import { DF_MIN, NOTHING, type TestSite } from './table.ts'
import { type Pair, type Welch, welchOver } from './welch.ts'

/** Pairwise tests as R's pairwise.t.test(pool.sd = FALSE), within the sites that gave both groups of a pair. */
export function pairwise(test: Extract<PlanTest, { kind: 'pairwise' }>, sites: readonly TestSite[]): TestResult {
  const { kind, of, by } = test
  const found = [...new Set(sites.flatMap((site) => namesIn(site, by)))]
  const names = found.length > GROUPS_MAX ? [] : found
  const pairs = names.flatMap((one, i) => names.slice(i + 1).map((other) => ({ one, other })))
  const made = pairs.map(({ one, other }) => {
    const givers = giving(sites, (site): Pair | undefined => {
      const [first, second] = [one, other].map((name) => groupOf(site, { by, name, of }))
      return first && second ? [first, second] : undefined
    })
    const parts = givers.map(({ part }) => part)
    const result = welchOver(parts)
    const isRounded = parts.flat().some(({ within }) => (within?.count ?? 0) > 0 || (within?.mean ?? 0) > 0)
    return {
      groups: [one, other],
      sites: givers.map(({ site }) => site.site),
      n: exactSum(parts.flatMap(([first, second]) => [first.n, second.n])),
      result: result !== null && result.df >= DF_MIN ? result : null,
      isRounded,
      isHidden: isRounded && isHidden(result?.p ?? null)
    }
  })
  const ps = holm(made.map(({ result, isHidden }) => (isHidden ? null : (result?.p ?? null))))
  const estimates = made.map(({ groups, sites, n, result }, i) => ({
    ...estimateOf(result, ps[i] ?? null),
    groups,
    n: n === 0 ? null : n,
    sites
  }))
  const behind = sites.map(({ site }) => site).filter((site) => made.some((one) => one.sites.includes(site)))
  const notes = [
    ...(made.length === 0 ? [`Fewer than two groups, or more than ${GROUPS_MAX}.`] : []),
    ...(made.some(({ result }) => result === null) || sites.some((site) => !site.isWhole(of)) ? [PARTLY] : []),
    ...(made.some((one) => one.sites.length < behind.length) ? [FEWER_SITES] : []),
    ...(made.some((one) => one.isRounded) ? [ROUNDED] : []),
    ...(made.some((one) => one.isHidden) ? [PAIR_HIDDEN] : [])
  ]
  return {
    kind,
    of,
    by: [by],
    groups: [],
    ...NOTHING,
    note: notes.join(' '),
    sites: behind,
    estimates,
    ...(made.some((one) => one.sites.length > 1) ? { adjusted_for: 'site' as const } : {})
  }
}

/** Maximum number of groups: more groups have more comparisons than anybody reads. */
const GROUPS_MAX = 40

const PAIR_HIDDEN = 'Without p: rounding can hide the whole difference, so that its p may be anything up to 1.'
const PARTLY = 'Not every two groups are compared: one is withheld, too small, or does not vary.'
const FEWER_SITES = 'Some groups are compared at fewer institutions: see `sites`.'

function estimateOf(
  result: Welch | null,
  p: number | null
): Pick<TestEstimate, 'measure' | 'estimate' | 'interval' | 'p'> {
  if (result === null) return { measure: 'difference', estimate: null, interval: null, p: null }
  return { measure: 'difference', estimate: result.difference, interval: [...result.interval], p }
}

/**
 * Holm's p values: the smallest multiplied by the number of comparisons, the next by one less, and so on. A comparison that was
 * not made counts as the largest.
 */
export function holm(ps: readonly (number | null)[]): (number | null)[] {
  const order = ps.flatMap((p, at) => (p === null ? [] : [{ p, at }])).sort((a, b) => a.p - b.p)
  const adjusted = new Map<number, number>()
  let largest = 0
  for (const [rank, { p, at }] of order.entries()) {
    largest = Math.max(largest, Math.min(1, (ps.length - rank) * p))
    adjusted.set(at, largest)
  }
  return ps.map((_, at) => adjusted.get(at) ?? null)
}
