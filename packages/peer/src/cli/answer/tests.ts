/** Tests over the pooled rows as text for a terminal: one line each, with notes. */
import type { TestResult } from '@stimnet/protocol'
import { type Broadcast, testName } from '@stimnet/sdk'
import { measured, printable } from '../terminal/table.ts'

const LETTERS: Readonly<Record<TestResult['kind'], string>> = { welch: 't', anova: 'F', chi_squared: 'χ²' }

/** The lines of the tests; empty where none was asked for. */
export function testLines({ pooled }: Broadcast): string[] {
  const tests = pooled?.tests ?? []
  return tests.length === 0 ? [] : [`\n${tests.map(lineOf).join('\n')}\n`]
}

function lineOf(test: TestResult): string {
  const name = testName(test)
  const of = printable(`${test.of} by ${test.by.join(', ')}`)
  const note = test.note === '' ? '' : ` ${printable(test.note)}`
  if (test.statistic === null || test.p === null) return `${name}, ${of}: not computed.${note}`
  const df = test.df.map(measured).join(', ')
  return `${name}, ${of}: ${LETTERS[test.kind]}(${df}) = ${measured(test.statistic)}, p = ${shortP(test.p)}.${differenceIn(test)}${note}`
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
