/** Estimates with intervals for a forest plot: means from moments, differences from tests, coefficients from scripts. */
import type { Output, PooledOutput, TestEstimate, TestResult, TypedValue } from '@stimnet/protocol'
import { estimateName, pool, testAsked, testName, testSubject, testsOfOutput } from '@stimnet/sdk'
import { measured } from '../../words/number.ts'
import type { SiteTable } from './sites.ts'
import type { Estimate, Forest } from '../../plots/forest-plot.tsx'

/** The 97.5 % quantile of the normal distribution. */
const Z95 = 1.959964

interface Named {
  readonly name: string
  readonly output: Output | null
}

/** All estimates in an answer from at least two institutions, with an interval of at least one. */
export function forestsOf(pooled: PooledOutput, named: readonly Named[], sites: readonly SiteTable[]): Forest[] {
  return [
    ...combined(pooled, sites),
    ...differences(pooled, sites),
    ...intervals(pooled, sites),
    ...means(pooled, sites),
    ...coefficients(pooled, named)
  ].filter(({ estimates, notDrawn = [] }) => estimates.length > 0 && countOf(estimates) + notDrawn.length > 1)
}

function countOf(estimates: readonly Estimate[]): number {
  return estimates.filter(({ isPooled }) => !isPooled).length
}

/**
 * Means with the intervals that `mean` with `interval` has: by t, and with the rounding stated in the cards. Left out for answers with
 * noise (P2), for which these intervals would be too narrow.
 */
function means(pooled: PooledOutput, sites: readonly SiteTable[]): Forest[] {
  if (sites.some(({ table }) => table.disclosure.level === 'P2')) return []
  const by = pooled.columns.flatMap(({ name, role }) => (role === 'key' ? [name] : []))
  const hasInterval = (name: string) => pooled.tests?.some(({ kind, of }) => kind === 'mean_interval' && of === name)
  const asked = pooled.columns.flatMap(({ name, kind, variables: [variable] }, at) => {
    if (hasInterval(name)) return []
    const isFirst = pooled.columns.findIndex((other) => isSpread(other) && other.variables[0] === variable) === at
    return isSpread({ kind }) && isFirst ? [{ kind: 'mean_interval', of: name, by } as const] : []
  })
  if (asked.length === 0) return []
  const parts = sites.map(({ peerId, table }) => {
    return { site: peerId, output: { ...table, tests: testsOfOutput(asked, table) } }
  })
  return intervals({ ...pooled, tests: pool(parts).tests ?? [] }, sites)
}

function isSpread({ kind }: { readonly kind: string }): boolean {
  return kind === 'sd' || kind === 'variance'
}

/**
 * Confidence intervals of each row. The interval of an institution is computed here from its numbers, with the rounding stated in
 * its card.
 */
function intervals(pooled: PooledOutput, sites: readonly SiteTable[]): Forest[] {
  return (pooled.tests ?? []).flatMap((test) => {
    const asked = [testAsked(test)].filter((one) => one !== undefined)
    const own = sites.map(({ name, table }) => ({ name, estimates: testsOfOutput(asked, table)[0]?.estimates ?? [] }))
    return (test.estimates ?? []).map((estimate): Forest => {
      const key = keyOf(estimate)
      return {
        title: estimateTitle(test, estimate),
        estimates: [
          ...own.flatMap(({ name, estimates }) =>
            ofEstimate(
              name,
              estimates.find((one) => keyOf(one) === key),
              false
            )
          ),
          ...ofEstimate('Pooled', estimate, true)
        ],
        nothingAt: NOTHING_AT[estimate.measure],
        notDrawn: sites.flatMap(({ peerId, name }, at) => {
          const one = own[at]?.estimates.find((other) => keyOf(other) === key)
          const isIn = estimate.sites?.includes(peerId) ?? one?.estimate != null
          return isIn && one?.interval == null ? [{ name, why: withoutInterval(one?.estimate) }] : []
        })
      }
    })
  })
}

/** The line of an institution that is in the pooled estimate, and has no interval by itself. */
function withoutInterval(estimate: number | null | undefined): string {
  return `${estimate == null ? '' : `${measured(estimate)}, `}no interval by itself`
}

/** The title of an estimate: "Mean of age, female", "Odds and risks of two groups: share_ill, odds ratio". */
function estimateTitle(test: TestResult, estimate: TestEstimate): string {
  // The keys of the row are in the name of the estimate.
  const subject = testSubject({ ...test, by: [] })
  const of = /^([a-z]+)_interval$/.exec(test.kind)?.[1]
  if (of === undefined) return `${testName(test)}: ${subject.replace(/^sd_/, '')}, ${estimateName(estimate)}`
  const bare = subject.replace(/^(sd|share|correlation)_/, '')
  return `${of.charAt(0).toUpperCase()}${of.slice(1)} of ${bare}, ${estimateName(estimate)}`
}

const NOTHING_AT: Readonly<Partial<Record<TestEstimate['measure'], number>>> = {
  correlation: 0,
  odds_ratio: 1,
  risk_ratio: 1,
  hazard_ratio: 1,
  hazard_ratio_factor: 1,
  risk_difference: 0,
  difference: 0
}

function keyOf({ measure, groups, column, among }: TestEstimate): string {
  return JSON.stringify([measure, groups, column, among])
}

function ofEstimate(name: string, estimate: TestEstimate | undefined, isPooled: boolean): Estimate[] {
  const [low, high] = estimate?.interval ?? []
  if (estimate?.estimate == null || low === undefined || high === undefined) return []
  return [{ name, value: estimate.estimate, low, high, isPooled }]
}

/** Differences from t tests. The difference of an institution is computed here from its numbers, with the rounding stated in its card. */
function differences(pooled: PooledOutput, sites: readonly SiteTable[]): Forest[] {
  return (pooled.tests ?? []).flatMap((test) => {
    const asked = [testAsked(test)].filter((one) => one !== undefined)
    if (!DIFFERENCES.includes(test.kind)) return []
    const [one, other] = test.groups
    const than = test.value === undefined ? `${one?.name ?? ''} minus ${other?.name ?? ''}` : `mean minus ${test.value}`
    return [
      {
        title: `Difference of ${test.of.replace(/^sd_/, '')}: ${than}`,
        estimates: [
          ...sites.flatMap(({ name, table }) => differenceOf(name, testsOfOutput(asked, table)[0], false)),
          ...differenceOf('Pooled', test, true)
        ],
        nothingAt: 0
      }
    ]
  })
}

const DIFFERENCES: readonly TestResult['kind'][] = ['welch', 'one_sample', 'paired']

/** The effects in a meta-analysis, and the combined effect. */
function combined(pooled: PooledOutput, sites: readonly SiteTable[]): Forest[] {
  return (pooled.tests ?? []).flatMap((test) => {
    if (test.meta === undefined) return []
    const { effect, sites: effects } = test.meta
    const nameOf = (site: string) => sites.find(({ peerId }) => peerId === site)?.name ?? site
    return [
      {
        title: `${testName(test)}: ${test.of.replace(/^sd_/, '')}`,
        estimates: [
          ...effects.map(({ site, estimate: value, interval: [low = value, high = value] }) => ({
            name: nameOf(site),
            value,
            low,
            high,
            isPooled: false
          })),
          ...differenceOf('Combined', test, true)
        ],
        nothingAt: effect === 'odds_ratio' ? 1 : effect === 'difference' || effect === 'correlation' ? 0 : undefined
      }
    ]
  })
}

function differenceOf(name: string, test: TestResult | undefined, isPooled: boolean): Estimate[] {
  const [low, high] = test?.interval ?? []
  if (test?.difference == null || low === undefined || high === undefined) return []
  return [{ name, value: test.difference, low, high, isPooled }]
}

type Coefficients = Extract<TypedValue, { kind: 'coefficients' }>

/** The coefficients that scripts released, one plot per term. */
function coefficients(pooled: PooledOutput, named: readonly Named[]): Forest[] {
  return (pooled.outputs ?? []).flatMap(({ output }, at) => {
    if (output.kind !== 'coefficients') return []
    return output.terms.map(({ term }, i): Forest => {
      const estimate = (name: string, one: Coefficients, isPooled: boolean) => estimateOf(name, one.terms[i], isPooled)
      const parts = named.flatMap(({ name, output: own }) => {
        const same = own?.kind === 'typed' ? own.outputs[at] : undefined
        return same?.kind === 'coefficients' ? estimate(name, same, false) : []
      })
      return {
        title: `${output.name}: ${term}`,
        estimates: [...parts, ...estimate('Pooled', output, true)],
        nothingAt: 0
      }
    })
  })
}

function estimateOf(name: string, term: Coefficients['terms'][number] | undefined, isPooled: boolean): Estimate[] {
  if (term?.estimate == null || term.se === null) return []
  const half = Z95 * term.se
  return [{ name, value: term.estimate, low: term.estimate - half, high: term.estimate + half, isPooled }]
}
