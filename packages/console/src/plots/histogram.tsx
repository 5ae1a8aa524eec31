/** The pooled answer to a histogram: counts per bin, as adjacent bars. */
import { aboutText } from '@stimnet/sdk'
import { count } from '../words/number.ts'
import { type Behind, fewerInWords } from './behind.ts'
import { domainOf, scaleOf, ticksOf } from './scale.ts'

/** One bin; its count is null if unknown. */
export interface Bin {
  readonly label: string
  readonly many: number | null
  /** People were left out of the count. */
  readonly isLeftOut?: boolean | undefined
  readonly behind: Behind
}

const WIDTH = 860
const HEIGHT = 240
const LEFT = 60
const BOTTOM = 40

/** The count, or the reason why it is unknown, is printed above each bar. */
export function Histogram({
  title,
  bins,
  blank = 'withheld'
}: {
  title: string
  bins: readonly Bin[]
  blank?: string
}) {
  const domain = domainOf(
    bins.flatMap(({ many }) => (many === null ? [] : [many])),
    { withZero: true }
  )
  const scale = scaleOf(domain, [HEIGHT - BOTTOM, 16])
  const wide = (WIDTH - LEFT) / Math.max(1, bins.length)
  const told = bins.map(({ label, many, isLeftOut, behind }) => {
    const fewer = fewerInWords(behind)
    return `${label} ${many === null ? blank : `${aboutText(count(many), isLeftOut)}${fewer === '' ? '' : ` over ${fewer}`}`}`
  })
  return (
    <svg className="plot" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={`${title}: ${told.join('; ')}.`}>
      <g className="axis upright">
        {ticksOf(domain, 4).map((tick) => (
          <g key={tick} transform={`translate(0 ${scale.at(tick)})`}>
            <line x1={LEFT} x2={WIDTH} className={tick === 0 ? 'zero' : 'grid'} />
            <text x={LEFT - 8} y={4}>
              {count(tick)}
            </text>
          </g>
        ))}
      </g>
      {bins.map(({ label, many, isLeftOut, behind }, at) => (
        <g key={label} transform={`translate(${LEFT + at * wide} 0)`}>
          {many !== null && (
            <rect
              className="pooled"
              x={1}
              width={Math.max(1, wide - 2)}
              y={scale.at(many)}
              height={scale.at(0) - scale.at(many)}
            />
          )}
          <text className="plot-bin" x={wide / 2} y={many === null ? scale.at(0) - 6 : scale.at(many) - 6}>
            {many === null ? blank : aboutText(count(many), isLeftOut)}
          </text>
          <text className="plot-bin soft" x={wide / 2} y={HEIGHT - BOTTOM + 18}>
            {label}
          </text>
          <text className="plot-bin soft" x={wide / 2} y={HEIGHT - BOTTOM + 34}>
            {many === null ? '' : fewerInWords(behind)}
          </text>
        </g>
      ))}
    </svg>
  )
}
