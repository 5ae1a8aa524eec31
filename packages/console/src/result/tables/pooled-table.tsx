/** The pooled table; each row expands to the answers of the institutions. */
import { Scroll } from '../../parts/scroll.tsx'
import { type Head, TableHead } from '../../parts/table.tsx'
import type { OutputColumn, PooledOutput } from '@stimnet/protocol'
import { LEFT_OUT_WORDS, numberText, RANGE_WORDS } from '@stimnet/sdk'
import { useState } from 'react'
import { plural, written } from '../../words/number.ts'
import { unitInWords } from '../../words/variable.ts'
import { blankWord, ownRows, placesOf, rowOf, type SiteTable } from './sites.ts'

/** A missing number is replaced by the reason why it is missing. */
export function PooledTable(props: {
  pooled: PooledOutput
  sites: readonly SiteTable[]
  /** Number of institutions that were asked, of which some may have refused. */
  asked: number
}) {
  const { pooled, sites, asked } = props
  const [withSites, setWithSites] = useState(false)
  const places = placesOf(pooled.columns)
  const blank = blankWord(sites)
  const ownOf = ownRows(sites)
  return (
    <>
      <label className="choice">
        <input type="checkbox" checked={withSites} onChange={(event) => setWithSites(event.target.checked)} />
        <span>Show each institution</span>
      </label>
      <Scroll label="Pooled result">
        <table className="result">
          <TableHead
            heads={[...(withSites ? ['Institution'] : []), ...pooled.columns.map(headOf), { number: 'Institutions' }]}
          />
          {pooled.rows.map((row) => (
            <tbody key={JSON.stringify(places.keys.map((at) => row.values[at]))}>
              <tr className={withSites ? 'together' : ''}>
                {withSites && <th scope="row">Pooled</th>}
                <Cells
                  columns={pooled.columns}
                  blank={blank}
                  values={row.values}
                  errors={row.error_95 ?? row.within}
                  remaining={row.within_remaining}
                  ranges={row.ranges}
                  behind={behindOf(row)}
                />
                <td className="number">
                  {row.sites.length} of {asked}
                </td>
              </tr>
              {withSites && <OwnRows pooled={pooled} row={row} sites={sites} ownOf={ownOf} />}
            </tbody>
          ))}
        </table>
      </Scroll>
      <Hints pooled={pooled} />
    </>
  )
}

/** The row of each institution below a pooled row. */
function OwnRows(props: {
  pooled: PooledOutput
  row: PooledOutput['rows'][number]
  sites: readonly SiteTable[]
  ownOf: ReturnType<typeof ownRows>
}) {
  const { pooled, row, sites, ownOf } = props
  const places = placesOf(pooled.columns)
  const blank = blankWord(sites)
  return sites.map((site) => {
    const own = rowOf(site, row.values, places)
    const bounds = ownOf(site, row.values, places)
    return (
      <tr key={site.peerId} className="part">
        <th scope="row">{site.name}</th>
        <Cells
          columns={site.table.columns}
          blank={blank}
          values={own?.values ?? pooled.columns.map(() => null)}
          errors={bounds?.error_95 ?? bounds?.within}
          remaining={bounds?.within_remaining}
          ranges={bounds?.ranges}
        />
        <td />
      </tr>
    )
  })
}

/** Explanations of the numbers in the table from which people were left out, or that are known only as a range. */
function Hints({ pooled }: { pooled: PooledOutput }) {
  return (
    <>
      {pooled.columns.some(({ left_out }) => left_out) && <p className="hint">{LEFT_OUT_WORDS}</p>}
      {pooled.rows.some(({ ranges }) => ranges !== undefined) && <p className="hint">{RANGE_WORDS}</p>}
    </>
  )
}

function headOf({ name, unit, role, pools }: PooledOutput['columns'][number]): Head {
  const more = (
    <>
      {unit ? <span className="soft"> {unitInWords(unit)}</span> : null}
      {role === 'measure' && !pools && <span className="soft"> (not pooled)</span>}
    </>
  )
  return role === 'measure' ? { number: name, more } : { text: name, more }
}

type Values = readonly (string | number | null)[]

/** The number of institutions behind each column, where it differs from that of the row. */
function behindOf({ sites, column_sites }: PooledOutput['rows'][number]): (string | null)[] {
  return (column_sites ?? []).map((column) =>
    column === null || column.length === 0 || column.length === sites.length
      ? null
      : plural(column.length, 'institution')
  )
}

interface CellsProps {
  readonly columns: readonly OutputColumn[]
  readonly values: Values
  /** Text that is shown for a missing number. */
  readonly blank: string
  readonly errors?: readonly (number | null)[] | undefined
  /** The errors of numbers that people were left out of. */
  readonly remaining?: readonly (number | null)[] | undefined
  readonly ranges?: PooledOutput['rows'][number]['ranges']
  readonly behind?: readonly (string | null)[]
}

function Cells({ columns, values, blank, errors, remaining, ranges, behind = [] }: CellsProps) {
  return columns.map(({ name, role, left_out }, at) => {
    const value = values[at] ?? null
    if (role === 'key') return <td key={name}>{value ?? 'missing'}</td>
    const facts = { within: errors?.[at] ?? remaining?.[at], range: ranges?.[at], isLeftOut: left_out }
    const text = typeof value === 'string' ? value : numberText(value, facts, written)
    return (
      <td key={name} className={text === '' ? 'number withheld' : 'number'}>
        {text || blank}
        {behind[at] && <span className="soft"> {behind[at]}</span>}
      </td>
    )
  })
}
