/** Tests over the pooled rows. */
import { Scroll } from '../../parts/scroll.tsx'
import type { TestResult } from '@stimnet/protocol'
import { measured } from '../../words/number.ts'

const NAMES: Readonly<Record<TestResult['kind'], string>> = {
  welch: 'Welch’s t',
  anova: 'One-way analysis of variance',
  chi_squared: 'Pearson’s χ²'
}

/** Where people are compared within their institution. */
const ADJUSTED: Readonly<Record<TestResult['kind'], string>> = {
  welch: 'Welch’s t within institutions',
  anova: 'Analysis of variance with the institution as a factor',
  chi_squared: 'Cochran–Mantel–Haenszel χ²'
}

/** What is null was not computed; the note says why. `reader` puts names for PeerIds. */
export function TestsTable({ tests, reader }: { tests: readonly TestResult[]; reader: (note: string) => string }) {
  return (
    <Scroll label="Tests">
      <table>
        <caption>Tests</caption>
        <thead>
          <tr>
            <th scope="col">Test</th>
            <th scope="col">Of</th>
            <th scope="col" className="number">
              Difference (95 %)
            </th>
            <th scope="col" className="number">
              Statistic
            </th>
            <th scope="col" className="number">
              df
            </th>
            <th scope="col" className="number">
              p
            </th>
            <th scope="col">Note</th>
          </tr>
        </thead>
        <tbody>
          {tests.map((test) => (
            <tr key={`${test.kind} ${test.of} ${test.by.join()}`}>
              <th scope="row">{(test.adjusted_for ? ADJUSTED : NAMES)[test.kind]}</th>
              <td>
                {test.of.replace(/^sd_/, '')} by {test.by.join(', ')}
              </td>
              <td className="number">
                {test.difference === null ? '–' : measured(test.difference)}
                {test.interval && ` (${test.interval.map(measured).join(' to ')})`}
              </td>
              <td className="number">{test.statistic === null ? '–' : measured(test.statistic)}</td>
              <td className="number">{test.df.map(measured).join(', ') || '–'}</td>
              <td className="number">{test.p === null ? '–' : test.p < 0.0001 ? '< 0.0001' : measured(test.p)}</td>
              <td>{reader(test.note)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}
