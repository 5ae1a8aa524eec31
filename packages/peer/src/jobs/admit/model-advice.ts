/** The rules of a refused model, and what to ask instead, from the question and the description alone. */
import { fewestFor, fewestOfSize } from '@stimnet/privacy'
import type { GramMeasure, Plan } from '@stimnet/protocol'
import { columnsOfModel, severalRowsAdvice } from '@stimnet/statistics'
import type { JobPlan } from './validate.ts'

/**
 * Below this number of people, a linear model with several terms is seldom answered after other questions, and its covariances are not
 * either, because they take as much of each variable. From 1,000 people on, nearly all random questions are answered
 * (docs/usefulness.md).
 */
const MANY_PEOPLE = 1_000

/** The number of people for each exact column that was released about a cohort; see docs/disclosure.md, Models. */
const PEOPLE_PER_COLUMN = 10

/**
 * The rules of a model, and what to ask instead. The rule that refused is not disclosed. Objections that follow from the
 * question and the description alone come first; they are the same whichever rule refused.
 */
export function modelAdvice(
  { catalog: { descriptor }, cohort }: JobPlan,
  { asked, model, k }: { readonly asked: Plan; readonly model: GramMeasure; readonly k: number }
): string {
  const several = severalRowsAdvice(asked, { descriptor, filters: [cohort, asked.where] })
  const columns = columnsOfModel(model).length - 1
  if (model.random !== undefined) return peopleAdvice(model, k)
  const isOfAll = cohort === undefined && asked.where === undefined
  return (
    `${several === undefined ? '' : `${several} `}The model is not released. All of it or nothing is: its ${columns} columns need at least ${fewestFor(columns, k)} people with a ` +
    `value of every variable and one row each; nobody or at least ${k} people may lack a value, or have a level or two levels ` +
    `together; nobody may weigh more than one in ${k} in the fit, or one in ${2 * k} without the outcome; no value may follow from the others; ` +
    `${WIDTH}; and its means, variances and covariances must be answerable one by one beside earlier answers. Which of these it was is ` +
    `not disclosed. ${nearestModel(model, { isOfAll, people: descriptor.subjectsRounded })}`
  )
}

const WIDTH = `for each exact column, those of earlier answers about the same people included, there must be at least ${PEOPLE_PER_COLUMN} people`

/** The nearest questions that can be asked in place of a model. They contain only variables of the model. */
function nearestModel(
  model: GramMeasure,
  { isOfAll, people }: { readonly isOfAll: boolean; readonly people: number }
): string {
  const { outcome, terms, fit } = model
  const named = terms.filter((term) => term.length > 0)
  // The outcome of a logistic model is a category too.
  const factors = model.factors.filter(({ variable }) => variable !== outcome)
  const numbers = new Set(named.flat().filter((variable) => factors.every((factor) => factor.variable !== variable)))
  const isLinear = fit === undefined
  const isSmall = isLinear && named.length > 1 && people < MANY_PEOPLE
  const found = [
    ...(named.length === 1 && named[0]?.length === 1 ? ofOneCategory(model, factors[0]) : []),
    ...(named.length > 1 ? ['the same model with fewer terms, without an interaction or a rare level'] : []),
    ...(isOfAll ? [] : ['the same over a wider cohort']),
    ...(isLinear && numbers.size > 0 && !isSmall ? ['its correlations by themselves'] : [])
  ]
  const nearest = found.length === 0 ? [] : [`Nearest: ${found.join('; or ')}.`]
  return [...nearest, ...(isSmall ? [whenSmall(outcome, { factors, people })] : [])].join(' ')
}

function ofOneCategory({ outcome, fit }: GramMeasure, factor: GramMeasure['factors'][number] | undefined): string[] {
  if (factor === undefined) return []
  const by = `${outcome} by ${factor.variable}`
  if (fit === undefined) return [`compare of ${by}, which needs no more than the mean and spread of each group`]
  if (fit.family !== 'binomial') return []
  return factor.levels.length === 2
    ? [
        `two_by_two of ${by} (level ${fit.event}): the odds ratio of one institution is that of this model there; over several institutions ` +
          'it is Mantel and Haenszel’s, which compares people within their institution'
      ]
    : [`the shares of ${by}`]
}

/** What can be asked where nothing of a linear model may be answerable. */
function whenSmall(
  outcome: string,
  { factors, people }: { readonly factors: GramMeasure['factors']; readonly people: number }
): string {
  const [factor] = factors
  const compared = factor === undefined ? '' : `compare or anova of ${outcome} by ${factor.variable}, not adjusted; or `
  return (
    `Of about ${people} people it can be that no linear model with these terms is answered, nor its covariances and correlations. What ` +
    `remains then: ${compared}the whole model in a script with declared outputs, sent before other questions about these people, where the ` +
    'catalog runs scripts.'
  )
}

/** Like `modelAdvice`, for a model with an intercept per person. */
function peopleAdvice(model: GramMeasure, k: number): string {
  const slope = model.random?.slope
  const [kind, fewer] =
    slope === undefined
      ? ['number of rows per person', '']
      : ['set of visits', ', without the random slope (1 | subject)']
  return (
    `The model is not released. All of it or nothing is. Of each ${kind} it needs at least ${fewestOfSize(model, k)} ` +
    `people with a value of every variable; others are left out, and are nobody or at least ${k}. Of each such ${slope ? 'set' : 'number of rows'}, nobody ` +
    `or at least ${k} people may have rows with a level or with two levels together, each of them as many; nobody may weigh more than ` +
    `one in ${k} in the fit, all rows together, or one in ${2 * k} without the outcome; no value may follow from the others; the ` +
    `people may be chosen only by what others know of them; ${WIDTH}; and means, variances and covariances of the rows, and of the totals of ` +
    'people, must be answerable one by one beside earlier answers. Which of these it was is not disclosed. Nearest: the same model with ' +
    `fewer terms or without an interaction${fewer}, over a wider cohort, or of one visit without (1 | subject).`
  )
}
