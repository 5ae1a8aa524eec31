/**
 * A folder with one CSV file per table of an OMOP Common Data Model 5.4, read as one row per person by declared concept sets. The rows are made
 * by the query that a database would get.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { canonicalJson, StimnetError } from '@stimnet/protocol'
import type { TableConfig } from '../../catalog/catalog-config.ts'
import { kindOf, OMOP_RECORDS, type OmopKind, type OmopSets, omopColumns } from '../../catalog/omop-config.ts'
import type { Separator } from '../../catalog/reading.ts'
import type { Session } from '../../engine.ts'
import { quoteName, quoteText } from '../../quote.ts'
import { headerOf, lineOfRecord, scanCsv, type TextForm } from '../csv-scan.ts'
import { type FolderFile, isFileInside, printOfFiles, rootOf } from '../folder-files.ts'
import { omopQuery } from './query.ts'
import { type ColumnKind, faultSql, readSql } from './values.ts'

/** A folder with CSV files of an OMOP Common Data Model. */
export interface OmopSource {
  readonly table: TableConfig
  /** The folder, for messages. */
  readonly name: string
  /** Absolute path of the folder. */
  readonly folder: string
  readonly sets: OmopSets
  readonly format: 'omop'
}

/** A table of the model that is read. */
interface ModelTable {
  readonly name: string
  /** The columns that are read. */
  readonly columns: Readonly<Record<string, ColumnKind>>
  /** The column whose values must differ. */
  readonly unique?: string
}

interface ModelFile extends FolderFile {
  readonly table: ModelTable
}

/** The tables that the concept sets need. Other files of the folder are not opened. */
function tablesOf({ descendants, observation_periods: isObserved, index, variables }: OmopSets): readonly ModelTable[] {
  const kinds = [...new Set([index, ...variables].map((set) => kindOf(set).kind))].sort()
  return [
    {
      name: 'person',
      unique: 'person_id',
      columns: { person_id: 'id', year_of_birth: 'whole', gender_concept_id: 'whole' }
    },
    ...(isObserved ? [PERIODS] : []),
    ...(descendants ? [ANCESTORS] : []),
    ...kinds.map(recordTable)
  ]
}

const PERIODS: ModelTable = {
  name: 'observation_period',
  columns: { person_id: 'id', observation_period_start_date: 'day', observation_period_end_date: 'day' }
}
const ANCESTORS: ModelTable = {
  name: 'concept_ancestor',
  columns: { ancestor_concept_id: 'id', descendant_concept_id: 'id' }
}

function recordTable(kind: OmopKind): ModelTable {
  const record = OMOP_RECORDS[kind]
  const columns = { person_id: 'id', [record.concept]: 'id', [record.day]: 'day' } as const
  if (!('id' in record)) return { name: record.table, columns }
  return {
    name: record.table,
    unique: record.id,
    columns: { ...columns, [record.id]: 'id', value_as_number: 'number', unit_concept_id: 'whole' }
  }
}

/** The files of the tables, in the order of the tables. Capitals in their names do not count. Throws SOURCE_INVALID. */
async function filesOf({ folder, sets }: OmopSource): Promise<readonly ModelFile[]> {
  const root = await rootOf(folder)
  const names = (await readdir(folder)).sort()
  const files: ModelFile[] = []
  for (const table of tablesOf(sets)) {
    const own = names.filter((name) => new RegExp(`^${table.name}\\.(csv|tsv)$`, 'i').test(name))
    const [inside, second] = own
    if (second !== undefined) fail(`${folder}: ${own.join(' and ')} are files of one table`)
    const path = join(folder, inside ?? '')
    if (inside === undefined || !(await isFileInside(path, root))) {
      const advice = ADVICE[table.name]
      fail(`${folder}: there is no file ${table.name}.csv${advice === undefined ? '' : `: ${advice}`}`)
    }
    files.push({ path, inside, table })
  }
  return files
}

const ADVICE: Readonly<Record<string, string>> = {
  concept_ancestor: 'without it, write descendants: false and list the concepts',
  observation_period: 'without it, write observation_periods: false'
}

/** A text that changes whenever a file is written, added or removed, or other sets are declared. Throws SOURCE_INVALID. */
export async function omopFingerprint(source: OmopSource): Promise<string> {
  return `${await printOfFiles(await filesOf(source))} ${printOfSets(source)}`
}

function printOfSets({ sets }: OmopSource): string {
  const { descendants, observation_periods, index, variables } = sets
  return createHash('sha256')
    .update(canonicalJson({ descendants, observation_periods, index, variables }))
    .digest('hex')
}

/** SHA-256 of the sets and of the files' bytes. Throws SOURCE_INVALID. */
export async function omopHash(source: OmopSource): Promise<string> {
  const hash = createHash('sha256').update(printOfSets(source))
  for (const { path, inside } of await filesOf(source)) {
    const own = createHash('sha256')
    for await (const chunk of createReadStream(path) as AsyncIterable<Uint8Array>) own.update(chunk)
    hash.update(`\n${inside}\0${own.digest('hex')}`)
  }
  return hash.digest('hex')
}

/** Loads one row for each person with an index date into the table `raw`. Throws SOURCE_INVALID with file and line. */
export async function loadOmop(source: OmopSource, session: Session, raw: string) {
  const hash = createHash('sha256').update(printOfSets(source))
  const model = `${raw}_model`
  await session.rows(`CREATE SCHEMA ${quoteName(model)}`)
  try {
    for (const file of await filesOf(source)) {
      hash.update(`\n${file.inside}\0${await loadTable(file, session, model)}`)
    }
    const columns = omopColumns(source.sets)
    const texts = columns.map((name, i) => `CAST(${quoteName(name)} AS VARCHAR) AS c${i}`).join(', ')
    const query = omopQuery(source.sets, model)
    await session.rows(`CREATE TABLE ${quoteName(raw)} AS SELECT ${texts} FROM (${query}) ORDER BY person_id`)
    return { columns, sha256: hash.digest('hex') }
  } finally {
    await session.rows(`DROP SCHEMA ${quoteName(model)} CASCADE`)
  }
}

/** Loads the needed columns of one file as a table of the schema `model`. Returns the hash of the file. Throws SOURCE_INVALID. */
async function loadTable({ path, table }: ModelFile, session: Session, model: string): Promise<string> {
  const form = await formOf(path)
  const { header, records, sha256 } = await scanCsv(path, form)
  const found = header.map((name) => name.trim().toLowerCase())
  const columns = Object.entries(table.columns).map(([name, kind]) => {
    const at = found.indexOf(name)
    if (at < 0) fail(`${path}: has no column ${name}`)
    if (found.lastIndexOf(name) !== at) fail(`${path}: has two columns ${name}`)
    return { name, kind, text: `trim(coalesce(c${at}, ''))` }
  })
  const types = header.map((_, i) => `'c${i}': 'VARCHAR'`).join(', ')
  const options = `auto_detect = false, compression = 'none', hive_partitioning = false, header = true, delim = ${quoteText(form.separator)}, quote = '"', escape = '"', columns = {${types}}`
  const read = `read_csv(${quoteText(path)}, ${options})`
  const flags = columns.map(({ kind, text }) => `count(*) FILTER (${faultSql(kind, text)})`)
  const [counts = []] = await session.rows(`SELECT count(*), ${flags.join(', ')} FROM ${read}`)
  if (Number(counts[0]) !== records) fail(`${path}: ${records} records, of which the engine read ${counts[0]}`)
  for (const [i, { name, kind, text }] of columns.entries()) {
    if (Number(counts[i + 1]) === 0) continue
    const numbered = `SELECT row_number() OVER () AS n, ${faultSql(kind, text)} AS wrong FROM ${read}`
    const [first] = await session.rows(`SELECT min(n) FROM (${numbered}) WHERE wrong`)
    fail(`${path}, line ${await lineOfRecord(path, form, Number(first?.[0]))}, ${name}: ${WRONG[kind]}`)
  }
  const values = columns.map(({ name, kind, text }) => `${readSql(kind, text)} AS ${name}`).join(', ')
  const made = `${quoteName(model)}.${table.name}`
  await session.rows(`CREATE TABLE ${made} AS SELECT ${values} FROM ${read}`)
  if (table.unique !== undefined) {
    const [twice] = await session.rows(`SELECT count(*) - count(DISTINCT ${table.unique}) FROM ${made}`)
    if (Number(twice?.[0]) > 0) fail(`${path}: ${twice?.[0]} of its records have a ${table.unique} that another has`)
  }
  return sha256
}

const WRONG: Readonly<Record<ColumnKind, string>> = {
  id: 'not a whole number, or empty',
  whole: 'not a whole number',
  day: 'not a day as yyyy-mm-dd or yyyymmdd, or empty',
  number: 'not a number'
}

/** Vocabularies are often separated by tabs although their names end in .csv, so the header decides. */
async function formOf(path: string): Promise<Required<TextForm>> {
  for (const separator of [',', '\t'] as const satisfies readonly Separator[]) {
    const { header } = await headerOf(path, { separator })
    if (header.length > 1) return { separator, encoding: 'utf-8' }
  }
  return fail(`${path}: its header has neither commas nor tabs`)
}

function fail(words: string): never {
  throw new StimnetError('SOURCE_INVALID', words)
}
