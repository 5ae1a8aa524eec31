/** What the public description of a catalog says against a model before any data are read, and what to ask instead. */
import {
  isOfCounted,
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

/** Why the catalog refuses the model by its rules, whatever its data are; undefined where its description says nothing against it. */
export function modelRuledOut(plan: Plan, descriptor: CatalogDescriptor): string | undefined {
  const measure = gramIn(plan)
  if (measure === undefined) return undefined
  // First what no setting changes.
  if (!descriptor.synthetic && isInRounds(measure)) return ROUNDS_REASON
  if (descriptor.precision === 'statistical' && !isOfExactCounts(measure)) return roundedReason(descriptor)
  const known = knownNumbers(measure, descriptor)
  return descriptor.synthetic || known.length === 0 ? undefined : knownReason(known)
}

/** Whether a model is fitted from counts of people alone, which are exact where sums are rounded. */
export function isOfExactCounts({ fit }: Pick<GramMeasure, 'fit'>): boolean {
  return fit?.family === 'binomial' && fit.rounds === undefined
}

/** Whether institutions fit a model together in rounds. */
export function isInRounds({ fit }: Pick<GramMeasure, 'fit'>): boolean {
  return isOfCounted(fit) && fit.rounds !== undefined
}

/** Why a model is not fitted in rounds over real people. */
export const ROUNDS_REASON =
  'A logistic or Poisson model with a number as a term is fitted in rounds, and these are for synthetic data alone: all digits of a sum ' +
  'with uneven weights tell how many people have each value, rare ones included. Use categories, such as age groups.'

/** Why a catalog with rounded numbers has no model. */
export function roundedReason({ name }: Pick<CatalogDescriptor, 'name'>): string {
  return (
    `${name} releases rounded numbers, and a regression needs exact sums of products. Its steward can set ` +
    '`precision: exact` (under a preset that rounds neither counts nor digits). Or ask for covariances and correlations, ' +
    'which are released rounded.'
  )
}

/** Why a model with these numbers is refused over real people. */
export function knownReason(names: readonly string[]): string {
  const which = names.length === 0 ? 'a number' : names.join(', ')
  return (
    `The model has ${which}, which others may know of a person (identifying), beside values that they do not. Exact sums of their ` +
    'products would tell values of single people. Use a category of that number, such as age groups.'
  )
}

/** The numbers of a model that others know, beside a variable that they do not; none where they know all or nothing of it. */
export function knownNumbers(measure: GramMeasure, descriptor: CatalogDescriptor): string[] {
  const factors = measure.factors.map(({ variable }) => variable)
  const all = [...variablesOf(measure), ...factors]
  const isKnown = (ref: string) => resolveVariable(descriptor, ref).variable.identifying
  const known = variablesOf(measure).filter((ref) => !factors.includes(ref) && isKnown(ref))
  return all.every(isKnown) ? [] : known
}

/**
 * What to do about a table with several rows per person of which no condition chooses one; undefined where there is none. It is no
 * certain refusal: each person may have one row all the same.
 */
export function severalRowsAdvice(
  plan: Plan,
  { descriptor, filters }: { readonly descriptor: CatalogDescriptor; readonly filters: readonly (Filter | undefined)[] }
): string | undefined {
  // With an intercept of each person, people can have several rows.
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

/**
 * The same of a number over a join, of a value that a person has once: it would count each person as often as they have rows.
 */
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

/** A table of the plan with several rows per person that no condition is about. */
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

/** Names of a variable that numbers the rows of a person. */
const ROW_NAMES = /visit|time|wave|month|week|day|session|round|phase|besuch|zeitpunkt|welle|monat/i

/** The category by which one row of each person can be chosen, as far as names tell. */
function chooserOf({ variables }: TableDescriptor): { name: string; levels: readonly string[] } | undefined {
  return variables.find(({ name, levels }) => levels.length > 1 && ROW_NAMES.test(name))
}
