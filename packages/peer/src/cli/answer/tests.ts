/** Tests over the pooled rows, in a terminal: one line each, with what a reader must know. */
import type { TestResult } from '@stimnet/protocol'
import type { Broadcast } from '@stimnet/sdk'
import { measured, printable } from '../terminal/table.ts'

const NAMES: Readonly<Record<TestResult['kind'], readonly [name: string, letter: string]>> = {
  welch: ['Welch’s t', 't'],
  anova: ['Analysis of variance', 'F'],
  chi_squared: ['Pearson’s χ²', 'χ²']
}

/** Where people are compared within their institution. */
const ADJUSTED: Readonly<Record<TestResult['kind'], string>> = {
  welch: 'Welch’s t within institutions',
  anova: 'Analysis of variance with the institution as a factor',
  chi_squared: 'Cochran–Mantel–Haenszel χ²'
}

/** Nothing where none was asked for. */
export function testLines({ pooled }: Broadcast): string[] {
  const tests = pooled?.tests ?? []
  return tests.length === 0 ? [] : [`\n${tests.map(lineOf).join('\n')}\n`]
}

function lineOf(test: TestResult): string {
  const [plain, letter] = NAMES[test.kind]
  const name = test.adjusted_for ? ADJUSTED[test.kind] : plain
  const of = printable(`${test.of} by ${test.by.join(', ')}`)
  const note = test.note === '' ? '' : ` ${printable(test.note)}`
  if (test.statistic === null || test.p === null) return `${name}, ${of}: not computed.${note}`
  const df = test.df.map(measured).join(', ')
  return `${name}, ${of}: ${letter}(${df}) = ${measured(test.statistic)}, p = ${shortP(test.p)}.${differenceIn(test)}${note}`
}

function differenceIn({ difference, interval, groups }: TestResult): string {
  const [low, high] = interval ?? []
  if (difference === null || low === undefined || high === undefined) return ''
  const names = printable(groups.map(({ name }) => name).join(' − '))
  return ` Difference ${names}: ${measured(difference)}, 95 % interval ${measured(low)} to ${measured(high)}.`
}

function shortP(value: number): string {
  return value.toPrecision(3)
}
