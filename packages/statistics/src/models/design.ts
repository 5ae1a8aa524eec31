/** The design of a linear model: its columns, and which sums of values over which levels its Gram matrix is made of. */
import { type GramMeasure, type GramPart, type VariableRef, variablesOf } from '@stimnet/protocol'
import { parseFormula } from './formula/formula.ts'

/** A column of a design: a number or 1 for each person who has the levels, and 0 for everybody else. */
export interface DesignColumn {
  readonly name: string
  /** The variable; if absent, 1 is used. */
  readonly number?: VariableRef
  readonly levels: ReadonlyMap<VariableRef, string>
  /** Multiplied by the number that is the level of this category: the time of the visit; see `RandomOfPeople.slope`. */
  readonly time?: VariableRef
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
  const terms = measure.terms
    .filter((term) => term.length > 0 && !isTimeOf(measure, term))
    .map((term) => term.map(name).join(':'))
  if (measure.fit?.family === 'combat') {
    const covariates = terms.slice(0, terms.length - measure.fit.features + 1)
    const features = [...terms.slice(covariates.length), name(measure.outcome)]
    return `${features.join(' + ')} ~ ${covariates.join(' + ') || '1'}`
  }
  const all = [...(terms.length === 0 ? ['1'] : terms), ...(hasIntercept(measure) || terms.length === 0 ? [] : ['- 1'])]
  const { by, slope } = measure.random ?? {}
  const effects = slope === undefined ? '1 |' : `1 + ${name(slope.variable)} ${slope.correlated ? '|' : '||'}`
  const random = by === undefined ? '' : ` + (${effects} ${by})`
  return `${name(measure.outcome)} ~ ${all.join(' + ').replace('+ - 1', '- 1')}${random}`
}

/**
 * The terms and categories of a regression that a site answered, with the names in its part. Throws the errors of `parseFormula`: a
 * dishonest site may write anything.
 */
export function measureIn({
  formula,
  outcome,
  intercept,
  factors,
  fit
}: Pick<GramPart, 'formula' | 'outcome' | 'intercept' | 'factors' | 'fit'>): GramMeasure {
  const { terms: written, random } = parseFormula(formula)
  const terms = written.map((term) => term.map(({ text }) => text as VariableRef))
  const time = random.find(({ slope }) => slope !== undefined)?.slope?.text
  const slope = time === undefined ? undefined : { variable: time as VariableRef, correlated: true }
  return {
    kind: 'gram',
    name: 'n',
    outcome: outcome as VariableRef,
    site: 'none',
    terms: [...(intercept || fit?.family === 'cox' ? [[]] : []), ...terms],
    factors: factors.map(({ name, levels }) => ({ variable: name as VariableRef, levels })),
    ...(fit === undefined ? {} : { fit: fit as NonNullable<GramMeasure['fit']> }),
    ...(slope === undefined ? {} : { random: { by: 'subject', table: '', slope } })
  }
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
  const time = timeIn(measure)
  const levelsOf = (variable: VariableRef) =>
    variable === time ? undefined : measure.factors.find((one) => one.variable === variable)?.levels
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
          ? found.map((column) => ({
              ...longer(column, name(variable)),
              ...(variable === time ? { time: variable } : { number: variable })
            }))
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

/** The columns that have an estimate, and the outcome as the last one: of a Cox model neither the intercept nor the time. */
export function columnsFitted(measure: GramMeasure): readonly DesignColumn[] {
  const columns = columnsOfModel(measure)
  const { fit } = measure
  if (fit?.family !== 'cox') return columns
  const isJudgedAlone = ({ number, levels }: DesignColumn) => levels.size === 0 && (number ?? fit.time) === fit.time
  return columns.filter((column) => !isJudgedAlone(column))
}

/** Whether a term is the time of a Cox model. */
function isTimeOf({ fit }: GramMeasure, [variable, other]: readonly VariableRef[]): boolean {
  return fit?.family === 'cox' && variable === fit.time && other === undefined
}

/** The time of visits of a model with a random slope: a category, all levels of which are numbers. */
export function timeIn({ random }: Pick<GramMeasure, 'random'>): VariableRef | undefined {
  return random?.slope?.variable
}

/** The form of a time: a number with few digits, so that sums of squares stay exact. */
const TIME = /^-?\d{1,6}(?:\.(\d{1,4}))?$/

/**
 * The times that the levels of a category name: whole numbers in units of 10^-decimals. Undefined if the levels are not distinct numbers.
 */
export function timesOf(
  levels: readonly string[]
): { readonly units: readonly bigint[]; readonly decimals: number } | undefined {
  const read = levels.map((level) => TIME.exec(level))
  if (read.length === 0 || read.includes(null)) return undefined
  const decimals = Math.max(...read.map((one) => one?.[1]?.length ?? 0))
  const units = levels.map((level) => BigInt(Math.round(Number(level) * 10 ** decimals)))
  return new Set(units).size < units.length ? undefined : { units, decimals }
}

/** The times of a model with a random slope by level. Throws TypeError for a model without one. */
export function timesIn(measure: GramMeasure): {
  readonly variable: VariableRef
  readonly levels: readonly string[]
  readonly units: readonly bigint[]
  readonly decimals: number
} {
  const factor = measure.factors.find(({ variable }) => variable === timeIn(measure))
  const times = factor && timesOf(factor.levels)
  if (factor === undefined || times === undefined) throw new TypeError('a model without times of visits')
  return { ...factor, ...times }
}

/**
 * The columns that are summed for a model: its own columns. With a random slope, each column is summed separately at each visit instead of
 * being multiplied by the time. Every sum of such a model is composed of sums of products of these columns, whatever the times are.
 */
export function columnsSummed(measure: GramMeasure): readonly DesignColumn[] {
  const columns = columnsOfModel(measure)
  if (timeIn(measure) === undefined) return columns
  const { variable, levels } = timesIn(measure)
  const found = new Map<string, DesignColumn>()
  for (const { number, levels: own } of columns) {
    for (const level of levels) {
      const at = new Map([...own, [variable, level]])
      const key = JSON.stringify([number ?? '', ...[...at].sort()])
      const name = [number ?? '1', ...[...at].map(([one, value]) => `${one}[${value}]`)].join(':')
      found.set(key, { name, levels: at, ...(number === undefined ? {} : { number }) })
    }
  }
  return [...found.values()]
}

/** The outcome: a number, or of a Cox model or a logistic one that is fitted in rounds the level that is modelled. */
function outcomeColumn({ outcome, fit }: GramMeasure, name: string): DesignColumn {
  return fit?.family === 'cox' || (fit?.family === 'binomial' && fit.rounds !== undefined)
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
