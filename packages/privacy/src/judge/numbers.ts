/** The numbers that a cell tells: which quantity is summed over whom, and which variables that is about. */
import type { Measure, SubjectSet, VariableRef } from '@stimnet/protocol'
import type { FactsOf } from './facts.ts'

/** What a released number can be solved for: some subjects, or, where one can have several, some rows and whose they are. */
export interface SolvedSet {
  readonly subjects: SubjectSet
  readonly rows?: SubjectSet
}

/** One number of a cell. */
export interface CellNumber {
  /** What is summed. */
  readonly quantity: string
  readonly of: SolvedSet
  /** What is summed is about these; who is in the set can be about more: see `Defining`. */
  readonly variables: readonly VariableRef[]
  readonly kind: 'count' | 'sum'
  /** Of a sum: whose values are above the least that they can be, and below the most. */
  readonly off?: readonly SolvedSet[]
  /** Of a count: the level that is counted, of a variable of whose values the cell's first number is. */
  readonly level?: { readonly variable: VariableRef; readonly name: string }
}

/** The quantity of a number of people or rows: each counts one. */
export const ONE = '1'

/** How many are in a set. */
export function countOf(of: SolvedSet): CellNumber {
  return { quantity: ONE, of, variables: [], kind: 'count' }
}

/** How many of a set have a level or a bin of a variable: it tells of the variable whoever is known to be in the set. */
export function levelCountOf(of: SolvedSet, variable: VariableRef, name: string): CellNumber {
  return { quantity: ONE, of, variables: [variable], kind: 'count', level: { variable, name } }
}

/** The sum of a power of a variable. */
export function powerOf(of: SolvedSet, variable: VariableRef, power: number, facts: FactsOf): CellNumber {
  const { own } = facts(variable)
  return { quantity: power === 1 ? own : `${own}^${power}`, of, variables: [variable], kind: 'sum' }
}

/** The sum of a variable; `off` as of `CellNumber`. */
export function sumOf(of: SolvedSet, variable: VariableRef, facts: FactsOf, off: readonly SolvedSet[]): CellNumber {
  const sum = powerOf(of, variable, 1, facts)
  return off.length === 0 || facts(variable).identifying ? sum : { ...sum, off }
}

/** The sum of products of two variables. */
export function productOf(of: SolvedSet, [x, y]: readonly [VariableRef, VariableRef], facts: FactsOf): CellNumber {
  const quantity = [facts(x).own, facts(y).own].sort().join('*')
  return { quantity, of, variables: [x, y], kind: 'sum' }
}

/**
 * Of whom a number was asked, were their values of a variable others: nothing is told about them but who of them the number is of.
 * So these sets are held against each other, whatever was asked of the variable and in which words, and not against what was told.
 */
export function askedOver(variable: string, of: SolvedSet): CellNumber {
  return { quantity: OF_WHOM + variable, of, variables: [], kind: 'sum' }
}

/** Whether it tells nothing but of whom was asked. */
export function isOfWhom({ quantity }: CellNumber): boolean {
  return quantity.startsWith(OF_WHOM)
}

const OF_WHOM = 'of whom '

/** Measures of people and rows themselves, not of a variable's values. */
export function isCounting({ kind }: Measure): boolean {
  return kind === 'subjects' || kind === 'rows'
}
