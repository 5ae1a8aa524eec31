/** What a steward should know of the rows of a catalog's files, though the catalog opens. */
import type { CatalogConfig } from '../catalog/catalog-config.ts'
import { subjectColumnOf } from '../catalog/reading.ts'
import { openEngine } from '../engine.ts'
import { type FewRows, fewRowsIn } from '../sources/few-rows.ts'
import type { LoadedRows } from '../sources/places.ts'
import { loadSource, sourceOf } from '../sources/source.ts'
import { type StrayRows, straysIn } from '../sources/strays.ts'
import { type DoubledRows, doubledIn } from './doubled-rows.ts'

/** What was found in the rows. It must not leave the institution. */
export interface RowNotes {
  readonly strays: readonly StrayRows[]
  readonly doubled: readonly DoubledRows[]
  /** Empty for synthetic catalogs and those with `mode: dp`, in which having a row is not protected. */
  readonly few: readonly FewRows[]
}

const NOTHING: RowNotes = { strays: [], doubled: [], few: [] }

/**
 * The notes about a catalog's files as they are now, with at most `placesMax` places each. None where a table is in a database, which is not read for this: the start names
 * stray rows. Throws SOURCE_INVALID.
 */
export async function noteRows(config: CatalogConfig, baseDir: string, placesMax = 3): Promise<RowNotes> {
  // The second row of somebody is a fault where each has one.
  if (config.tables.length < 2 && config.tables.every((table) => table.one_row_per_subject)) return NOTHING
  const engine = await openEngine({ threads: 2 })
  try {
    const session = await engine.session()
    const tables: LoadedRows[] = []
    const { subject_key: subjectKey } = config
    for (const [i, table] of config.tables.entries()) {
      const source = sourceOf(table, baseDir)
      if (source.format === 'postgres') return NOTHING
      const loaded = await loadSource(source, session, `raw_${i}`)
      const at = loaded.columns.indexOf(subjectColumnOf(table, subjectKey))
      // A file without keys stops the start with its own message.
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
  } finally {
    engine.close()
  }
}
