/** Survival curves with 95 % confidence bands, and below them the numbers at risk. */
import type { SurvivalCurve } from '@stimnet/protocol'
import { aboutText, numberText } from '@stimnet/sdk'
import { count, measured, written } from '../words/number.ts'
import { Axis } from './axis.tsx'
import { scaleOf, ticksOf } from './scale.ts'
import { atRisk, bandPath, stepPath, stepsOf } from './steps.ts'

const WIDTH = 860
const HEIGHT = 260
const LEFT = 120
const RIGHT = 120
const LINE = 20
/** Maximum number of curves; more could not be distinguished. */
const CURVES_MAX = 6
const DASHES = ['none', '6 3', '2 3', '10 4 2 4', '1 2', '12 3']

/** Readable without colours: each curve has its name at its end and its own dash pattern. */
export function SurvivalPlot({ title, curves }: { title: string; curves: readonly SurvivalCurve[] }) {
  const drawn = curves.slice(0, CURVES_MAX)
  const end = Math.max(...drawn.flatMap(({ steps }) => steps.flatMap(({ time }) => time ?? [])), 0)
  const [x, y] = [scaleOf([0, end], [LEFT, WIDTH - RIGHT]), scaleOf([0, 1], [HEIGHT, 12])]
  const ticks = ticksOf([0, end])
  const below = HEIGHT + 44
  return (
    <svg
      className="plot"
      viewBox={`0 0 ${WIDTH} ${below + LINE * (drawn.length + 1)}`}
      role="img"
      aria-label={`${title}: ${drawn.map(inWords).join('; ')}.`}
    >
      <Axis scale={x} ticks={ticks} from={12} to={HEIGHT} />
      <g className="axis upright">
        {ticksOf([0, 1]).map((tick) => (
          <g key={tick} transform={`translate(0 ${y.at(tick)})`}>
            <line x1={LEFT} x2={WIDTH - RIGHT} className={tick === 0 ? 'zero' : 'grid'} />
            <text x={LEFT - 8} y={4}>
              {tick}
            </text>
          </g>
        ))}
      </g>
      {drawn.map((curve, at) => {
        const { curve: steps, low, high } = stepsOf(curve)
        const last = steps.at(-1)
        return (
          <g key={curve.group} className="curve">
            <path className="band" d={bandPath(low, high, { x, y })} />
            <path d={stepPath(steps, { x, y })} strokeDasharray={DASHES[at]} />
            {last && (
              <text x={x.at(last.time) + 6} y={y.at(last.value) + 4}>
                {nameOf(curve)}
              </text>
            )}
          </g>
        )
      })}
      <text className="soft" x={0} y={below}>
        At risk
      </text>
      {drawn.map((curve, at) => (
        <g key={curve.group} transform={`translate(0 ${below + LINE * (at + 1)})`}>
          <text x={0}>{nameOf(curve)}</text>
          {ticks.map((tick) => {
            return (
              <text key={tick} className="plot-bin" x={x.at(tick)}>
                {aboutText(riskInWords(atRisk(curve, tick)), isRounded(curve))}
              </text>
            )
          })}
        </g>
      ))}
    </svg>
  )
}

/** Whether the numbers at risk are rounded. */
function isRounded({ n_within: off = 0 }: SurvivalCurve): boolean {
  return off > 0
}

function nameOf({ group }: SurvivalCurve): string {
  return group ?? 'all'
}

/** "78" if the number is exact, otherwise "34–143". */
function riskInWords(ends: readonly [number, number] | null): string {
  if (ends === null) return '–'
  const [least, most] = ends
  return least === most ? count(most) : `${count(least)}–${count(most)}`
}

function inWords(curve: SurvivalCurve): string {
  const last = curve.steps.findLast(({ time }) => time !== null)
  const survival =
    last === undefined
      ? ''
      : `, survival ${measured(last.survival)} at ${measured(last.time ?? 0)} (exact times: ${last.range.map(measured).join(' to ')})`
  const people = numberText(curve.n, { within: curve.n_within }, written)
  const events = numberText(curve.events, { within: curve.events_within }, written)
  return `${nameOf(curve)}: ${people} people, ${events} events${survival}`
}
