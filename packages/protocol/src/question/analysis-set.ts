/**
 * Analysis sets: fixed sets of people of a catalog, to which a question can be restricted. A set consists of the people who have a
 * value of every listed variable. So all questions over a set are about the same people, whatever variables they use.
 */

import { didYouMean } from '../words/nearest.ts'
import { StimnetError } from '../errors.ts'
import { messages, type wire } from '../wire/wire.ts'
import {
  checkFilter,
  columnsOf,
  type Comparison,
  type Filter,
  filterFromMessage,
  filterToMessage,
  isComparison
} from './cohort.ts'

/** The definition of an analysis set. */
export interface AnalysisSet {
  readonly name: string
  /** Variables (`table.variable`) of which everybody in the set has a value, in order. Empty in a request that gives only the name. */
  readonly completeOn: readonly string[]
  /** The people and rows to which the set is limited. */
  readonly where?: Filter
}

/** Prefix of columns that stand for a set. No table has this name, so that a request cannot contain such a column. */
const PREFIX = ':set.'

/** The condition that a person is in a set. `id` identifies the set's name, its definition and the smallest group; it has no spaces. */
export function isInSet(id: string): Comparison {
  return { column: `${PREFIX}${id}`, op: 'in set', values: [] }
}

/** The id of the set for which a column stands; undefined for the column of a variable. */
export function setIn(column: string): string | undefined {
  return column.startsWith(PREFIX) ? column.slice(PREFIX.length) : undefined
}

/** The catalog's analysis set to which a resolved cohort is restricted; undefined if there is none. */
export function setOfCohort(
  cohort: Filter | undefined,
  { sets }: { readonly sets: readonly wire.AnalysisSet[] }
): AnalysisSet | undefined {
  const id = (cohort === undefined ? [] : columnsOf(cohort)).map(setIn).find((one) => one !== undefined)
  const found = sets.find(({ name }) => id?.startsWith(`${name}~`))
  return found && analysisSetFromMessage(found)
}

/** The condition on a set in a resolved cohort; undefined if there is none. */
export function onlySet(filter: Filter): Comparison | undefined {
  if (isComparison(filter)) return setIn(filter.column) === undefined ? undefined : filter
  return 'all' in filter ? filter.all.map(onlySet).find((one) => one !== undefined) : undefined
}

/** The filter without its conditions on sets, which a request cannot contain; undefined if nothing is left. */
export function withoutSets(filter: Filter): Filter | undefined {
  if (isComparison(filter)) return setIn(filter.column) === undefined ? filter : undefined
  if (!('all' in filter)) return filter
  const [first, ...others] = filter.all.flatMap((part) => withoutSets(part) ?? [])
  return first === undefined || others.length === 0 ? first : { all: [first, ...others] }
}

/** Encodes sets for the description of a catalog. Throws FILTER_INVALID. */
export function describedSets(all: readonly AnalysisSet[]): wire.AnalysisSet[] {
  const sets = all.map(({ name, completeOn, where }) => ({
    name,
    completeOn: [...completeOn],
    ...(where === undefined ? {} : { where: filterToMessage(checkFilter(where)) })
  }))
  // After encoding and decoding, a message has all fields.
  return messages.CatalogDescriptor.decode(messages.CatalogDescriptor.encode({ sets })).sets
}

/** Decodes a set from the wire. Throws FILTER_INVALID. */
export function analysisSetFromMessage({ name, completeOn, where }: wire.AnalysisSet): AnalysisSet {
  return { name, completeOn, ...(where === null ? {} : { where: filterFromMessage(where) }) }
}

/** The set of a catalog with this name. Throws PARAMETER_INVALID with a reason that names the existing sets. */
export function setNamed<S extends { readonly name: string }>(sets: readonly S[], name: string): S {
  const found = sets.find((one) => one.name === name)
  if (found) return found
  const names = sets.map((one) => one.name)
  const known = names.length === 0 ? 'It has none.' : `It has: ${names.join(', ')}.`
  const reason = `The catalog has no analysis set ${JSON.stringify(name.slice(0, 80))}.${didYouMean(name, names)} ${known}`
  throw StimnetError.told('PARAMETER_INVALID', reason)
}

/** A definition as one line of text; equal definitions have equal texts. */
export function setInWords({ completeOn, where }: Omit<AnalysisSet, 'name'>): string {
  return `complete on ${completeOn.join(', ')}${where === undefined ? '' : `, where ${JSON.stringify(where)}`}`
}
