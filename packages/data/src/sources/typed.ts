/** Conversion of text to declared types. Every value must fit its variable; values that do not fit are reported. */
import { StimnetError } from '@stimnet/protocol'
import { readVariables } from '../catalog/catalog-config.ts'
import { missingWords, subjectColumnOf } from '../catalog/reading.ts'
import type { Session } from '../engine.ts'
import { quoteName } from '../quote.ts'
import { type ColumnRule, keyRules, numberRules, oneRowRule, valueRule } from './column-rules.ts'
import { changePlace, placeOf } from './places.ts'
import type { LoadedSource, Source } from './source.ts'
import { type ReadColumn, readColumn } from './value-sql.ts'

/** Minimum number of rows for which sums of squares must fit. For values below 2^53, these sums fit the engine's 128-bit integers. */
const ROWS_MAX = 2 ** 20
const SQUARES_MAX = 2n ** 127n

/** A loaded table, and the names of the engine's tables for its text and its values. */
export interface TypedOptions {
  readonly source: Source
  readonly loaded: LoadedSource
  readonly session: Session
  readonly subjectKey: string
  readonly raw: string
  readonly typed: string
}

/**
 * Makes the table `typed` from `raw`: `key` (text), and one column per variable in the form stored in a snapshot. Throws SOURCE_INVALID
 * with source, row, variable and the shape of the value, but never the value itself, which may be personal.
 */
export async function typeColumns(options: TypedOptions): Promise<void> {
  const { source } = options
  const { key, columns, faults } = columnsOf(options)
  const [fault] = faults
  if (fault !== undefined) refuse(source, fault)
  for (const rules of rulesOf(options, key, columns)) await refuseFirst({ ...options, key }, rules)
  await createTyped(options, key, columns)
  for (const words of await squareFaults(options, columns)) refuse(source, words)
}

/**
 * Makes the table `typed` from the readable values even if rules are broken, and returns its variables. Unreadable values become missing.
 * Only for checks: the result must not be used for answers. Returns undefined if there is no key column.
 */
export async function typeWhatFits(options: TypedOptions): Promise<ReadonlySet<string> | undefined> {
  const { key, columns } = columnsOf(options)
  if (key === undefined) return undefined
  await createTyped(options, key, columns)
  return new Set(columns.map(({ variable }) => variable.name))
}

async function createTyped(
  { session, raw, typed }: TypedOptions,
  key: string | undefined,
  columns: readonly ReadColumn[]
): Promise<void> {
  const list = columns.map(({ variable, value }) => `, ${value} AS ${quoteName(variable.name)}`)
  await session.rows(
    `CREATE TABLE ${quoteName(typed)} AS SELECT rowid AS ${quoteName('_row')}, ${key} AS ${quoteName('_key')}${list.join('')} FROM ${quoteName(raw)}`
  )
}

/** Rows of a source that break a rule. */
export interface Breach {
  /** The variable, or the subject key; empty for the source itself. */
  readonly key: string
  /** The column with its variable, such as `column "score" (points)`, if the source is a database. */
  readonly column?: string
  /** The message. It contains the shape of the value, but never the value. */
  readonly fault: string
  /** Number of rows that break the rule. If `isCut`, only the rows that were examined are counted. */
  readonly rows: number
  readonly isCut: boolean
  /** The first places, such as `line 7` of a file, or `row 7 by patient_id` of a relation. */
  readonly places: readonly string[]
}

/** Maximum number of rows examined one by one for each broken rule. */
const ROWS_LOOKED_AT = 10_000

/** All breaches of a loaded table, with at most `placesMax` places each. Throws NODE_ERROR. */
export async function breachesOf(options: Omit<TypedOptions, 'typed'>, placesMax: number): Promise<Breach[]> {
  const { key, columns, faults } = columnsOf(options)
  const breaches = faults.map(ofFile)
  for (const rule of rulesOf(options, key, columns).flat()) {
    breaches.push(...(await breachesBy(rule, { ...options, key }, placesMax)))
  }
  return [...breaches, ...(await squareFaults(options, columns)).map(ofFile)]
}

function ofFile(fault: string): Breach {
  return { key: '', fault, rows: 0, isCut: false, places: [] }
}

/** A loaded table, and the engine's column of its key, which is undefined if the source has none. */
interface KeyedOptions extends Omit<TypedOptions, 'typed'> {
  readonly key: string | undefined
}

async function placeIn({ session, raw, key, ...rows }: KeyedOptions, position: number): Promise<string> {
  return placeOf(session, { ...rows, relation: raw, row: 'rowid', key: key ?? 'rowid' }, position)
}

/** The breaches of one rule, grouped by message. */
async function breachesBy(
  { key, column, breaks, text, fault }: ColumnRule,
  options: KeyedOptions,
  placesMax: number
): Promise<Breach[]> {
  const { source, session, raw } = options
  const found = await session.rows(
    `SELECT rowid, ${text} FROM ${quoteName(raw)} WHERE ${breaks} ORDER BY rowid LIMIT ${ROWS_LOOKED_AT}`
  )
  const byWords = Map.groupBy(found, ([, wrong]) => fault(wrong === null ? '' : String(wrong)))
  return Promise.all(
    [...byWords].map(async ([words, rows]) => ({
      key,
      ...(source.format === 'postgres' ? { column: columnWords(column, key) } : {}),
      fault: words,
      rows: rows.length,
      isCut: found.length === ROWS_LOOKED_AT,
      places: await Promise.all(rows.slice(0, placesMax).map(([row]) => placeIn(options, Number(row))))
    }))
  )
}

/** The SQL for the key and for each variable in the file, and the faults of the file's header. */
function columnsOf({ source, loaded, subjectKey }: Omit<TypedOptions, 'typed'>): {
  readonly key: string | undefined
  readonly columns: readonly ReadColumn[]
  readonly faults: readonly string[]
} {
  const faults: string[] = []
  const { table } = source
  const position = (column: string, of: string) => {
    const at = loaded.columns.indexOf(column)
    const found = positionFault(loaded.columns, column, of)
    if (found !== undefined) faults.push(found)
    return at < 0 ? undefined : `c${at}`
  }
  const key = position(subjectColumnOf(table, subjectKey), 'subject_key')
  const columns = readVariables(table).flatMap((variable) => {
    const column = position(variable.column ?? variable.name, variable.name)
    return column === undefined ? [] : [readColumn(variable, table, column)]
  })
  return { key, columns, faults: [...new Set(faults)] }
}

/** A fault unless exactly one column has the declared name. Other columns may share a name. */
function positionFault(columns: readonly string[], column: string, of: string): string | undefined {
  const times = columns.filter((one) => one === column).length
  if (times === 1) return undefined
  if (times > 1) return `line 1: the column ${JSON.stringify(column)} comes twice`
  const has = columns.slice(0, 50).join(', ').slice(0, 500)
  return `line 1: no column ${JSON.stringify(column)} (for ${of}). The file has: ${has}`
}

/** The rules of a table in the order of checking. Values are checked only if all keys are valid. */
function rulesOf(
  { source, loaded, subjectKey, raw }: Omit<TypedOptions, 'typed'>,
  key: string | undefined,
  columns: readonly ReadColumn[]
): ColumnRule[][] {
  const { table } = source
  const subject = { name: subjectKey, column: subjectColumnOf(table, subjectKey) }
  const ofKey = key === undefined ? [] : keyRules(key, subject, missingWords(table))
  const ofRows = key === undefined || !table.one_row_per_subject ? [] : [oneRowRule(key, subject, raw)]
  const facts = { changed: changePlace(table), floats: loaded.floats ?? new Set<string>() }
  const numbers = columns.map((column) => numberRules(column, facts))
  return [
    ofKey,
    ofRows,
    columns.map((column) => valueRule(column, facts)),
    numbers.flatMap(({ 0: tooFine }) => tooFine ?? []),
    numbers.flatMap(({ 1: outside }) => outside ?? [])
  ]
}

/** Throws SOURCE_INVALID for the first row that breaks the first broken rule. */
async function refuseFirst(options: KeyedOptions, rules: readonly ColumnRule[]): Promise<void> {
  const { source, session, raw } = options
  if (rules.length === 0) return
  const firsts = rules.map(({ breaks }) => `min(CASE WHEN ${breaks} THEN rowid END)`)
  const [first] = await session.rows(`SELECT ${firsts.join(', ')} FROM ${quoteName(raw)}`)
  for (const [i, { key, column, text, fault }] of rules.entries()) {
    const row = first?.[i]
    if (row === null || row === undefined) continue
    const [found] = await session.rows(`SELECT ${text} FROM ${quoteName(raw)} WHERE rowid = ${row}`)
    const words = fault(typeof found?.[0] === 'string' ? found[0] : '')
    const where = source.format === 'postgres' ? columnWords(column, key) : key
    refuse(source, `${await placeIn(options, Number(row))}, ${where}: ${words}`)
  }
}

/** A column of a database as text, with the name of its variable if that differs. */
function columnWords(column: string, variable: string): string {
  return `column ${JSON.stringify(column)}${column === variable ? '' : ` (${variable})`}`
}

/** Faults of whole columns: the squares of these numbers could not be summed exactly, so that a query could fail. */
async function squareFaults(
  { session, raw }: Omit<TypedOptions, 'typed'>,
  columns: readonly ReadColumn[]
): Promise<string[]> {
  const numeric = columns.filter(({ variable: { type } }) => type === 'integer' || type === 'number')
  if (numeric.length === 0) return []
  const largest = numeric.map(({ value }) => `max(abs(${value}))`)
  const [facts] = await session.rows(`SELECT count(*), ${largest.join(', ')} FROM ${quoteName(raw)}`)
  return numeric.flatMap(({ variable: { name } }, i) => {
    const words = squareWords(Number(facts?.[0]), Number(facts?.[i + 1] ?? 0))
    return words === undefined ? [] : [`${name}: ${words}`]
  })
}

/** The fault of an integer column whose squares could not be summed exactly, without the column's name; undefined if there is none. */
export async function squaresFault(session: Session, relation: string, column: string): Promise<string | undefined> {
  const sql = `SELECT count(*), max(abs(${quoteName(column)})) FROM ${quoteName(relation)}`
  const [facts] = await session.rows(sql)
  return squareWords(Number(facts?.[0]), Number(facts?.[1] ?? 0))
}

function squareWords(count: number, largest: number): string | undefined {
  const rows = Math.max(count, ROWS_MAX)
  return BigInt(largest) ** 2n * BigInt(rows) < SQUARES_MAX
    ? undefined
    : `its squares over ${rows} rows are too large to be summed exactly: declare fewer decimals`
}

function refuse({ name, table }: Source, message: string): never {
  throw new StimnetError('SOURCE_INVALID', `${name}, ${message} (table ${table.name})`)
}
