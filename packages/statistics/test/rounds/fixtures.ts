/** Models in rounds over made-up or published rows: the released part of each institution, and the following rounds. */
import type { GramMeasure, GramPart, ModelResult, ModelRoundPart, VariableRef } from '@stimnet/protocol'
import {
  columnsFitted,
  fitModel,
  formulaOf,
  hasIntercept,
  namesIn,
  type Observed,
  ownRound,
  type SeenUntil,
  planOfStatistic,
  stepAfter
} from '../../src/index.ts'
import { type Declared, descriptorOf, type ModelRow } from '../models-fixtures.ts'

/** PeerIds of made-up institutions, sorted. */
export const PEERS = [
  '12D3KooWJWoaqZhDaoEFshF7Rh1bpY9ohihFhzcW6d69Lr2NASuq',
  '12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5',
  '12D3KooWRndVhVZPCiQwHBBBdg769GyrPUW13zxwqQyf9r3ANaba'
]

/** The requested model: its formula and other arguments, such as the family. */
export type AskedModel = Readonly<{ formula: string }> & Readonly<Record<string, unknown>>

/** The measure of a model in rounds over one table. Throws the errors of `planOfStatistic`. */
export function roundMeasure(declared: Declared, asked: AskedModel, peers: readonly string[]): GramMeasure {
  const call = { name: 'regression', variables: [], by: [], arguments: { roster: [...peers], ...asked } }
  const [measure] = planOfStatistic(call, descriptorOf(declared)).measures
  if (measure?.kind !== 'gram') throw new TypeError('no model')
  return measure
}

/** The people of a model, by its definition. */
export function observedIn(measure: GramMeasure, rows: readonly ModelRow[]): Observed | SeenUntil {
  const short = (variable: VariableRef) => variable.slice(2)
  const columns = columnsFitted(measure).map(({ number, levels }) =>
    Float64Array.from(rows, (row) => {
      if ([...levels].some(([variable, level]) => String(row[short(variable)]) !== level)) return 0
      return number === undefined ? 1 : Number(row[short(number)])
    })
  )
  const outcome = columns.pop()
  const { fit } = measure
  if (outcome !== undefined && fit?.family === 'cox')
    return { family: 'cox', columns, outcome, time: Float64Array.from(rows, (row) => Number(row[short(fit.time)])) }
  const family = fit?.family
  if (outcome === undefined || (family !== 'binomial' && family !== 'poisson')) throw new TypeError('no such model')
  return { family, columns, outcome }
}

/** The released part of an institution in a round; without estimates, at its own maximum. Throws if the model is separated. */
export function partIn(
  measure: GramMeasure,
  rows: readonly ModelRow[],
  at: Pick<ModelRoundPart, 'round' | 'roster'> & { readonly estimates?: readonly string[] }
): GramPart {
  const observed = observedIn(measure, rows)
  const own = ownRound(observed, at.estimates)
  if (own === undefined) throw new Error('separated')
  const name = namesIn(measure)
  const { rounds: _, ...fit } = measure.fit?.family === 'components' ? {} : { rounds: undefined, ...measure.fit }
  return {
    ...{ formula: formulaOf(measure), outcome: name(measure.outcome), site: measure.site, upper: [], n: rows.length },
    factors: measure.factors.map(({ variable, levels }) => ({ name: name(variable), levels })),
    columns: columnsFitted(measure).map((column) => ({ name: column.name, decimals: 0 })),
    intercept: hasIntercept(measure) && measure.fit?.family !== 'cox',
    fit: ('time' in fit ? { ...fit, time: String(fit.time).slice(2) } : fit) as GramPart['fit'],
    round: {
      ...{ fit: 'f'.repeat(64), roster: [...at.roster], round: at.round, ...own.sums },
      answers: at.round === 0 ? '' : 'a'.repeat(64),
      epochs: at.round === 0 ? [] : at.roster.map(() => 'e'),
      total: String(observed.outcome.reduce((sum, y) => sum + y, 0))
    }
  }
}

/** The fits after rounds 0 to `last`, for institutions with these rows. */
export function fitsOf(
  sites: readonly (readonly ModelRow[])[],
  { declared, last = 3, ...asked }: AskedModel & { readonly declared: Declared; readonly last?: number }
): ModelResult[] {
  const roster = PEERS.slice(0, sites.length)
  const measure = roundMeasure(declared, asked, roster)
  const fits: ModelResult[] = []
  let estimates: readonly string[] | undefined
  for (let round = 0; round <= last; round++) {
    const at = { round, roster, ...(estimates === undefined ? {} : { estimates }) }
    const parts = sites.map((rows, i) => ({ site: roster[i] ?? '', gram: partIn(measure, rows, at) }))
    fits.push(fitModel(parts))
    estimates = stepAfter(parts.flatMap(({ gram }) => gram.round ?? [])).estimates
  }
  return fits
}
