/** Judgement of a model: whether its Gram matrix may be released, in full or not at all. */
import {
  canonicalJson,
  type GramMeasure,
  type Plan,
  type ReducedRows,
  type VariableRef,
  variablesOf
} from '@stimnet/protocol'
import { atOnce, type IntegerMatrix, isInRounds, isOfExactCounts } from '@stimnet/statistics'
import { type Defining, wholeOf } from '../judge/defining.ts'
import { digitsTell } from '../judge/precision.ts'
import type { FactsOf } from '../judge/facts.ts'
import type { Ledgers } from '../ledgers.ts'
import type { PrivacySettings } from '../rules/settings.ts'
import { followingIn } from './follows.ts'
import type { TooStrong } from './influence.ts'
import { judgePeople } from './judge-people.ts'
import {
  arrivalsAlone,
  isWhole,
  type JudgedPart,
  type ModelJudgement,
  type ModelToJudge,
  nameOf,
  no,
  widthOf
} from './judged.ts'
import { decimalsIn, matrixFrom, tableFrom } from './matrix.ts'
import { isOfCounts, questionsIn } from './questions.ts'
import { judgeRound, type RoundToJudge } from './rounds/rounds.ts'
import { weigh } from './weigh.ts'

/**
 * Whether the numbers of a model are rounded under these rules. A Gram matrix with rounded entries is not a Gram matrix, so
 * it is not released. Counts of people are exact unless they are rounded to a base.
 */
export function roundsNumbers(settings: PrivacySettings, measure: Pick<GramMeasure, 'fit'>): boolean {
  const { precision, roundBase, significantDigits } = settings
  if (roundBase > 1) return true
  return !isOfExactCounts(measure) && (precision !== 'exact' || significantDigits < FULL_DIGITS)
}

/** Whether the exact sums of a model would disclose single people; see `digitsTell`. */
export function tellsDigits(
  measure: GramMeasure,
  { defining, facts }: { readonly defining: readonly Defining[]; readonly facts: FactsOf }
): boolean {
  const levels = measure.factors.map(({ variable }) => variable)
  const numbers = variablesOf(measure).filter((variable) => !levels.includes(variable))
  return digitsTell(numbers, { defining, facts, levels })
}

const DIGITS =
  'a number that others know is in a model with values that they do not know, and exact sums of products disclose single values: use a category of it'

const ROUND_DIGITS =
  'all digits of a sum with uneven weights disclose how many people have each value: no rounds over real people'

/** Number of significant digits that represent every double. */
const FULL_DIGITS = 17

/**
 * Judges the people of the model, then each of its questions as if it were asked by itself after the earlier questions, and
 * then what the questions do not cover: who weighs too much in the fit, which values follow from others, and how much was
 * disclosed about the cohort.
 */
export function judgeModel(asked: ModelToJudge): ModelJudgement {
  const { measure, model, questions, settings, k } = asked
  if (roundsNumbers(settings, measure)) return no('rounded numbers make no Gram matrix')
  const { defining } = model
  if (!asked.synthetic && isInRounds(measure)) return no(`digits: ${ROUND_DIGITS}`)
  if (!asked.synthetic && tellsDigits(measure, { defining, facts: asked.facts })) return no(`digits: ${DIGITS}`)
  const rows = model.reduction.groups[0]?.grams?.get(measure.name)
  if (rows === undefined || model.reduction.groups.length !== 1)
    return no('the reduction lacks the people of the model')
  if (measure.random !== undefined) return judgePeople(asked, rows)
  if (!areQuestionsOf(model.plan, questions)) return no('the questions are not those of the model')
  const people = rows.support
  const beyond = people.universe - people.size
  if (beyond > 0 && beyond < k) return no('all but few people of the catalog are in the model')
  let { ledgers } = asked
  for (const part of [model, ...questions]) {
    if (arrivalsAlone(part, ledgers, k)) return no('people who arrived with this epoch are too few')
    const judged = asked.suppress(part, ledgers)
    const isModel = part === model
    const why = isModel ? 'the people of the model' : `in the question ${nameOf(part.plan)}`
    if (!isWhole(judged)) return no(`${why}: ${judged.why.join('; ') || 'groups that nobody is in are withheld'}`)
    const counted = judged.rows.reduce((sum, { group }) => sum + group.support.size, 0)
    if (!isModel && counted !== people.size) return no(`${why}: not all people of the model are in it`)
    ledgers = judged.ledgers
  }
  if (isOfCounts(measure)) return ofCounts(asked, { ledgers, rows })
  const matrix = matrixFrom(measure, questions)
  const decimals = decimalsIn(measure, questions)
  const weighed = matrix && atOnce(weigh({ measure, rows, matrix, k }))
  if (matrix === undefined || decimals === undefined || !weighed?.isOfRows)
    return no('the answers lack a sum of the model')
  const against = whyOfWhole({ ...asked, matrix, rows, ledgers, strong: weighed.strong })
  if (against !== undefined) return no(against)
  if (isInRounds(measure)) return ofRound(asked, { ledgers, rows, matrix, decimals })
  return { ok: true, ledgers, released: { matrix, decimals }, people: people.size }
}

/** The result for one round of a model. The matrix of the round's columns was judged as if it were released. */
function ofRound(
  { measure, model, settings, facts, k, epoch, synthetic }: ModelToJudge,
  judged: Pick<RoundToJudge, 'ledgers' | 'rows' | 'matrix' | 'decimals'>
): ModelJudgement {
  const { plan, reduction, defining } = model
  const [group] = reduction.groups
  const people = judged.rows.support
  const whole = (one: Defining) =>
    group && wholeOf(group, one, measure.name, { plan, reduction, rowSets: undefined })?.subjects
  const asked = defining.map((one) => ({ variable: one.variable, people: whole(one) ?? people }))
  const round = judgeRound({ ...judged, measure, facts, k, epoch, asked, settings: { ...settings, synthetic } })
  if (!round.ok) return round
  const width = widthOf({ ledgers: round.ledgers, rows: judged.rows })
  return width === undefined
    ? { ok: true, ledgers: round.ledgers, released: { round: round.round }, people: people.size }
    : no(width)
}

/** The result for a model of counts: a table whose cells were each judged like the cells of any table. */
function ofCounts(
  { measure, questions }: ModelToJudge,
  { ledgers, rows }: { readonly ledgers: Ledgers; readonly rows: ReducedRows }
): ModelJudgement {
  const people = rows.support.size
  const table = tableFrom(measure, questions)
  if (table === undefined || table.cells.reduce((sum, { n }) => sum + n, 0) !== people)
    return no('the answer lacks a cell of the model')
  const width = widthOf({ ledgers, rows })
  return width === undefined ? { ok: true, ledgers, released: { table }, people } : no(width)
}

/** The reason why the model as a whole may not be released; undefined if it may. */
function whyOfWhole({
  measure,
  settings,
  facts,
  matrix,
  rows,
  ledgers,
  strong,
  k
}: ModelToJudge & {
  readonly matrix: IntegerMatrix
  readonly rows: ReducedRows
  readonly strong: TooStrong | undefined
}): string | undefined {
  const isUnknown = (variables: readonly VariableRef[]) => variables.some((one) => !facts(one).identifying)
  const follows = settings.zerosAreDisclosive ? followingIn(measure, matrix).find(isUnknown) : undefined
  if (follows !== undefined) return `follows: one of ${follows.join(', ')} follows from the others for everybody`
  if (strong !== undefined)
    return `leverage: somebody weighs more than one in ${k} in the fit, most of all by ${strong.column}: leave it out, take a wider cohort, or ask the steward for narrower bounds`
  return widthOf({ ledgers, rows })
}

/** Whether these are exactly the questions of the plan, apart from the condition that all values are present. */
function areQuestionsOf(plan: Plan, questions: readonly JudgedPart[]): boolean {
  const wanted = questionsIn(plan)
  return (
    wanted.length === questions.length &&
    wanted.every((one, i) => canonicalJson(one) === canonicalJson(questions[i]?.plan ?? null))
  )
}
