/** Duplicate rows of a person in a table with several rows per subject: the same visit again, or an identical row. */
import { counted } from '@stimnet/protocol'
import type { Session } from '../engine.ts'
import { quoteName } from '../quote.ts'
import { rowCategories } from '../sources/few-rows.ts'
import { type LoadedRows, placeOf } from '../sources/places.ts'

/** The duplicate rows of one table. They must not leave the institution. */
export interface DoubledRows {
  readonly table: string
  /** Absolute path of the file. */
  readonly file: string
  /** The category in which the duplicate rows have equal levels; undefined if the rows are equal in every column. */
  readonly category?: string
  /** Number of rows after the first of each kind, number of their people, and the places of the first such rows. */
  readonly rows: number
  readonly people: number
  readonly places: readonly string[]
}

/**
 * The duplicate rows of loaded files, with at most `placesMax` places each. Rows with the same visit count as duplicates only if the visit
 * is the only category by which others know the rows, and most people have each visit once. For example, a second row per visit is normal
 * where both sides are stimulated at each visit.
 */
export async function doubledIn(
  session: Session,
  tables: readonly LoadedRows[],
  placesMax: number
): Promise<DoubledRows[]> {
  const found: DoubledRows[] = []
  for (const rows of tables.filter(({ source }) => !source.table.one_row_per_subject)) {
    const { source, loaded, relation, key } = rows
    const { table } = source
    const all = loaded.columns.map((_, i) => `c${i}`).join(', ')
    const own = `SELECT rowid AS r, ${key} AS k, hash(${all}) AS whole FROM ${quoteName(relation)}`
    const add = async (sql: string, category?: string) => {
      const after = `SELECT r, k FROM (${sql}) WHERE n > 1`
      const [facts] = await session.rows(`SELECT count(*), count(DISTINCT k) FROM (${after})`)
      const [count = 0, people = 0] = (facts ?? []).map(Number)
      const [persons] = await session.rows(`SELECT count(DISTINCT ${key}) FROM ${quoteName(relation)}`)
      if (count === 0 || (category !== undefined && 2 * people >= Number(persons?.[0]))) return
      const first = await session.rows(`${after} ORDER BY r LIMIT ${placesMax}`)
      const places: string[] = []
      for (const [row] of first) places.push(await placeOf(session, rows, Number(row)))
      const of = { table: table.name, file: source.name, rows: count, people, places }
      found.push(category === undefined ? of : { ...of, category })
    }
    await add(`SELECT r, k, row_number() OVER (PARTITION BY k, whole ORDER BY r) AS n FROM (${own})`)
    const [category, ...others] = rowCategories({ table, relation, key, columns: loaded.columns })
    if (category === undefined || others.length > 0) continue
    // Rows that are equal in every column are already reported above.
    const different = `SELECT min(rowid) AS r, ${key} AS k, ${category.level} AS l FROM ${quoteName(relation)} GROUP BY k, l, hash(${all})`
    await add(
      `SELECT r, k, row_number() OVER (PARTITION BY k, l ORDER BY r) AS n FROM (${different}) WHERE l IS NOT NULL`,
      category.name
    )
  }
  return found
}

/** A sentence about duplicate rows, with their places. For the steward alone. */
export function doubledText({ category, rows, people, places }: Omit<DoubledRows, 'table' | 'file'>): string {
  const more = rows - places.length
  const where = `${places.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
  const what =
    category === undefined
      ? `${counted(rows, 'row is', 'rows are')} equal in every column to an earlier one of the same person`
      : `${counted(people, 'person has', 'people have')} more than one row with the same ${category}`
  return `${where}: ${what}. Such a row counts as well, and a model of one row per person is withheld for it: correct or remove what was entered twice.`
}
