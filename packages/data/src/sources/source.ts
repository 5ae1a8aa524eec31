/** The sources of tables: their location, fingerprint and hash, and their columns loaded as text. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { StimnetError } from '@stimnet/protocol'
import type { TableConfig } from '../catalog/catalog-config.ts'
import { encodingOf, separatorOf } from '../catalog/reading.ts'
import type { Session } from '../engine.ts'
import { quoteName, quoteText } from '../quote.ts'
import { type CsvShape, headerOf, lineOfRecord, scanCsv, type TextForm } from './csv-scan.ts'
import { type BidsSource, bidsColumns, bidsFingerprint, bidsHash, loadBids } from './bids.ts'
import { type FhirSource, fhirColumns, fhirFingerprint, fhirHash, loadFhir } from './fhir.ts'
import { loadOmop, omopFingerprint, omopHash, type OmopSource } from './omop/folder.ts'
import { omopColumns } from '../catalog/omop-config.ts'
import { relationName } from './postgres/relation.ts'

/** The format in which a file is read. */
export type SourceFormat = 'csv' | 'tsv' | 'parquet'

/** The file of a table. */
export interface FileSource {
  readonly table: TableConfig
  /** The absolute path, for messages. */
  readonly name: string
  /** Absolute path. */
  readonly path: string
  readonly format: SourceFormat
}

/** The relation of a table in the database of its catalog. */
export interface RelationSource {
  readonly table: TableConfig
  /** The name of the relation in messages. */
  readonly name: string
  readonly format: 'postgres'
}

/** A source in the file system. */
export type LocalSource = FileSource | FolderSource

/** A folder whose files form one table. */
export type FolderSource = BidsSource | FhirSource | OmopSource

/** The source of a table's rows. */
export type Source = LocalSource | RelationSource

/** Whether a source is a folder whose files form one table. */
export function isFolder(source: Source): source is FolderSource {
  return source.format === 'bids' || source.format === 'fhir' || source.format === 'omop'
}

/** The source of a table. Throws SOURCE_INVALID if neither `format` nor the file extension gives the format. */
export function sourceOf(table: TableConfig, baseDir: string): Source {
  if (table.bids !== undefined) return bidsOf(table, table.bids, baseDir)
  if (table.fhir !== undefined) return fhirOf(table, table.fhir, baseDir)
  if (table.omop !== undefined) return omopOf(table, table.omop, baseDir)
  return table.file === undefined
    ? { table, name: `PostgreSQL, ${relationName(table)}`, format: 'postgres' }
    : fileOf(table, table.file, baseDir)
}

function bidsOf(table: TableConfig, { folder, list }: NonNullable<TableConfig['bids']>, baseDir: string): BidsSource {
  const path = resolve(baseDir, folder)
  return { table, name: `${path}, ${list}`, folder: path, list, format: 'bids' }
}

function fhirOf(table: TableConfig, codes: NonNullable<TableConfig['fhir']>, baseDir: string): FhirSource {
  const folder = resolve(baseDir, codes.folder)
  return { table, name: `${folder}, FHIR`, folder, codes, format: 'fhir' }
}

function omopOf(table: TableConfig, sets: NonNullable<TableConfig['omop']>, baseDir: string): OmopSource {
  const folder = resolve(baseDir, sets.folder)
  assertPlainPath(folder, `tables.${table.name}.omop.folder`)
  return { table, name: `${folder}, OMOP`, folder, sets, format: 'omop' }
}

/** The file of a table. Throws SOURCE_INVALID if the format is unknown or the path contains * ? or [. */
function fileOf(table: TableConfig, file: string, baseDir: string): FileSource {
  const path = resolve(baseDir, file)
  assertPlainPath(path, `tables.${table.name}.file`)
  const ending = /\.(csv|tsv|parquet)$/i.exec(file)?.[1]?.toLowerCase()
  const format = table.format ?? (ending as SourceFormat | undefined)
  if (format) return { table, name: path, path, format }
  throw new StimnetError('SOURCE_INVALID', `${path}: set tables.${table.name}.format to csv, tsv or parquet`)
}

/**
 * Throws SOURCE_INVALID with the key for a path that contains * ? or [. The engine would take such a path as a pattern and read other files
 * too.
 */
export function assertPlainPath(path: string, key: string): void {
  if (!/[*?[]/.test(path)) return
  throw new StimnetError('SOURCE_INVALID', `${path}: a path has no * ? or [ (${key})`)
}

/** A text that changes whenever a file is written. It is compared before and after reading. Throws SOURCE_INVALID. */
export async function fingerprint(source: LocalSource): Promise<string> {
  if (source.format === 'bids') return bidsFingerprint(source)
  if (source.format === 'fhir') return fhirFingerprint(source)
  if (source.format === 'omop') return omopFingerprint(source)
  try {
    const facts = await stat(source.path, { bigint: true })
    if (!facts.isFile()) throw new Error('not a file')
    // The ctime is included: copying tools restore the mtime, but no tool can restore the ctime.
    return [facts.dev, facts.ino, facts.size, facts.mtimeNs, facts.ctimeNs].join('-')
  } catch (cause) {
    throw new StimnetError('SOURCE_INVALID', `${source.path}: cannot be read (tables.${source.table.name}.file)`, {
      cause
    })
  }
}

/** SHA-256 of a source's bytes, in lower-case hexadecimal. Throws SOURCE_INVALID. */
export function hashSource(source: LocalSource): Promise<string> {
  if (source.format === 'fhir') return fhirHash(source)
  if (source.format === 'omop') return omopHash(source)
  return source.format === 'bids' ? bidsHash(source) : hashFile(source.path)
}

/** SHA-256 of a file, in lower-case hexadecimal. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path) as AsyncIterable<Uint8Array>) hash.update(chunk)
  return hash.digest('hex')
}

/** A loaded source. The table `raw` has one text column `c<i>` for each column of the file, in the file's order. */
export interface LoadedSource {
  readonly columns: readonly string[]
  readonly sha256: string
  /** The columns whose type is a binary float, which does not store decimals. */
  readonly floats?: ReadonlySet<string>
  /**
   * The place of a row for the steward, given its position from 0: a line of a text file, or a row of a Parquet file. Undefined for a
   * database, whose rows have no fixed order.
   */
  place?(row: number): Promise<string>
}

/** Loads a source into the table `raw`. Throws SOURCE_INVALID. */
export function loadSource(source: LocalSource, session: Session, raw: string): Promise<LoadedSource> {
  if (source.format === 'bids') return loadBids(source, session, raw)
  if (source.format === 'fhir') return loadFhir(source, session, raw)
  if (source.format === 'omop') return loadOmop(source, session, raw)
  if (source.format === 'parquet') return loadParquet(source, session, raw)
  return encodingOf(source.table) === 'utf-8' ? loadText(source, session, raw) : loadRecords(source, session, raw)
}

/** A fault in the structure of a file, with its line. */
export interface LineFault {
  /** Line number, from 1. */
  readonly line: number
  readonly fault: string
}

/**
 * Loads the well-formed records of a source into the table `raw`, and returns the structural faults. For the steward, who wants to see all
 * faults at once; the result must not be used for answers. Throws SOURCE_INVALID for a file without a readable header or with another
 * encoding.
 */
export async function loadWhatFits(
  source: LocalSource,
  session: Session,
  raw: string
): Promise<{ readonly loaded: LoadedSource; readonly faults: readonly LineFault[] }> {
  const faults: LineFault[] = []
  if (isFolder(source)) return { loaded: await loadSource(source, session, raw), faults }
  if (source.format === 'parquet') return { loaded: await loadParquet(source, session, raw), faults }
  const loaded = await loadRecords(source, session, raw, (line, fault) => faults.push({ line, fault }))
  return { loaded, faults }
}

/** The separator and encoding of a text file. */
export function textForm({ table, format }: Pick<FileSource, 'table' | 'format'>): Required<TextForm> {
  return { separator: separatorOf(table, format), encoding: encodingOf(table) }
}

/** Loads a text file with the engine, which reads UTF-8 faster than the scanner can pass records on. */
async function loadText(source: FileSource, session: Session, raw: string): Promise<LoadedSource> {
  const { path, table } = source
  const form = textForm(source)
  const shape: CsvShape = await scanCsv(path, form)
  const columns = shape.header.map((_, i) => `'c${i}': 'VARCHAR'`).join(', ')
  const options = `auto_detect = false, compression = 'none', hive_partitioning = false, header = true, delim = ${quoteText(form.separator)}, quote = '"', escape = '"', columns = {${columns}}`
  const sql = `CREATE TABLE ${quoteName(raw)} AS SELECT * FROM read_csv(${quoteText(path)}, ${options})`
  await fromFile(source, () => session.rows(sql))
  const [count] = await session.rows(`SELECT count(*) FROM ${quoteName(raw)}`)
  if (Number(count?.[0]) !== shape.records) {
    throw new StimnetError(
      'SOURCE_INVALID',
      `${path}: ${shape.records} records, of which the engine read ${count?.[0]} (tables.${table.name})`
    )
  }
  return {
    columns: shape.header,
    sha256: shape.sha256,
    place: async (row) => `line ${await lineOfRecord(path, form, row + 1)}`
  }
}

/** Loads a text file record by record. For files with another encoding, and for files with faults, which are passed to `fault`. */
async function loadRecords(
  source: FileSource,
  session: Session,
  raw: string,
  fault?: (line: number, fault: string) => void
): Promise<LoadedSource> {
  const form = textForm(source)
  const { header } = await headerOf(source.path, form)
  const writer = await session.texts(
    raw,
    header.map((_, i) => `c${i}`)
  )
  const lines: number[] = []
  try {
    const record = (fields: readonly string[], line: number) => {
      writer.row(fields)
      lines.push(line)
    }
    const { sha256 } = await scanCsv(source.path, form, fault ? { record, fault } : { record })
    return { columns: header, sha256, place: async (row) => `line ${lines[row] ?? '?'}` }
  } finally {
    writer.close()
  }
}

async function loadParquet(source: FileSource, session: Session, raw: string): Promise<LoadedSource> {
  const file = `${quoteText(source.path)}, hive_partitioning = false`
  const sha256 = await hashFile(source.path)
  const types = await parquetTypes(source, session)
  const columns = types.map(([name]) => name)
  const floats = new Set(types.flatMap(([name, type]) => (/^(FLOAT|DOUBLE)$/.test(type) ? [name] : [])))
  const texts = columns.map((name, i) => `CAST(${quoteName(name)} AS VARCHAR) AS c${i}`).join(', ')
  const sql = `CREATE TABLE ${quoteName(raw)} AS SELECT ${texts} FROM read_parquet(${file})`
  await fromFile(source, () => session.rows(sql))
  return { columns, sha256, floats, place: async (row) => `row ${row + 1}` }
}

/** The columns of a source, without its rows. Throws SOURCE_INVALID. */
export async function columnsOf(source: LocalSource, session: Session): Promise<readonly string[]> {
  if (source.format === 'bids') return bidsColumns(source)
  if (source.format === 'fhir') return fhirColumns(source)
  if (source.format === 'omop') return omopColumns(source.sets)
  if (source.format !== 'parquet') return (await headerOf(source.path, textForm(source))).header
  return (await parquetTypes(source, session)).map(([name]) => name)
}

/** The names of a Parquet file's columns with their types in the engine. */
async function parquetTypes(source: FileSource, session: Session): Promise<(readonly [name: string, type: string])[]> {
  const file = `${quoteText(source.path)}, hive_partitioning = false`
  const described = await fromFile(source, () => session.rows(`DESCRIBE SELECT * FROM read_parquet(${file})`))
  return described.map(([name, type]) => [String(name), String(type)])
}

async function fromFile<T>(source: FileSource, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (cause) {
    throw new StimnetError('SOURCE_INVALID', `${source.path}: cannot be read as ${source.format}`, { cause })
  }
}
