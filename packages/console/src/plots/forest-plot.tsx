/** Estimates with their intervals, one per line, and the pooled estimate as a diamond below. */
import { measured } from '../words/number.ts'
import { Axis } from './axis.tsx'
import { domainOf, scaleOf, ticksOf } from './scale.ts'

const WIDTH = 860
const LABELS = 240
const VALUES = 250
const LINE = 26

/** One line of a forest plot. */
export interface Estimate {
  readonly name: string
  readonly value: number
  readonly low: number
  readonly high: number
  readonly isPooled: boolean
}

/** One plot: its title and its estimates. */
export interface Forest {
  readonly title: string
  readonly estimates: readonly Estimate[]
  /** The value that means no effect; undefined if the measure has none. */
  readonly nothingAt: number | undefined
  /** Institutions that are not drawn, with the reason. */
  readonly notDrawn?: readonly { readonly name: string; readonly why: string }[]
}

/** The numbers are printed beside the lines. */
export function ForestPlot({ forest }: { forest: Forest }) {
  const { title, estimates, nothingAt, notDrawn = [] } = forest
  const ends = estimates.flatMap(({ low, high }) => [low, high])
  const domain = domainOf(nothingAt === undefined ? ends : [...ends, nothingAt])
  const scale = scaleOf(domain, [LABELS, WIDTH - VALUES])
  const bottom = (estimates.length + notDrawn.length) * LINE + 6
  return (
    <figure>
      <figcaption>{title}, with 95 % intervals</figcaption>
      <svg className="plot" viewBox={`0 0 ${WIDTH} ${bottom + 28}`} role="img" aria-label={summary(forest)}>
        <Axis scale={scale} ticks={ticksOf(domain, 4)} from={0} to={bottom} />
        {nothingAt !== undefined && (
          <line className="nothing" x1={scale.at(nothingAt)} x2={scale.at(nothingAt)} y1={0} y2={bottom} />
        )}
        {estimates.map((estimate, at) => {
          const y = at * LINE + LINE / 2 + 2
          const { name, value, low, high, isPooled } = estimate
          const [x1, x, x2] = [scale.at(low), scale.at(value), scale.at(high)]
          return (
            <g key={name} className={isPooled ? 'pooled' : 'bar'}>
              <text className="plot-name" x={LABELS - 10} y={y + 4}>
                {labelOf(name)}
              </text>
              {isPooled ? (
                <path d={`M${x1} ${y}L${x} ${y - 7}L${x2} ${y}L${x} ${y + 7}Z`} />
              ) : (
                <>
                  <line x1={x1} x2={x2} y1={y} y2={y} />
                  <rect x={x - 5} y={y - 5} width={10} height={10} />
                </>
              )}
              <text className="plot-value" x={WIDTH - VALUES + 12} y={y + 4}>
                {measured(value)} ({measured(low)} to {measured(high)})
              </text>
            </g>
          )
        })}
        {notDrawn.map(({ name, why }, at) => {
          const y = (estimates.length + at) * LINE + LINE / 2 + 6
          return (
            <g key={name}>
              <text className="plot-name" x={LABELS - 10} y={y}>
                {labelOf(name)}
              </text>
              <text className="plot-value" x={WIDTH - VALUES + 12} y={y}>
                {why}
              </text>
            </g>
          )
        })}
      </svg>
    </figure>
  )
}

function labelOf(name: string): string {
  return name.length > 34 ? `${name.slice(0, 33)}…` : name
}

function summary({ title, estimates, notDrawn = [] }: Forest): string {
  const told = estimates.map(
    ({ name, value, low, high }) => `${name} ${measured(value)}, ${measured(low)} to ${measured(high)}`
  )
  const others = notDrawn.map(({ name, why }) => `${name} ${why}`)
  return `${title}, with 95 % intervals: ${[...told, ...others].join('; ')}.`
}
