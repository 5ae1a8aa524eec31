/** Random questions: mean and standard deviation of a measured variable, with a filter and sometimes by group. */
import { seededRandom } from '@stimnet/protocol'
import { type Dice, diceOf, type Question, type Row, type Study, sql } from './study.ts'
import { truthOf } from './truth.ts'

/** Share of the questions with a grouping key. */
const GROUPED_SHARE = 0.3
/** Share of the filters that use a category. The others use a breakpoint of a number. */
const CATEGORY_SHARE = 0.6

interface Condition {
  readonly column: string
  readonly text: string
  holds(row: Row): boolean
}

/** Random questions about a study. The same seed gives the same questions. */
export function randomQuestions(study: Study, options: { readonly count: number; readonly seed: number }): Question[] {
  const dice = diceOf(seededRandom(options.seed + 9_000))
  return Array.from({ length: options.count }, () => randomQuestion(study, dice))
}

function randomQuestion(study: Study, dice: Dice): Question {
  const { subjects, subjectKey, choices, tables } = study
  const measured = dice.pick(choices.measured)
  const conditions = [conditionOf(study, dice, [])]
  if (dice.chance(0.5)) conditions.push(conditionOf(study, dice, [conditions[0]?.column ?? '']))
  const named = conditions.map(({ column }) => column)
  const group = dice.chance(GROUPED_SHARE)
    ? dice.pick(choices.categories.filter((each) => !named.includes(each)))
    : undefined
  const visit = measured.table === subjects ? undefined : dice.pick(choices.visits)
  const from = visit === undefined ? subjects : `${subjects} JOIN ${measured.table} USING (${subjectKey})`
  const where = [
    ...conditions.map(({ text }) => text),
    ...(visit === undefined ? [] : [`${measured.table}.visit = '${visit}'`])
  ].join(' AND ')
  const numbers = `COUNT(${measured.name}) AS n, AVG(${measured.name}) AS mean, STDDEV(${measured.name}) AS sd`
  const said = `${measured.name} where ${where}${group === undefined ? '' : ` by ${group}`}`
  const people = (tables[subjects] ?? []).filter((row) => conditions.every(({ holds }) => holds(row)))
  const rows = (tables[measured.table] ?? []).filter((row) => visit === undefined || row.visit === visit)
  const truth = truthOf({ people, rows, key: subjectKey, name: measured.name, group })
  const keys = group === undefined ? '' : `${group}, `
  const grouped = group === undefined ? '' : ` GROUP BY ${group}`
  const size = group === undefined ? 1 : new Set(people.map((row) => row[group])).size
  return { ...sql(said, size, `SELECT ${keys}${numbers} FROM ${from} WHERE ${where}${grouped}`), truth }
}

/** A condition that a random person of the study fits, so that common levels occur more often. */
function conditionOf(study: Study, dice: Dice, taken: readonly string[]): Condition {
  const { choices, subjects, tables } = study
  const somebody = dice.pick(tables[subjects] ?? [])
  const categories = choices.categories.filter((name) => !taken.includes(name) && somebody[name] !== null)
  const numbers = Object.keys(choices.cuts).filter((name) => !taken.includes(name))
  if (numbers.length === 0 || dice.chance(CATEGORY_SHARE)) {
    const column = dice.pick(categories)
    const level = somebody[column]
    return { column, text: `${column} = '${level}'`, holds: (row) => row[column] === level }
  }
  const column = dice.pick(numbers)
  const cut = dice.pick(choices.cuts[column] ?? [])
  const isFrom = dice.chance(0.5)
  return {
    column,
    text: `${column} ${isFrom ? '>=' : '<'} ${cut}`,
    holds: ({ [column]: value }) => typeof value === 'number' && value >= cut === isFrom
  }
}
