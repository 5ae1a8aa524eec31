/** The estimates of a test that has several, each with its interval. */
import type { TestResult } from '@stimnet/protocol'
import { estimateName, numberText, testName, testSubject } from '@stimnet/sdk'
import { Scroll } from '../../parts/scroll.tsx'
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
    <Scroll label={title}>
      <table>
        <caption>{title}</caption>
        <thead>
          <tr>
            <th scope="col">{rows || 'Of'}</th>
            <th scope="col" className="number">
              n
            </th>
            <th scope="col" className="number">
              Estimate
            </th>
            <th scope="col" className="number">
              95 % interval
            </th>
            {hasP && (
              <th scope="col" className="number">
                p
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {estimates.map(({ measure, groups, column, n, n_within: off, estimate, interval, p = null }) => (
            <tr key={JSON.stringify([measure, groups, column])}>
              <th scope="row">{estimateName({ measure, groups, column })}</th>
              <td className="number">{n === null ? '–' : numberText(n, { within: off }, written)}</td>
              <td className="number">{estimate === null ? '–' : measured(estimate)}</td>
              <td className="number">{interval === null ? '–' : interval.map(measured).join(' to ')}</td>
              {hasP && <td className="number">{pInWords(p)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}
