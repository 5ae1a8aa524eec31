/** Loads relations into an engine as text, with a cursor in batches of bounded size. */
import { canonicalBytes, sha256Hex } from '@stimnet/protocol'
import type { Session } from '../../engine.ts'
import { quoteName } from '../../quote.ts'
import { BATCH_BYTES_MAX } from './bounds.ts'
import type { Database } from './connect.ts'
import { unfit } from './faults.ts'
import { type ReadableColumn, type RelationTable, relationName, relationSql } from './relation.ts'

/** Maximum number of rows of a batch, and of a relation. */
const BATCH_ROWS_MAX = 5_000
const ROWS_MAX = 2 ** 31
/** Maximum number of bytes of a character in UTF-8. */
const CHARACTER_BYTES_MAX = 4

/** A loaded relation. The table `raw` of the engine has one text column `c<i>` for each of `columns`; nulls are stored as empty texts. */
export interface LoadedRelation {
  readonly columns: readonly string[]
  /** SHA-256 of the rows, independent of their order. */
  readonly sha256: string
  readonly floats: ReadonlySet<string>
}

/** Loads the given columns of a relation. Throws the errors of the database, and SOURCE_INVALID for a cell that is too long. */
export async function loadRelation(
  database: Database,
  table: RelationTable,
  columns: readonly ReadableColumn[],
  { session, raw }: { readonly session: Session; readonly raw: string }
): Promise<LoadedRelation> {
  const what = relationName(table)
  const sql = `SELECT ${columns.map((column) => column.sql).join(', ')} FROM ${relationSql(table)}`
  const rowBytesMax = columns.reduce((sum, { charactersMax }) => sum + charactersMax * CHARACTER_BYTES_MAX, 1)
  const rowsMax = Math.max(1, Math.min(BATCH_ROWS_MAX, Math.floor(BATCH_BYTES_MAX / rowBytesMax)))
  const writer = await session.texts(
    raw,
    columns.map((_, i) => `c${i}`)
  )
  let count = 0
  try {
    for await (const rows of database.batches(sql, rowsMax, what)) {
      for (const row of rows) {
        count++
        const long = row.findIndex((cell, i) => cell !== null && cell.length > (columns[i]?.charactersMax ?? 0))
        if (long >= 0) throw tooLong(`${database.place}, ${what}`, columns[long])
        writer.row(row.map((cell) => cell ?? ''))
      }
      if (count > ROWS_MAX) throw unfit(`${database.place}, ${what}`, `it has more than ${ROWS_MAX} rows`)
    }
  } finally {
    writer.close()
  }
  const names = columns.map(({ name }) => name)
  const floats = new Set(columns.flatMap(({ name, isFloat }) => (isFloat ? [name] : [])))
  return { columns: names, sha256: await hashOfRows(session, raw, names), floats }
}

function tooLong(place: string, column: ReadableColumn | undefined): Error {
  return unfit(
    place,
    `column ${JSON.stringify(column?.name)}: a text of more than ${column?.charactersMax} characters. Leave the column out, or shorten it in a query`
  )
}

/**
 * A hash of the rows as a multiset, since a database returns them in no fixed order. Each row is hashed with the lengths of its fields. The
 * sorted row hashes are hashed in groups by their first digits, and the group hashes are hashed together.
 */
async function hashOfRows(session: Session, raw: string, columns: readonly string[]): Promise<string> {
  const fields = columns.flatMap((_, i) => [`strlen(c${i})`, "':'", `c${i}`])
  const groups = await session.rows(
    `SELECT left(h, 3) AS b, sha256(string_agg(h, '' ORDER BY h)) FROM (SELECT sha256(concat(${fields.join(', ')})) AS h FROM ${quoteName(raw)}) GROUP BY b ORDER BY b`
  )
  return sha256Hex(canonicalBytes([columns, groups.map(([b, hash]) => [String(b), String(hash)])]))
}
