/** The plan of a regression that is requested by name: its formula with the names resolved, in canonical order. */
import {
  type CatalogDescriptor,
  codeOf,
  type GramMeasure,
  isKeyId,
  type Measure,
  MODEL_ROUNDS_MAX,
  type ModelFit,
  type ModelRounds,
  nearName,
  type ResolvedVariable,
  resolveVariable,
  ROSTER_MAX,
  SITE_EFFECTS,
  type SiteEffects,
  type StatisticCall,
  StimnetError,
  type VariableRef,
  variablesOf,
  didYouMean
} from '@stimnet/protocol'
import { META_INTERVALS } from '../asked-tests.ts'
import { invalid } from '../measures.ts'
import { META_METHODS } from '../tests/meta.ts'
import { FEATURES_MIN } from './combat.ts'
import { columnsOfModel, columnsSummed, entryOf, timesOf } from './design.ts'
import { type Formula, type FormulaName, type FormulaRandom, parseFormula } from './formula/formula.ts'
import { FormulaError, failAt } from './formula/formula-fault.ts'

/** The assumed distributions of the outcome. */
const FAMILIES = ['gaussian', 'binomial', 'poisson', 'cox'] as const
/** Maximum number of columns of a design without its outcome. */
const COLUMNS_MAX = 24
/** Maximum number of numeric variables in a model with its outcome: each pair of them needs one covariance. */
const NUMBERS_MAX = 8
/** Maximum number of categories by whose levels two terms together may divide people: the number by which a query may group. */
const DIVIDED_BY_MAX = 3
/**
 * Maximum number of columns of a model with a random slope, over all visits together: every two of them give a sum for each set of visits.
 */
const SUMMED_MAX = 96
/** Minimum number of visits at which an intercept, a slope and an error can be distinguished. */
const VISITS_MIN = 3

/** The tables and the measure of a model. */
export interface ModelAsked {
  readonly tables: readonly string[]
  readonly measure: GramMeasure
}

/**
 * Reads a regression. Throws PARAMETER_INVALID, VARIABLE_UNKNOWN or VARIABLE_AMBIGUOUS, each with a reason that depends only on
 * the request and names the place in the formula.
 */
export function modelOf(call: StatisticCall, descriptor: CatalogDescriptor): ModelAsked {
  const { formula: text } = call.arguments
  if (typeof text !== 'string') invalid('regression needs the argument `formula`, such as "y ~ age + sex".')
  const family = FAMILIES.find((one) => one === (call.arguments.family ?? 'gaussian'))
  if (family === undefined) invalid(`family: one of ${FAMILIES.join(', ')}.`)
  if (call.by.length > 0) invalid('A regression has no groups: name the category in the formula, or filter by it.')
  const formula = parseFormula(text)
  const effects = siteAsked(call, formula)
  const person = formula.random.find((group) => group.text !== 'site')
  if (effects === 'random' && family !== 'gaussian') invalid('site: random is of the family gaussian alone.')
  const used = new Set<string>(call.table === undefined ? [] : [call.table])
  const find = (name: FormulaName) => found(name, descriptor, used)
  const outcome = find(formula.outcome)
  const resolved = new Map<VariableRef, ResolvedVariable>()
  const terms = new Map<string, readonly VariableRef[]>()
  if (formula.intercept) terms.set('', [])
  for (const term of formula.terms) {
    const own = term.map((name) => ({ name, one: find(name) }))
    for (const { name, one } of own) {
      if (one.ref === outcome.ref) failAt(name, 'the outcome cannot be a term as well')
      if (one.variable.type === 'category' ? one.variable.levels.length === 0 : !isNumber(one))
        failAt(name, `${one.ref} is neither a number nor a category with declared levels`)
      resolved.set(one.ref, one)
    }
    const refs = [...new Set(own.map(({ one }) => one.ref))].sort()
    terms.set(refs.join(':'), refs)
  }
  const isOfNumbers = [...resolved.values()].some(isNumber)
  const time = timeAsked(call, { family, formula, terms, find: (text) => find({ text, at: 0 }) })
  const needsRounds = family === 'cox' || (family !== 'gaussian' && isOfNumbers)
  const rounds = roundsAsked(call, { needsRounds, effects })
  const fit = fitAsked(family, call, { outcome, name: formula.outcome, rounds, time })
  if (fit?.family === 'binomial' || fit?.family === 'cox') resolved.set(outcome.ref, outcome)
  const slope = person?.slope && find(person.slope)
  if (slope !== undefined) resolved.set(slope.ref, slope)
  const ordered = [...terms.entries()].sort(([a, x], [b, y]) => x.length - y.length || (a < b ? -1 : 1))
  const measure: GramMeasure = {
    kind: 'gram',
    name: 'n',
    outcome: outcome.ref,
    site: effects,
    terms: ordered.map(([, term]) => term),
    factors: [...resolved.values()]
      .filter(({ variable }) => variable.type === 'category')
      .map(({ ref, variable }) => ({ variable: ref, levels: variable.levels }))
      .sort((a, b) => (a.variable < b.variable ? -1 : 1)),
    ...(fit === undefined ? {} : { fit }),
    ...metaIn(call, effects),
    ...randomAsked(call, { person, slope, descriptor, used })
  }
  const fault = modelFault(measure)
  if (fault !== undefined) invalid(fault)
  return { tables: [...used], measure }
}

/**
 * Reads a principal component analysis of numeric variables over the people who have values of all of them. The measure lists the
 * variables in the order of their names. Throws the errors of `modelOf`.
 */
export function componentsAsked(call: StatisticCall, descriptor: CatalogDescriptor): ModelAsked {
  const { scale = true } = call.arguments
  if (typeof scale !== 'boolean') invalid('scale: true or false.')
  if (call.by.length > 0) invalid('Components have no groups: filter by the category.')
  const used = new Set<string>(call.table === undefined ? [] : [call.table])
  const refs = call.variables.map((text) => {
    const one = resolveVariable(descriptor, nearName(descriptor, text, [...used]))
    used.add(one.table.name)
    if (!isNumber(one)) invalid(`${one.ref} is no number.`)
    return one.ref
  })
  const ordered = [...new Set(refs)].sort()
  const last = ordered.at(-1)
  if (last === undefined || ordered.length < 2) invalid('pca needs two numbers or more.')
  const terms = [[], ...ordered.slice(0, -1).map((ref) => [ref])]
  const fit = { family: 'components', scaled: scale } as const
  return {
    tables: [...used],
    measure: { kind: 'gram', name: 'n', outcome: last, site: 'none', terms, factors: [], fit }
  }
}

/**
 * Reads a harmonisation of two or more numeric variables, by covariates that are numeric variables or categories, over the people
 * who have values of all of them. The features are in the order of their names, after the covariates. Throws the errors of
 * `modelOf`.
 */
export function combatAsked(call: StatisticCall, descriptor: CatalogDescriptor): ModelAsked {
  const { covariates = [] } = call.arguments
  const listed: unknown[] = [covariates].flat()
  const named = listed.filter((one) => typeof one === 'string')
  if (named.length < listed.length) invalid('covariates: names of variables.')
  if (call.by.length > 0) invalid('A harmonisation has no groups: name the category in `covariates`.')
  const used = new Set<string>(call.table === undefined ? [] : [call.table])
  const find = (text: string) => {
    const one = resolveVariable(descriptor, nearName(descriptor, text, [...used]))
    used.add(one.table.name)
    return one
  }
  const features = call.variables.map((text) => {
    const one = find(text)
    if (!isNumber(one)) invalid(`${one.ref} is no number.`)
    return one.ref
  })
  const terms = named.map((text) => {
    const one = find(text)
    if (features.includes(one.ref)) invalid(`${one.ref} is a feature, and cannot be a covariate as well.`)
    if (one.variable.type === 'category' ? one.variable.levels.length === 0 : !isNumber(one))
      invalid(`${one.ref} is neither a number nor a category with declared levels.`)
    return one
  })
  const ordered = [...new Set(features)].sort()
  const last = ordered.at(-1)
  if (last === undefined || ordered.length < FEATURES_MIN) invalid('combat needs two numbers or more to harmonise.')
  const others = [...new Map(terms.map((one) => [one.ref, one])).values()].sort((a, b) => (a.ref < b.ref ? -1 : 1))
  const measure: GramMeasure = {
    kind: 'gram',
    name: 'n',
    outcome: last,
    site: 'fixed',
    terms: [[], ...others.map(({ ref }) => [ref]), ...ordered.slice(0, -1).map((ref) => [ref])],
    factors: others
      .filter(({ variable }) => variable.type === 'category')
      .map(({ ref, variable }) => ({ variable: ref, levels: variable.levels })),
    fit: { family: 'combat', features: ordered.length }
  }
  const fault = modelFault(measure)
  if (fault !== undefined) invalid(fault)
  return { tables: [...used], measure }
}

/** The way in which institutions enter the model: by the argument, or as `(1 | site)` in the formula. */
function siteAsked({ arguments: { site } }: StatisticCall, { random }: Formula): SiteEffects {
  const other = random.find(({ text }) => text !== 'site' && text !== 'subject')
  if (other !== undefined)
    failAt(other, 'a random intercept is of each person or each institution: (1 | subject), (1 | site)')
  const sloped = random.find(({ text, slope }) => text === 'site' && slope !== undefined)
  if (sloped !== undefined)
    failAt(sloped.slope ?? sloped, 'a random slope is of each person: institutions have an intercept, (1 | site)')
  const [, again] = random
  if (again !== undefined)
    failAt(
      again,
      'one random intercept can be in a model, with one slope beside it: (1 | subject), (1 + month | subject) or (1 | site)'
    )
  const given = random.find(({ text }) => text === 'site')
  if (given !== undefined && site !== undefined && site !== 'none' && site !== 'random')
    failAt(given, 'institutions enter by (1 | site) or by the argument site, not by both')
  const effects = given === undefined ? SITE_EFFECTS.find((one) => one === (site ?? 'none')) : 'random'
  if (effects === undefined) invalid(`site: one of ${SITE_EFFECTS.join(', ')}.`)
  return effects
}

/** The way in which coefficients are combined, if stated; only for `site: meta`. */
function metaIn({ arguments: given }: StatisticCall, effects: SiteEffects): Pick<GramMeasure, 'meta'> {
  if (given.method === undefined && given.interval === undefined) return {}
  if (effects !== 'meta')
    invalid('method and interval are of `site: meta`, which combines one fit of each institution.')
  const method = META_METHODS.find((one) => one === (given.method ?? 'reml'))
  if (method === undefined) invalid(`method: one of ${META_METHODS.join(', ')}.`)
  const unless = method === 'fixed' ? 'wald' : 'hartung_knapp'
  const interval = META_INTERVALS.find((one) => one === (given.interval ?? unless))
  if (interval === undefined) invalid(`interval: one of ${META_INTERVALS.join(', ')}.`)
  if (method === 'fixed' && interval === 'hartung_knapp')
    invalid('interval: hartung_knapp is for effects that differ between institutions, not for method fixed.')
  return method === 'reml' && interval === 'hartung_knapp' ? {} : { meta: { method, interval } }
}

/** The random effects of each person, and the method of estimation; only for a model with an intercept per person. */
function randomAsked(
  { arguments: { likelihood = 'reml' } }: StatisticCall,
  {
    person,
    slope,
    ...tables
  }: {
    readonly person: FormulaRandom | undefined
    readonly slope: ResolvedVariable | undefined
    readonly descriptor: CatalogDescriptor
    readonly used: ReadonlySet<string>
  }
): Pick<GramMeasure, 'random'> {
  if (likelihood !== 'reml' && likelihood !== 'ml') invalid('likelihood: reml or ml.')
  if (person === undefined) {
    if (likelihood === 'ml') invalid('likelihood: ml is of a model with (1 | subject).')
    return {}
  }
  const { name } = rowsOfPeople(person, tables)
  const given = slope && { variable: slope.ref, correlated: person.isUncorrelated !== true }
  if (slope !== undefined) assertTime(person.slope ?? person, slope, name)
  return {
    random: {
      by: 'subject',
      table: name,
      ...(given === undefined ? {} : { slope: given }),
      ...(likelihood === 'ml' ? { likelihood } : {})
    }
  }
}

/** Throws a fault at the position in the formula unless the name is that of a time of visits. */
function assertTime(at: FormulaName, { ref, table, variable }: ResolvedVariable, rows: string): void {
  const advice =
    'A random slope is of a category of the rows whose declared levels are all numbers, such as 0, 6 and 12 months: ask its steward for ' +
    `one, which recode derives from the words of a visit, map the levels to numbers, or take (1 | subject)`
  if (table.name !== rows) failAt(at, `${ref} is of each person, not of each row of ${rows}. ${advice}`)
  if (variable.type !== 'category' || timesOf(variable.levels) === undefined)
    failAt(at, `${ref} is no time of visits. ${advice}`)
  if (variable.levels.length < VISITS_MIN)
    failAt(
      at,
      `${ref} has ${variable.levels.length} visits, and ${VISITS_MIN} or more are needed to distinguish an intercept, a slope and an error: take (1 | subject)`
    )
}

/** The table whose rows are the rows of a model with an intercept per person. */
function rowsOfPeople(
  group: FormulaName,
  { descriptor: { tables }, used }: { readonly descriptor: CatalogDescriptor; readonly used: ReadonlySet<string> }
) {
  const [table, other] = tables.filter(({ name, oneRowPerSubject }) => used.has(name) && !oneRowPerSubject)
  if (table === undefined) failAt(group, 'no table of the model has several rows for a person')
  if (other !== undefined) failAt(group, `${table.name} and ${other.name} both have several rows for a person`)
  return table
}

/** The reason why a model with an intercept per person is not fitted; undefined if it is fitted, or has no such intercept. */
function randomFault({ random, fit, site, terms, outcome, factors }: GramMeasure): string | undefined {
  if (random === undefined) return undefined
  if (fit !== undefined) return 'A random intercept is of linear regressions alone.'
  if (site === 'random') return 'A model has one random intercept: of each person, or of each institution.'
  if (!terms.some((term) => term.length === 0)) return 'A random intercept needs the intercept: leave "- 1" out.'
  const isNumber = (variable: VariableRef) => !factors.some((one) => one.variable === variable)
  const isOfPeople = (variable: VariableRef) => !variable.startsWith(`${random.table}.`)
  const [number] = [outcome, ...terms.flat()].filter((variable) => isNumber(variable) && isOfPeople(variable))
  return number === undefined
    ? undefined
    : `${number} is a number of each person, not of each row of ${random.table}: with (1 | subject) take a category of it, such as age groups.`
}

/** The requested fit; undefined for a linear regression. Throws PARAMETER_INVALID for an outcome that the fit does not allow. */
function fitAsked(
  family: (typeof FAMILIES)[number],
  call: StatisticCall,
  {
    outcome,
    name,
    rounds,
    time
  }: {
    readonly outcome: ResolvedVariable
    readonly name: FormulaName
    readonly rounds: ModelRounds | undefined
    readonly time: VariableRef | undefined
  }
): ModelFit | undefined {
  const { event } = call.arguments
  const asked = rounds === undefined ? {} : { rounds }
  if (family === 'gaussian' || family === 'poisson') {
    if (event !== undefined) invalid('event: only of the families binomial and cox.')
    if (!isNumber(outcome)) failAt(name, `${outcome.ref} is no number; the outcome of a regression is one`)
    if (family === 'gaussian') return undefined
    const { type, bounded, minimum } = outcome.variable
    if (type !== 'integer' || !bounded || minimum < 0)
      failAt(name, `${outcome.ref} is no count: a whole number whose declared minimum is 0 or more`)
    return { family, ...asked }
  }
  const { levels, type } = outcome.variable
  if (type !== 'category' || levels.length < 2)
    failAt(name, `${outcome.ref} is no category; the outcome of ${family} is one`)
  if (event === undefined && levels.length > 2)
    failAt(name, `${outcome.ref} has more than two levels: name the modelled level with the argument event`)
  const found = levels.find((level) => level === (event ?? levels[1]))
  if (found === undefined) invalid(`event: one of ${levels.join(', ').slice(0, 500)}.`)
  return time === undefined
    ? { family: 'binomial', event: found, ...asked }
    : { family: 'cox', event: found, time, ...asked }
}

/**
 * The time of a Cox model; undefined for any other. Adds it to the terms, with the intercept: the model is judged as a linear one of the
 * same variables.
 */
function timeAsked(
  { arguments: { time } }: StatisticCall,
  {
    family,
    formula,
    terms,
    find
  }: {
    readonly family: (typeof FAMILIES)[number]
    readonly formula: Formula
    readonly terms: Map<string, readonly VariableRef[]>
    readonly find: (name: string) => ResolvedVariable
  }
): VariableRef | undefined {
  if (family !== 'cox') {
    if (time !== undefined) invalid('time: only of the family cox.')
    return undefined
  }
  if (typeof time !== 'string')
    invalid('cox needs the argument `time`: the number that says until when each person was seen.')
  if (!formula.intercept) invalid('A Cox model has no intercept: leave "- 1" out.')
  if (formula.random.length > 0)
    invalid('A Cox model has no random effects: each institution has a baseline hazard of its own.')
  if (formula.terms.length === 0) invalid('A Cox model has a term at least.')
  const one = find(time)
  if (!isNumber(one)) invalid(`time: ${one.ref} is no number.`)
  const [term] = [...terms.values()].filter((refs) => refs.includes(one.ref))
  if (term !== undefined) invalid(`${one.ref} is the time, and cannot be a term as well.`)
  terms.set(one.ref, [one.ref])
  return one.ref
}

/**
 * The requested round of a model that is fitted in rounds: a logistic or Poisson model with a numeric term, or a Cox model. Undefined
 * for any other model, which ignores a roster. The answers to the previous round are read elsewhere; see `receiptsAsked`.
 */
function roundsAsked(
  { arguments: { roster, round = 0, receipts } }: StatisticCall,
  { needsRounds, effects }: { readonly needsRounds: boolean; readonly effects: SiteEffects }
): ModelRounds | undefined {
  if (!needsRounds) {
    if (round !== 0 || receipts !== undefined) invalid('round, receipts: only of a model that is fitted in rounds.')
    return undefined
  }
  if (roster === undefined) return undefined
  if (!Array.isArray(roster) || roster.length === 0 || roster.length > ROSTER_MAX || !roster.every(isKeyId))
    invalid(`roster: the PeerIds of the 1 to ${ROSTER_MAX} institutions of the fit.`)
  if (roster.some((peer, i) => i > 0 && peer <= String(roster[i - 1]))) invalid('roster: each PeerId once, in order.')
  if (typeof round !== 'number' || !Number.isInteger(round) || round < 0 || round > MODEL_ROUNDS_MAX)
    invalid(`round: a whole number from 0 to ${MODEL_ROUNDS_MAX}.`)
  if (round > 0 === (receipts === undefined))
    invalid('receipts: the signed answers to the round before, in each round but the first.')
  if (effects === 'fixed')
    invalid(
      'site: none or meta. A Cox model, and a model with a number as a term of the family binomial or poisson, has no site factor.'
    )
  if (effects === 'meta' && round > 0) invalid('round: with site meta there is round 0 alone.')
  return { roster, round }
}

/**
 * The signed answers to the previous round that a question carries, each as a JWS; none for any other question. Throws
 * PARAMETER_INVALID.
 */
export function receiptsAsked({ arguments: { receipts } }: StatisticCall): readonly string[] {
  if (receipts === undefined) return []
  if (!Array.isArray(receipts) || receipts.length > ROSTER_MAX || !receipts.every((one) => typeof one === 'string'))
    invalid(`receipts: at most ${ROSTER_MAX} texts.`)
  return receipts
}

/** The reason why a model of counts or components is not fitted; undefined if it is fitted, or is a linear model. */
function fitFault({ fit, terms, factors, outcome, site }: GramMeasure): string | undefined {
  if (fit === undefined) return undefined
  if (site === 'random') return 'The site as a random intercept is of linear regressions alone.'
  if (fit.family === 'components')
    return terms.some((term) => term.length > 1) || factors.length > 0 ? 'Components are of numbers.' : undefined
  if (fit.family === 'combat') return undefined
  if (fit.rounds !== undefined) return terms.flat().includes(outcome) ? 'The outcome cannot be a term.' : undefined
  if (fit.family === 'cox')
    return 'A Cox model is fitted in rounds, which need a roster: ask by stimnet model or client.model of an SDK. Of categories alone the statistic cox needs none.'
  const covariates = [...new Set(terms.flat())]
  const number = covariates.find((variable) => !factors.some((one) => one.variable === variable))
  if (number !== undefined)
    return (
      `${number} is a number. A ${fit.family} model of numbers is fitted in rounds, which need a roster: ask by stimnet model, ` +
      'client.model of an SDK or the console, or use groups of it.'
    )
  const most = fit.family === 'binomial' ? DIVIDED_BY_MAX - 1 : DIVIDED_BY_MAX
  return covariates.length > most || covariates.includes(outcome)
    ? `A ${fit.family} model has at most ${most} categories: it is fitted from the table of all their combinations.`
    : undefined
}

/** The reason why a model is not fitted, derived from the question alone; undefined if it is fitted. */
export function modelFault(measure: GramMeasure): string | undefined {
  const { terms, factors, site, outcome } = measure
  const unfit = fitFault(measure) ?? randomFault(measure)
  if (unfit !== undefined) return unfit
  const isFactor = (variable: VariableRef) => factors.some((one) => one.variable === variable)
  const all = variablesOf(measure)
  const numbers = all.filter((variable) => !isFactor(variable))
  if (terms.length === 0) return 'The model has no term: write y ~ 1, or name one.'
  if (numbers.length > NUMBERS_MAX) return `A model has at most ${NUMBERS_MAX} numbers with its outcome.`
  if ((site === 'fixed' || site === 'random') && !terms.some((term) => term.length === 0))
    return 'The site as a factor or a random intercept needs the intercept: leave "- 1" out.'
  const texts = new Set(terms.map((term) => term.join(':')))
  for (const term of terms) {
    const own = term.filter((variable) => !isFactor(variable))
    if (own.length > 1 || term.includes(outcome))
      return `${term.join(':')} multiplies two numbers: ask the steward for a variable that is their product.`
    const lacking = term.length < 2 ? undefined : term.find((one) => !texts.has(without(term, one).join(':')))
    if (lacking !== undefined)
      return `${term.join(':')} is in the model, but not ${without(term, lacking).join(':')}: write ${term.join(' * ')}.`
  }
  const columns = columnsOfModel(measure)
  if (columns.length - 1 > COLUMNS_MAX)
    return `The model has ${columns.length - 1} columns, one for each level of a category but the first; at most ${COLUMNS_MAX} are fitted.`
  const summed = columnsSummed(measure)
  if (summed.length > SUMMED_MAX && measure.random?.slope !== undefined)
    return `The model has ${summed.length} columns at all visits together; with a random slope at most ${SUMMED_MAX} are fitted: leave a term out.`
  const isWide = summed.some((one) => summed.some((other) => (entryOf(one, other)?.levels.size ?? 0) > DIVIDED_BY_MAX))
  return isWide
    ? `Two terms together divide people by more than ${DIVIDED_BY_MAX} categories: leave an interaction out.`
    : undefined
}

function without(term: readonly VariableRef[], one: VariableRef): VariableRef[] {
  return term.filter((other) => other !== one)
}

/** The measure of a plan with a model; undefined for any other plan. */
export function gramIn({ measures }: { readonly measures: readonly Measure[] }): GramMeasure | undefined {
  return measures.find((measure) => measure.kind === 'gram')
}

function isNumber({ variable }: ResolvedVariable): boolean {
  return variable.type === 'integer' || variable.type === 'number'
}

function found(name: FormulaName, descriptor: CatalogDescriptor, used: Set<string>): ResolvedVariable {
  try {
    const resolved = resolveVariable(descriptor, nearName(descriptor, name.text, [...used]))
    used.add(resolved.table.name)
    return resolved
  } catch (error) {
    const code = codeOf(error)
    const place = { at: name.at, length: name.text.length }
    if (code === 'VARIABLE_AMBIGUOUS' && error instanceof StimnetError)
      throw new FormulaError({ ...place, why: error.reason.replace(/\.$/, '') }, error.reason, { code, cause: error })
    if (code !== 'VARIABLE_UNKNOWN') throw error
    const names = descriptor.tables.flatMap((table) => table.variables.map((variable) => variable.name))
    const said = didYouMean(name.text.slice(name.text.indexOf('.') + 1), [...new Set(names)])
    const why = `the catalog has no variable ${JSON.stringify(name.text.slice(0, 64))}.${said}`
    throw new FormulaError({ ...place, why: why.replace(/\.$/, '') }, `The formula at character ${name.at}: ${why}`, {
      code,
      cause: error
    })
  }
}
