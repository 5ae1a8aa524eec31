/**
 * Objections to a model that follow from the public description of a catalog before any data are read, and suggestions of what to
 * ask instead.
 */
import {
  isOfRounds,
  type CatalogDescriptor,
  columnsOf,
  type Filter,
  type GramMeasure,
  type Plan,
  resolveVariable,
  type TableDescriptor,
  variablesOf
} from '@stimnet/protocol'
import { gramIn } from './ask.ts'

/**
 * The reason why the rules of the catalog refuse the model whatever its data are; undefined if its description shows no such
 * reason.
 */
export function modelRuledOut(plan: Plan, descriptor: CatalogDescriptor): string | undefined {
  const measure = gramIn(plan)
  if (measure === undefined) return undefined
  // Reasons that no setting changes come first.
  if (!descriptor.synthetic && isInRounds(measure)) return ROUNDS_REASON
  if (descriptor.precision === 'statistical' && !isOfExactCounts(measure)) return roundedReason(descriptor)
  const known = knownNumbers(measure, descriptor)
  return descriptor.synthetic || known.length === 0 ? undefined : knownReason(known)
}

/** Whether a model is fitted from counts of people alone, which are exact even if sums are rounded. */
export function isOfExactCounts({ fit }: Pick<GramMeasure, 'fit'>): boolean {
  return fit?.family === 'binomial' && fit.rounds === undefined
}

/** Whether institutions fit a model together in rounds. */
export function isInRounds({ fit }: Pick<GramMeasure, 'fit'>): boolean {
  return isOfRounds(fit) && fit.rounds !== undefined
}

/** The reason why a model is not fitted in rounds over real people. */
export const ROUNDS_REASON =
  'A Cox model, and a logistic or Poisson model with a number as a term, is fitted in rounds, and these are for synthetic data alone: all digits of a sum ' +
  'with uneven weights tell how many people have each value, rare ones included. Use categories, such as age groups.'

/** The reason why a catalog with rounded numbers has no model. */
export function roundedReason({ name }: Pick<CatalogDescriptor, 'name'>): string {
  return (
    `${name} releases rounded numbers, and a regression needs exact sums of products. Its steward can set ` +
    '`precision: exact` (under a preset that rounds neither counts nor digits). Or ask for covariances and correlations, ' +
    'which are released rounded.'
  )
}

/** The reason why a model with these numeric variables is refused for real people. */
export function knownReason(names: readonly string[]): string {
  const which = names.length === 0 ? 'a number' : names.join(', ')
  return (
    `The model has ${which}, which others may know of a person (identifying), beside values that they do not. Exact sums of their ` +
    'products would disclose values of single people. Use a category of that number, such as age groups.'
  )
}

/**
 * The numeric variables of a model that others know, if the model also has a variable that they do not know; empty if others know
 * all or none of the variables.
 */
export function knownNumbers(measure: GramMeasure, descriptor: CatalogDescriptor): string[] {
  const factors = measure.factors.map(({ variable }) => variable)
  const all = [...variablesOf(measure), ...factors]
  const isKnown = (ref: string) => resolveVariable(descriptor, ref).variable.identifying
  const known = variablesOf(measure).filter((ref) => !factors.includes(ref) && isKnown(ref))
  return all.every(isKnown) ? [] : known
}

/**
 * Advice about a table with several rows per person if no condition chooses one row; undefined if there is no such table. A
 * refusal is not certain, because each person may still have one row.
 */
export function severalRowsAdvice(
  plan: Plan,
  { descriptor, filters }: { readonly descriptor: CatalogDescriptor; readonly filters: readonly (Filter | undefined)[] }
): string | undefined {
  // With an intercept per person, people can have several rows.
  if (gramIn(plan)?.random !== undefined) return undefined
  const open = openTable(plan, { descriptor, filters })
  if (open === undefined) return undefined
  const several = `${open.name} has several rows per person, and a model needs one row each`
  const example = chooserOf(open)
  if (example === undefined) return `${several}: choose by a condition on ${open.name}.`
  const { name, levels } = example
  const chosen = `${several}: choose one ${name}, such as --where ${open.name}.${name}=${levels.at(-1)}`
  const isLinear = gramIn(plan)?.fit === undefined
  return isLinear ? `${chosen}, or give each person an intercept: + (1 | subject).` : `${chosen}.`
}

/** Like `severalRowsAdvice`, for a value that a person has once in a join: the value would count as often as the person has rows. */
export function repeatedValueAdvice(
  plan: Plan,
  { descriptor, filters }: { readonly descriptor: CatalogDescriptor; readonly filters: readonly (Filter | undefined)[] }
): string | undefined {
  const open = openTable(plan, { descriptor, filters })
  const once = [...new Set(plan.measures.flatMap((measure) => [...variablesOf(measure)]))].filter((ref) => {
    const { table } = resolveVariable(descriptor, ref, plan.tables)
    return table.name !== open?.name && table.oneRowPerSubject
  })
  if (open === undefined || once.length === 0) return undefined
  const [own = ''] = once[0]?.split('.') ?? []
  const several = `${open.name} has several rows per person, of which ${once.join(', ')} is the same: a number of it needs one row of each person.`
  const alone = `ask ${own} alone, without ${open.name}`
  const example = chooserOf(open)
  if (example === undefined) return `${several} Choose one row by a condition on ${open.name}, or ${alone}.`
  const { name, levels } = example
  return `${several} Choose one ${name}, such as WHERE ${open.name}.${name} = '${levels.at(-1)}', or ${alone}.`
}

/** A table of the plan with several rows per person on which there is no condition. */
function openTable(
  plan: Plan,
  { descriptor, filters }: { readonly descriptor: CatalogDescriptor; readonly filters: readonly (Filter | undefined)[] }
): TableDescriptor | undefined {
  const columns = filters.flatMap((filter) => (filter === undefined ? [] : columnsOf(filter)))
  return descriptor.tables.find(
    (table) => plan.tables.includes(table.name) && !table.oneRowPerSubject && !columns.some(isOf(table))
  )
}

function isOf(table: TableDescriptor): (column: string) => boolean {
  return (column) => column.startsWith(`${table.name}.`) || table.variables.some(({ name }) => name === column)
}

/** Names of variables that number the rows of a person. */
const ROW_NAMES = /visit|time|wave|month|week|day|session|round|phase|besuch|zeitpunkt|welle|monat/i

/** The category by which one row of each person can be chosen, judged by its name. */
function chooserOf({ variables }: TableDescriptor): { name: string; levels: readonly string[] } | undefined {
  return variables.find(({ name, levels }) => levels.length > 1 && ROW_NAMES.test(name))
}
