/** The design of a linear model: its columns, and the sums of values over levels that form its Gram matrix. */
import { type GramMeasure, type VariableRef, variablesOf } from '@stimnet/protocol'

/** A column of a design: a number or 1 for each person who has the levels, and 0 for everybody else. */
export interface DesignColumn {
  readonly name: string
  /** The variable; if absent, 1 is used. */
  readonly number?: VariableRef
  readonly levels: ReadonlyMap<VariableRef, string>
}

/** The short name of each variable of a model, or its full name if two tables share the short name. */
export function namesIn(measure: GramMeasure): (variable: VariableRef) => string {
  const all = variablesOf(measure)
  const short = (variable: VariableRef) => variable.slice(variable.indexOf('.') + 1)
  return (variable) => (all.filter((other) => short(other) === short(variable)).length > 1 ? variable : short(variable))
}

/** The canonical formula of a model. */
export function formulaOf(measure: GramMeasure): string {
  const name = namesIn(measure)
  if (measure.fit?.family === 'components') return `~ ${variablesOf(measure).map(name).join(' + ')}`
  const terms = measure.terms.filter((term) => term.length > 0).map((term) => term.map(name).join(':'))
  if (measure.fit?.family === 'combat') {
    const covariates = terms.slice(0, terms.length - measure.fit.features + 1)
    const features = [...terms.slice(covariates.length), name(measure.outcome)]
    return `${features.join(' + ')} ~ ${covariates.join(' + ') || '1'}`
  }
  const all = [...(terms.length === 0 ? ['1'] : terms), ...(hasIntercept(measure) || terms.length === 0 ? [] : ['- 1'])]
  const random = measure.random === undefined ? '' : ` + (1 | ${measure.random.by})`
  return `${name(measure.outcome)} ~ ${all.join(' + ').replace('+ - 1', '- 1')}${random}`
}

/** Whether a model has an intercept. */
export function hasIntercept({ terms }: Pick<GramMeasure, 'terms'>): boolean {
  return terms.some((term) => term.length === 0)
}

/**
 * The columns of a model in the order of its terms; the outcome is the last column. A category has a column for each level except
 * the first; without an intercept, the first category that is a term by itself has a column for each level, as in R.
 */
export function columnsOfModel(measure: GramMeasure): readonly DesignColumn[] {
  const name = namesIn(measure)
  const levelsOf = (variable: VariableRef) => measure.factors.find((one) => one.variable === variable)?.levels
  const whole = hasIntercept(measure)
    ? undefined
    : measure.terms.find(([variable, other]) => variable !== undefined && other === undefined && levelsOf(variable))
  const columns = measure.terms.flatMap((term): DesignColumn[] => {
    if (term.length === 0) return [{ name: '(Intercept)', levels: new Map() }]
    // The first variable varies fastest, as in R.
    let found: DesignColumn[] = [{ name: '', levels: new Map() }]
    for (const variable of [...term].reverse()) {
      const levels = levelsOf(variable)
      const longer = (column: DesignColumn, text: string) => ({
        ...column,
        name: column.name === '' ? text : `${text}:${column.name}`
      })
      found =
        levels === undefined
          ? found.map((column) => ({ ...longer(column, name(variable)), number: variable }))
          : found.flatMap((column) =>
              levels.slice(term === whole ? 0 : 1).map((level) => ({
                ...longer(column, `${name(variable)}[${level}]`),
                levels: new Map([...column.levels, [variable, level]])
              }))
            )
    }
    return found
  })
  return [...columns, outcomeColumn(measure, name(measure.outcome))]
}

/** The outcome: a numeric variable or, for a logistic model that is fitted in rounds, the modelled level. */
function outcomeColumn({ outcome, fit }: GramMeasure, name: string): DesignColumn {
  return fit?.family === 'binomial' && fit.rounds !== undefined
    ? { name, levels: new Map([[outcome, fit.event]]) }
    : { name, number: outcome, levels: new Map() }
}

/** The sum in one entry of a Gram matrix: the product of at most two numeric variables, over the people who have the levels. */
export interface EntrySum {
  /** The variables in order of their names. If there are none, the people are counted. */
  readonly numbers: readonly VariableRef[]
  readonly levels: ReadonlyMap<VariableRef, string>
}

/** The sum behind the entry of two columns; undefined if they need two levels of one variable, so that it is zero. */
export function entryOf(one: DesignColumn, other: DesignColumn): EntrySum | undefined {
  for (const [variable, level] of one.levels) {
    if ((other.levels.get(variable) ?? level) !== level) return undefined
  }
  const numbers = [one.number, other.number].flatMap((number) => number ?? []).sort()
  return { numbers, levels: new Map([...one.levels, ...other.levels]) }
}
