/** Conversion of text to declared types: every value must fit its variable, or the steward is told file, line and key. */
import { StimnetError } from '@stimnet/protocol'
import { decimalsOf, type VariableConfig } from '../catalog/catalog-config.ts'
import type { Session } from '../engine.ts'
import { quoteName, quoteText } from '../quote.ts'
import type { LoadedSource, Source } from './source.ts'

/** Largest scaled value: whole numbers up to it are exact in every language that will read them. */
const SCALED_MAX = Number.MAX_SAFE_INTEGER
/** Largest number of decimal places that still leaves 18 digits before the point in the engine's widest decimal. */
const FINEST = 20
/** Texts that mean "nobody" in files. */
const NOBODY = ['NA', 'N/A', 'NAN', 'NULL', 'NONE', 'NIL'].map(quoteText).join(', ')
/** Number of rows for which sums of squares must fit: with values below 2^53 they fit the engine's 128-bit integers. */
const ROWS_MAX = 2 ** 20
const SQUARES_MAX = 2n ** 127n

/**
 * Makes the table `typed` from `raw`: `key` (text), and one column per variable in the form that a snapshot keeps. Throws
 * SOURCE_INVALID that names file, line and variable, but never the value, which may be personal.
 */
export async function typeColumns(options: {
  source: Source
  loaded: LoadedSource
  session: Session
  subjectKey: string
  raw: string
  typed: string
}): Promise<void> {
  const { source, loaded, session, subjectKey, raw, typed } = options
  const positionOf = columnPositions(source, loaded)
  const key = `c${positionOf(subjectKey, 'subject_key')}`
  const variables = source.table.variables.map((variable) => {
    const text = presentSql(`c${positionOf(variable.column ?? variable.name, variable.name)}`, variable)
    return { variable, text, value: valueSql(text, variable) }
  })
  await checkKeys({ source, loaded, session, raw, key, subjectKey })
  const wrong = variables.map(({ text, value }) => `min(rowid) FILTER (WHERE ${text} IS NOT NULL AND ${value} IS NULL)`)
  const [first] = await session.rows(`SELECT ${wrong.join(', ')} FROM ${quoteName(raw)}`)
  await refuseFirst(source, loaded, first, source.table.variables, faultOf)
  await checkDecimals({
    source,
    loaded,
    session,
    raw,
    variables: variables.filter(({ variable }) => isNumber(variable))
  })
  const list = variables.map(({ variable, value }) => `${value} AS ${quoteName(variable.name)}`)
  await session.rows(
    `CREATE TABLE ${quoteName(typed)} AS SELECT rowid AS ${quoteName('_row')}, ${key} AS ${quoteName('_key')}, ${list.join(', ')} FROM ${quoteName(raw)}`
  )
  await checkRanges({ source, loaded, session, typed })
}

/** Finds the position of a declared column in the file. Names must be exactly the same. */
function columnPositions(source: Source, loaded: LoadedSource): (column: string, key: string) => number {
  const { columns } = loaded
  const twin = columns.find((column, i) => columns.indexOf(column) !== i)
  if (twin !== undefined) refuse(source, `line 1: the column ${JSON.stringify(twin)} comes twice`)
  return (column, key) => {
    const at = columns.indexOf(column)
    if (at >= 0) return at
    const has = columns.slice(0, 50).join(', ').slice(0, 500)
    return refuse(source, `line 1: no column ${JSON.stringify(column)} (for ${key}). The file has: ${has}`)
  }
}

/** SQL for the text of a field; null where it is missing. */
function presentSql(column: string, variable: VariableConfig): string {
  const markers = ['', ...variable.missing].map(quoteText).join(', ')
  return `CASE WHEN ${column} IN (${markers}) THEN NULL ELSE ${column} END`
}

/** SQL for the value as a snapshot keeps it: the number of a level, scaled whole numbers, or days; null where it does not fit. */
function valueSql(text: string, variable: VariableConfig): string {
  const trimmed = `trim(${text})`
  const matching = (pattern: string, value: string) =>
    `CASE WHEN regexp_full_match(${trimmed}, '${pattern}') THEN ${value} END`
  switch (variable.type) {
    case 'category': {
      const levels = (variable.levels ?? []).map(quoteText).join(', ')
      return `CAST(nullif(list_position([${levels}], ${text}), 0) - 1 AS USMALLINT)`
    }
    case 'integer':
    case 'number': {
      // The digits of an exact decimal without its point are the scaled whole number, so that no float is involved.
      const decimals = decimalsOf(variable)
      const pattern =
        variable.type === 'integer' ? '[+-]?[0-9]+([.]0*)?' : '[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]{1,3})?'
      const decimal = `TRY_CAST(${trimmed} AS DECIMAL(18, ${decimals}))`
      return matching(pattern, `CAST(replace(CAST(${decimal} AS VARCHAR), '.', '') AS BIGINT)`)
    }
    case 'date':
      return matching('[0-9]{4}-[0-9]{2}-[0-9]{2}', `CAST(TRY_CAST(${trimmed} AS DATE) - DATE '1970-01-01' AS INTEGER)`)
    case 'text':
      return text
  }
}

function faultOf(variable: VariableConfig): string {
  switch (variable.type) {
    case 'category':
      return `none of the declared levels (${(variable.levels ?? []).slice(0, 40).join(', ').slice(0, 500)})`
    case 'integer':
      return 'not a whole number of at most 18 digits'
    case 'number':
      return `not a number that fits 18 digits, ${decimalsOf(variable)} of them decimals`
    case 'date':
      return 'not a date written YYYY-MM-DD'
    case 'text':
      return 'not a text'
  }
}

function isNumber({ type }: VariableConfig): boolean {
  return type === 'integer' || type === 'number'
}

/** Refuses values with more decimals than declared: a cast would round them without notice. */
async function checkDecimals(options: {
  source: Source
  loaded: LoadedSource
  session: Session
  raw: string
  variables: readonly { readonly variable: VariableConfig; readonly text: string }[]
}): Promise<void> {
  const { source, loaded, session, raw, variables } = options
  if (variables.length === 0) return
  const wrong = variables.map(({ variable, text }) => {
    const decimals = decimalsOf(variable)
    const trimmed = `trim(${text})`
    const [kept, finest] = [decimals, FINEST].map((places) => `TRY_CAST(${trimmed} AS DECIMAL(38, ${places}))`)
    // A number without exponent is checked by its digits; one with an exponent by comparing, and by whether it becomes zero.
    const written = `regexp_matches(${trimmed}, '^[^eE]*[.][0-9]{${decimals}}[0-9]*[1-9][0-9]*$')`
    const powered = `(regexp_matches(${trimmed}, '[eE]') AND (${kept} != ${finest} OR (${kept} = 0 AND regexp_matches(${trimmed}, '^[^eE]*[1-9]'))))`
    return `min(rowid) FILTER (WHERE ${written} OR ${powered})`
  })
  const [first] = await session.rows(`SELECT ${wrong.join(', ')} FROM ${quoteName(raw)}`)
  await refuseFirst(
    source,
    loaded,
    first,
    variables.map(({ variable }) => variable),
    (variable) =>
      `more than ${decimalsOf(variable)} decimals: declare \`decimals\` (9 at most) as they are, or round them in the file`
  )
}

/**
 * Faults of subject keys: no key at all, or a key that could be another spelling of one person's:
 * "7" and "7 " would count as two people.
 */
const KEY_FAULTS: readonly (readonly [fault: (key: string) => string, words: string])[] = [
  [(key) => `${key} IS NULL OR ${key} = ''`, 'no subject'],
  [(key) => `regexp_matches(${key}, '^[\\s\\p{Z}]|[\\s\\p{Z}]$')`, 'spaces around the subject'],
  [(key) => `upper(${key}) IN (${NOBODY})`, '"NA" and the like stand for nobody, and would be one person'],
  [(key) => `regexp_matches(${key}, '[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]')`, 'a character that nobody sees in the subject'],
  [
    (key) => `${key} != nfc_normalize(${key})`,
    'not in Unicode’s NFC: the same letters composed would be another person'
  ]
]

async function checkKeys(options: {
  source: Source
  loaded: LoadedSource
  session: Session
  raw: string
  key: string
  subjectKey: string
}): Promise<void> {
  const { source, loaded, session, key, subjectKey } = options
  const raw = quoteName(options.raw)
  const at = async (row: unknown) => `${await loaded.place(Number(row))}, ${subjectKey}`
  const [first] = await session.rows(
    `SELECT ${KEY_FAULTS.map(([fault]) => `min(rowid) FILTER (WHERE ${fault(key)})`).join(', ')} FROM ${raw}`
  )
  for (const [i, [, words]] of KEY_FAULTS.entries()) {
    if (typeof first?.[i] === 'bigint') refuse(source, `${await at(first[i])}: ${words}`)
  }
  if (!source.table.one_row_per_subject) return
  const [second] = await session.rows(
    `SELECT min(rowid) FROM (SELECT rowid, row_number() OVER (PARTITION BY ${key} ORDER BY rowid) AS n FROM ${raw}) WHERE n = 2`
  )
  if (typeof second?.[0] === 'bigint') refuse(source, `${await at(second[0])}: a second row of one subject`)
}

/**
 * Checks the bounds that the steward declared, and those of exact arithmetic, at the start, so
 * that no query can fail because of them.
 */
async function checkRanges(options: {
  source: Source
  loaded: LoadedSource
  session: Session
  typed: string
}): Promise<void> {
  const { source, loaded, session } = options
  const typed = quoteName(options.typed)
  const numeric = source.table.variables.filter(isNumber)
  if (numeric.length === 0) return
  const wrong = numeric.map((variable) => {
    const column = quoteName(variable.name)
    const unit = 10 ** decimalsOf(variable)
    const low = variable.minimum === undefined ? -SCALED_MAX : Math.round(variable.minimum * unit)
    const high = variable.maximum === undefined ? SCALED_MAX : Math.round(variable.maximum * unit)
    return `min(${quoteName('_row')}) FILTER (WHERE ${column} < ${BigInt(low)} OR ${column} > ${BigInt(high)})`
  })
  const [first] = await session.rows(`SELECT ${wrong.join(', ')} FROM ${typed}`)
  await refuseFirst(source, loaded, first, numeric, ({ minimum, maximum }) =>
    minimum === undefined
      ? 'too large to be counted exactly: declare fewer decimals'
      : `outside ${minimum} to ${maximum}`
  )
  const largest = numeric.map(({ name }) => `max(abs(${quoteName(name)}))`)
  const [facts] = await session.rows(`SELECT count(*), ${largest.join(', ')} FROM ${typed}`)
  const rows = Math.max(Number(facts?.[0]), ROWS_MAX)
  for (const [i, variable] of numeric.entries()) {
    const value = BigInt(Number(facts?.[i + 1] ?? 0))
    if (value * value * BigInt(rows) >= SQUARES_MAX) {
      refuse(
        source,
        `${variable.name}: its squares over ${rows} rows are too large to be summed exactly: declare fewer decimals`
      )
    }
  }
}

async function refuseFirst(
  source: Source,
  loaded: LoadedSource,
  first: readonly unknown[] | undefined,
  variables: readonly VariableConfig[],
  fault: (variable: VariableConfig) => string
): Promise<void> {
  for (const [i, variable] of variables.entries()) {
    const row = first?.[i]
    if (row === null || row === undefined) continue
    refuse(source, `${await loaded.place(Number(row))}, ${variable.name}: ${fault(variable)}`)
  }
}

function refuse(source: Source, message: string): never {
  throw new StimnetError('SOURCE_INVALID', `${source.path}, ${message} (table ${source.table.name})`)
}
