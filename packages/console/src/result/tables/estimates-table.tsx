/** The estimates of a test that has several, each with its interval. */
import type { TestResult } from '@stimnet/protocol'
import { estimateName, numberText, testName, testSubject } from '@stimnet/sdk'
import { Table } from '../../parts/table.tsx'
import { measured, pInWords, written } from '../../words/number.ts'

/** Empty for a test with one estimate. */
export function EstimatesTable({ test }: { test: TestResult }) {
  const { estimates = [], by } = test
  if (estimates.length === 0) return null
  const title = `${testName(test)}: ${testSubject({ ...test, by: [] })}`
  // Hazard ratios have a name of their own in each row.
  const rows = estimates.some(({ column }) => column !== undefined) ? '' : by.join(', ')
  const hasP = estimates.some(({ p }) => p != null)
  return (
    <Table
      caption={title}
      heads={[
        rows || 'Of',
        { number: 'n' },
        { number: 'Estimate' },
        { number: '95 % interval' },
        ...(hasP ? [{ number: 'p' }] : [])
      ]}
    >
      {estimates.map((one) => (
        <tr key={JSON.stringify([one.measure, one.groups, one.column, one.among])}>
          <th scope="row">{estimateName(one)}</th>
          <td className="number">{one.n === null ? '–' : numberText(one.n, { within: one.n_within }, written)}</td>
          <td className="number">{one.estimate === null ? '–' : measured(one.estimate)}</td>
          <td className="number">{one.interval === null ? '–' : one.interval.map(measured).join(' to ')}</td>
          {hasP && <td className="number">{pInWords(one.p ?? null)}</td>}
        </tr>
      ))}
    </Table>
  )
}
