/** A result as plots: one column at a time, and all estimates with intervals. */
import type { Output, PooledOutput } from '@stimnet/protocol'
import { LEFT_OUT_WORDS } from '@stimnet/sdk'
import { useState } from 'react'
import { Select } from '../../parts/field.tsx'
import { Panel } from '../../parts/panel.tsx'
import { Scroll } from '../../parts/scroll.tsx'
import { isMixed, MIXED } from '../../plots/behind.ts'
import { ForestPlot } from '../../plots/forest-plot.tsx'
import { Histogram } from '../../plots/histogram.tsx'
import { SiteBars } from '../../plots/site-bars.tsx'
import { forestsOf } from './estimates.ts'
import { blankWord, columnParts, placesOf, type SiteTable } from './sites.ts'
import { Survival } from './survival.tsx'
import { typedCells } from './typed-rows.ts'

/** Maximum number of rows that are drawn. */
const ROWS_MAX = 12
const FORESTS_MAX = 8

/** Empty if nothing can be drawn. */
export function Plots(props: {
  pooled: PooledOutput
  sites: readonly SiteTable[]
  named: readonly { readonly name: string; readonly output: Output | null }[]
}) {
  const { pooled, sites, named } = props
  const measures = placesOf(pooled.columns).measures
  const [chosen, setChosen] = useState(() => firstShown(pooled, measures))
  const column = pooled.columns[chosen]
  const blank = blankWord(sites)
  const cells = columnParts(pooled, sites, chosen)
  const forests = forestsOf(pooled, named, sites)
  const typed = (pooled.outputs ?? []).flatMap((output, at) => {
    const own = typedCells(output, at, named)
    return own.length === 0 ? [] : [{ name: output.output.name, cells: own }]
  })
  if (cells.length === 0 && typed.length === 0 && forests.length === 0) return null
  return (
    <Panel title="Plots">
      <Survival tests={pooled.tests ?? []} />
      {measures.length > 1 && (
        <ColumnField columns={pooled.columns} measures={measures} chosen={chosen} choose={setChosen} />
      )}
      {column && isBinned(pooled) && (
        <Scroll label="Histogram">
          <Histogram
            title={`${column.name}, pooled`}
            blank={blank}
            bins={cells.map(({ row, pooled: many, ...rest }) => ({ label: row, many: many ?? null, ...rest }))}
          />
        </Scroll>
      )}
      {column && cells.length > 0 && (
        <Scroll label="Bars">
          <SiteBars title={column.name} cells={cells.slice(0, ROWS_MAX)} blank={blank} />
        </Scroll>
      )}
      {column?.left_out && <p className="hint">{LEFT_OUT_WORDS}</p>}
      {[cells, ...typed.map(({ cells: own }) => own)].some((all) => isMixed(all.map(({ behind }) => behind))) && (
        <p className="hint">{MIXED}</p>
      )}
      {cells.length > ROWS_MAX && (
        <p className="hint">Only the first {ROWS_MAX} rows are drawn; the table has all rows.</p>
      )}
      {typed.map(({ name, cells: own }) => (
        <figure key={name}>
          <figcaption>{name}</figcaption>
          <Scroll label={name}>
            <SiteBars title={name} cells={own.slice(0, ROWS_MAX)} />
          </Scroll>
        </figure>
      ))}
      <Forests all={forests} />
    </Panel>
  )
}

/** The first estimates with their intervals. */
function Forests({ all }: { all: ReturnType<typeof forestsOf> }) {
  return (
    <>
      {all.slice(0, FORESTS_MAX).map((forest) => (
        <Scroll key={forest.title} label={forest.title}>
          <ForestPlot forest={forest} />
        </Scroll>
      ))}
      {all.length > 0 && (
        <p className="hint">
          Intervals assume independent values. If several values are from one subject, they are too narrow.
        </p>
      )}
      {all.length > FORESTS_MAX && <p className="hint">Only the first {FORESTS_MAX} estimates are drawn.</p>}
    </>
  )
}

function ColumnField(props: {
  columns: PooledOutput['columns']
  measures: readonly number[]
  chosen: number
  choose: (column: number) => void
}) {
  const { columns, measures, chosen, choose } = props
  return (
    <Select
      label="Column"
      options={measures.map((at) => ({ value: at, text: columns[at]?.name ?? '' }))}
      value={chosen}
      choose={(at) => choose(Number(at))}
    />
  )
}

/** The column shown first: the first one that is not a count, if there is one. */
function firstShown({ columns }: PooledOutput, measures: readonly number[]): number {
  const isCount = (at: number) => ['subjects', 'rows', 'count'].includes(columns[at]?.kind ?? '')
  return measures.find((at) => !isCount(at)) ?? measures[0] ?? 0
}

/** Whether the rows are bins of one number, which is recognised by how their labels begin. */
function isBinned({ columns, rows }: PooledOutput): boolean {
  const keys = columns.filter(({ role }) => role === 'key')
  return keys.length === 1 && rows.length > 1 && rows.every(({ values }) => /^(<|>=|\[)/.test(String(values[0])))
}
