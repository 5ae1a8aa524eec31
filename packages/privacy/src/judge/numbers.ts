/** The numbers that a cell discloses: for each number the summed quantity, the people, and the variables concerned. */
import type { Measure, SubjectSet, VariableRef } from '@stimnet/protocol'
import { ONE } from '../ledger/draft.ts'
import type { FactsOf } from './facts.ts'

/** The set over which a released number is a sum: subjects or, if a subject can have several rows, rows with their subjects. */
export interface SolvedSet {
  readonly subjects: SubjectSet
  readonly rows?: SubjectSet
}

/** One number of a cell. */
export interface CellNumber {
  /** The summed quantity. */
  readonly quantity: string
  readonly of: SolvedSet
  /** The variables whose values are summed. The variables that define who is in the set are described by `Defining`. */
  readonly variables: readonly VariableRef[]
  readonly kind: 'count' | 'sum'
  /**
   * For a sum: the items whose values are above the least value that occurs, those below the greatest value, and both again
   * without the second value from that end. Undefined if only a few rows have the excluded value.
   */
  readonly off?: readonly (SolvedSet | undefined)[]
  /**
   * For a count of a level: the level and its variable. The first number of the cell is then over everybody who has a value
   * of the variable.
   */
  readonly level?: { readonly variable: VariableRef; readonly name: string }
}

/** The number of items in a set. */
export function countOf(of: SolvedSet): CellNumber {
  return { quantity: ONE, of, variables: [], kind: 'count' }
}

/**
 * The number of people who have a level or are in a bin of a variable. The count discloses something about the variable for
 * everybody who could have been counted.
 */
export function levelCountOf(of: SolvedSet, variable: VariableRef, name: string): CellNumber {
  return { quantity: ONE, of, variables: [variable], kind: 'count', level: { variable, name } }
}

/** The sum of a power of a variable. */
export function powerOf(of: SolvedSet, variable: VariableRef, power: number, facts: FactsOf): CellNumber {
  const { own } = facts(variable)
  return { quantity: power === 1 ? own : `${own}^${power}`, of, variables: [variable], kind: 'sum' }
}

/** The sum of a variable. `off` is explained at `CellNumber` and is omitted for a variable that others know anyway. */
export function sumOf(
  of: SolvedSet,
  variable: VariableRef,
  facts: FactsOf,
  off: NonNullable<CellNumber['off']>
): CellNumber {
  const sum = powerOf(of, variable, 1, facts)
  return off.length === 0 || facts(variable).identifying ? sum : { ...sum, off }
}

/** The sum of products of two variables. */
export function productOf(of: SolvedSet, [x, y]: readonly [VariableRef, VariableRef], facts: FactsOf): CellNumber {
  const quantity = [facts(x).own, facts(y).own].sort().join('*')
  return { quantity, of, variables: [x, y], kind: 'sum' }
}

/**
 * An entry that records the set of people over which a number was asked, as if their values of a variable were different.
 * Such an entry discloses nothing about these people except who of them the number is over. So entries of this kind are
 * judged only against each other, however the question was worded, and not against the disclosed numbers.
 */
export function askedOver(variable: string, of: SolvedSet): CellNumber {
  return { quantity: OF_WHOM + variable, of, variables: [], kind: 'sum' }
}

/** The power of known numbers that are summed. */
export type Power = 1 | 2 | 3 | 4

/** An entry that records the people over whom a sum of known numbers, or of a power of them, was asked; see `weighing.ts`. */
export function weighedOver(
  name: string,
  own: VariableRef,
  { power, people }: { readonly power: Power; readonly people: SubjectSet }
): CellNumber {
  return askedOver(`${name}${WEIGHED_BY}${own}${power === 1 ? '' : `^${power}`}`, { subjects: people })
}

/** The quantity under which the people of a question are recorded; see `askedOver`. */
export function quantityOfWhom(name: string): string {
  return OF_WHOM + name
}

/** The variable whose values weigh the people of a recorded sum, and whether they are squared; undefined for another quantity. */
export function weightIn(
  quantity: string
): { readonly name: string; readonly own: VariableRef; readonly power: Power } | undefined {
  const [whom, by, ...others] = quantity.split(WEIGHED_BY)
  if (whom === undefined || by === undefined || others.length > 0 || !whom.startsWith(OF_WHOM)) return undefined
  const [own = '', power = '1'] = by.split('^')
  return { name: whom.slice(OF_WHOM.length), own: own as VariableRef, power: Number(power) as Power }
}

/** The variables of a sum of products; undefined for another quantity, and for products of totals of several rows. */
export function factorsIn(quantity: string): readonly [VariableRef, VariableRef] | undefined {
  const [x, y, ...others] = quantity.split('*')
  if (x === undefined || y === undefined || others.length > 0 || !PLAIN.test(x) || !PLAIN.test(y)) return undefined
  return [x as VariableRef, y as VariableRef]
}

/** A variable of a catalog. */
const PLAIN = /^[^\s.]+\.[^\s.]+$/
const WEIGHED_BY = ' weighed by '

/** Whether an entry only records the people over whom a number was asked; see `askedOver`. */
export function isOfWhom({ quantity }: Pick<CellNumber, 'quantity'>): boolean {
  return quantity.startsWith(OF_WHOM)
}

const OF_WHOM = 'of whom '

/** One round of a model that is fitted in rounds. */
export interface FitRound {
  readonly epoch: string
  /** Hash of the fit. */
  readonly fit: string
  /** Number of columns of the design without the outcome. */
  readonly columns: number
  readonly round: number
}

/**
 * The quantity of the numbers of a round. These numbers are sums of one vector over the same people, in which each person is
 * weighted by what the model expects.
 */
export function roundQuantity({ epoch, fit, columns, round }: FitRound): string {
  return [FIT, epoch, fit, columns, round].join(' ')
}

/** The fit round to which a quantity belongs; undefined for any other quantity. */
export function roundOf(quantity: string): FitRound | undefined {
  const [kind, epoch, fit, columns, round] = quantity.split(' ')
  if (kind !== FIT || epoch === undefined || fit === undefined || round === undefined) return undefined
  return { epoch, fit, columns: Number(columns), round: Number(round) }
}

const FIT = 'fit'

/** Whether a measure counts people or rows and does not measure a variable. */
export function isCounting({ kind }: Measure): boolean {
  return kind === 'subjects' || kind === 'rows' || kind === 'bins'
}
