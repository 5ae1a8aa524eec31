/**
 * Judgement of a model with a random intercept: the questions about rows and about people's totals, separately for the people with each
 * number of rows, and the model as a whole with all rows of a person as one. With a random slope, the people with each set of visits are
 * judged separately, and their sums separately at each visit.
 */
import { canonicalJson, type GramMeasure, type ReducedRows, type VariableRef } from '@stimnet/protocol'
import { atOnce, columnsOfModel, type DesignColumn, type IntegerMatrix, timeIn, timesIn } from '@stimnet/statistics'
import { rowsOfSubjects } from '../judge/row-sets.ts'
import type { Suppressed } from '../judge/suppress.ts'
import type { Ledgers } from '../ledgers.ts'
import { followingIn } from './follows.ts'
import { exactProduct, isOfRows, valuesOf, weightAbove } from './influence.ts'
import {
  arrivalsAlone,
  areWhole,
  type JudgedPart,
  type ModelJudgement,
  type ModelToJudge,
  nameOf,
  no,
  type SumsOfSize,
  widthOf
} from './judged.ts'
import { decimalsIn, matrixOver } from './matrix.ts'
import { personSums } from './person-sums.ts'
import { questionsIn, rowQuestions, rowsOfEverybody } from './questions.ts'
import { columnsAt, totalsFrom, withinFrom } from './times.ts'
import { type PeopleOfSize, rowsOf, sizesOf } from '../judge/model-people.ts'

/**
 * Judges a model with a random intercept, as `judgeModel` does for other models. `rows` holds the rows of all people who
 * have a value of every variable. If the limit of information is reached for the people with some number of rows, that
 * number of rows is left out, like a number of rows that too few people have.
 */
export function judgePeople(asked: ModelToJudge, rows: ReducedRows): ModelJudgement {
  const { kept: all, leftOut } = sizesOf(rows, asked)
  for (let kept = all.map((one, at) => ({ ...one, at })); ; ) {
    const judged = judgeSizes(asked, rows, { kept, sizes: all.length, leftOut: leftOut + all.length - kept.length })
    if (!('unpaid' in judged)) return judged
    kept = kept.filter(({ at }) => at !== judged.unpaid)
    if (kept.length === 0) return no(judged.why)
  }
}

/** The numbers of rows, or sets of visits, that are in a model. */
interface Kept {
  /** `at` is the index among all numbers of rows that enough people have, for which questions were asked. */
  readonly kept: readonly (PeopleOfSize & { readonly at: number })[]
  /** How many different numbers of rows enough people have. */
  readonly sizes: number
  readonly leftOut: number
}

function visitsInWords({ visits }: PeopleOfSize, measure: GramMeasure): string {
  if (visits === undefined || timeIn(measure) === undefined) return ''
  const { levels } = timesIn(measure)
  return ` at ${visits.map((at) => levels[at]).join(', ')}`
}

function judgeSizes(
  asked: ModelToJudge,
  rows: ReducedRows,
  { kept, sizes, leftOut }: Kept
): ModelJudgement | { readonly unpaid: number; readonly why: string } {
  const { measure, model, questions, k } = asked
  const [one, ...others] = kept
  if (one === undefined) return no('no number of rows that enough people have')
  const people = others.reduce((set, each) => set.or(each.people), one.people)
  const beyond = people.universe - people.size
  if (beyond > 0 && beyond < k) return no('all but few people of the catalog are in the model')
  const plans = questionsIn(model.plan)
  if (!areQuestionsOfSizes(plans, questions, sizes)) return no('the questions are not those of the model')
  let { ledgers } = asked
  const found: SumsOfSize[] = []
  const first = told(model, ledgers, asked, 'the people of the model')
  if ('why' in first) return no(first.why)
  ledgers = first.ledgers
  const all = questions.slice(0, plans.length)
  const decimals = decimalsIn(measure, all)
  if (decimals === undefined) return no('the answers lack a variable')
  for (const each of kept) {
    const answers = questions.slice(each.at * plans.length, (each.at + 1) * plans.length)
    const own = rowsOf(rows, each.people)
    const sums = sumsOf(each, { asked, answers, rows: own, ledgers, decimals })
    if ('why' in sums) {
      const why = `people with ${each.size} rows${visitsInWords(each, measure)}: ${sums.why}`
      return sums.isUnpaid === true ? { unpaid: each.at, why } : no(why)
    }
    ledgers = sums.ledgers
    found.push(sums.sums)
  }
  const { items } = model.reduction
  if (items === undefined || rows.rowSet === undefined) return no('the reduction lacks the rows')
  const rowSet = rows.rowSet.and(rowsOfSubjects(items, people))
  const width = widthOf({ ledgers, rows: { ...rows, support: people, rowSet } })
  if (width !== undefined) return no(width)
  const matrix = columnsOfModel(measure).map((_, i) =>
    columnsOfModel(measure).map((__, j) => found.reduce((sum, { within }) => sum + (within[i]?.[j] ?? 0n), 0n))
  )
  const everybody = rowsTold(asked, { rows, leftOut, ledgers })
  return {
    ok: true,
    ledgers: everybody.ledgers,
    people: people.size,
    released: { matrix, decimals, sizes: { leftOut, kept: found, ...everybody.told } }
  }
}

/**
 * The number of rows of everybody with a value of every variable, including people who were left out. It is released only if
 * the question for it would be answered in full after everything that the model discloses. The people left out are at least
 * k.
 */
function rowsTold(
  asked: ModelToJudge,
  { rows, leftOut, ledgers }: { readonly rows: ReducedRows; readonly leftOut: number; readonly ledgers: Ledgers }
): { readonly ledgers: Ledgers; readonly told?: { readonly rows: number } } {
  const { everybody, model } = asked
  if (leftOut === 0 || everybody === undefined) return { ledgers }
  const question = rowsOfEverybody(model.plan, model.complete ?? new Set())
  if (canonicalJson(everybody.plan) !== canonicalJson(question ?? null)) return { ledgers }
  const counted = everybody.reduction.groups.reduce((sum, group) => sum + group.rows, 0)
  const after = counted === rows.rows ? told(everybody, ledgers, asked) : undefined
  return after === undefined || 'why' in after ? { ledgers } : { ledgers: after.ledgers, told: { rows: counted } }
}

/** The reason why a question is not answered. `isUnpaid`: the limit of information about a variable is reached. */
interface Untold {
  readonly why: string
  readonly isUnpaid?: boolean
}

type Told = { readonly ledgers: Ledgers } | Untold

/** The ledgers after a question that is answered in full, or the reason why it is not answered. */
function told(
  part: JudgedPart,
  ledgers: Ledgers,
  { k, suppress, measure, facts }: Pick<ModelToJudge, 'k' | 'suppress' | 'measure' | 'facts'>,
  name = `in the question ${nameOf(part.plan)}`
): Told {
  if (arrivalsAlone(part, ledgers, k)) return { why: 'people who arrived with this epoch are too few' }
  const judged = suppress(part, ledgers)
  if (areWhole(judged) && judged.groupsWithheld === emptyIn(part, judged, { measure, facts }))
    return { ledgers: judged.ledgers }
  const why = `${name}: ${judged.why.join('; ') || 'groups that nobody is in are withheld'}`
  return { why, isUnpaid: judged.isUnpaid }
}

/**
 * The number of groups that nobody can be in because nobody has a row with some level of a category that others know, such
 * as a visit: people with two of three visits often have the same two visits. As with missing values, this discloses which
 * values are present.
 */
function emptyIn(
  { plan, reduction, possible, rare }: JudgedPart,
  { rows, groupsWithheld }: Suppressed,
  { measure, facts }: Pick<ModelToJudge, 'measure' | 'facts'>
): number {
  let share = 1
  for (const [at, { variable }] of plan.groupBy.entries()) {
    if (!facts(variable).identifying || !variable.startsWith(`${measure.random?.table}.`)) continue
    // A condition may allow fewer levels than are declared. There are no groups for the other levels.
    const left = (rare?.possible ?? possible)?.levelsLeft.get(variable)
    const declared = left ?? measure.factors.find((one) => one.variable === variable)?.levels.length ?? 1
    share *= new Set(reduction.groups.map(({ key }) => key[at])).size / declared
  }
  return Math.round((groupsWithheld + rows.length) * (1 - share))
}

interface OfSize {
  readonly asked: ModelToJudge
  readonly answers: readonly JudgedPart[]
  /** The rows of these people only. */
  readonly rows: ReducedRows
  readonly ledgers: Ledgers
  readonly decimals: readonly number[]
}

/**
 * The sums over the people who have the same number of rows, and the ledgers with these sums recorded; or the reason why
 * the sums are not released.
 */
function sumsOf(
  kind: PeopleOfSize,
  { asked, answers, rows, decimals, ...before }: OfSize
): { readonly ledgers: Ledgers; readonly sums: SumsOfSize } | Untold {
  const { size, visits, people } = kind
  const { measure, model, facts, k } = asked
  if (rows.rows !== size * people.size) return { why: 'the reduction lacks rows' }
  const ofRows = answers.slice(0, rowQuestions(measure, model.plan).length)
  const ofPeople = answers.slice(ofRows.length)
  let { ledgers } = before
  for (const part of answers) {
    const counted = part.reduction.groups.reduce((sum, group) => sum + group.rows, 0)
    if (counted !== rows.rows) return { why: `not all rows of the model are in ${nameOf(part.plan)}` }
    const next = told(part, ledgers, asked)
    if ('why' in next) return next
    ledgers = next.ledgers
  }
  const places = new Map<VariableRef, number>(
    columnsOfModel(measure).flatMap(({ number, time }, i) =>
      number === undefined || time !== undefined ? [] : [[number, decimals[i] ?? 0]]
    )
  )
  const columns = columnsAt(measure, visits)
  const summed = matrixOver(columns, ofRows)
  if (summed === undefined) return { why: 'the answers lack a sum of the model' }
  const made = personSums(
    {
      measure,
      plan: model.plan,
      rows,
      size,
      facts,
      answers: ofPeople,
      decimals: places,
      columns,
      within: summed
    },
    k
  )
  if ('why' in made) return made
  for (const part of made.parts) {
    const next = told(part, ledgers, asked)
    if ('why' in next) return { ...next, why: `totals: ${next.why}` }
    ledgers = next.ledgers
  }
  const within = withinFrom(measure, columns, summed)
  const totals = totalsFrom(measure, columns, made.totals)
  const byPerson = totalsIn(rows, asked)
  if (!atOnce(isOfRows(measure, within, rows)) || !isOf(totals, byPerson.values))
    return { why: 'the answers lack a sum of the model' }
  const why =
    followsIn({ within: summed, totals: made.totals }, columns, asked) ??
    tooStrongIn({ within, totals }, { asked, rows, byPerson })
  if (why !== undefined) return { why }
  return {
    ledgers,
    sums: { ...(visits === undefined ? {} : { visits }), size, people: people.size, within, totals }
  }
}

interface Totals {
  /** By column of the model: one entry per person. With a random slope, each column follows again, weighted by time. */
  readonly values: readonly Float64Array[]
  readonly owners: Uint32Array
}

function totalsIn(rows: ReducedRows, { measure }: Pick<ModelToJudge, 'measure'>): Totals {
  const owners = Uint32Array.from(new Set(rows.owners))
  const place = new Map([...owners].map((owner, at) => [owner, at]))
  const columns = columnsOfModel(measure).map((column) => valuesOf(column, measure, rows))
  const times = timeIn(measure) === undefined ? undefined : valuesOf(timeColumn(measure), measure, rows)
  const weighted = times === undefined ? [] : columns.map((own) => own.map((value, row) => value * (times[row] ?? 0)))
  const values = [...columns, ...weighted].map((own) => {
    const totals = new Float64Array(owners.length)
    for (const [row, value] of own.entries()) {
      const at = place.get(rows.owners[row] ?? 0) ?? 0
      totals[at] = (totals[at] ?? 0) + value
    }
    return totals
  })
  return { values, owners }
}

function timeColumn(measure: GramMeasure): DesignColumn {
  return { name: '', levels: new Map(), time: timesIn(measure).variable }
}

function isOf(matrix: IntegerMatrix, values: readonly Float64Array[]): boolean {
  if (values.some((own) => own.some((value) => !Number.isSafeInteger(value)))) return false
  return values.every((one, i) => values.every((other, j) => j < i || exactProduct(one, other) === matrix[i]?.[j]))
}

/** The reason for a refusal if, in the sums over some columns, a column follows from others; undefined if none does. */
function followsIn(
  { within, totals }: Pick<SumsOfSize, 'within' | 'totals'>,
  columns: readonly DesignColumn[],
  { measure, settings, facts }: Pick<ModelToJudge, 'measure' | 'settings' | 'facts'>
): string | undefined {
  const isUnknown = (variable: VariableRef) => !facts(variable).identifying
  const factors = measure.factors.map(({ variable }) => variable)
  // The rows and levels of each person were judged as groups: totals of levels that follow from others disclose nothing
  // else.
  const isUnknownNumber = (variable: VariableRef) => isUnknown(variable) && !factors.includes(variable)
  const follows = settings.zerosAreDisclosive
    ? (followingIn(measure, within, columns).find((one) => one.some(isUnknown)) ??
      followingIn(measure, totals, columns).find((one) => one.some(isUnknownNumber)))
    : undefined
  return follows && `follows: one of ${follows.join(', ')} follows from the others for everybody`
}

/** The reason for a refusal if somebody weighs too much in the released sums; undefined if nobody does. */
function tooStrongIn(
  { within, totals }: Pick<SumsOfSize, 'within' | 'totals'>,
  { asked, rows, byPerson }: { readonly asked: ModelToJudge; readonly rows: ReducedRows; readonly byPerson: Totals }
): string | undefined {
  const { measure, k } = asked
  const ofRows = {
    matrix: within,
    values: columnsOfModel(measure).map((column) => valuesOf(column, measure, rows)),
    owners: rows.owners
  }
  const ofTotals = { matrix: totals, ...byPerson }
  const strong =
    weightAbove(measure, { ...ofRows, k: 2 * k, without: 'outcome' }) ??
    weightAbove(measure, { ...ofTotals, k: 2 * k, without: 'outcome' }) ??
    weightAbove(measure, { ...ofRows, k }) ??
    weightAbove(measure, { ...ofTotals, k })
  return strong === undefined
    ? undefined
    : `leverage: somebody weighs more than one in ${k} in the fit, most of all by ${strong.column}: leave it out, take a wider cohort, or ask the steward for narrower bounds`
}

/** Whether these are the questions of the plan, repeated for each number of rows. */
function areQuestionsOfSizes(
  plans: ReturnType<typeof questionsIn>,
  questions: readonly JudgedPart[],
  sizes: number
): boolean {
  return (
    questions.length === plans.length * sizes &&
    questions.every(({ plan }, i) => canonicalJson(plan) === canonicalJson(plans[i % plans.length] ?? null))
  )
}
