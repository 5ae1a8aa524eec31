/** A plot's horizontal axis, with thin grid lines. */
import { measured } from '../words/number.ts'
import type { Scale } from './scale.ts'

/** `from` and `to`: top and bottom of the grid lines. */
export function Axis(props: { scale: Scale; ticks: readonly number[]; from: number; to: number }) {
  const { scale, ticks, from, to } = props
  return (
    <g className="axis">
      {ticks.map((tick) => (
        <g key={tick} transform={`translate(${scale.at(tick)} 0)`}>
          <line y1={from} y2={to} className={tick === 0 ? 'zero' : 'grid'} />
          <text y={to + 18}>{measured(tick)}</text>
        </g>
      ))}
    </g>
  )
}
