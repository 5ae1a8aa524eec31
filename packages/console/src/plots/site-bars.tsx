/** A bar chart of one column of a result: per group, a bar for each institution and a bar for the pooled value. */
import { aboutText } from '@stimnet/sdk'
import { measured } from '../words/number.ts'
import { type Behind, fewerInWords, pooledName } from './behind.ts'
import { Axis } from './axis.tsx'
import { domainOf, scaleOf, ticksOf } from './scale.ts'

const WIDTH = 860
const LABELS = 240
const VALUES = 70
const BAR = 16
const GAP = 22

/** The value of one institution in one cell. */
export interface SiteValue {
  readonly name: string
  /** Null if the institution withheld the cell or row, or if noise makes the value meaningless. */
  readonly value: number | null
  /** Text that is shown without a value, in place of `blank`. */
  readonly instead?: string | undefined
  /** People were left out of the value. */
  readonly isLeftOut?: boolean | undefined
}

/** A pooled cell and the values of the institutions. */
export interface CellParts {
  readonly row: string
  /** The pooled value; undefined if the column does not pool. */
  readonly pooled: number | null | undefined
  /** Text that is shown without a pooled value, in place of `blank`. */
  readonly instead?: string | undefined
  /** People were left out of the pooled value at an institution. */
  readonly isLeftOut?: boolean | undefined
  readonly sites: readonly SiteValue[]
  /** The institutions that the pooled value includes, out of all that answered. */
  readonly behind: Behind
}

/** Readable without colours: every bar has its name and value. */
export function SiteBars(props: { title: string; cells: readonly CellParts[]; blank?: string }) {
  const { title, cells, blank = 'withheld' } = props
  const values = cells.flatMap(({ pooled, sites }) => [pooled, ...sites.map(({ value }) => value)])
  const domain = domainOf(
    values.filter((value) => typeof value === 'number'),
    { withZero: true }
  )
  const scale = scaleOf(domain, [LABELS, WIDTH - VALUES])
  const groups = placed(cells)
  const height = groups.height + 28
  return (
    <svg className="plot" viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={summary({ title, cells, blank })}>
      <Axis scale={scale} ticks={ticksOf(domain)} from={0} to={groups.height} />
      {groups.list.map(({ cell, y }) => (
        <g key={cell.row}>
          {cells.length > 1 && (
            <text className="plot-group" x={0} y={y - 6}>
              {cell.row}
            </text>
          )}
          {barsOf(cell).map(({ name, value, instead, isLeftOut }, at) => (
            <Bar
              key={name}
              name={name}
              value={value}
              isLeftOut={isLeftOut}
              blank={instead ?? blank}
              zero={scale.at(0)}
              end={value === null ? 0 : scale.at(value)}
              y={y + at * BAR}
              isPooled={at === cell.sites.length}
            />
          ))}
        </g>
      ))}
    </svg>
  )
}

/** A column that does not pool has no bar for the pooled value. */
function barsOf({ sites, pooled, instead, behind, isLeftOut }: CellParts): SiteValue[] {
  return pooled === undefined ? [...sites] : [...sites, { name: pooledName(behind), value: pooled, instead, isLeftOut }]
}

function placed(cells: readonly CellParts[]) {
  let y = cells.length > 1 ? 18 : 4
  const list = cells.map((cell) => {
    const place = { cell, y }
    y += barsOf(cell).length * BAR + GAP
    return place
  })
  return { list, height: y - GAP + 8 }
}

interface BarProps {
  readonly name: string
  readonly value: number | null
  readonly isLeftOut: boolean | undefined
  readonly blank: string
  readonly zero: number
  readonly end: number
  readonly y: number
  readonly isPooled: boolean
}

function Bar({ name, value, isLeftOut, blank, zero, end, y, isPooled }: BarProps) {
  const left = Math.min(zero, end)
  return (
    <>
      <text className="plot-name" x={LABELS - 10} y={y + BAR - 5}>
        {name.length > 34 ? `${name.slice(0, 33)}…` : name}
      </text>
      {value !== null && (
        <rect
          className={isPooled ? 'pooled' : 'bar'}
          x={left}
          y={y + 2}
          width={Math.abs(end - zero)}
          height={BAR - 4}
          rx={2}
        />
      )}
      <text className="plot-value" x={value === null ? zero + 6 : Math.max(zero, end) + 6} y={y + BAR - 5}>
        {value === null ? blank : aboutText(measured(value), isLeftOut)}
      </text>
    </>
  )
}

function overInWords(behind: Behind): string {
  const fewer = fewerInWords(behind)
  return fewer === '' ? '' : ` over ${fewer}`
}

function summary({ title, cells, blank }: { title: string; cells: readonly CellParts[]; blank: string }): string {
  const told = cells.map(
    ({ row, pooled, instead = blank, behind, isLeftOut }) =>
      `${row} ${typeof pooled === 'number' ? `${aboutText(measured(pooled), isLeftOut)}${overInWords(behind)}` : pooled === null ? instead : 'not pooled'}`
  )
  return `${title}, pooled: ${told.join('; ')}. The table says the same for each institution.`
}
