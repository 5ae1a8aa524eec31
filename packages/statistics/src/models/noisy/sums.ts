/** The sums behind a model with noise: products of numbers over the people with some levels, each once for each combination of levels. */
import type { GramMeasure, ModelFactor, VariableRef } from '@stimnet/protocol'
import { columnsOfModel, entryOf } from '../design.ts'

/**
 * Sums of one product of numbers, one for each combination of the levels of `by`. A person has one level of each category, so that the row
 * of a person is in one of them at most. Without numbers the people are counted.
 */
export interface ModelSums {
  /** None to two, in the order of the model; a number twice is its square. */
  readonly numbers: readonly VariableRef[]
  readonly by: readonly ModelFactor[]
}

/**
 * The sums of a model, each once however many entries of its Gram matrix are made of it. Of a linear model these are the entries and what
 * is needed to move the point about which numbers are summed; of `binomial` the table of people by all categories and the outcome.
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

/** The variables of a model in the order in which it names them, which does not depend on how they are called. */
export function orderIn({ terms, outcome }: Pick<GramMeasure, 'terms' | 'outcome'>): readonly VariableRef[] {
  return [...new Set([...terms.flat(), outcome])]
}

/** Variables in an order. */
export function sortedBy(order: readonly VariableRef[], variables: readonly VariableRef[]): VariableRef[] {
  return [...variables].sort((a, b) => order.indexOf(a) - order.indexOf(b))
}

/** A product of numbers and all products of some of them, down to 1. */
function partsOf(numbers: readonly VariableRef[]): (readonly VariableRef[])[] {
  const [first, second] = numbers
  if (first === undefined) return [[]]
  return second === undefined ? [[], [first]] : [[], [first], [second], [first, second]]
}

/** The combinations of levels of sums in the order of their values: the levels of the last category change fastest. */
export function cellsOfSums({ by }: Pick<ModelSums, 'by'>): (readonly string[])[] {
  return by.reduce<(readonly string[])[]>(
    (cells, { levels }) => cells.flatMap((cell) => levels.map((level) => [...cell, level])),
    [[]]
  )
}
