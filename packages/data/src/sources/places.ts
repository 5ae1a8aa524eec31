/** Descriptions for the steward of where a row is in a source, and where its values can be changed. */
import type { TableConfig } from '../catalog/catalog-config.ts'
import { subjectColumnOf } from '../catalog/reading.ts'
import type { Session } from '../engine.ts'
import { quoteName } from '../quote.ts'
import type { LoadedSource, Source } from './source.ts'

/** Rows of a source in the engine: their relation, and the columns with a row's position and with its subject key. */
export interface LoadedRows {
  readonly source: Pick<Source, 'table' | 'name'>
  readonly loaded: Pick<LoadedSource, 'columns' | 'place'>
  readonly relation: string
  readonly row: string
  readonly key: string
  /** The name of the subject key in the catalog. */
  readonly subjectKey: string
}

/**
 * The place of the row at a position: a line of a text file, or a row of another file. In a database, whose rows have no order, it is the
 * row number when the rows are sorted by the bytes of the key. The place never contains the key itself, which may identify a person.
 */
export async function placeOf(session: Session, rows: LoadedRows, position: number): Promise<string> {
  const { source, loaded, subjectKey } = rows
  if (loaded.place !== undefined) return loaded.place(position)
  const [relation, row, key] = [rows.relation, rows.row, rows.key].map(quoteName)
  const [found] = await session.rows(
    `WITH own AS (SELECT ${key} AS k, ${row} AS r FROM ${relation} WHERE ${row} = ${position})
     SELECT count(*) FROM ${relation}, own WHERE ${key} < k OR (${key} = k AND ${row} <= r)`
  )
  return `row ${found?.[0]} by ${subjectColumnOf(source.table, subjectKey)}`
}

/** The place where the values of a table can be changed for its catalog, such as `in the export`. */
export function changePlace({ relation, query }: Pick<TableConfig, 'relation' | 'query'>): string {
  if (query !== undefined) return 'in its query'
  return relation === undefined ? 'in the export' : 'in a query (`query` in place of `relation`)'
}
