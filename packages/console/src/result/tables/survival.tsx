/** Survival: the curves, and below them what is read off each. */
import type { SurvivalCurve, TestResult } from '@stimnet/protocol'
import { testName } from '@stimnet/sdk'
import { Scroll } from '../../parts/scroll.tsx'
import { SurvivalPlot } from '../../plots/survival-plot.tsx'
import { count, measured } from '../../words/number.ts'

/** Empty if there is no survival curve. */
export function Survival({ tests }: { tests: readonly TestResult[] }) {
  return tests.map((test) => {
    const curves = test.survival?.curves ?? []
    const title = testName(test)
    return curves.length === 0 ? null : (
      <section key={`${test.of} ${test.by.join()}`} className="stack">
        <Scroll label={title}>
          <SurvivalPlot title={title} curves={curves} />
        </Scroll>
        <ReadOff curves={curves} />
      </section>
    )
  })
}

function ReadOff({ curves }: { curves: readonly SurvivalCurve[] }) {
  return (
    <Scroll label="Medians and means">
      <table>
        <caption>
          Median time, and mean time up to the end of the curve, each with its 95 % interval and where the exact times
          put it
        </caption>
        <thead>
          <tr>
            <th scope="col">Group</th>
            {['People', 'Events', 'Median', '95 %', 'Exact times', 'Mean', '95 %', 'Exact times'].map((name, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns have the same name
              <th key={at} scope="col" className="number">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {curves.map(({ group, n, events, median, restricted_mean: mean }) => (
            <tr key={group}>
              <th scope="row">{group ?? 'all'}</th>
              <td className="number">{count(n)}</td>
              <td className="number">{count(events)}</td>
              <td className="number">{timeInWords(median.estimate)}</td>
              <td className="number">{median.interval.map(timeInWords).join(' to ')}</td>
              <td className="number">{median.range.map(timeInWords).join(' to ')}</td>
              <td className="number">
                {mean === null ? '–' : `${measured(mean.estimate)} up to ${measured(mean.until)}`}
              </td>
              <td className="number">{mean === null ? '–' : mean.interval.map(measured).join(' to ')}</td>
              <td className="number">{mean === null ? '–' : mean.range.map(measured).join(' to ')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

/** A time by which half had the event; null is later than all times that are known. */
function timeInWords(time: number | null | undefined): string {
  return time === null || time === undefined ? 'not reached' : measured(time)
}
