/** Times to an event, published and made up, in the form in which institutions answer: numbers in bins. */
import { spawnSync } from 'node:child_process'
import type { CatalogDescriptor, Output, OutputPart, Plan, StatisticCall } from '@stimnet/protocol'
import { planOfStatistic } from '@stimnet/statistics'
import { answer, chances, inR, withoutR } from '../classical/fixtures.ts'

export interface Person {
  readonly time: number
  readonly died: boolean
  readonly arm: string
  readonly kind: string
}

/** Breakpoints of the time, which runs from 0 to 1000. */
export const GRID = [7, 14, 21, 30, 45, 60, 90, 120, 150, 180, 240, 300, 365, 500]
export const MOST = 1000
export const ARMS = ['standard', 'test', 'other']
export const KINDS = ['squamous', 'smallcell', 'adeno', 'large']

const variable = (name: string, more: object) => ({
  ...{ name, unit: '', description: '', breakpoints: [], levels: [], minimum: 0, maximum: 0, bounded: false },
  ...{ identifying: false, ...more }
})

/** The declarations of the catalog of such a study. */
export const STUDY = {
  name: 'study',
  tables: [
    {
      ...{ name: 't', oneRowPerSubject: true },
      variables: [
        variable('days', { type: 'integer', breakpoints: GRID, maximum: MOST, bounded: true }),
        variable('died', { type: 'category', levels: ['no', 'yes'] }),
        variable('dead', { type: 'integer', breakpoints: [1], maximum: 1, bounded: true }),
        variable('arm', { type: 'category', levels: ARMS }),
        variable('kind', { type: 'category', levels: KINDS })
      ]
    }
  ]
} as unknown as CatalogDescriptor

export const planOf = (call: Partial<StatisticCall>): Plan =>
  planOfStatistic({ variables: ['days', 'died'], by: [], arguments: {}, ...call } as StatisticCall, STUDY)

export interface Told {
  /** The edges of the grid that the institution joined, by level of the event. */
  readonly joined?: (edge: number, level: string) => boolean
  readonly withheldGroups?: number
  readonly base?: number
  /** Converts each number in a bin to the released number. */
  readonly round?: (rows: number) => number
  readonly accuracy?: { readonly each: number; readonly sum: number }
}

/** The answer of one institution to a plan over its people. */
export function told(plan: Plan, people: readonly Person[], how: Told = {}): Output {
  const { joined = () => false, withheldGroups = 0, base = 1, round = (rows) => rows, accuracy } = how
  const labels = (one: Person): readonly string[] =>
    plan.groupBy.map(({ variable }) => {
      if (variable === 't.dead') return one.died ? '>=1' : '<1'
      if (variable === 't.died') return one.died ? 'yes' : 'no'
      return variable === 't.arm' ? one.arm : one.kind
    })
  const [measure] = plan.measures
  if (measure?.kind !== 'bins' && measure?.kind !== 'quantile') throw new TypeError('no bins')
  const groups = Map.groupBy(people, (one) => JSON.stringify(labels(one)))
  const rows = [...groups].map(([key, own]) => {
    const keys = JSON.parse(key) as string[]
    const edges = [0, ...GRID.filter((edge) => !joined(edge, keys.at(-1) ?? '')), MOST]
    const bins = edges.slice(1).map((to, i) => {
      const from = edges[i] ?? 0
      return { from, to, rows: round(own.filter(({ time }) => time >= from && time < to).length) }
    })
    const part: OutputPart = { bins, ...(accuracy && { accuracy }) }
    return { keys, parts: Object.fromEntries(plan.measures.map(({ name }) => [name, part])) }
  })
  return answer({
    columns: [
      ...plan.groupBy.map(({ name, variable }) => ({ name, role: 'key' as const, kind: 'key', variables: [variable] })),
      ...plan.measures.map((one) => ({
        ...{ name: one.name, role: 'measure' as const, kind: one.kind, variables: ['t.days'] },
        ...('q' in one ? { argument: one.q } : {})
      }))
    ],
    ...{ rows, tests: plan.tests ?? [], withheldGroups, base }
  })
}

/** The end of the interval of a time, on the remaining edges. */
export function endOf(time: number, edges: readonly number[]): number {
  return edges.find((edge) => edge > time) ?? MOST
}

const VETERAN_TIMES =
  '72 411 228 126 118 10 82 110 314 100 42 8 144 25 11 30 384 4 54 13 123 97 153 59 117 16 151 22 56 21 18 139 20 ' +
  '31 52 287 18 51 122 27 54 7 63 392 10 8 92 35 117 132 12 162 3 95 177 162 216 553 278 12 260 200 156 182 143 ' +
  '105 103 250 100 999 112 87 231 242 991 111 1 587 389 33 25 357 467 201 1 30 44 283 15 25 103 21 13 87 2 20 7 ' +
  '24 99 8 99 61 25 95 80 51 29 24 18 83 31 51 90 52 73 8 36 48 7 140 186 84 19 45 80 52 164 19 53 15 43 340 133 ' +
  '111 231 378 49'
const VETERANS_ALIVE = [9, 13, 20, 21, 63, 71, 72, 90, 109]
/** The number of consecutive people of each kind. */
const VETERAN_KINDS = [
  [0, 15],
  [1, 30],
  [2, 9],
  [3, 15],
  [0, 20],
  [1, 18],
  [2, 18],
  [3, 12]
] as const

/**
 * Veterans' Administration lung cancer trial: J. D. Kalbfleisch and R. L. Prentice, The Statistical Analysis of Failure Time Data
 * (1980), as `veteran` of R's package survival.
 */
export function veterans(): Person[] {
  const times = VETERAN_TIMES.split(' ').map(Number)
  const kinds = VETERAN_KINDS.flatMap(([kind, many]) => Array.from({ length: many }, () => KINDS[kind] ?? ''))
  return times.map((time, i) => ({
    ...{ time, died: !VETERANS_ALIVE.includes(i), arm: ARMS[i < 69 ? 0 : 1] ?? '', kind: kinds[i] ?? '' }
  }))
}

/** Made-up people of three arms and four kinds; about a third leave before the event. */
export function study(seed: number, size: number): Person[] {
  const chance = chances(seed)
  const pick = (names: readonly string[]) => names[Math.floor(chance() * names.length)] ?? ''
  return Array.from({ length: size }, () => {
    const [arm, kind] = [pick(ARMS), pick(KINDS)]
    const rate = 0.004 * (1 + 0.4 * ARMS.indexOf(arm)) * (1 + 0.2 * KINDS.indexOf(kind))
    const event = Math.floor(-Math.log(1 - chance()) / rate)
    const leaving = Math.floor(chance() * 600)
    return { time: Math.min(event, leaving, MOST - 1), died: event <= leaving, arm, kind }
  })
}

/** Rules by which people are assigned to institutions: in turn, and by a covariate. */
export const SPLITS: Readonly<Record<string, (one: Person, at: number) => number>> = {
  evenly: (_, at) => at % 3,
  unevenly: ({ kind, time }) => (KINDS.indexOf(kind) < 2 ? 0 : time < 100 ? 1 : 2)
}

/** The people of each of three institutions. */
export const partsOf = (people: readonly Person[], siteOf: (one: Person, at: number) => number) =>
  [0, 1, 2].map((site) => people.filter((one, at) => siteOf(one, at) === site))

/** False if R and its package survival are installed; otherwise the reason why tests that need them are skipped. */
export const withoutSurvival =
  withoutR === false && spawnSync('Rscript', ['-e', 'library(survival)']).status === 0
    ? false
    : 'no R with survival here'

/** The grids: the ends of the intervals for people with the event, and for the others. */
export interface Coarse {
  readonly events?: readonly number[]
  readonly others?: readonly number[]
}

/** R's data frame of the people; each institution can have its own grid. */
export function framed(
  people: readonly Person[],
  coarse: Coarse | ((site: number) => Coarse) = {},
  site: readonly number[] = people.map(() => 1)
): string {
  const onGrid = ({ time, died }: Person, at: number) => {
    const { events = GRID, others = GRID } = typeof coarse === 'function' ? coarse(site[at] ?? 0) : coarse
    return died ? endOf(time, events) : upTo(endOf(time, others), events)
  }
  const upTo = (end: number, edges: readonly number[]) => edges.find((edge) => edge >= end) ?? MOST
  const texts = (of: (one: Person) => string) => `c(${people.map((one) => `"${of(one)}"`).join(', ')})`
  return `library(survival)
d <- data.frame(time = ${inR(people.map(onGrid))},
  died = ${inR(people.map(({ died }) => Number(died)))}, arm = ${texts(({ arm }) => arm)}, kind = ${texts(({ kind }) => kind)},
  site = ${inR(site)})
`
}
