/** Random effects of each person on the form: an intercept, also with a slope over the times of visits. */
import type { FormulaTerms, RandomTerm } from '@stimnet/sdk'
import type { SharedVariable } from '../../words/variable.ts'

/** The random effects of each person. */
export type OfPerson = 'nothing' | 'intercept' | 'slope'

/** The kinds of random effects of a person, with texts for the form. */
export const OF_PERSON: readonly { readonly value: OfPerson; readonly label: string; readonly hint: string }[] = [
  {
    value: 'nothing',
    label: 'None: one row of each person',
    hint: 'Each person has one row, for example because a condition chooses one visit.'
  },
  {
    value: 'intercept',
    label: 'An intercept of each person',
    hint: 'People with several rows differ by an intercept from a normal distribution, as (1 | subject) in R’s lmer.'
  },
  {
    value: 'slope',
    label: 'An intercept and a slope over time',
    hint: 'Each person has an intercept and a slope over the times of the visits, as (1 + time | subject) in R’s lmer.'
  }
]

/** Whether the intercepts and slopes of people may correlate, with texts for the form. */
export const CORRELATIONS = [
  { value: 'correlated', label: 'They may correlate ( | )', hint: 'Their correlation is estimated.' },
  {
    value: 'uncorrelated',
    label: 'Without correlation ( || )',
    hint: 'The correlation is set to zero at time 0. The result depends on the choice of time 0.'
  }
] as const

/** How a model with random effects of people is estimated, with texts for the form. */
export const LIKELIHOOD_CHOICES = [
  { value: 'reml', label: 'Restricted maximum likelihood (REML)', hint: 'Compares only models with the same terms.' },
  {
    value: 'ml',
    label: 'Maximum likelihood (ML)',
    hint: 'Also compares models with different terms; variances are somewhat too small.'
  }
] as const

const NUMBER = /^-?\d+(\.\d+)?$/

/** A time needs three levels: with two, a line would go through both rows of a person. */
const LEVELS_MIN = 3

/** The variables that can be the time of visits: categories, all levels of which are numbers. */
export function timesAmong(variables: readonly SharedVariable[]): SharedVariable[] {
  return variables.filter(
    ({ variable: { type, levels } }) =>
      type === 'category' && levels.length >= LEVELS_MIN && levels.every((level) => NUMBER.test(level))
  )
}

/** The random effects of a person in a formula; undefined if there are none. */
export function personIn(terms: FormulaTerms | undefined): RandomTerm | undefined {
  return terms?.random?.find(({ group }) => group !== 'site')
}

/** The random effects of each person in a formula. */
export function ofPersonIn(terms: FormulaTerms | undefined): OfPerson {
  const person = personIn(terms)
  if (person === undefined) return 'nothing'
  return person.slope === undefined ? 'intercept' : 'slope'
}

/** The model with other random effects of a person. A slope has its time among the terms: its mean is not taken to be zero. */
export function withPerson(terms: FormulaTerms, person: Omit<RandomTerm, 'group'> | undefined): FormulaTerms {
  const { random = [], ...rest } = terms
  const group = personIn(terms)?.group ?? 'subject'
  const others = random.filter((one) => one.group === 'site')
  const next = person === undefined ? others : [...others, { group, ...person }]
  const { slope } = person ?? {}
  const isNamed = slope === undefined || rest.terms.some((term) => term.length === 1 && term[0] === slope)
  return {
    ...rest,
    terms: isNamed ? rest.terms : [...rest.terms, [slope]],
    ...(next.length === 0 ? {} : { random: next })
  }
}

/** The variables with the same number of levels on both sides of zero, which are times about their middle. */
export function centredAmong(times: readonly SharedVariable[], slope: string): SharedVariable[] {
  const chosen = times.find(({ ref }) => ref === slope)
  return times.filter(
    ({ ref, table, variable: { levels } }) =>
      ref !== slope && table === chosen?.table && levels.length === chosen.variable.levels.length && isAboutZero(levels)
  )
}

/** Whether zero is between the first and the last of the times. */
export function isAboutZero(levels: readonly string[]): boolean {
  const times = levels.map(Number)
  return Math.min(...times) < 0 && Math.max(...times) > 0
}

/** The model with another time of its slope, also where the time is among the terms. */
export function withTime(terms: FormulaTerms, time: string): FormulaTerms {
  const before = personIn(terms)?.slope
  const renamed = terms.terms.map((term) => term.map((name) => (name === before ? time : name)))
  const person = personIn(terms)
  const { group: _, ...effects } = person ?? { group: '' }
  return withPerson({ ...terms, terms: renamed }, { ...effects, slope: time })
}
