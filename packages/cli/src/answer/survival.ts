/** Survival curves in a terminal: for each group a curve in one line, a table of its steps, and its estimates. */
import { measured, printable, tableOf } from '@stimnet/machine'
import type { SurvivalCurve, TestResult } from '@stimnet/protocol'
import { type Broadcast, medianText, numberText, survivalSpans, testName } from '@stimnet/sdk'
import { institutionIn } from './institution.ts'

/** Width of a curve, in characters. */
const WIDTH = 40
const EIGHTHS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']
/** Where only the range of the exact times is known. */
const UNKNOWN = '░'
const UNKNOWN_WORDS = `${UNKNOWN} An interval so long that its exact times can put the curve far below its line: see the range at its end.`

/** The lines of the curves; empty if the answer has none. */
export function survivalLines(broadcast: Pick<Broadcast, 'pooled' | 'parts'>): string[] {
  const nameOf = institutionIn(broadcast)
  const asked = broadcast.parts.map(({ peer_id }) => peer_id)
  const tests = broadcast.pooled?.tests ?? []
  return tests.flatMap((test) => (test.kind === 'kaplan_meier' ? linesOf(test, asked, nameOf) : []))
}

function linesOf(test: TestResult, asked: readonly string[], nameOf: (site: string) => string): string[] {
  const { of, by, note, survival } = test
  const { curves = [], event } = survival ?? {}
  const when = event === undefined ? '' : `, event ${printable(`${event.key} ${event.level}`)}`
  const title = `\n${testName(test)}, ${printable([of, ...by].join(' by '))}${when}\n`
  if (curves.length === 0) return [title, `Not computed. ${printable(note)}\n`]
  const end = Math.max(...curves.flatMap(({ steps }) => steps.flatMap(({ time }) => time ?? [])))
  const widest = Math.max(...curves.map(({ group }) => nameOfGroup(group).length))
  const drawn = curves.map((curve) => curveOf(curve, end))
  return [
    title,
    ...curves.map((curve, at) => `  ${nameOfGroup(curve.group).padEnd(widest)}  ${drawn[at] ?? ''}\n`),
    `  ${' '.repeat(widest)}  0${measured(end).padStart(WIDTH - 1)}\n`,
    ...(drawn.some((line) => line.includes(UNKNOWN)) ? [`  ${UNKNOWN_WORDS}\n`] : []),
    ...curves.flatMap((curve) => tableOfCurve(curve, asked, nameOf)),
    `${printable(note)}\n`
  ]
}

function nameOfGroup(group: string | null): string {
  return group === null ? 'all' : printable(group)
}

/** Survival over time, in eighths of a character's height. */
function curveOf(curve: SurvivalCurve, end: number): string {
  const spans = survivalSpans(curve)
  return Array.from({ length: WIDTH }, (_, at) => {
    const time = (end * at) / (WIDTH - 1)
    const before = spans.findLastIndex(({ to }) => to !== null && to <= time)
    // In the last column, and where nobody is left, the curve is at its last step.
    const isAfter = at === WIDTH - 1 || before === spans.length - 1
    if (isAfter) return spans[before]?.isKnown ? bar(curve.steps[before]?.survival ?? 1) : UNKNOWN
    const span = spans[before + 1]
    return span?.isKnown ? bar(span.survival) : UNKNOWN
  }).join('')
}

function bar(survival: number): string {
  return EIGHTHS[Math.round(survival * 8)] ?? ''
}

/** The table of a curve's steps. `asked` are all institutions of the request; if fewer are behind the curve, they are named. */
function tableOfCurve(curve: SurvivalCurve, asked: readonly string[], nameOf: (site: string) => string): string[] {
  const { group, n, events, n_within: off = 0, events_within: eventsOff = 0, steps, sites = [] } = curve
  const of =
    sites.length > 0 && sites.length < asked.length
      ? `, of ${sites.map((site) => printable(nameOf(site))).join(', ')}`
      : ''
  const rows = steps.map((step, i) => [
    ...[i === 0 ? 0 : (steps[i - 1]?.time ?? 0), step.at_risk],
    ...[step.time ?? 'later', step.events, `${measured(step.survival)} (${step.range.map(measured).join(' to ')})`],
    step.error,
    ...(step.interval ?? [null, null])
  ])
  return [
    `\n${nameOfGroup(group)}: n = ${numberText(n, { within: off })}, ${numberText(events, { within: eventsOff })} events${of}\n`,
    tableOf(
      [
        'from',
        off > 0 ? '≈ at risk' : 'at risk',
        'before',
        eventsOff > 0 ? '≈ events' : 'events',
        'survival (exact times)',
        'std. error',
        '95 % from',
        'to'
      ],
      rows
    ),
    ...readOff(curve)
  ]
}

/** Text for an estimate that the grid leaves so uncertain that the estimate, its upper end, would mislead. The range comes first. */
function coarse({
  estimate,
  range,
  interval
}: Pick<SurvivalCurve['at'][number], 'range' | 'interval'> & { readonly estimate: number }): string {
  const [low = 0, high = 0] = range ?? []
  const end = high === estimate ? 'the upper end' : measured(estimate)
  const chance = interval === null ? '' : `; 95 % ${interval.map(measured).join(' to ')}`
  return `between ${measured(low)} and ${measured(high)} (${end} is as if every time were the end of its interval${chance})`
}

/** The median, the restricted mean, and survival at the requested times. */
function readOff({ median, restricted_mean: mean, at }: SurvivalCurve): string[] {
  const ends = (interval: readonly (number | null)[]) =>
    interval.map((end) => (end === null ? 'not reached' : measured(end))).join(' to ')
  const half = medianText(median.range, measured)
  const area =
    mean === null
      ? []
      : [
          `Mean up to ${measured(mean.until)}: ${mean.coarse ? coarse(mean) : `${measured(mean.estimate)} (exact times: ${ends(mean.range)}; 95 % ${ends(mean.interval)})`}.`
        ]
  const single = at.map(({ time, survival, interval, range, within }) => {
    const said = `At ${measured(time)}: `
    if (survival === null)
      return `${said}${range === null ? 'beyond the grid' : `within the only interval (exact times: ${ends(range)})`}.`
    if (within === undefined || range === null)
      return `${said}${measured(survival)} (exact times: ${ends(range ?? [null, null])}; 95 % ${ends(interval ?? [null, null])}).`
    const [from, to = null] = within
    const place = to === null ? `from ${measured(from ?? 0)} on` : `from ${ends(within)}`
    return `${said}${coarse({ estimate: survival, range, interval })}; the time is in an interval ${place} that could not be divided.`
  })
  return [`${[`Median ${half} (95 % ${ends(median.interval)}).`, ...area, ...single].join('\n')}\n`]
}
