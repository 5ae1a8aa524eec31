/** Fisher's exact test of a two-by-two table. Over several sites, the tables are tested together, each with its own margins. */
import type { PlanTest, TestEstimate, TestResult } from '@stimnet/protocol'
import { exactSum } from '../../moments.ts'
import type { CountCell } from './chi-squared.ts'
import { countsOf, giving, resultOf } from '../given.ts'
import { ERROR_SHARE, NOTHING, type TestSite } from '../table.ts'

/** One table: a and b are the first row, c and d the second. */
export type Counts = readonly [a: number, b: number, c: number, d: number]

/** The numbers of R's fisher.test and mantelhaen.test(exact = TRUE). */
export interface Fisher {
  readonly p: number
  /** The conditional estimate, and its exact 95 % interval; infinite if no upper end is known. */
  readonly odds: number
  readonly interval: readonly [number, number]
}

/** Maximum number of values of the first cell: more take too long, and then χ² is precise enough. */
const VALUES_MAX = 2_000

/** Fisher's test over the sites that gave whole tables of exact counts. */
export function fisher(test: Extract<PlanTest, { kind: 'fisher' }>, sites: readonly TestSite[]): TestResult {
  const { kind, of, by } = test
  const [r, s, x, y] = test.groups
  const counted = giving(sites, (site) => countsOf(site, of, by))
  const isRounded = counted.some(({ part }) => part.some(isOff))
  const givers = counted
    .filter(({ part }) => !part.some(isOff))
    .map(({ site, part: cells }) => {
      const count = (row: string, column: string) =>
        exactSum(cells.map((cell) => (cell.row === row && cell.column === column ? cell.count : 0)))
      const part: Counts = [count(r, x), count(r, y), count(s, x), count(s, y)]
      return { site, part }
    })
  const tables = givers.map(({ part }) => part)
  const groups = test.groups.map((name) => ({ name, n: null, mean: null, sd: null }))
  const shown = { kind, of, by: [...by], groups }
  const who = { sites, givers }
  const notes = isRounded ? [ROUNDED_COUNTS] : []
  if (tables.length === 0) {
    return resultOf(shown, who, { ...NOTHING, notes: isRounded ? notes : ['A cell of the table is withheld.'] })
  }
  const made = fisherOf(tables)
  if (made === null) return resultOf(shown, who, { ...NOTHING, notes: [...notes, NOT_MADE] })
  const n = exactSum(tables.flat())
  const isKnown = Number.isFinite(made.odds) && made.odds > 0 && Number.isFinite(made.interval[1])
  const estimate: TestEstimate = {
    measure: 'odds_ratio',
    groups: [],
    n,
    ...(isKnown ? { estimate: made.odds, interval: [...made.interval] } : { estimate: null, interval: null })
  }
  return resultOf({ ...shown, estimates: [estimate] }, who, { ...NOTHING, p: made.p, notes })
}

function isOff({ within = 0 }: CountCell): boolean {
  return within > 0
}

const ROUNDED_COUNTS = 'Where counts are rounded for privacy no exact test can be made of them.'
const NOT_MADE = 'A row or column is empty, or there are too many people for an exact test: ask for `chi_squared`.'

/** Null if a row or column of all tables is empty, for too many people, and for numbers that are not counts. */
export function fisherOf(tables: readonly Counts[]): Fisher | null {
  if (tables.flat().some((count) => !Number.isSafeInteger(count) || count < 0)) return null
  if (tables.reduce((sum, table) => sum + valuesOf(table), 0) > VALUES_MAX) return null
  const weights = tables.map(logWeights).reduce(convolved, [0])
  if (weights.length < 2) return null
  const observed = exactSum(tables.map((table) => table[0] - leastOf(table)))
  const chances = tilted(weights, 0)
  const own = chances[observed] ?? 0
  const p = exactSum(chances.filter((chance) => chance <= own * (1 + TIES)))
  const tail = (logOdds: number, from: 'below' | 'above') => {
    const at = tilted(weights, logOdds)
    return exactSum(from === 'below' ? at.slice(0, observed + 1) : at.slice(observed))
  }
  const mean = (logOdds: number) => exactSum(tilted(weights, logOdds).map((chance, i) => i * chance))
  const [least, most] = [observed === 0, observed === weights.length - 1]
  return {
    p: Math.min(1, p),
    odds: least ? 0 : most ? Number.POSITIVE_INFINITY : Math.exp(risingTo(observed, mean)),
    interval: [
      least ? 0 : Math.exp(risingTo(ERROR_SHARE / 2, (at) => tail(at, 'above'))),
      most ? Number.POSITIVE_INFINITY : Math.exp(risingTo(-ERROR_SHARE / 2, (at) => -tail(at, 'below')))
    ]
  }
}

/** Tables that are as likely as the observed table, up to rounding errors, count as equally extreme, as in R. */
const TIES = 1e-7

/** The smallest value of the first cell that the margins allow. */
function leastOf([a, , , d]: Counts): number {
  return Math.max(0, a - d)
}

function valuesOf([a, b, c, d]: Counts): number {
  return Math.min(a + b, a + c, c + d, b + d) + 1
}

/** The logarithms of the number of tables with these margins for each value of the first cell, from the smallest value on. */
function logWeights(table: Counts): number[] {
  const [a, b, c, d] = table
  const [first, having] = [a + b, a + c]
  const weights = [0]
  for (let value = leastOf(table); value < Math.min(first, having); value++) {
    const ratio = ((first - value) * (having - value)) / ((value + 1) * (c + d - having + value + 1))
    weights.push((weights.at(-1) ?? 0) + Math.log(ratio))
  }
  return weights
}

/** The logarithms of the weights of the sum of two such cells. Logarithms are used so that no tail is lost. */
function convolved(one: readonly number[], other: readonly number[]): number[] {
  return Array.from({ length: one.length + other.length - 1 }, (_, sum) => {
    const from = Math.max(0, sum - other.length + 1)
    const terms = one.slice(from, sum + 1).map((weight, i) => weight + (other[sum - from - i] ?? 0))
    const most = terms.reduce((a, b) => Math.max(a, b))
    return most + Math.log(terms.reduce((all, term) => all + Math.exp(term - most), 0))
  })
}

/** The probability of each value under an odds ratio. */
function tilted(weights: readonly number[], logOdds: number): number[] {
  const logs = weights.map((weight, i) => weight + i * logOdds)
  const most = logs.reduce((a, b) => Math.max(a, b))
  const values = logs.map((log) => Math.exp(log - most))
  const all = exactSum(values)
  return values.map((value) => value / all)
}

/** The point at which a rising function equals `wanted`, found by bisection until neighbouring doubles. */
function risingTo(wanted: number, of: (at: number) => number): number {
  let [low, high] = [-1, 1]
  while (of(low) > wanted && low > -700) low *= 2
  while (of(high) < wanted && high < 700) high *= 2
  for (let step = 0; step < 200 && high - low > Number.EPSILON * Math.max(1, Math.abs(high)); step++) {
    const middle = (low + high) / 2
    if (of(middle) > wanted) high = middle
    else low = middle
  }
  return (low + high) / 2
}
