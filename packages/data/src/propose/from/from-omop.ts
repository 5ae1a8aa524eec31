/** A catalog proposed for an OMOP Common Data Model 5.4 in PostgreSQL: one table with one row per person, made by declared concept sets. */
import { StimnetError } from '@stimnet/protocol'
import type { TableConfig } from '../../catalog/catalog-config.ts'
import { withSession } from '../../engine.ts'
import { quoteName } from '../../quote.ts'
import { loadRelation } from '../../sources/postgres/load.ts'
import { type Reading, withDatabase } from '../../sources/postgres/read.ts'
import { columnsOfRelation } from '../../sources/postgres/relation.ts'
import { ACCEPTED_BY, type DatabaseProposalOptions, sectionOf } from './from-postgres.ts'
import { omopCodeBook, omopQuery, omopSchema, type OmopSets } from './omop.ts'
import { type Proposal, proposeTables } from '../propose.ts'

/** Options of a proposal for an OMOP database. */
export interface OmopProposalOptions extends Omit<DatabaseProposalOptions, 'relations'> {
  /** The schema that contains the tables of the model. */
  readonly schema: string
}

/**
 * Proposes a catalog whose query makes one row per person. `sets` is the parsed file of concept sets, not yet validated; `postgres` is the
 * section of a configuration. Throws PARAMETER_INVALID, SOURCE_INVALID, SOURCE_UNAVAILABLE, CONFIG_INVALID, NODE_ERROR.
 */
export async function proposeFromOmop(
  sets: unknown,
  postgres: Readonly<Record<string, unknown>>,
  options: OmopProposalOptions
): Promise<Proposal> {
  const parsed = setsOf(sets)
  const section = sectionOf(postgres)
  const table: TableConfig = {
    name: 'people',
    query: omopQuery(parsed, options.schema),
    description: '',
    one_row_per_subject: false,
    variables: []
  }
  return withSession({ threads: 2 }, async (session) => {
    const read = async ({ database, note }: Reading) => {
      const { readable } = await columnsOfRelation(database, table, undefined)
      const { columns, floats } = await loadRelation(database, table, [...readable.values()], { session, raw: 'raw_0' })
      return { columns, floats, said: note === undefined ? {} : { note } }
    }
    const { columns, floats, said } = await withDatabase({ postgres: section }, options, read, ACCEPTED_BY)
    const [count] = await session.rows(`SELECT count(*) FROM ${quoteName('raw_0')}`)
    const rows = Number(count?.[0])
    if (rows === 0) throw nobody()
    const loaded = {
      label: 'the people of the model',
      raw: 'raw_0',
      table,
      columns,
      floats,
      rows,
      faults: [],
      codeBook: omopCodeBook(parsed)
    }
    return proposeTables([loaded], session, {
      name: 'omop',
      subjectKey: 'person_id',
      ...options,
      postgres,
      ...said
    })
  })
}

function setsOf(sets: unknown): OmopSets {
  const parsed = omopSchema.safeParse(sets)
  if (parsed.success) return parsed.data
  const reason = parsed.error.issues
    .map(({ path, message }) => `${path.join('.') || 'concepts'}: ${message}`)
    .join('; ')
  throw StimnetError.told('PARAMETER_INVALID', reason)
}

function nobody(): StimnetError {
  return StimnetError.told('PARAMETER_INVALID', 'Nobody has a record of the index within an observation period.')
}
