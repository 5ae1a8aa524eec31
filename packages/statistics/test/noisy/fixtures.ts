/** Noisy sums of made-up rows, by their definition, and how often intervals hold. */
import type { GramMeasure, GramPart, ModelResult, NoisyModel } from '@stimnet/protocol'
import {
  cellsOfSums,
  columnsOfModel,
  formulaOf,
  hasIntercept,
  type ModelSums,
  namesIn,
  sumsOfModel
} from '../../src/index.ts'
import type { ModelRow } from '../models-fixtures.ts'
import { normalFrom } from '../../../../test/chance.ts'

export { normalFrom } from '../../../../test/chance.ts'

/** Numbers from 0 to 1 that a seed determines: noise of a test need not be secret. */
export function numbersFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The bounds of the numbers of a model. */
export type Bounds = Readonly<Record<string, readonly [low: number, high: number]>>

export interface Drawing {
  readonly bounds: Bounds
  readonly mechanism: NoisyModel['mechanism']
  /** The standard deviation of the noise of a sum that a person moves by one at most. */
  readonly sd: number
  readonly next: () => number
}

/** What an institution would release: exact sums, and to each a noise of its own. */
export function noisyPart(
  measure: GramMeasure,
  rows: readonly ModelRow[],
  { bounds, mechanism, sd, next }: Drawing
): GramPart & { readonly noisy: NoisyModel } {
  const name = namesIn(measure)
  const normal = normalFrom(next)
  const draw = () => {
    const sign = next() < 0.5 ? -1 : 1
    return mechanism === 'discrete-gaussian' ? normal() : (sign * -Math.log(1 - next())) / Math.SQRT2
  }
  const halves = (variable: string) => {
    const [low, high] = bounds[variable] ?? [0, 1]
    return { centre: (low + high) / 2, width: (high - low) / 2 }
  }
  const sums = sumsOfModel(measure).map((sum: ModelSums) => {
    const numbers = sum.numbers.map(name)
    const by = sum.by.map(({ variable }) => name(variable))
    const most = numbers.reduce((product, one) => product * halves(one).width, 1)
    const totals = new Map(cellsOfSums(sum).map((cell) => [cell.join(), 0]))
    for (const row of rows) {
      const key = by.map((one) => String(row[one])).join()
      const before = totals.get(key)
      if (before === undefined) continue
      const value = numbers.reduce((product, one) => product * (Number(row[one]) - halves(one).centre), 1)
      totals.set(key, before + value)
    }
    return {
      numbers,
      by,
      sd: sd * most,
      values: [...totals.values()].map((value) => value + sd * most * draw())
    }
  })
  const people = sums.find(({ numbers, by }) => numbers.length === 0 && by.length === 0) ?? sums[0]
  const fit = measure.fit
  return {
    formula: formulaOf(measure),
    outcome: name(measure.outcome),
    factors: measure.factors.map(({ variable, levels }) => ({
      name: name(variable),
      levels
    })),
    columns: columnsOfModel(measure).map((column) => ({
      name: column.name,
      decimals: 0
    })),
    intercept: hasIntercept(measure),
    n: (people?.values ?? []).reduce((sum, value) => sum + value, 0),
    upper: [],
    site: measure.site,
    ...(fit?.family === 'binomial' ? { fit: { family: fit.family, event: fit.event } } : {}),
    noisy: {
      mechanism,
      variables: Object.keys(bounds).map((one) => ({
        name: one,
        ...halves(one),
        step: 0.5
      })),
      sums
    }
  }
}

/** How often intervals held, how often there was none, and the mean and spread of the estimates, by term. */
export interface Held {
  readonly held: number
  readonly told: number
  readonly lost: number
  readonly mean: number
  readonly sd: number
  /** How often an interval would have held whose error is that of the people alone. */
  readonly heldWithoutNoise: number
}

/** Repeats a study and counts how often the interval of each term has its truth. */
export function coverage(
  runs: number,
  truth: Readonly<Record<string, number>>,
  fit: () => ModelResult
): Record<string, Held> {
  const found: Record<
    string,
    { held: number; told: number; lost: number; sum: number; squares: number; without: number }
  > = {}
  for (let run = 0; run < runs; run++) {
    for (const { term, estimate, interval, error, noise = 0 } of fit().coefficients) {
      const expected = truth[term]
      if (expected === undefined) continue
      found[term] ??= { held: 0, told: 0, lost: 0, sum: 0, squares: 0, without: 0 }
      const one = found[term]
      if (estimate === null || interval === null) one.lost++
      else {
        one.told++
        one.sum += estimate
        one.squares += estimate ** 2
        if ((interval[0] ?? 0) <= expected && expected <= (interval[1] ?? 0)) one.held++
        const alone = Math.sqrt(Math.max(0, (error ?? 0) ** 2 - noise ** 2))
        if (Math.abs(estimate - expected) <= 1.96 * alone) one.without++
      }
    }
  }
  return Object.fromEntries(
    Object.entries(found).map(([term, { held, told, lost, sum, squares, without }]) => [
      term,
      {
        held: held / told,
        told,
        lost,
        mean: sum / told,
        sd: Math.sqrt(Math.max(0, squares / told - (sum / told) ** 2)),
        heldWithoutNoise: without / told
      }
    ])
  )
}
