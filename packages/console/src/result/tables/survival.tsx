/** Survival curves, and below them the values that are read off each curve. */
import type { SurvivalCurve, TestResult } from '@stimnet/protocol'
import { testName } from '@stimnet/sdk'
import { Scroll } from '../../parts/scroll.tsx'
import { TableHead } from '../../parts/table.tsx'
import { SurvivalPlot } from '../../plots/survival-plot.tsx'
import { readOffOf } from '../../words/read-off.ts'

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
        <p className="hint">
          At risk: two numbers are the smallest and largest possible number, because the times within an interval of the
          grid are unknown.
        </p>
        <ReadOff curves={curves} />
      </section>
    )
  })
}

function ReadOff({ curves }: { curves: readonly SurvivalCurve[] }) {
  const { names, rows } = readOffOf(curves)
  return (
    <Scroll label="Medians, means and survival at single times">
      <table>
        <caption>
          Median time, mean time up to the end of the curve, and survival at the requested times, each with the range
          that exact times can give and its 95 % interval
        </caption>
        <TableHead heads={['Group', { number: 'People' }, { number: 'Events' }, 'What', 'Estimate', '95 % interval']} />
        {rows.map(({ group, people, events, cells }) => (
          <tbody key={group}>
            {cells.map(({ estimate, interval }, at) => (
              <tr key={names[at]}>
                {at === 0 && (
                  <>
                    <th scope="rowgroup" rowSpan={cells.length}>
                      {group}
                    </th>
                    <td className="number" rowSpan={cells.length}>
                      {people}
                    </td>
                    <td className="number" rowSpan={cells.length}>
                      {events}
                    </td>
                  </>
                )}
                <th scope="row">{names[at]}</th>
                <td>{estimate}</td>
                <td>{interval}</td>
              </tr>
            ))}
          </tbody>
        ))}
      </table>
    </Scroll>
  )
}
