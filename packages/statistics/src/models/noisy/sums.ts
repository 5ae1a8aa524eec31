/** The sums behind a model with noise: products of numbers over the people with some levels, one sum for each combination of levels. */
import type { GramMeasure, ModelFactor, VariableRef } from '@stimnet/protocol'
import { columnsOfModel, entryOf } from '../design.ts'

/**
 * Sums of one product of numbers, one for each combination of the levels of `by`. A person has one level of each category, so the person's
 * row is in at most one of the sums. Without numbers, people are counted.
 */
export interface ModelSums {
  /** None to two numbers, in the order of the model; a number that occurs twice is squared. */
  readonly numbers: readonly VariableRef[]
  readonly by: readonly ModelFactor[]
}

/**
 * The sums of a model, each once, however many entries of its Gram matrix use it. For a linear model: the entries, and the sums that are
 * needed to move the centre of the numbers. For `binomial`: the table of people by all categories and the outcome.
 */
export function sumsOfModel(measure: GramMeasure): ModelSums[] {
  const { factors, fit } = measure
  const order = orderIn(measure)
  if (fit?.family === 'binomial') {
    return [{ numbers: [], by: order.flatMap((ref) => factors.find(({ variable }) => variable === ref) ?? []) }]
  }
  const columns = columnsOfModel(measure)
  const found = new Map<
    string,
    { readonly numbers: readonly VariableRef[]; readonly levels: Map<string, Set<string>> }
  >()
  for (const [i, one] of columns.entries()) {
    for (const other of columns.slice(i)) {
      const entry = entryOf(one, other)
      if (entry === undefined) continue
      const by = sortedBy(order, [...entry.levels.keys()])
      for (const numbers of partsOf(sortedBy(order, entry.numbers))) {
        const key = JSON.stringify([by, numbers])
        const known = found.get(key) ?? {
          numbers,
          levels: new Map(by.map((variable) => [variable, new Set<string>()]))
        }
        for (const [variable, level] of entry.levels) known.levels.get(variable)?.add(level)
        found.set(key, known)
      }
    }
  }
  return [...found.values()].map(({ numbers, levels }) => ({
    numbers,
    by: [...levels].flatMap(([ref, used]) =>
      factors
        .filter(({ variable }) => variable === ref)
        .map(({ variable, levels: declared }) => ({ variable, levels: declared.filter((level) => used.has(level)) }))
    )
  }))
}

/** The variables of a model in the order in which the model names them, which does not depend on the names themselves. */
export function orderIn({ terms, outcome }: Pick<GramMeasure, 'terms' | 'outcome'>): readonly VariableRef[] {
  return [...new Set([...terms.flat(), outcome])]
}

/** Variables in an order. */
export function sortedBy(order: readonly VariableRef[], variables: readonly VariableRef[]): VariableRef[] {
  return [...variables].sort((a, b) => order.indexOf(a) - order.indexOf(b))
}

/** A product of numbers, and all products of some of these numbers, down to 1. */
function partsOf(numbers: readonly VariableRef[]): (readonly VariableRef[])[] {
  const [first, second] = numbers
  if (first === undefined) return [[]]
  return second === undefined ? [[], [first]] : [[], [first], [second], [first, second]]
}

/** The combinations of levels in the order of the values of the sums: the levels of the last category change fastest. */
export function cellsOfSums({ by }: Pick<ModelSums, 'by'>): (readonly string[])[] {
  return by.reduce<(readonly string[])[]>(
    (cells, { levels }) => cells.flatMap((cell) => levels.map((level) => [...cell, level])),
    [[]]
  )
}
