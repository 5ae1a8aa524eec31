/** Rows of people who are in no table of people, such as visits of patients whom an export left out: they are loaded, and named. */
import type { CatalogConfig } from '../catalog/catalog-config.ts'
import { subjectColumnOf } from '../catalog/reading.ts'
import { openEngine, type Session } from '../engine.ts'
import { quoteName } from '../quote.ts'
import { type LoadedRows, placeOf } from './places.ts'
import { loadSource, sourceOf } from './source.ts'

/** The rows of one table whose subject is in no table with one row per subject. They must not leave the institution. */
export interface StrayRows {
  readonly table: string
  /** Absolute path of the file, or the words for a relation of a database. */
  readonly file: string
  /** The place of the first of them, such as "line 7" of a file, or "row 7 by patient_id" of a relation. */
  readonly first: string
  readonly rows: number
  /** Number of distinct subjects of these rows. */
  readonly subjects: number
}

/**
 * The stray rows of loaded tables, one entry per table that has any. Empty where no table has one row per subject: nothing then
 * says who the people are.
 */
export async function straysIn(session: Session, tables: readonly LoadedRows[]): Promise<readonly StrayRows[]> {
  const isOfPeople = ({ source }: LoadedRows) => source.table.one_row_per_subject
  const people = tables.filter(isOfPeople)
  if (people.length === 0) return []
  const known = people.map(({ relation, key }) => `SELECT ${quoteName(key)} AS known FROM ${quoteName(relation)}`)
  const strays: StrayRows[] = []
  for (const table of tables.filter((one) => !isOfPeople(one))) {
    const { source, relation, row, key } = table
    const own = `own.${quoteName(key)}`
    const [found] = await session.rows(
      `SELECT count(*), count(DISTINCT ${own}), min(own.${quoteName(row)}) FROM ${quoteName(relation)} AS own ANTI JOIN (${known.join(' UNION ALL ')}) AS people ON ${own} = people.known`
    )
    const [rows, subjects, first] = (found ?? []).map(Number)
    if (!rows) continue
    strays.push({
      table: source.table.name,
      file: source.name,
      rows,
      subjects: subjects ?? 0,
      first: await placeOf(session, table, first ?? 0)
    })
  }
  return strays
}

/**
 * The stray rows of a catalog's files as they are now. None where a table is in a database, which is not read for this: the start
 * names them. Throws SOURCE_INVALID.
 */
export async function findStrays(config: CatalogConfig, baseDir: string): Promise<readonly StrayRows[]> {
  if (!config.tables.some((table) => table.one_row_per_subject)) return []
  const engine = await openEngine({ threads: 2 })
  try {
    const session = await engine.session()
    const tables: LoadedRows[] = []
    const { subject_key: subjectKey } = config
    for (const [i, table] of config.tables.entries()) {
      const source = sourceOf(table, baseDir)
      if (source.format === 'postgres') return []
      const loaded = await loadSource(source, session, `raw_${i}`)
      const at = loaded.columns.indexOf(subjectColumnOf(table, subjectKey))
      // A file without keys stops the start with its own message.
      if (at < 0) return []
      tables.push({ source, loaded, relation: `raw_${i}`, row: 'rowid', key: `c${at}`, subjectKey })
    }
    return await straysIn(session, tables)
  } finally {
    engine.close()
  }
}
