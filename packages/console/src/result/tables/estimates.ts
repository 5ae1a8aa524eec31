/** Estimates with intervals for a forest plot: means from moments, differences from tests, coefficients from scripts. */
import type { MomentsPart, Output, PooledOutput, TestEstimate, TestResult, TypedValue } from '@stimnet/protocol'
import { estimateName, testAsked, testName, testSubject, testsOfOutput } from '@stimnet/sdk'
import { placesOf, rowName, rowOf, type SiteTable } from './sites.ts'
import type { Estimate, Forest } from '../../plots/forest-plot.tsx'

/** The 97.5 % quantile of the normal distribution. */
const Z95 = 1.959964

interface Named {
  readonly name: string
  readonly output: Output | null
}

/** All estimates in an answer that have intervals from at least two institutions. */
export function forestsOf(pooled: PooledOutput, named: readonly Named[], sites: readonly SiteTable[]): Forest[] {
  return [
    ...combined(pooled, sites),
    ...differences(pooled, sites),
    ...intervals(pooled, sites),
    ...means(pooled, sites),
    ...coefficients(pooled, named)
  ].filter(({ estimates }) => estimates.filter(({ isPooled }) => !isPooled).length > 1)
}

/**
 * Means with the standard error from the moments of the same cell. Left out for answers with noise (P2), where that error would be
 * too small.
 */
function means(pooled: PooledOutput, sites: readonly SiteTable[]): Forest[] {
  if (sites.some(({ table }) => table.disclosure.level === 'P2')) return []
  const places = placesOf(pooled.columns)
  const hasInterval = (name: string) => pooled.tests?.some(({ kind, of }) => kind === 'mean_interval' && of === name)
  const spreads = pooled.columns.flatMap(({ name, kind, variables: [variable] }, at) => {
    // The intervals of the answer itself allow for rounding.
    if (hasInterval(name)) return []
    const isFirst = pooled.columns.findIndex((other) => isSpread(other) && other.variables[0] === variable) === at
    return isSpread({ kind }) && isFirst ? [at] : []
  })
  return spreads.flatMap((at) =>
    pooled.rows.map((row): Forest => {
      const column = pooled.columns[at]
      const parts = sites.flatMap((site) => {
        const part = column && rowOf(site, row.values, places)?.parts[column.name]
        return part && 'moments' in part ? [{ name: site.name, moments: part.moments }] : []
      })
      const variable = column?.variables[0]?.split('.').at(-1) ?? column?.name ?? ''
      return {
        title: `Mean of ${variable}, ${rowName(row.values, places)}`,
        estimates: [
          ...parts.flatMap(({ name, moments }) => meanOf(name, moments, false)),
          ...meanOf('Pooled', parts.map(({ moments }) => moments).reduce(together, NOBODY), true)
        ],
        nothingAt: undefined
      }
    })
  )
}

function isSpread({ kind }: { readonly kind: string }): boolean {
  return kind === 'sd' || kind === 'variance'
}

const NOBODY: MomentsPart = { n: 0, sum: 0, deviations: 0 }

/** Combines the moments of two samples by Chan's rule. */
export function together(one: MomentsPart, other: MomentsPart): MomentsPart {
  if (one.n === 0) return other
  if (other.n === 0) return one
  const n = one.n + other.n
  const apart = other.sum / other.n - one.sum / one.n
  const between = (apart ** 2 * one.n * other.n) / n
  return {
    n,
    sum: one.sum + other.sum,
    deviations: (one.deviations ?? Number.NaN) + (other.deviations ?? Number.NaN) + between
  }
}

function meanOf(name: string, { n, sum, deviations }: MomentsPart, isPooled: boolean): Estimate[] {
  if (deviations === undefined || !(n > 1)) return []
  const value = sum / n
  const half = Z95 * Math.sqrt(deviations / (n - 1) / n)
  return Number.isFinite(half) ? [{ name, value, low: value - half, high: value + half, isPooled }] : []
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
        nothingAt: NOTHING_AT[estimate.measure]
      }
    })
  })
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
