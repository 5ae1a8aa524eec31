/** Tests over the pooled rows as text for a terminal: one line with notes per test, and one line per estimate. */
import { measured, printable } from '@stimnet/machine'
import type { TestEstimate, TestResult } from '@stimnet/protocol'
import { type Broadcast, estimateName, numberText, testName, testSubject } from '@stimnet/sdk'
import { institutionIn } from './institution.ts'

const LETTERS: Readonly<Partial<Record<TestResult['kind'], string>>> = {
  anova: 'F',
  chi_squared: 'χ²',
  two_by_two: 'χ²',
  log_rank: 'χ²',
  cox: 'χ²'
}

/** The lines of the tests; empty if the answer has none. */
export function testLines(broadcast: Broadcast): string[] {
  const tests = (broadcast.pooled?.tests ?? []).filter(({ kind }) => kind !== 'kaplan_meier')
  const nameOf = institutionIn(broadcast)
  const lines = tests.flatMap((test) => [
    test.meta ? metaLine(test) : lineOf(test),
    ...metaLines(test.meta, nameOf),
    ...differingLines(test),
    ...countLines(test),
    ...(test.estimates ?? []).map(estimateLine)
  ])
  return lines.length === 0 ? [] : [`\n${lines.join('\n')}\n`]
}

/** The combined effect of a meta-analysis, with its test if there is one. */
function metaLine(test: TestResult): string {
  const { of, groups, difference, interval, statistic, df, p, note } = test
  const name = `${testName(test)}, ${printable([of.replace(/^sd_/, ''), groups.map((one) => one.name).join(' − ')].filter(Boolean).join(', '))}`
  const [low, high] = interval ?? []
  const said = note === '' ? '' : ` ${printable(note)}`
  if (difference === null || low === undefined || high === undefined) return `${name}: not computed.${said}`
  const letter = df.length === 0 ? 'z' : `t(${df.map(measured).join(', ')})`
  const tested = statistic === null || p === null ? '' : `, ${letter} = ${measured(statistic)}, p = ${shortP(p)}`
  return `${name}: ${measured(difference)}, 95 % interval ${measured(low)} to ${measured(high)}${tested}.${said}`
}

/** A test of whether the odds ratios of the sites differ. */
function differingLines({ heterogeneity: differing }: TestResult): string[] {
  if (differing === undefined) return []
  const { df, statistic, p } = differing
  return [`  Odds ratios between institutions: Breslow–Day χ²(${df}) = ${measured(statistic)}, p = ${shortP(p)}.`]
}

/** For a log-rank test: the observed and expected events of each group. */
function countLines({ survival }: TestResult): string[] {
  return (survival?.counts ?? []).map(
    ({ group, n, observed, expected }) =>
      `  ${printable(group)}: n = ${n}, ${observed} events, ${measured(expected)} expected`
  )
}

/** The heterogeneity of the sites, and the effect at each site. */
function metaLines(meta: TestResult['meta'], nameOf: (site: string) => string): string[] {
  if (meta === undefined) return []
  const { tau2, i2, q, prediction, sites } = meta
  const [low, high] = prediction ?? []
  const ahead =
    low === undefined || high === undefined ? '' : `; a further institution: ${measured(low)} to ${measured(high)}`
  return [
    ...(tau2 === null || i2 === null || q === null
      ? []
      : [
          `  Between institutions: τ² ${measured(tau2)}, I² ${measured(100 * i2)} %, Q(${q.df}) = ${measured(q.statistic)}, p = ${shortP(q.p)}${ahead}.`
        ]),
    ...sites.map(({ site, estimate, interval, weight }) => {
      const share = weight === null ? '' : `, weight ${measured(100 * weight)} %`
      return `  ${printable(nameOf(site))}: ${measured(estimate)} (${interval.map(measured).join(' to ')})${share}`
    })
  ]
}

function lineOf(test: TestResult): string {
  const name = `${testName(test)}, ${printable(testSubject(test))}`
  const note = test.note === '' ? '' : ` ${printable(test.note)}`
  if (test.p === null) {
    return test.interval !== null || test.estimates?.some(({ interval }) => interval !== null)
      ? `${name}.${differenceIn(test)}${note}`
      : `${name}: not computed.${note}`
  }
  const df = test.df.map(measured).join(', ')
  const letter = LETTERS[test.kind] ?? 't'
  // An exact test has no test statistic.
  const named = test.df.length === 0 ? 'z' : `${letter}(${df})`
  const tested = test.statistic === null ? '' : `${named} = ${measured(test.statistic)}, `
  return `${name}: ${tested}p = ${shortP(test.p)}.${differenceIn(test)}${note}`
}

function differenceIn({ difference, interval, groups, value }: TestResult): string {
  const [low, high] = interval ?? []
  if (difference === null || low === undefined || high === undefined) return ''
  const names =
    value === undefined ? printable(groups.map(({ name }) => name).join(' − ')) : `mean − ${measured(value)}`
  return ` Difference ${names}: ${measured(difference)}, 95 % interval ${measured(low)} to ${measured(high)}.`
}

/** One estimate with its interval and the number of values behind it. */
function estimateLine(one: TestEstimate): string {
  const { n, n_within: off, estimate, interval, p } = one
  const name = printable(estimateName(one))
  const [low, high] = interval ?? []
  const between = low === undefined || high === undefined ? 'no interval' : `${measured(low)} to ${measured(high)}`
  return estimate === null
    ? `  ${name}: not known`
    : `  ${name}: ${measured(estimate)} (${between})${n === null ? '' : `, n = ${numberText(n, { within: off })}`}${p == null ? '' : `, p = ${shortP(p)}`}`
}

function shortP(value: number): string {
  return value.toPrecision(3)
}
