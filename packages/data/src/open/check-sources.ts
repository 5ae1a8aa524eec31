/**
 * Check of a catalog's files and relations against their description. It reports all faults at once, for the steward who must correct them.
 */
import { stat } from 'node:fs/promises'
import { codeOf, StimnetError } from '@stimnet/protocol'
import { type CatalogConfig, isRelation, type TableConfig } from '../catalog/catalog-config.ts'
import { derivationsOf, inputsOf } from '../catalog/derive/resolve.ts'
import { derivedBreaches, type TypedRows } from '../derive/derive.ts'
import { type Engine, openEngine, type Session } from '../engine.ts'
import { quoteName } from '../quote.ts'
import type { Database } from '../sources/postgres/connect.ts'
import type { SourcePlaces } from '../sources/postgres/secrets.ts'
import { loadRelation } from '../sources/postgres/load.ts'
import { declaredColumns, messageOfSource, relationTables, withDatabase } from '../sources/postgres/read.ts'
import { columnsOfRelation } from '../sources/postgres/relation.ts'
import { type LineFault, loadWhatFits, isFolder, sourceOf } from '../sources/source.ts'
import { type Breach, breachesOf, type TypedOptions, typeWhatFits } from '../sources/typed.ts'

/** A fault in a source. */
export interface SourceFault extends Breach {
  readonly catalog: string
  readonly table: string
  /** Absolute path of a file, or the path as configured if its format is unknown; or the name of a relation of a database. */
  readonly source: string
}

/** The faults in the sources of a catalog, and a note that is not a fault. */
export interface SourceCheck {
  readonly faults: readonly SourceFault[]
  /** A note about a database role with write permission, if the catalog accepts such a role. */
  readonly note?: string
}

/**
 * All faults that prevent the sources of a catalog from being opened, with at most `placesMax` lines or rows for each fault. Lines that
 * cannot be read are reported, and the values of all other lines are checked. Writes nothing to disk. Messages contain the shapes of values
 * but never the values. Throws NODE_ERROR.
 */
export async function checkSources(
  config: CatalogConfig,
  { placesMax, ...places }: SourcePlaces & { readonly placesMax: number }
): Promise<SourceCheck> {
  const bench = benchOf(config)
  const options = { ...places, placesMax, bench }
  try {
    const faults: SourceFault[] = []
    for (const table of config.tables.filter((one) => !isRelation(one))) {
      faults.push(...(await bench.with(table, (session) => checkTable(config, table, { ...options, session }))))
    }
    const ofDatabase = relationTables(config).length === 0 ? undefined : await checkRelations(config, options)
    const derived = await checkDerived(config, bench, placesMax)
    const note = ofDatabase?.note
    return {
      faults: [...faults, ...(ofDatabase?.faults ?? []), ...derived],
      ...(note === undefined ? {} : { note })
    }
  } finally {
    await bench.close()
  }
}

/** The engines of a check. */
interface Bench {
  /** The loaded tables that derived variables read or belong to. */
  readonly derived: Map<string, TypedRows>
  /**
   * Runs a check in an engine. Each table has its own engine, so that only one large file is in memory at a time; tables of derived
   * variables share one.
   */
  with<T>(table: TableConfig, check: (session: Session) => Promise<T>): Promise<T>
  /** Keeps the values of a loaded table if derived variables need them. */
  keep(options: Omit<TypedOptions, 'typed'>): Promise<void>
  session(): Promise<Session>
  close(): Promise<void>
}

function benchOf(config: CatalogConfig): Bench {
  const used = new Set(derivationsOf(config).flatMap((one) => [one, ...inputsOf(one)].map(({ table }) => table.name)))
  const derived = new Map<string, TypedRows>()
  let shared: Promise<{ readonly engine: Engine; readonly session: Session }> | undefined
  const open = async () => {
    const engine = await openEngine({ threads: 2 })
    return { engine, session: await engine.session() }
  }
  const session = async () => {
    shared ??= open()
    return (await shared).session
  }
  return {
    derived,
    session,
    async with(table, check) {
      if (used.has(table.name)) {
        const one = await session()
        // A source that could not be loaded completely may have left this table behind.
        await one.rows('DROP TABLE IF EXISTS raw')
        return check(one)
      }
      const { engine, session: own } = await open()
      try {
        return await check(own)
      } finally {
        engine.close()
      }
    },
    async keep(options) {
      const { source, loaded, subjectKey, raw } = options
      const { name } = source.table
      if (!used.has(name)) return
      const typed = `typed_${config.tables.findIndex((table) => table.name === name)}`
      const variables = await typeWhatFits({ ...options, typed })
      await options.session.rows(`DROP TABLE ${quoteName(raw)}`)
      if (variables === undefined) return
      derived.set(name, { source, loaded, relation: typed, row: '_row', key: '_key', subjectKey, variables })
    },
    async close() {
      const made = await shared?.catch(() => undefined)
      made?.engine.close()
    }
  }
}

/** The faults of derived variables, computed from the values that could be read. */
async function checkDerived(config: CatalogConfig, bench: Bench, placesMax: number): Promise<SourceFault[]> {
  if (bench.derived.size === 0) return []
  const loaded = { config, session: await bench.session(), tables: bench.derived }
  const breaches = await derivedBreaches(loaded, placesMax)
  return breaches.map(({ rows: { source }, breach }) => ({
    catalog: config.name,
    table: source.table.name,
    source: source.name,
    ...breach
  }))
}

/** The faults of the tables in a catalog's database, all read in one consistent state. */
async function checkRelations(config: CatalogConfig, options: CheckOptions): Promise<SourceCheck> {
  const faults: SourceFault[] = []
  const tables = relationTables(config)
  const first = { catalog: config.name, table: tables[0]?.name ?? '', source: 'the database' }
  try {
    return await withDatabase(config, options, async ({ database, note }) => {
      for (const table of tables) {
        const check = (session: Session) => checkRelation(config, table, { ...options, session, database })
        faults.push(...(await options.bench.with(table, check)))
      }
      return { faults, ...(note === undefined ? {} : { note }) }
    })
  } catch (error) {
    return { faults: [...faults, { ...first, ...ofWhole(messageOfSource(error)) }] }
  }
}

interface CheckOptions extends SourcePlaces {
  readonly placesMax: number
  readonly bench: Bench
}

interface TableOptions extends CheckOptions {
  readonly session: Session
}

async function checkRelation(
  config: CatalogConfig,
  table: TableConfig,
  { database, session, placesMax, bench }: TableOptions & { readonly database: Database }
): Promise<SourceFault[]> {
  const source = sourceOf(table, '')
  const at = (breach: Breach) => ({ catalog: config.name, table: table.name, source: source.name, ...breach })
  const found = await columnsOfRelation(database, table, config.postgres?.time_zone)
  const { columns, faults } = declaredColumns(table, config.subject_key, found)
  // Values are checked only if no column is missing, since a missing column would cause further faults.
  if (faults.length > 0) return faults.map(ofWhole).map(at)
  const loaded = await loadRelation(database, table, columns, { session, raw: 'raw' })
  const options = { source, loaded, session, subjectKey: config.subject_key, raw: 'raw' }
  const breaches = (await breachesOf(options, placesMax)).map(at)
  await bench.keep(options)
  return breaches
}

async function checkTable(config: CatalogConfig, table: TableConfig, options: TableOptions): Promise<SourceFault[]> {
  const { baseDir, placesMax, session, bench } = options
  const at = (source: string) => (breach: Breach) => ({ catalog: config.name, table: table.name, source, ...breach })
  try {
    const source = sourceOf(table, baseDir)
    if (source.format === 'postgres') return []
    const facts = isFolder(source) ? undefined : await stat(source.path).catch(() => undefined)
    if (!isFolder(source) && !facts?.isFile()) {
      return [ofWhole('there is no such file, or it cannot be read')].map(at(source.path))
    }
    const { loaded, faults } = await loadWhatFits(source, session, 'raw')
    const typing = { source, loaded, session, subjectKey: config.subject_key, raw: 'raw' }
    const breaches = await breachesOf(typing, placesMax)
    await bench.keep(typing)
    return [...linesOf(faults, placesMax), ...breaches].map(at(source.name))
  } catch (error) {
    // A file that cannot be read at all. The message names file and line, and none of the values.
    if (!(error instanceof StimnetError) || codeOf(error) !== 'SOURCE_INVALID') throw error
    return [ofWhole(error.message)].map(at(table.file ?? (table.bids ?? table.fhir ?? table.omop)?.folder ?? ''))
  }
}

function ofWhole(fault: string): Breach {
  return { key: '', fault, rows: 0, isCut: false, places: [] }
}

/** The structural faults of a file, grouped by message. */
function linesOf(faults: readonly LineFault[], placesMax: number): Breach[] {
  return [...Map.groupBy(faults, ({ fault }) => fault)].map(([fault, all]) => ({
    key: '',
    fault,
    rows: all.length,
    isCut: false,
    places: all.slice(0, placesMax).map(({ line }) => `line ${line}`)
  }))
}
