/** Survival curves with 95 % confidence bands and the range of exact times, and below them the numbers at risk and a legend. */
import type { SurvivalCurve } from '@stimnet/protocol'
import { aboutText, numberText, survivalSpans } from '@stimnet/sdk'
import { useId } from 'react'
import { count, measured, written } from '../words/number.ts'
import { Axis } from './axis.tsx'
import { scaleOf, ticksOf } from './scale.ts'
import { atRisk, bandPath, linePath, rangePath, type Scales } from './steps.ts'

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
  const legend = below + LINE * (drawn.length + 2)
  const id = useId()
  return (
    <svg
      className="plot"
      viewBox={`0 0 ${WIDTH} ${legend + LINE / 2}`}
      role="img"
      aria-label={`${title}: ${drawn.map(inWords).join('; ')}.`}
    >
      <defs>
        {drawn.map((curve, at) => (
          <Hatching key={curve.group} id={`${id}-${at}`} at={at} />
        ))}
      </defs>
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
      {drawn.map((curve, at) => (
        <Curve key={curve.group} curve={curve} dashes={DASHES[at]} hatching={`url(#${id}-${at})`} scales={{ x, y }} />
      ))}
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
      <Legend y={legend} fill={`url(#${id}-0)`} isHatched={drawn.some(hasUnknown)} />
    </svg>
  )
}

/** One curve: the range of exact times, the 95 % intervals, the line, and the name at its end. */
function Curve(props: { curve: SurvivalCurve; dashes: string | undefined; hatching: string; scales: Scales }) {
  const { curve, dashes, hatching, scales } = props
  const last = curve.steps.findLast(({ time }) => time !== null)
  const ends = curve.steps.at(-1)?.time ?? scales.x.high
  const unknown = rangePath(curve, scales, false)
  return (
    <g className="curve">
      <path className="range" d={rangePath(curve, scales, true)} />
      <path className="range" d={unknown} />
      <path className="hatched" fill={hatching} d={unknown} />
      <path className="band" d={bandPath(curve, scales)} />
      <path d={linePath(curve, scales)} strokeDasharray={dashes} />
      {last && (
        <text x={scales.x.at(ends) + 6} y={scales.y.at(last.survival) + 4}>
          {nameOf(curve)}
        </text>
      )}
    </g>
  )
}

/** The directions of the hatching, so that those of two groups can be told apart where they overlap. */
const ANGLES = [45, -45, 90, 0, 20, -20]

function Hatching({ id, at }: { id: string; at: number }) {
  return (
    <pattern id={id} width={7} height={7} patternUnits="userSpaceOnUse" patternTransform={`rotate(${ANGLES[at] ?? 0})`}>
      <line className="hatch" x1={0} x2={0} y1={0} y2={7} />
    </pattern>
  )
}

/** Explanations of the bands. */
function Legend({ y, fill, isHatched }: { y: number; fill: string; isHatched: boolean }) {
  const box = (x: number) => `M${x} ${y - 11}h22v13h-22Z`
  return (
    <g className="curve">
      <path className="range" d={box(0)} />
      <path className="band" d={box(0)} />
      <text x={30} y={y}>
        95 % interval on the grid
      </text>
      <path className="range" d={box(200)} />
      <text x={230} y={y}>
        Range of exact times
      </text>
      {isHatched && (
        <>
          <path className="range" d={box(380)} />
          <path className="hatched" fill={fill} d={box(380)} />
          <text x={410} y={y}>
            Interval that could not be divided: only this range is known
          </text>
        </>
      )}
    </g>
  )
}

/** Whether a part of the curve is known only as a range. */
function hasUnknown(curve: SurvivalCurve): boolean {
  return survivalSpans(curve).some(({ isKnown }) => !isKnown)
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
