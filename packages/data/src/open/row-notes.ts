/** Notes for the steward about rows of a catalog's files that do not prevent the catalog from being opened. */
import type { CatalogConfig } from '../catalog/catalog-config.ts'
import { subjectColumnOf } from '../catalog/reading.ts'
import { withSession } from '../engine.ts'
import { type FewRows, fewRowsIn } from '../sources/few-rows.ts'
import type { LoadedRows } from '../sources/places.ts'
import { loadSource, sourceOf } from '../sources/source.ts'
import { type StrayRows, straysIn } from '../sources/strays.ts'
import { type DoubledRows, doubledIn } from './doubled-rows.ts'

/** The notes about rows. They must not leave the institution. */
export interface RowNotes {
  readonly strays: readonly StrayRows[]
  readonly doubled: readonly DoubledRows[]
  /** Empty for synthetic catalogs and for `mode: dp`, where having a row is not protected. */
  readonly few: readonly FewRows[]
}

const NOTHING: RowNotes = { strays: [], doubled: [], few: [] }

/**
 * The notes about a catalog's current files, with at most `placesMax` places each. Empty if a table is in a database, which is not read for
 * notes: its stray rows are reported when the peer starts. Throws SOURCE_INVALID.
 */
export async function noteRows(config: CatalogConfig, baseDir: string, placesMax = 3): Promise<RowNotes> {
  // In a table with one row per subject, a second row is a fault, not a note.
  if (config.tables.length < 2 && config.tables.every((table) => table.one_row_per_subject)) return NOTHING
  return withSession({ threads: 2 }, async (session) => {
    const tables: LoadedRows[] = []
    const { subject_key: subjectKey } = config
    for (const [i, table] of config.tables.entries()) {
      const source = sourceOf(table, baseDir)
      if (source.format === 'postgres') return NOTHING
      const loaded = await loadSource(source, session, `raw_${i}`)
      const at = loaded.columns.indexOf(subjectColumnOf(table, subjectKey))
      // A file without keys prevents the peer from starting, with a message of its own.
      if (at < 0) return NOTHING
      tables.push({ source, loaded, relation: `raw_${i}`, row: 'rowid', key: `c${at}`, subjectKey })
    }
    const keyed = tables.map(({ source: { table }, loaded: { columns }, relation, key }) => ({
      table,
      relation,
      key,
      columns
    }))
    const isProtected = !config.synthetic && config.mode !== 'dp'
    return {
      strays: await straysIn(session, tables),
      doubled: await doubledIn(session, tables, placesMax),
      few: isProtected ? await fewRowsIn(session, keyed) : []
    }
  })
}
