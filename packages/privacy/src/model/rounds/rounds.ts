/**
 * Judgement of one round of a model that is fitted in rounds. Its sums are weighted by what the model expects of each
 * person, so they are not answers to ordinary questions. Everything that ordinary questions disclose about its variables is
 * judged first, as for a linear model of these variables; this file judges what the round discloses in addition.
 */
import {
  canonicalJson,
  isOfRounds,
  type GramMeasure,
  type ModelRoundPart,
  type ModelRounds,
  type ReducedRows,
  type VariableRef,
  variablesOf
} from '@stimnet/protocol'
import {
  atOnce,
  columnsFitted,
  columnsOfModel,
  type DesignColumn,
  hasIntercept,
  type IntegerMatrix,
  independentIn,
  type Observed,
  type SeenUntil,
  type OwnRound,
  ownRoundInSteps,
  type Steps,
  upperAt
} from '@stimnet/statistics'
import type { FactsOf } from '../../judge/facts.ts'
import { bitsMaxOf, bitsOfSum } from '../../judge/information.ts'
import { type CellNumber, roundOf, roundQuantity } from '../../judge/numbers.ts'
import type { SpanLedger } from '../../ledger/span-ledger.ts'
import { type Entry, type Ledgers, LedgersDraft } from '../../ledgers.ts'
import type { PrivacySettings } from '../../rules/settings.ts'
import { hazardWeighsTooMuch } from './at-risk.ts'
import { valuesOf } from '../influence.ts'
import { INVERSE_ERROR_MAX, inverted } from './inverse.ts'
import { once } from '../weigh.ts'
import { isToldOf } from '../width.ts'

/** Minimum number of people for each number that a fit releases, over all rounds together. */
const PEOPLE_EACH_NUMBER = 3
/** Minimum number of people with each level of an outcome, for each column. */
const EVENTS_EACH_COLUMN = 3
/** Maximum number of fits about the same people in one epoch. Each fit adds another set of weights, and so of sums. */
const FITS_MAX = 20

/** A round with the inputs of its judgement. */
export interface RoundToJudge {
  readonly measure: GramMeasure
  readonly rows: ReducedRows
  /** The exact Gram matrix of the unweighted columns. The outcome is the last column. */
  readonly matrix: IntegerMatrix
  readonly decimals: readonly number[]
  readonly settings: PrivacySettings & { readonly synthetic: boolean }
  readonly facts: FactsOf
  /** The ledgers after the questions of the linear model. */
  readonly ledgers: Ledgers
  readonly k: number
  readonly epoch: string
  /** The variables that define who is in the cohort, each with everybody who could be in it. */
  readonly asked: readonly { readonly variable: VariableRef; readonly people: ReducedRows['support'] }[]
}

/** The numbers of a round and the ledgers after it, or the reason why nothing is released. */
export type RoundJudgement =
  | { readonly ok: true; readonly ledgers: Ledgers; readonly round: ModelRoundPart }
  | { readonly ok: false; readonly why: string; readonly separated?: true }

/** The requested round; undefined for a model that is not fitted in rounds. */
export function roundsIn({ fit }: Pick<GramMeasure, 'fit'>): ModelRounds | undefined {
  return isOfRounds(fit) ? fit.rounds : undefined
}

/** Number of values that each round releases: estimates or gradient, information, deviance. */
export function numbersEach(columns: number): number {
  return columns + (columns * (columns + 1)) / 2 + 1
}

/**
 * Judges a round. Separation of the model is checked last, so that it discloses nothing about people who may not be asked
 * about.
 */
export function judgeRound(asked: RoundToJudge): RoundJudgement {
  const { measure, rows, ledgers, k, epoch } = asked
  const rounds = roundsIn(measure)
  if (rounds?.from === undefined) return no('the answers to the round before were not verified')
  const { round, roster, from } = rounds
  if (round > 0 !== from.estimates.length > 0) return no('a round without estimates to start from')
  const observed = observedIn(asked)
  const columns = observed.columns.length
  const people = rows.support.size
  const told = (round + 1) * numbersEach(columns)
  if (told * PEOPLE_EACH_NUMBER > people)
    return no(`rounds: ${told} numbers about ${people} people; at most one for ${PEOPLE_EACH_NUMBER} people`)
  const few = fewOutcomes(observed, Math.max(k, EVENTS_EACH_COLUMN * columns))
  if (few !== undefined) return no(few)
  if (fitsAbout({ ledgers, rows, epoch, but: from.fit }) >= FITS_MAX)
    return no(`fits: ${FITS_MAX} were made about some of these people in this epoch`)
  const draft = new LedgersDraft(ledgers)
  const objection = draft.tell([entryOf(asked, { from, round, columns })], k)
  if (objection !== undefined)
    return no(`rounds: ${objection.why === 'information' ? `information of ${objection.variable}` : objection.why}`)
  const { sums, isTooStrong } = atOnce(ownNumbers(asked))
  if (sums === undefined)
    return round === 0
      ? { ok: false, why: 'separation: the terms determine the outcome', separated: true }
      : no('at these estimates the model expects no number')
  if (isTooStrong) return no(`leverage: somebody weighs more than one in ${k} in this round`)
  const total = String(observed.outcome.reduce((sum, y) => sum + y, 0))
  const { fit, answers, epochs } = from
  return {
    ok: true,
    ledgers: draft.result(),
    round: { fit, roster: [...roster], round, answers, epochs: [...epochs], total, ...sums }
  }
}

/** The numbers that an institution would release in a round. */
export interface OwnNumbers {
  /** Undefined if there are no numbers: in round 0, because of separation. */
  readonly sums: OwnRound['sums'] | undefined
  /** Whether somebody's leverage in these numbers is above 1/k. */
  readonly isTooStrong: boolean
}

/** Computes the numbers of a round, or returns those computed before for the same rows, estimates and k. */
export function ownNumbers(
  asked: Pick<RoundToJudge, 'measure' | 'rows' | 'matrix' | 'decimals' | 'k'>
): Steps<OwnNumbers> {
  const { measure, rows, decimals, k } = asked
  const { outcome, terms, factors, fit } = measure
  const of = canonicalJson([outcome, terms, factors, fit ?? null, decimals, k])
  return once(rows, `round ${of}`, () => numbersOf(asked))
}

function* numbersOf(asked: Pick<RoundToJudge, 'measure' | 'rows' | 'matrix' | 'decimals' | 'k'>): Steps<OwnNumbers> {
  const { measure, matrix, k } = asked
  const rounds = roundsIn(measure)
  const observed = observedIn(asked)
  const own = yield* ownRoundInSteps(observed, rounds?.round === 0 ? undefined : rounds?.from?.estimates)
  if (own === undefined) return { sums: undefined, isTooStrong: false }
  const all = columnsOfModel(measure)
  const fitted = columnsFitted(measure).map(({ name }) => name)
  const kept = independentIn(matrix)
    .map((at) => fitted.indexOf(all[at]?.name ?? ''))
    .filter((at) => at >= 0 && at < observed.columns.length)
  const isTooStrong =
    observed.family === 'cox'
      ? hazardWeighsTooMuch(observed, own, { k, kept })
      : weighsTooMuch(observed, own, { k, kept })
  return { sums: own.sums, isTooStrong: yield* isTooStrong }
}

function no(why: string): RoundJudgement {
  return { ok: false, why }
}

/** The values of the people of the model, in the units of the question. */
function observedIn({
  measure,
  rows,
  decimals
}: Pick<RoundToJudge, 'measure' | 'rows' | 'decimals'>): Observed | SeenUntil {
  const { fit } = measure
  if (!isOfRounds(fit)) throw new TypeError('a model that is not fitted in rounds')
  const all = columnsOfModel(measure)
  const fitted = columnsFitted(measure).map(({ name }) => name)
  const valuesAt = (at: number, column: DesignColumn) => inUnits(valuesOf(column, measure, rows), decimals[at] ?? 0)
  const columns = all.flatMap((column, at) => (fitted.includes(column.name) ? [valuesAt(at, column)] : []))
  const outcome = columns.pop()
  if (outcome === undefined) throw new TypeError('a model without an outcome')
  if (fit.family !== 'cox') return { family: fit.family, columns, outcome }
  const time = rows.values.get(fit.time)
  if (time === undefined) throw new TypeError('rows without the time of the model')
  // Only the order of times counts, so that they need no units.
  return { family: 'cox', columns, outcome, time }
}

function inUnits(values: Float64Array, decimals: number): Float64Array {
  return decimals === 0 ? values : values.map((value) => value / 10 ** decimals)
}

/** The reason why too few people have, or do not have, the outcome; undefined if enough people do. */
function fewOutcomes({ family, outcome }: Observed | SeenUntil, least: number): string | undefined {
  const having = outcome.reduce((sum, y) => sum + (y > 0 ? 1 : 0), 0)
  if (having < least) return `outcome: fewer than ${least} people have it`
  return family === 'binomial' && outcome.length - having < least
    ? `outcome: fewer than ${least} people do not have it`
    : undefined
}

/** The number of other fits of this epoch that are about at least one person of the model. */
function fitsAbout({
  ledgers,
  rows,
  epoch,
  but
}: Pick<RoundToJudge, 'ledgers' | 'rows' | 'epoch'> & { readonly but: string }): number {
  const found = new Set<string>()
  const parts: (readonly [SpanLedger, ReducedRows['support'] | undefined])[] = [
    [ledgers.subjects, rows.support],
    ...(ledgers.rows === undefined ? [] : [[ledgers.rows.ledger, rows.rowSet] as const])
  ]
  for (const [ledger, set] of parts) {
    for (const quantity of ledger.parts.spans.keys()) {
      const known = roundOf(quantity)
      if (known?.epoch !== epoch || known.fit === but || set === undefined || found.has(known.fit)) continue
      if (isToldOf(ledger, quantity, set)) found.add(known.fit)
    }
  }
  return found.size
}

/**
 * The round as the ledgers judge it: one sum over the people, with the information of all its numbers. A number is charged
 * to each variable whose column it multiplies. Numbers that multiply no column, and all numbers that include the outcome,
 * are charged to every variable about which they could disclose something.
 */
function entryOf(
  { measure, rows, settings, facts, epoch, asked }: RoundToJudge,
  {
    from,
    round,
    columns
  }: { readonly from: { readonly fit: string }; readonly round: number; readonly columns: number }
): Entry {
  const items = rows.rowSet?.size ?? rows.support.size
  const quantity = roundQuantity({ epoch, fit: from.fit, columns, round })
  const number: CellNumber = {
    quantity,
    variables: variablesOf(measure),
    kind: 'sum',
    of: { subjects: rows.support, ...(rows.rowSet === undefined ? {} : { rows: rows.rowSet }) }
  }
  const aboutOf = (variable: VariableRef, numbers: number) => {
    const one = facts(variable)
    if (one.identifying || one.isSet === true) return []
    return [{ variable: one.own, bits: numbers * bitsOfSum([one], items, settings), bitsMax: bitsMaxOf(one, settings) }]
  }
  return {
    number,
    about: [...numbersAbout(measure)].flatMap(([variable, numbers]) => aboutOf(variable, numbers)),
    aboutPeople: asked.flatMap(({ variable, people }) =>
      aboutOf(variable, numbersEach(columns)).map((one) => ({ ...one, people }))
    )
  }
}

/** The number of values of one round that are about each variable. */
export function numbersAbout(measure: GramMeasure): ReadonlyMap<VariableRef, number> {
  const columns = columnsFitted(measure).slice(0, -1)
  const { fit } = measure
  const isOf = ({ number, levels }: DesignColumn, variable: VariableRef) => number === variable || levels.has(variable)
  // The deviance and, if there is an intercept, the sum of the weights multiply no column.
  const ofAll = 1 + (hasIntercept(measure) && fit?.family !== 'cox' ? 1 : 0)
  const found = new Map<VariableRef, number>()
  for (const variable of variablesOf(measure)) {
    const own = columns.filter((column) => isOf(column, variable)).length
    const others = columns.length - own
    const pairs = (own * (own + 1)) / 2 + own * others
    const ofOutcome = variable === measure.outcome ? columns.length + 1 : own + pairs + ofAll
    // Who is at risk at which event follows from time and outcome, and every number of a Cox model is made of it.
    const isOfOrder = fit?.family === 'cox' && (variable === fit.time || variable === measure.outcome)
    found.set(variable, isOfOrder ? numbersEach(columns.length) : ofOutcome)
  }
  return found
}

/** Number of rows between two steps. */
const ROWS_EACH = 4096

/** Whether somebody's leverage in the weighted design is above 1/k, or cannot be decided. */
function* weighsTooMuch(
  { columns }: Observed,
  { information, weights }: OwnRound,
  { k, kept }: { readonly k: number; readonly kept: readonly number[] }
): Steps<boolean> {
  const size = columns.length
  const entry = (i: number, j: number) => information[upperAt(size, Math.min(i, j), Math.max(i, j))] ?? 0
  // Columns are scaled to the same length, so that units do not matter.
  const scale = kept.map((at) => Math.sqrt(entry(at, at)))
  if (scale.some((one) => !(one > 0))) return true
  const scaled = kept.map((i, a) => kept.map((j, b) => entry(i, j) / ((scale[a] ?? 1) * (scale[b] ?? 1))))
  const inverse = inverted(scaled)
  if (inverse === undefined) return true
  const form = Float64Array.from(
    inverse.flatMap((line, a) => line.map((value, b) => value / ((scale[a] ?? 1) * (scale[b] ?? 1))))
  )
  const used = kept.map((at) => columns[at] ?? new Float64Array())
  const own = new Float64Array(kept.length)
  for (let row = 0; row < weights.length; row++) {
    if (row % ROWS_EACH === 0) yield
    for (let a = 0; a < own.length; a++) own[a] = used[a]?.[row] ?? 0
    if (!((weights[row] ?? 0) * formOf(own, form) * (1 + INVERSE_ERROR_MAX) * k <= 1)) return true
  }
  return false
}

/** The quadratic form of a row. The matrix is symmetric, and is read row by row in one go. */
function formOf(row: Float64Array, matrix: Float64Array): number {
  const size = row.length
  let sum = 0
  for (let a = 0; a < size; a++) {
    const value = row[a] as number
    // Most columns of a category are zero.
    if (value === 0) continue
    let others = 0
    for (let b = a + 1; b < size; b++) others += (row[b] as number) * (matrix[a * size + b] as number)
    sum += value * (value * (matrix[a * size + a] as number) + 2 * others)
  }
  return sum
}
