/** A cohort's rows as a sandbox gets them: CSV under pseudonyms that are fresh for each call. */
import { type RandomSource, StimnetError, type SubjectSet } from '@stimnet/protocol'
import { type CatalogConfig, decimalsOf, type TableConfig, type VariableConfig } from './catalog-config.ts'
import { decimalText, SUBJECT } from './columns.ts'
import { isoDate } from './dates.ts'
import type { Engine, Row } from './engine.ts'
import { quoteName } from './quote.ts'
import { shuffled } from './shuffle.ts'

/** All tables of a job together: a sandbox gets them as one input, and holds them in memory several times over. */
export const TABLES_BYTES_MAX = 256 * 1024 * 1024

/** One table of a cohort as a sandbox gets it. */
export interface CohortTable {
  readonly name: string
  /** UTF-8, RFC 4180, a header line; the first column is the subject key with pseudonyms in it. Empty means missing. */
  readonly csv: Uint8Array
  readonly columns: readonly CohortColumn[]
}

export interface CohortColumn {
  readonly name: string
  readonly type: VariableConfig['type']
}

/** Throws NODE_ERROR where the tables are larger than a sandbox takes; CANCELLED. */
export async function cohortTables(options: {
  cohort: SubjectSet
  config: CatalogConfig
  engine: Engine
  random: RandomSource
  signal: AbortSignal | undefined
}): Promise<readonly CohortTable[]> {
  const { cohort, config, engine, random, signal } = options
  const pseudonyms = pseudonymsOf(cohort, random)
  const session = await engine.session()
  try {
    const tables: CohortTable[] = []
    let room = TABLES_BYTES_MAX
    for (const table of config.tables) {
      const names = table.variables.map(({ name }) => quoteName(name)).join(', ')
      const subject = `CAST(${quoteName(SUBJECT)} AS INTEGER)`
      // By value within a subject: what order the source had is not to be seen.
      const sql = `SELECT ${subject}, ${names} FROM ${quoteName(table.name)} WHERE get_bit($1, ${subject}) = 1 ORDER BY ALL`
      const rows = await session.rows(sql, [engine.bits(cohort)], signal)
      const csv = writeCsv({ rows, table, subjectKey: config.subject_key, pseudonyms, bytesMax: room })
      room -= csv.length
      tables.push({ name: table.name, csv, columns: columnsOf(table, config.subject_key) })
    }
    return tables
  } finally {
    session.close()
  }
}

function columnsOf(table: TableConfig, subjectKey: string): CohortColumn[] {
  return [{ name: subjectKey, type: 'text' }, ...table.variables.map(({ name, type }) => ({ name, type }))]
}

/** S0001, S0002, …, dealt out anew; the same subject has the same one in every table of the call. */
function pseudonymsOf(cohort: SubjectSet, random: RandomSource): ReadonlyMap<number, string> {
  const members = shuffled([...cohort], random)
  const width = Math.max(4, String(members.length).length)
  return new Map(members.map((member, i) => [member, `S${String(i + 1).padStart(width, '0')}`]))
}

function writeCsv(options: {
  rows: readonly Row[]
  table: TableConfig
  subjectKey: string
  pseudonyms: ReadonlyMap<number, string>
  bytesMax: number
}): Uint8Array {
  const { rows, table, subjectKey, pseudonyms, bytesMax } = options
  const writers = table.variables.map(writerOf)
  const bySubject = new Map<string, string[]>()
  let length = 0
  for (const [subject, ...values] of rows) {
    const name = pseudonyms.get(Number(subject)) ?? ''
    const line = `${[name, ...values.map((value, i) => (value === null ? '' : (writers[i]?.(value) ?? '')))].join(',')}\n`
    length += line.length
    if (length > bytesMax) throw tooLarge()
    const lines = bySubject.get(name)
    if (lines) lines.push(line)
    else bySubject.set(name, [line])
  }
  const names = [...bySubject.keys()].sort()
  const header = `${[subjectKey, ...table.variables.map(({ name }) => name)].map(field).join(',')}\n`
  const csv = new TextEncoder().encode(header + names.flatMap((name) => bySubject.get(name) ?? []).join(''))
  if (csv.length > bytesMax) throw tooLarge()
  return csv
}

function tooLarge(): StimnetError {
  return new StimnetError('NODE_ERROR', `the cohort's tables are larger than ${TABLES_BYTES_MAX} bytes`)
}

function writerOf(variable: VariableConfig): (value: unknown) => string {
  const decimals = decimalsOf(variable)
  switch (variable.type) {
    case 'category': {
      const levels = (variable.levels ?? []).map(field)
      return (value) => levels[Number(value)] ?? ''
    }
    case 'integer':
    case 'number':
      return (value) => decimalText(BigInt(value as bigint), decimals)
    case 'date':
      return (value) => isoDate(Number(value))
    case 'text':
      return (value) => field(String(value))
  }
}

/** A field of RFC 4180. */
function field(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
