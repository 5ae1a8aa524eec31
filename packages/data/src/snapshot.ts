/** Snapshots: typed copies of a catalog's sources at one time, without subject keys, in a folder named by their hash. */
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type Clock,
  canonicalBytes,
  codeOf,
  type RandomSource,
  StimnetError,
  sha256Hex,
  toHex
} from '@stimnet/protocol'
import {
  type CatalogConfig,
  catalogConfigSchema,
  decimalsOf,
  isOffered,
  isRelation,
  offeredTable,
  readVariables
} from './catalog/catalog-config.ts'
import { pinnedConfig } from './catalog/pinned-config.ts'
import { readingPrint, valuePrint } from './catalog/reading.ts'
import { ROW, SUBJECT } from './columns.ts'
import { deriveColumns, type TypedRows } from './derive/derive.ts'
import { type Engine, openEngine, type Session } from './engine.ts'
import type { Manifest, SubjectIndex } from './index/subject-index.ts'
import { indexTable } from './index/subject-index-build.ts'
import { quoteName, quoteText } from './quote.ts'
import { UnprovenFault } from './sources/postgres/faults.ts'
import type { SourcePlaces } from './sources/postgres/secrets.ts'
import { type LoadedRelations, loadRelations, relationTables } from './sources/postgres/read.ts'
import {
  assertPlainPath,
  fingerprint,
  hashFile,
  hashSource,
  type LocalSource,
  loadSource,
  type Source,
  sourceOf
} from './sources/source.ts'
import { straysIn } from './sources/strays.ts'
import { typeColumns } from './sources/typed.ts'

/** Version of the format. It is raised whenever a snapshot of the same files would have a different content. */
const FORMAT = 3
const UNFINISHED = 'unfinished-'

/** A file in the folder of a snapshot; no table can have this name. */
export const PEOPLE_FILE = '_people.parquet'

/** A catalog’s configuration, and the location of its snapshots. */
export interface SnapshotOptions extends SourcePlaces {
  readonly config: CatalogConfig
  readonly dataDir: string
  readonly index: SubjectIndex
  readonly clock: Clock
  readonly random: RandomSource
  /** The epoch that is served even if the files have changed. */
  readonly pinned?: string
  /** The epoch that is served while the catalog's database cannot be read. Default: the pinned epoch. */
  readonly fallback?: string
}

/** One complete epoch of a catalog in its folder. */
export interface Snapshot {
  readonly epoch: string
  /** The configuration with which the epoch is served: the given one, or for a pinned epoch one based on its stored configuration. */
  readonly config: CatalogConfig
  /** The epoch that the files give now, if it differs. */
  readonly newer?: string
  /** A note about the catalog's database for the institution's log. */
  readonly note?: string
  readonly folder: string
  readonly manifest: Manifest
}

/**
 * The snapshot of the current sources: the existing snapshot if they are unchanged, otherwise a new epoch beside the old ones. If another
 * epoch is pinned, the stored snapshot of that epoch. The stored epoch of `pinned` or `fallback` is also returned if the database cannot be
 * read, or if an unauthenticated server answers in its place and the answer does not fit. Throws SOURCE_INVALID, and SOURCE_UNAVAILABLE if
 * there is no such epoch.
 */
export async function takeSnapshot(options: SnapshotOptions): Promise<Snapshot> {
  const bench = benchIn(join(options.dataDir, options.config.name))
  let relations: LoadedRelations | undefined
  try {
    relations = await relationsOn(bench, options)
    return await snapshotOn(bench, options, relations)
  } catch (error) {
    const stored = options.pinned ?? options.fallback
    if (stored === undefined || !(error instanceof Error)) throw error
    if (codeOf(error) !== 'SOURCE_UNAVAILABLE' && !isUnproven(error, options.config, relations)) throw error
    return { ...(await storedSnapshot({ ...options, stored })), note: `served as it was: ${error.message}` }
  } finally {
    await bench.close()
  }
}

/**
 * Whether a fault comes from a server that has not authenticated itself: from its messages, or from its rows if all tables are relations.
 * Somebody who listens in place of the database must not be able to stop a catalog that was served before.
 */
function isUnproven(error: Error, { tables }: CatalogConfig, relations: LoadedRelations | undefined): boolean {
  if (error instanceof UnprovenFault) return true
  return relations?.isProven === false && codeOf(error) === 'SOURCE_INVALID' && tables.every(isRelation)
}

/** The catalog's relations, loaded into tables `relation_…` of the bench's engine; empty if all tables are files. */
async function relationsOn(bench: Bench, options: SnapshotOptions): Promise<LoadedRelations> {
  const { config } = options
  if (relationTables(config).length === 0) return { tables: new Map(), isProven: true }
  return loadRelations(config, options, { session: await bench.session(), rawOf: (table) => `relation_${table}` })
}

async function snapshotOn(bench: Bench, options: SnapshotOptions, relations: LoadedRelations): Promise<Snapshot> {
  const { config, baseDir, dataDir, index, random, pinned } = options
  const note = relations.note === undefined ? {} : { note: relations.note }
  const sources = config.tables.map((table) => sourceOf(table, baseDir))
  const hashes = await Promise.all(
    sources.map((source) =>
      source.format === 'postgres' ? (relations.tables.get(source.table.name)?.sha256 ?? '') : hashOf(source, index)
    )
  )
  // A plain hash of the data would confirm or refute each guess of the data, so it cannot name an epoch of a catalog that promises noise in
  // everything.
  const secret = config.mode === 'dp' ? await index.salt('dp', () => toHex(random.bytes(32))) : undefined
  const epoch = await epochOf(config, hashes, secret)
  if (pinned !== undefined && pinned !== epoch) {
    return { ...(await storedSnapshot({ ...options, stored: pinned })), newer: epoch, ...note }
  }
  const folder = join(dataDir, config.name, epoch)
  assertPlainPath(folder, 'the data folder')
  const known = await index.manifest(epoch)
  const whole = known && (await isWhole(folder, known)) ? known : null
  const manifest = whole ?? (await build({ ...options, sources, hashes, epoch, folder, bench, relations }))
  // Settings that change no row, such as the lattice, may have changed. The epoch keeps the description with which it was last served.
  await index.writeConfig(epoch, config)
  return { epoch, folder, manifest, config, ...note }
}

/** A stored epoch, unchanged. An epoch from which answers were released stays in use until a steward accepts a newer one. */
async function storedSnapshot(options: SnapshotOptions & { readonly stored: string }): Promise<Snapshot> {
  const { config, dataDir, index, stored: epoch } = options
  const folder = join(dataDir, config.name, epoch)
  assertPlainPath(folder, 'the data folder')
  const [manifest, described] = await Promise.all([index.manifest(epoch), index.config(epoch)])
  const parsed = catalogConfigSchema.safeParse(described)
  if (manifest && parsed.success && (await isWhole(folder, manifest))) {
    return { epoch, folder, manifest, config: pinnedConfig(parsed.data, config) }
  }
  throw new StimnetError(
    'SOURCE_INVALID',
    `${folder}: the epoch from which catalog ${config.name} has answered is lost or damaged, and its files have changed. ` +
      'Put the files or the folder back, or accept the new epoch.'
  )
}

/** The hash of a file: from the index if the file has not changed since, otherwise computed and stored in the index. */
async function hashOf(source: LocalSource, index: SubjectIndex): Promise<string> {
  const print = await fingerprint(source)
  const known = await index.sourceHash(source.name, print)
  if (known !== null) return known
  const hash = await hashSource(source)
  await assertUntouched(source, print)
  await index.noteSourceHash(source.name, print, hash)
  return hash
}

async function assertUntouched(source: LocalSource, print: string): Promise<void> {
  if ((await fingerprint(source)) === print) return
  throw new StimnetError('SOURCE_INVALID', `${source.name}: changed while it was being read. Start again.`)
}

/**
 * The name of an epoch: a hash of the files' bytes and of every setting that decides how they are read. Titles, descriptions and policy are
 * not included, and neither is the lattice, since it changes no row. With a secret, only this node can determine whether given data have
 * that name.
 */
async function epochOf(config: CatalogConfig, hashes: readonly string[], secret?: string): Promise<string> {
  const formats = config.tables.map((table) => sourceOf(table, '/').format)
  const tables = config.tables.map((table, i) => ({
    name: table.name,
    format: formats[i],
    sha256: hashes[i],
    oneRow: table.one_row_per_subject,
    ...readingPrint(table, formats[i] ?? 'csv', config.subject_key),
    variables: table.variables.map((variable) => ({
      name: variable.name,
      column: variable.column ?? variable.name,
      type: variable.type,
      levels: variable.levels ?? [],
      breakpoints: variable.breakpoints ?? [],
      minimum: variable.minimum ?? null,
      maximum: variable.maximum ?? null,
      decimals: decimalsOf(variable),
      ...(variable.derive === undefined ? {} : { derive: variable.derive }),
      ...(isOffered(variable) ? {} : { offered: false }),
      ...valuePrint(table, variable)
    }))
  }))
  const described = {
    format: FORMAT,
    catalog: config.name,
    subjectKey: config.subject_key,
    tables,
    ...(secret === undefined ? {} : { secret })
  }
  return sha256Hex(canonicalBytes(described))
}

async function isWhole(folder: string, manifest: Manifest): Promise<boolean> {
  for (const { file, sha256 } of manifest.tables) {
    const path = join(folder, file)
    const there = await stat(path).then(
      (facts) => facts.isFile(),
      () => false
    )
    if (!there || (await hashFile(path)) !== sha256) return false
  }
  return true
}

interface BuildOptions extends SnapshotOptions {
  readonly sources: readonly Source[]
  readonly hashes: readonly string[]
  readonly epoch: string
  readonly folder: string
  readonly bench: Bench
  readonly relations: LoadedRelations
}

/** A temporary folder with an engine. Both are made on first use. */
interface Bench {
  folder(): Promise<string>
  session(): Promise<Session>
  close(): Promise<void>
}

/** A bench in a folder. On first use it removes the unfinished folders of a killed node. */
function benchIn(parent: string): Bench {
  let opened: Promise<{ temporary: string; engine: Engine; session: Session }> | undefined
  const open = async () => {
    await mkdir(parent, { recursive: true })
    await removeUnfinished(parent)
    const temporary = await mkdtemp(join(parent, UNFINISHED))
    const engine = await openEngine({ threads: 2, spillDir: join(temporary, SPILL) })
    return { temporary, engine, session: await engine.session() }
  }
  const get = () => {
    opened ??= open()
    return opened
  }
  return {
    folder: async () => (await get()).temporary,
    session: async () => (await get()).session,
    async close() {
      const made = await opened?.catch(() => undefined)
      made?.engine.close()
      if (made !== undefined) await rm(made.temporary, { recursive: true, force: true })
    }
  }
}

const SPILL = 'spill'

/** Builds a snapshot in a temporary folder, which is renamed at the end; then the index, with the manifest last. */
async function build(options: BuildOptions): Promise<Manifest> {
  const [temporary, session] = [await options.bench.folder(), await options.bench.session()]
  const loaded = await loadTables(session, options)
  const tablesByName = new Map(loaded.map((rows) => [rows.source.table.name, rows]))
  await deriveColumns({ config: options.config, session, tables: tablesByName })
  const strays = await straysIn(session, loaded)
  const subjects = await numberSubjects(session, options)
  await writePeople(session, options, temporary)
  const tables = await writeTables(session, options, temporary)
  await rm(join(temporary, SPILL), { recursive: true, force: true })
  // An existing folder of this name has no manifest or is incomplete, because an earlier attempt was interrupted.
  await rm(options.folder, { recursive: true, force: true })
  await rename(temporary, options.folder)
  for (const { table } of options.sources) await indexTable({ session, table, subjects, ...options })
  const manifest: Manifest = { subjects, snapshotAtMs: options.clock.now(), tables, strays }
  await options.index.writeManifest(options.epoch, manifest)
  return manifest
}

/** Removes the unfinished folders of a killed node. The lock of the database prevents a second node from working in this folder. */
async function removeUnfinished(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (name.startsWith(UNFINISHED)) await rm(join(parent, name), { recursive: true, force: true })
  }
}

async function loadTables(session: Session, options: BuildOptions): Promise<readonly TypedRows[]> {
  const { sources, hashes, config, relations } = options
  const tables: TypedRows[] = []
  const { subject_key: subjectKey } = config
  for (const [i, source] of sources.entries()) {
    const names = { raw: source.format === 'postgres' ? `relation_${source.table.name}` : 'raw', typed: `typed_${i}` }
    const loaded =
      source.format === 'postgres'
        ? relations.tables.get(source.table.name)
        : await loadUntouched(source, hashes[i], session, names.raw)
    if (loaded === undefined) throw new StimnetError('NODE_ERROR', `the relation of ${source.table.name} is not loaded`)
    await typeColumns({ source, loaded, session, subjectKey, ...names })
    await session.rows(`DROP TABLE ${quoteName(names.raw)}`)
    const variables = new Set(readVariables(source.table).map(({ name }) => name))
    tables.push({ source, loaded, relation: names.typed, row: '_row', key: '_key', subjectKey, variables })
  }
  return tables
}

/** Loads a file. Throws SOURCE_INVALID if it is not the file that was hashed. */
async function loadUntouched(source: LocalSource, hash: string | undefined, session: Session, raw: string) {
  const print = await fingerprint(source)
  const loaded = await loadSource(source, session, raw)
  await assertUntouched(source, print)
  if (loaded.sha256 === hash) return loaded
  throw new StimnetError('SOURCE_INVALID', `${source.name}: changed while it was being read. Start again.`)
}

/**
 * Gives every subject a position in the dense index, in the order of a keyed hash: a random permutation that discloses nothing about the
 * subject key. The hash key is stored, so that a snapshot that is rebuilt after its files were lost has the same positions, to which
 * ledgers refer. Returns the number of subjects.
 */
async function numberSubjects(session: Session, { sources, index, epoch, random }: BuildOptions): Promise<number> {
  const salt = await index.salt(epoch, () => toHex(random.bytes(32)))
  const keys = sources.map((_, i) => `SELECT _key FROM typed_${i}`).join(' UNION ALL ')
  await session.rows(
    `CREATE TABLE subjects AS SELECT _key, CAST(row_number() OVER (ORDER BY sha256($1 || _key), _key) - 1 AS UINTEGER) AS ${quoteName(SUBJECT)} FROM (SELECT DISTINCT _key FROM (${keys}))`,
    [salt]
  )
  const [count] = await session.rows('SELECT count(*) FROM subjects')
  return Number(count?.[0])
}

/**
 * Writes the position of each person, under a token that is the same in every epoch of the catalog and discloses nothing about the subject
 * key. With this file a ledger can be carried into a newer epoch. The secret of the tokens stays in the index, and no engine that answers
 * requests reads the file.
 */
async function writePeople(session: Session, { index, random }: BuildOptions, folder: string): Promise<void> {
  const secret = await index.salt('people', () => toHex(random.bytes(32)))
  const place = quoteName(SUBJECT)
  await session.rows(`CREATE TABLE people AS SELECT ${place} AS item, sha256($1 || _key) AS token FROM subjects`, [
    secret
  ])
  await session.rows(
    `COPY (FROM people ORDER BY item) TO ${quoteText(join(folder, PEOPLE_FILE))} (FORMAT parquet, COMPRESSION zstd)`
  )
  await session.rows('DROP TABLE people')
}

async function writeTables(session: Session, { sources }: BuildOptions, folder: string): Promise<Manifest['tables']> {
  const written: Manifest['tables'][number][] = []
  for (const [i, { table }] of sources.entries()) {
    const file = `${table.name}.parquet`
    const columns = offeredTable(table)
      .variables.map(({ name }) => quoteName(name))
      .join(', ')
    const rows = `SELECT ${quoteName(SUBJECT)}, ${columns} FROM typed_${i} JOIN subjects USING (_key)`
    // Sorted by position and value, so that the order of the source is lost, and the rows of a subject are contiguous.
    await session.rows(`CREATE TABLE sorted AS ${rows} ORDER BY ALL`)
    const place = table.one_row_per_subject ? '' : `, CAST(rowid AS UINTEGER) AS ${quoteName(ROW)}`
    await session.rows(`CREATE TABLE table_${i} AS SELECT *${place} FROM sorted ORDER BY rowid`)
    await session.rows('DROP TABLE sorted')
    await session.rows(`DROP TABLE typed_${i}`)
    await session.rows(`COPY table_${i} TO ${quoteText(join(folder, file))} (FORMAT parquet, COMPRESSION zstd)`)
    const [count] = await session.rows(`SELECT count(*) FROM table_${i}`)
    written.push({ name: table.name, file, sha256: await hashFile(join(folder, file)), rows: Number(count?.[0]) })
  }
  return written
}

/** Loads the tables of a snapshot into memory, in an engine that can no longer access files. */
export async function loadSnapshot(snapshot: Snapshot): Promise<Engine> {
  const engine = await openEngine({ threads: 1 })
  try {
    const session = await engine.session()
    for (const { name, file } of snapshot.manifest.tables) {
      const path = quoteText(join(snapshot.folder, file))
      await session.rows(
        `CREATE TABLE ${quoteName(name)} AS SELECT * FROM read_parquet(${path}, hive_partitioning = false)`
      )
    }
    session.close()
    await engine.lock()
    return engine
  } catch (cause) {
    engine.close()
    throw cause
  }
}
