/** Formulas during editing: parsed into terms, written from terms, and checked against catalogs. */
import type { FoundCatalog } from '@stimnet/api'
import { type CatalogDescriptor, StimnetError } from '@stimnet/protocol'
import {
  columnsFitted,
  FormulaError,
  type FormulaFault,
  type FormulaRandom,
  formulaOf,
  gramIn,
  isInRounds,
  parseFormula,
  planOfStatistic
} from '@stimnet/statistics'
import { descriptorOf } from '../schema.ts'
import { type ModelAsked, modelCall } from './families.ts'

/**
 * Whether an error in a formula may be caused by names that only a mapping defines. The institutions decide about such an error;
 * they would find any other error as well.
 */
export function isLeftToMapping(
  { error }: { readonly error: StimnetError },
  mappings: readonly unknown[] = []
): boolean {
  return mappings.length > 0 && error.code === 'VARIABLE_UNKNOWN'
}

/** The terms of a formula, with names as they are written in it. */
export interface FormulaTerms {
  readonly outcome: string
  readonly intercept: boolean
  /** Each term is a product of names; `*` is expanded. */
  readonly terms: readonly (readonly string[])[]
  /** The random intercepts; absent where there are none. */
  readonly random?: readonly RandomTerm[]
}

/** A random intercept, optionally with a slope: `(1 | subject)`, `(1 + month | subject)`. */
export interface RandomTerm {
  /** Such as `subject` or `site`. */
  readonly group: string
  /** The time of visits. */
  readonly slope?: string
  /** `||`: the slope does not correlate with the intercept. */
  readonly isUncorrelated?: true
}

/** Parses a formula by its syntax alone; undefined if the text is not a formula. */
export function readFormula(text: string): FormulaTerms | undefined {
  try {
    const { outcome, intercept, terms, random } = parseFormula(text)
    return {
      outcome: outcome.text,
      intercept,
      terms: terms.map((term) => term.map((name) => name.text)),
      ...(random.length === 0 ? {} : { random: random.map(randomTerm) })
    }
  } catch (error) {
    if (error instanceof StimnetError) return undefined
    throw error
  }
}

function randomTerm({ text, slope, isUncorrelated }: FormulaRandom): RandomTerm {
  return {
    group: text,
    ...(slope === undefined ? {} : { slope: slope.text }),
    ...(isUncorrelated ? { isUncorrelated } : {})
  }
}

/** The text of a formula: `y ~ a + b + a:b - 1`, and `+ (1 | site)` after it; `y ~ 1` where there is no term. */
export function writeFormula({ outcome, intercept, terms, random = [] }: FormulaTerms): string {
  const written = terms.map((term) => term.join(':'))
  const right = written.length === 0 ? '1' : written.join(' + ')
  const groups = random.map(({ group, slope, isUncorrelated }) => {
    const effects = slope === undefined ? '1' : `1 + ${slope}`
    return ` + (${effects} ${isUncorrelated ? '||' : '|'} ${group})`
  })
  return `${outcome} ~ ${right}${intercept || written.length === 0 ? '' : ' - 1'}${groups.join('')}`
}

/** A model that fits a catalog's description, in canonical form; or the error. */
export type CheckedModel =
  | {
      readonly ok: true
      /** The canonical formula, with `*` expanded and terms sorted. This form is signed, priced and shown. */
      readonly formula: string
      /** The coefficients that the model will have, except for those of institutions. */
      readonly columns: readonly string[]
      /** Whether institutions fit the model together in rounds: Cox, or logistic or Poisson with a numeric term. */
      readonly inRounds: boolean
    }
  | { readonly ok: false; readonly error: StimnetError; readonly place: FormulaFault | undefined }

/**
 * Checks a model against the catalogs of the institutions that would be asked. It is valid if it fits at least one of them, since
 * the others may be mapped. The error is that of the first catalog. Throws RangeError without a catalog.
 */
export function checkModel(catalogs: readonly FoundCatalog[], asked: ModelAsked): CheckedModel {
  let first: CheckedModel | undefined
  for (const catalog of catalogs) {
    const checked = checkedAt(descriptorOf(catalog), asked)
    if (checked.ok) return checked
    first ??= checked
  }
  if (first === undefined) throw new RangeError('a model of no catalog')
  return first
}

function checkedAt(descriptor: CatalogDescriptor, asked: ModelAsked): CheckedModel {
  try {
    const measure = gramIn(planOfStatistic(modelCall(asked), descriptor))
    if (measure === undefined) throw new RangeError('a statistic that is no model')
    // The last column is the outcome.
    const columns = columnsFitted(measure).slice(0, -1)
    const names = columns.map(({ name }) => name)
    return { ok: true, formula: formulaOf(measure), columns: names, inRounds: isInRounds(measure) }
  } catch (error) {
    if (!(error instanceof StimnetError)) throw error
    return { ok: false, error, place: error instanceof FormulaError ? error : undefined }
  }
}
