/** The cohort of a request as stewards read it: resolved in the same way as at admission, or otherwise as written. */
import {
  type Filter,
  filterFromMessage,
  filterFromPairs,
  type Message,
  parseJsonObject,
  privacyAskFromMessage,
  programFromMessage,
  StimnetError,
  schemaTermsFromMessage,
  withoutSets
} from '@stimnet/protocol'
import { planRead } from './read-plan.ts'
import { catalogInWordsOf } from './schema.ts'
import { cohortAsked, joined, type ValidationContext } from './validate.ts'

/** A cohort, and the names of filters that are not applied to it but only passed to the script. */
export interface ReadCohort {
  /** Absent for all subjects. */
  readonly cohort?: Filter
  readonly unapplied: readonly string[]
  /** The analysis set to which the cohort is restricted. Its conditions are in `cohort`. */
  readonly set?: string
}

/**
 * The cohort in this peer's variable names. It is returned as written if it no longer fits the catalog: such a request is
 * refused when it is about to run.
 */
export function cohortToRead(
  request: Message<'JobRequest'>,
  { catalogs, self }: Pick<ValidationContext, 'catalogs' | 'self'>
): ReadCohort {
  const offered = catalogs.get(request.catalog)
  if (!offered) return cohortAsWritten(request)
  try {
    const program = programFromMessage(request.program)
    const privacy = privacyAskFromMessage(request.privacy)
    const schema = schemaTermsFromMessage(request)
    const catalog = catalogInWordsOf({ schema, program, privacy, settings: undefined, self }, offered)
    const { cohort, unapplied } = cohortAsked(request, catalog, planRead(program, catalog.descriptor))
    const read = cohort && withoutSets(cohort)
    return { unapplied, ...(read === undefined ? {} : { cohort: read }), ...setOf(request) }
  } catch (error) {
    if (!(error instanceof StimnetError)) throw error
    return cohortAsWritten(request)
  }
}

/** The cohort as written, for a catalog that this peer does not have. */
export function cohortAsWritten(request: Message<'JobRequest'>): ReadCohort {
  const where = request.cohort ? filterFromMessage(request.cohort) : undefined
  const cohort = joined(where, pairsAsWritten(request))
  return { unapplied: [], ...(cohort === undefined ? {} : { cohort }), ...setOf(request) }
}

function setOf({ set }: Message<'JobRequest'>): Pick<ReadCohort, 'set'> {
  return set ? { set: set.name } : {}
}

/** The `filters` of the request as a filter; undefined for invalid filters, which the serving peer refuses. */
function pairsAsWritten({ filtersJson }: Message<'JobRequest'>): Filter | undefined {
  try {
    return filterFromPairs(parseJsonObject(filtersJson))
  } catch (error) {
    if (!(error instanceof StimnetError)) throw error
    return undefined
  }
}
