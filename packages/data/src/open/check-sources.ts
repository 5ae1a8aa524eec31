/** Check of a catalog's files and relations against their description that reports everything at once, for the steward who has to mend it. */
import { stat } from 'node:fs/promises'
import { codeOf, StimnetError } from '@stimnet/protocol'
import { type CatalogConfig, isRelation, type TableConfig } from '../catalog/catalog-config.ts'
import { openEngine, type Session } from '../engine.ts'
import type { Database } from '../sources/postgres/connect.ts'
import type { SourcePlaces } from '../sources/postgres/secrets.ts'
import { loadRelation } from '../sources/postgres/load.ts'
import { declaredColumns, messageOfSource, relationTables, withDatabase } from '../sources/postgres/read.ts'
import { columnsOfRelation } from '../sources/postgres/relation.ts'
import { type LineFault, loadWhatFits, isFolder, sourceOf } from '../sources/source.ts'
import { type Breach, breachesOf } from '../sources/typed.ts'

/** One thing that is wrong with a source. */
export interface SourceFault extends Breach {
  readonly catalog: string
  readonly table: string
  /** Absolute path of a file, as configured if it has no format; or the words for a relation of a database. */
  readonly source: string
}

/** What is wrong with the sources of a catalog, and what is no fault but should be known. */
export interface SourceCheck {
  readonly faults: readonly SourceFault[]
  /** About a database role that may write, where the catalog accepts it. */
  readonly note?: string
}

/**
 * Everything that keeps the sources of a catalog from being opened, with at most `placesMax` lines or rows for each fault. Lines that
 * cannot be read are reported, and the values of all others are checked. Writes nothing to disk. The words contain the shapes of
 * values and never the values. Throws NODE_ERROR.
 */
export async function checkSources(
  config: CatalogConfig,
  { placesMax, ...places }: SourcePlaces & { readonly placesMax: number }
): Promise<SourceCheck> {
  const { baseDir } = places
  const faults: SourceFault[] = []
  // One engine per table, so that one large file is in memory at a time.
  for (const table of config.tables.filter((one) => !isRelation(one))) {
    const engine = await openEngine({ threads: 2 })
    try {
      faults.push(...(await checkTable(config, table, { baseDir, placesMax, session: await engine.session() })))
    } finally {
      engine.close()
    }
  }
  if (relationTables(config).length === 0) return { faults }
  const ofDatabase = await checkRelations(config, places, placesMax)
  return { ...ofDatabase, faults: [...faults, ...ofDatabase.faults] }
}

/** The faults of the tables in a catalog's database, all as they are at one moment. */
async function checkRelations(config: CatalogConfig, places: SourcePlaces, placesMax: number): Promise<SourceCheck> {
  const faults: SourceFault[] = []
  const tables = relationTables(config)
  const first = { catalog: config.name, table: tables[0]?.name ?? '', source: 'the database' }
  try {
    return await withDatabase(config, places, async ({ database, note }) => {
      for (const table of tables) faults.push(...(await checkRelation(config, table, database, placesMax)))
      return { faults, ...(note === undefined ? {} : { note }) }
    })
  } catch (error) {
    return { faults: [...faults, { ...first, ...ofWhole(messageOfSource(error)) }] }
  }
}

async function checkRelation(
  config: CatalogConfig,
  table: TableConfig,
  database: Database,
  placesMax: number
): Promise<SourceFault[]> {
  const source = sourceOf(table, '')
  const at = (breach: Breach) => ({ catalog: config.name, table: table.name, source: source.name, ...breach })
  const engine = await openEngine({ threads: 2 })
  try {
    const session = await engine.session()
    const found = await columnsOfRelation(database, table, config.postgres?.time_zone)
    const { columns, faults } = declaredColumns(table, config.subject_key, found)
    // Values are judged where every column is there; without one of them, other rules would say so again.
    if (faults.length > 0) return faults.map(ofWhole).map(at)
    const loaded = await loadRelation(database, table, columns, { session, raw: 'raw' })
    const options = { source, loaded, session, subjectKey: config.subject_key, raw: 'raw' }
    return (await breachesOf(options, placesMax)).map(at)
  } finally {
    engine.close()
  }
}

interface CheckOptions {
  readonly baseDir: string
  readonly placesMax: number
  readonly session: Session
}

async function checkTable(config: CatalogConfig, table: TableConfig, options: CheckOptions): Promise<SourceFault[]> {
  const { baseDir, placesMax, session } = options
  const at = (source: string) => (breach: Breach) => ({ catalog: config.name, table: table.name, source, ...breach })
  try {
    const source = sourceOf(table, baseDir)
    if (source.format === 'postgres') return []
    const facts = isFolder(source) ? undefined : await stat(source.path).catch(() => undefined)
    if (!isFolder(source) && !facts?.isFile()) {
      return [ofWhole('there is no such file, or it cannot be read')].map(at(source.path))
    }
    const { loaded, faults } = await loadWhatFits(source, session, 'raw')
    const breaches = await breachesOf(
      { source, loaded, session, subjectKey: config.subject_key, raw: 'raw' },
      placesMax
    )
    return [...linesOf(faults, placesMax), ...breaches].map(at(source.name))
  } catch (error) {
    // A file that cannot be read at all; its words name file and line, and none of its values.
    if (!(error instanceof StimnetError) || codeOf(error) !== 'SOURCE_INVALID') throw error
    return [ofWhole(error.message)].map(at(table.file ?? table.bids?.folder ?? table.fhir?.folder ?? ''))
  }
}

function ofWhole(fault: string): Breach {
  return { key: '', fault, rows: 0, isCut: false, places: [] }
}

/** The structural faults of a file, alike ones together. */
function linesOf(faults: readonly LineFault[], placesMax: number): Breach[] {
  return [...Map.groupBy(faults, ({ fault }) => fault)].map(([fault, all]) => ({
    key: '',
    fault,
    rows: all.length,
    isCut: false,
    places: all.slice(0, placesMax).map(({ line }) => `line ${line}`)
  }))
}
