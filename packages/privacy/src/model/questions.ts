/**
 * The ordinary questions that a Gram matrix answers: means, variances and covariances of its numeric variables, in the
 * groups of its categories. Each entry of the matrix is one sum of one of these answers. So the matrix is judged as these
 * questions, one after the other, and is released only if each question would be answered in full. It discloses as much as
 * these answers, and is charged as much.
 */
import {
  type Filter,
  type GramMeasure,
  type GroupKey,
  type Measure,
  type Plan,
  type VariableRef,
  variablesOf
} from '@stimnet/protocol'
import { columnsSummed, type DesignColumn, entryOf, gramIn } from '@stimnet/statistics'
import { placeInRows } from './times.ts'

/** Maximum number of measures of a query. */
const MEASURES_MAX = 32

/** The sums that are needed in the groups of some categories. */
interface Needed {
  readonly by: readonly VariableRef[]
  readonly means: Set<VariableRef>
  readonly squares: Set<VariableRef>
  readonly products: Map<string, readonly [VariableRef, VariableRef]>
}

/** The questions behind a plan with a Gram matrix; none for other plans. No data are read. */
export function questionsIn(plan: Plan): readonly Plan[] {
  const measure = gramIn(plan)
  if (measure === undefined) return []
  if (isOfCounts(measure)) return [countsAsked(measure, plan)]
  if (measure.random !== undefined) return [...rowQuestions(measure, plan), ...peopleQuestions(measure, plan)]
  return [...neededBy(measure).values()].flatMap((needed) => plansOf(needed, plan))
}

/**
 * The questions about rows behind a model with a random intercept. They are asked separately about the people with each
 * number of rows. In addition to the questions of other models, the rows of each group are counted.
 */
export function rowQuestions(measure: GramMeasure, plan: Plan): readonly Plan[] {
  return [...neededBy(measure).values()].flatMap((needed) =>
    plansOf(needed, plan, [PEOPLE, { kind: 'rows', name: 'rows' }])
  )
}

/**
 * The question for the number of rows of all people who have a value of every variable, including people whose number of
 * rows is too rare. Together with the number of rows of the model, the answer shows what share of rows was left out.
 * Undefined for a model without a random intercept per person. `complete` holds the variables that have a value for
 * everybody in the catalog: the question has no condition on these variables, because everybody would meet it.
 */
export function rowsOfEverybody(plan: Plan, complete: ReadonlySet<VariableRef>): Plan | undefined {
  const measure = gramIn(plan)
  if (measure?.random === undefined) return undefined
  const present = variablesOf(measure)
    .filter((column) => !complete.has(column))
    .map((column): Filter => ({ not: { column, op: 'is null', values: [] } }))
  const conditions = [...(plan.where === undefined ? [] : [plan.where]), ...present]
  return {
    tables: plan.tables,
    groupBy: [],
    measures: [{ kind: 'rows', name: 'rows' }],
    ...(conditions.length === 0 ? {} : { where: { all: conditions } })
  }
}

/** The questions for the groups in which totals of people are summed; they count people only. */
export function peopleQuestions(measure: GramMeasure, { tables, where }: Plan): readonly Plan[] {
  const columns = columnsSummed(measure)
  const found = new Map<string, readonly VariableRef[]>()
  for (const one of columns) {
    for (const other of columns) {
      const by = keysOfPeople(measure, [one, other])
      found.set(by.join(), by)
    }
  }
  return [...found.values()].map((by) => ({
    tables,
    groupBy: by.map((variable, i): GroupKey => ({ name: `by_${i}`, variable })),
    measures: [{ kind: 'subjects', name: 'people' }],
    ...(where === undefined ? {} : { where })
  }))
}

/**
 * The questions about totals of people behind a model with a random intercept, with the numeric variables of the rows in
 * place of the totals. They are used for the price, which reads no data. None for other models.
 */
export function totalsAsked(plan: Plan): readonly Plan[] {
  const measure = gramIn(plan)
  if (measure?.random === undefined) return []
  const columns = columnsSummed(measure)
  const found = new Map<string, Needed>()
  const { table } = measure.random
  for (const [i, one] of columns.entries()) {
    for (const other of columns.slice(i)) {
      if (placeInRows(measure, columns, [one, other]) !== undefined) continue
      const rowLevels = [...one.levels, ...other.levels].filter(([variable]) => variable.startsWith(`${table}.`))
      const by = keysOfPeople(measure, [one, other])
      const key = JSON.stringify([by, [...new Set(rowLevels.map((level) => level.join('=')))].sort()])
      const needed = found.get(key) ?? { by, means: new Set(), squares: new Set(), products: new Map() }
      found.set(key, needed)
      const numbers = [one.number, other.number].flatMap((number) => number ?? []).sort()
      addSum(needed, numbers)
    }
  }
  return [...found.values()].flatMap((needed) => plansOf(needed, plan))
}

/** The categories of people, not of rows, that decide by their levels where columns are not zero, in order. */
export function keysOfPeople({ random }: GramMeasure, columns: readonly DesignColumn[]): readonly VariableRef[] {
  const all = columns.flatMap(({ levels }) => [...levels.keys()])
  return [...new Set(all)].filter((variable) => !variable.startsWith(`${random?.table}.`)).sort()
}

/** Whether a model is fitted from a table of counts, not from a Gram matrix. */
export function isOfCounts({ fit }: GramMeasure): boolean {
  return (fit?.family === 'binomial' || fit?.family === 'poisson') && fit.rounds === undefined
}

/** The categories of a model of counts, in order of their names. */
export function covariatesOf({ terms }: GramMeasure): readonly VariableRef[] {
  return [...new Set(terms.flat())].sort()
}

/**
 * The question for the table of a model of counts: people by all categories and by the outcome, or the mean of the outcome
 * by all categories.
 */
function countsAsked(measure: GramMeasure, { tables, where }: Plan): Plan {
  const isEvents = measure.fit?.family === 'binomial'
  const keys = [...covariatesOf(measure), ...(isEvents ? [measure.outcome] : [])]
  const mean: Measure = { kind: 'mean', name: 'mean_0', variable: measure.outcome }
  return {
    tables,
    groupBy: keys.map((variable, i): GroupKey => ({ name: `by_${i}`, variable })),
    measures: [{ kind: 'subjects', name: 'people' }, ...(isEvents ? [] : [mean])],
    ...(where === undefined ? {} : { where })
  }
}

function neededBy(measure: GramMeasure): Map<string, Needed> {
  const columns = columnsSummed(measure)
  const found = new Map<string, Needed>()
  for (const [i, one] of columns.entries()) {
    for (const other of columns.slice(i)) {
      const entry = entryOf(one, other)
      if (entry === undefined) continue
      const by = [...entry.levels.keys()].sort()
      const needed = found.get(by.join()) ?? { by, means: new Set(), squares: new Set(), products: new Map() }
      found.set(by.join(), needed)
      addSum(needed, entry.numbers)
    }
  }
  return found
}

function addSum(needed: Needed, [x, y]: readonly VariableRef[]): void {
  if (x === undefined) return
  if (y === undefined) needed.means.add(x)
  else if (x === y) needed.squares.add(x)
  else needed.products.set(`${x} ${y}`, [x, y])
}

const PEOPLE: Measure = { kind: 'subjects', name: 'people' }

function plansOf(
  { by, means, squares, products }: Needed,
  { tables, where }: Plan,
  counts: readonly Measure[] = [PEOPLE]
): Plan[] {
  const groupBy = by.map((variable, i): GroupKey => ({ name: `by_${i}`, variable }))
  const measures: Measure[] = [
    ...[...means].map((variable, i): Measure => ({ kind: 'mean', name: `mean_${i}`, variable })),
    ...[...squares].map((variable, i): Measure => ({ kind: 'variance', name: `variance_${i}`, variable })),
    ...[...products.values()].map(
      (variables, i): Measure => ({ kind: 'covariance', name: `covariance_${i}`, variables })
    )
  ]
  const found: Plan[] = []
  const most = MEASURES_MAX - counts.length
  for (let from = 0; from === 0 || from < measures.length; from += most) {
    const own = measures.slice(from, from + most)
    found.push({
      tables,
      groupBy,
      measures: [...counts, ...own],
      ...(where === undefined ? {} : { where })
    })
  }
  return found
}
