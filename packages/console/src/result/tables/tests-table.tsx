/** Tests over the pooled rows. */
import { Table } from '../../parts/table.tsx'
import type { TestResult } from '@stimnet/protocol'
import { testName, testSubject } from '@stimnet/sdk'
import { measured, pInWords } from '../../words/number.ts'

/** A null value was not computed; the note gives the reason. `reader` replaces PeerIds with names. */
export function TestsTable({ tests, reader }: { tests: readonly TestResult[]; reader: (note: string) => string }) {
  return (
    <Table
      caption="Tests"
      heads={[
        'Test',
        'Of',
        { number: 'Difference (95 %)' },
        { number: 'Statistic' },
        { number: 'df' },
        { number: 'p' },
        'Note'
      ]}
    >
      {tests.map((test) => (
        <tr key={`${test.kind} ${test.of} ${test.by.join()}`}>
          <th scope="row">{testName(test)}</th>
          <td>{testSubject(test).replace(/^sd_/, '')}</td>
          <td className="number">
            {test.difference === null ? '–' : measured(test.difference)}
            {test.interval && ` (${test.interval.map(measured).join(' to ')})`}
          </td>
          <td className="number">{test.statistic === null ? '–' : measured(test.statistic)}</td>
          <td className="number">{test.df.map(measured).join(', ') || '–'}</td>
          <td className="number">{pInWords(test.p)}</td>
          <td>
            {reader(test.note)} {test.meta && heterogeneityOf(test.meta)}
            {test.heterogeneity && differingOf(test.heterogeneity)}
          </td>
        </tr>
      ))}
    </Table>
  )
}

/** The heterogeneity of the institutions' effects in one sentence. */
function heterogeneityOf({ tau2, i2, q, prediction }: NonNullable<TestResult['meta']>): string {
  if (tau2 === null || i2 === null || q === null) return ''
  const p = q.p < 0.0001 ? '< 0.0001' : `= ${measured(q.p)}`
  const between = `Between institutions: τ² ${measured(tau2)}, I² ${measured(100 * i2)} %, Q(${q.df}) = ${measured(q.statistic)}, p ${p}.`
  return prediction === null
    ? between
    : `${between} 95 % prediction interval for a further institution: ${prediction.map(measured).join(' to ')}.`
}

function differingOf({ statistic, df, p }: NonNullable<TestResult['heterogeneity']>): string {
  return `Odds ratios between institutions: Breslow–Day χ²(${df}) = ${measured(statistic)}, p ${p < 0.0001 ? '< 0.0001' : `= ${measured(p)}`}.`
}
