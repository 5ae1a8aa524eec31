/** The baseline table of a study: variables as rows, groups as columns, standardised differences of two groups. */
import type { PooledOutput } from '@stimnet/protocol'
import {
  baselineCellText,
  baselineDifferenceText,
  baselineGroupText,
  hasBaselinePoints,
  isBaselineLeftOut,
  LEFT_OUT_WORDS,
  POINTS_WORDS,
  tableOneOf
} from '@stimnet/sdk'
import { Scroll } from '../../parts/scroll.tsx'
import { TableHead } from '../../parts/table.tsx'
import { unitInWords } from '../../words/variable.ts'
import { blankWord, type SiteTable } from './sites.ts'

/** The answer to `table_one`. */
export function BaselineTable({ pooled, sites }: { pooled: PooledOutput; sites: readonly SiteTable[] }) {
  const blank = blankWord(sites)
  const baseline = tableOneOf(pooled)
  const { groups, rows } = baseline
  const isCompared = rows.some(({ difference }) => difference !== null)
  return (
    <Scroll label="Baseline table">
      <table className="result">
        <caption>Baseline: mean (standard deviation) of numbers, share of each level</caption>
        <TableHead
          heads={[
            'Variable',
            ...groups.map((group) => ({
              number: group.name,
              more: (
                <span className="soft">
                  {' '}
                  n {group.subjects === null ? '' : '= '}
                  {baselineGroupText(group, blank)}
                </span>
              )
            })),
            ...(isCompared ? [{ number: 'Standardised difference' }] : [])
          ]}
        />
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.variable} ${row.level}`}>
              <th scope="row">
                {row.variable.slice(row.variable.indexOf('.') + 1)}
                {row.level !== null && `: ${row.level}`}
                {row.level === null && row.unit !== null && <span className="soft"> {unitInWords(row.unit)}</span>}
              </th>
              {row.cells.map((cell, at) => (
                <td key={groups[at]?.name} className="number">
                  {baselineCellText(cell, blank)}
                </td>
              ))}
              {isCompared && <td className="number">{baselineDifferenceText(row)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
      {hasBaselinePoints(baseline) && <p className="hint">{POINTS_WORDS}</p>}
      {isBaselineLeftOut(baseline) && <p className="hint">{LEFT_OUT_WORDS}</p>}
    </Scroll>
  )
}
