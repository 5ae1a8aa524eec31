/** Whom a request is about, for the people who decide about it: as admission reads it, or as it was written. */
import {
  type Filter,
  filterFromMessage,
  filterFromPairs,
  type Message,
  parseJsonObject,
  privacyAskFromMessage,
  programFromMessage,
  StimnetError,
  schemaTermsFromMessage
} from '@stimnet/protocol'
import { catalogInWordsOf } from './schema.ts'
import { cohortAsked, joined, type ValidationContext } from './validate.ts'

/** A cohort, and what of the filters beside it only the script is told. */
export interface ReadCohort {
  /** Absent: everyone. */
  readonly cohort?: Filter
  readonly unapplied: readonly string[]
}

/** In the words of this peer's catalog. As written where the catalog has changed: then it is refused when it is to run. */
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
    const { cohort, unapplied } = cohortAsked(request, catalog, program)
    return { unapplied, ...(cohort === undefined ? {} : { cohort }) }
  } catch (error) {
    if (!(error instanceof StimnetError)) throw error
    return cohortAsWritten(request)
  }
}

/** Where no catalog is here to say what its names mean. */
export function cohortAsWritten(request: Message<'JobRequest'>): ReadCohort {
  const where = request.cohort ? filterFromMessage(request.cohort) : undefined
  const cohort = joined(where, pairsAsWritten(request))
  return { unapplied: [], ...(cohort === undefined ? {} : { cohort }) }
}

/** Filters that are none are refused where the request goes; they stand beside it as they were sent. */
function pairsAsWritten({ filtersJson }: Message<'JobRequest'>): Filter | undefined {
  try {
    return filterFromPairs(parseJsonObject(filtersJson))
  } catch (error) {
    if (!(error instanceof StimnetError)) throw error
    return undefined
  }
}
