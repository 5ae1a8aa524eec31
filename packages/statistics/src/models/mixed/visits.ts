/** A model with a random slope, from the sums that the sites released for the people with each set of visits. */
import type { GramPart, ModelResult } from '@stimnet/protocol'
import { timesOf } from '../design.ts'
import { type Gram, gramOf, inCommonUnits, matrixOf } from '../gram.ts'
import type { SiteGram } from '../regression.ts'
import { type IntegerMatrix, isOfSquares, solveExactly } from '../solve.ts'
import type { PeopleAtVisits } from './prepared.ts'

/** The sums of all sites in common units, and with the site as a factor in its columns. */
export interface SumsAtVisits {
  readonly people: readonly PeopleAtVisits[]
  readonly columns: Gram['columns']
  readonly timeDecimals: number
  /** The name of the time. */
  readonly time: string
  readonly isCorrelated: boolean
}

type Clusters = NonNullable<GramPart['clusters']>
type AtVisits = Clusters['sizes'][number]

/** The sums of some sites. Throws RangeError for parts without times. */
export function sumsAtVisits(sites: readonly SiteGram[], effects: ModelResult['site']): SumsAtVisits {
  const [first] = sites
  const common = inCommonUnits(sites.map(({ gram }) => gramOf(gram)))
  const times = first && timesIn(first.gram)
  const time = first?.gram.clusters?.time
  if (first === undefined || times === undefined || time === undefined) throw new RangeError('a model without times')
  const columns = common[0]?.columns ?? []
  // The columns of the site as a factor come after the intercept. Each equals the intercept at its own site.
  const others = effects === 'fixed' ? sites.slice(1).map(({ site }) => site) : []
  const people = sites.flatMap(({ site, gram }) => {
    const scale = columns.map(({ decimals }, i) => 10n ** BigInt(decimals - (gram.columns[i]?.decimals ?? 0)))
    const taken = [0, ...others.map((one) => (one === site ? 0 : undefined)), ...scale.slice(1).map((_, i) => i + 1)]
    return (gram.clusters?.sizes ?? []).map((one): PeopleAtVisits & { readonly key: string } => {
      const [within, totals] = matricesIn(one, columns.length)
      const both = [...taken, ...taken.map((at) => (at === undefined ? undefined : at + columns.length))]
      return {
        key: (one.visits ?? []).join(),
        people: one.people,
        times: (one.visits ?? []).map((at) => times.units[at] ?? 0n),
        within: placed(scaled(within, scale), taken),
        totals: placed(scaled(totals, [...scale, ...scale]), both)
      }
    })
  })
  const named = others.map((site) => ({ name: `site[${site}]`, decimals: 0 }))
  return {
    people: [...Map.groupBy(people, ({ key }) => key).values()].map((alike) => alike.reduce(together)),
    columns: [...columns.slice(0, 1), ...named, ...columns.slice(1)],
    timeDecimals: times.decimals,
    time,
    isCorrelated: first.gram.clusters?.correlated !== false
  }
}

/** The times by level of the category that is the time of a part; undefined if the part has no time, or if its levels are not numbers. */
export function timesIn({ clusters, factors }: Pick<GramPart, 'clusters' | 'factors'>) {
  const factor = factors.find(({ name }) => name === clusters?.time)
  return factor && timesOf(factor.levels)
}

function matricesIn({ within, totals }: AtVisits, size: number): readonly [IntegerMatrix, IntegerMatrix] {
  return [matrixOf(within, size), matrixOf(totals, 2 * size)]
}

function scaled(matrix: IntegerMatrix, by: readonly bigint[]): bigint[][] {
  return matrix.map((row, i) => row.map((value, j) => value * (by[i] ?? 1n) * (by[j] ?? 1n)))
}

/** The rows and columns at some indices; zeros for an index without a row. */
function placed(matrix: IntegerMatrix, places: readonly (number | undefined)[]): bigint[][] {
  const at = (i: number | undefined, j: number | undefined) =>
    i === undefined || j === undefined ? 0n : (matrix[i]?.[j] ?? 0n)
  return places.map((i) => places.map((j) => at(i, j)))
}

function together<P extends PeopleAtVisits>(one: P, other: P): P {
  const add = (a: IntegerMatrix, b: IntegerMatrix) =>
    a.map((row, i) => row.map((value, j) => value + (b[i]?.[j] ?? 0n)))
  return {
    ...one,
    people: one.people + other.people,
    within: add(one.within, other.within),
    totals: add(one.totals, other.totals)
  }
}

/** Whether a part can be the answer of a site for a model with a random slope: a dishonest site may send anything. */
export function isOfVisits(part: GramPart): boolean {
  const { clusters, columns, intercept } = part
  const times = timesIn(part)
  if (clusters === undefined || times === undefined || !intercept) return false
  const sets = clusters.sizes.map(({ visits = [] }) => visits.join())
  if (new Set(sets).size < sets.length) return false
  return clusters.sizes.every((one) => {
    const { visits = [], size, totals } = one
    const width = 2 * columns.length
    const isAscending = visits.every((at, i) => at < times.units.length && (i === 0 || at > (visits[i - 1] ?? at)))
    if (!isAscending || visits.length !== size || totals.length !== (width * (width + 1)) / 2) return false
    return isOfPeople(
      one,
      visits.map((at) => times.units[at] ?? 0n),
      columns.length
    )
  })
}

/** Whether the sums of the intercept agree with the times, and the remaining sums within people are sums of squares. */
function isOfPeople(one: AtVisits, times: readonly bigint[], size: number): boolean {
  const [within, totals] = matricesIn(one, size)
  const sum = (of: (time: bigint) => bigint) => times.reduce((all, time) => all + of(time), 0n)
  const visits = [
    [sum(() => 1n), sum((time) => time)],
    [sum((time) => time), sum((time) => time * time)]
  ]
  const people = BigInt(one.people)
  const [rows = 0n, weighted = 0n] = visits[0] ?? []
  const isCounted =
    within[0]?.[0] === people * rows &&
    totals[0]?.[0] === people * rows * rows &&
    totals[0]?.[size] === people * rows * weighted &&
    totals[size]?.[size] === people * weighted * weighted
  // The sums within people after subtraction of each person's line over time or, for one visit, of the person's value.
  const line = times.length > 1 ? [0, 1] : [0]
  const { bottom, inverse } = solveExactly(
    line.map((i) => line.map((j) => visits[i]?.[j] ?? 0n)),
    line.map(() => 0n)
  )
  const inside = within.map((row, a) =>
    row.map((value, b) =>
      line.reduce(
        (left, i) =>
          left -
          line.reduce((own, j) => own + (inverse[i]?.[j] ?? 0n) * (totals[a + i * size]?.[b + j * size] ?? 0n), 0n),
        bottom * value
      )
    )
  )
  return isCounted && isOfSquares(totals) && isOfSquares(inside)
}
