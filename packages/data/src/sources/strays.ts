/**
 * Stray rows: rows of people who are in no table of people, such as visits of patients whom an export left out. They are loaded, and
 * reported.
 */
import type { Session } from '../engine.ts'
import { quoteName } from '../quote.ts'
import { type LoadedRows, placeOf } from './places.ts'

/** The rows of one table whose subject is in no table with one row per subject. They must not leave the institution. */
export interface StrayRows {
  readonly table: string
  /** Absolute path of the file, or the name of a relation of a database. */
  readonly file: string
  /** The place of the first stray row, such as "line 7" of a file, or "row 7 by patient_id" of a relation. */
  readonly first: string
  readonly rows: number
  /** Number of distinct subjects of these rows. */
  readonly subjects: number
}

/**
 * The stray rows of loaded tables, one entry per table that has any. Empty if no table has one row per subject, since nothing then defines
 * who the people are.
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
