/**
 * A catalog proposed for an OMOP Common Data Model 5.4 in PostgreSQL or in a folder of CSV files: one table with one row per person, made by
 * declared concept sets.
 */
import { relative, resolve } from 'node:path'
import { StimnetError } from '@stimnet/protocol'
import type { TableConfig } from '../../catalog/catalog-config.ts'
import { type Session, withSession } from '../../engine.ts'
import { quoteName } from '../../quote.ts'
import { loadRelation } from '../../sources/postgres/load.ts'
import { type Reading, withDatabase } from '../../sources/postgres/read.ts'
import { columnsOfRelation } from '../../sources/postgres/relation.ts'
import { ACCEPTED_BY, type DatabaseProposalOptions, sectionOf } from './from-postgres.ts'
import { omopSchema, type OmopSets } from '../../catalog/omop-config.ts'
import { omopQuery } from '../../sources/omop/query.ts'
import { loadSource, sourceOf } from '../../sources/source.ts'
import type { FileProposalOptions } from './from-files.ts'
import { omopCodeBook } from './omop.ts'
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
      const { columns, floats } = await loadRelation(database, table, [...readable.values()], { session, raw: RAW })
      return { columns, floats, said: note === undefined ? {} : { note } }
    }
    const { columns, floats, said } = await withDatabase({ postgres: section }, options, read, ACCEPTED_BY)
    const loaded = { ...(await peopleOf(parsed, table, session)), columns, floats }
    return proposeTables([loaded], session, { ...NAMES, ...options, postgres, ...said })
  })
}

const NAMES = { name: 'omop', subjectKey: 'person_id' }

/**
 * Proposes a catalog for a folder with one CSV file per table of the model. `sets` is the parsed file of concept sets, not yet validated.
 * Throws PARAMETER_INVALID, SOURCE_INVALID with file and line, NODE_ERROR.
 */
export async function proposeFromOmopFolder(
  folder: string,
  sets: unknown,
  options: FileProposalOptions
): Promise<Proposal> {
  const parsed = setsOf(sets)
  const path = relative(options.baseDir, resolve(options.baseDir, folder)) || '.'
  const table: TableConfig = {
    name: 'people',
    omop: { folder: path, ...parsed },
    description: '',
    one_row_per_subject: false,
    variables: []
  }
  const source = sourceOf(table, options.baseDir)
  if (source.format === 'postgres') throw new StimnetError('NODE_ERROR', 'a folder that is none')
  return withSession({ threads: 2 }, async (session) => {
    const { columns } = await loadSource(source, session, RAW)
    const loaded = { ...(await peopleOf(parsed, table, session)), columns }
    return proposeTables([loaded], session, { ...NAMES, ...options })
  })
}

const RAW = 'raw_0'

/** The loaded people as a table of a proposal, without its columns. Throws PARAMETER_INVALID if there are none. */
async function peopleOf(sets: OmopSets, table: TableConfig, session: Session) {
  const [count] = await session.rows(`SELECT count(*) FROM ${quoteName(RAW)}`)
  const rows = Number(count?.[0])
  if (rows === 0) throw nobody()
  return { label: 'the people of the model', raw: RAW, table, rows, faults: [], codeBook: omopCodeBook(sets) }
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
