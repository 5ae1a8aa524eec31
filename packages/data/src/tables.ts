/** The rows of a cohort in the form passed to a sandbox: CSV with pseudonyms that are new for each call. */
import { type RandomSource, StimnetError, type SubjectSet } from '@stimnet/protocol'
import { type CatalogConfig, decimalsOf, type TableConfig, type VariableConfig } from './catalog/catalog-config.ts'
import { decimalText, SUBJECT } from './columns.ts'
import { isoDate } from './dates.ts'
import type { Engine, Session } from './engine.ts'
import type { CatalogView } from './catalog/mapped.ts'
import { quoteName } from './quote.ts'
import { shuffled } from './shuffle.ts'

/** Maximum size of all tables of a job together, bytes. A sandbox receives them as one input, and holds several copies in memory. */
const TABLES_BYTES_MAX = 256 * 1024 * 1024

/** One table of a cohort in the form passed to a sandbox. */
export interface CohortTable {
  readonly name: string
  /**
   * UTF-8 text by RFC 4180 with a header line. The first column is the subject key, which contains pseudonyms. An empty field means
   * missing.
   */
  readonly csv: Uint8Array
  readonly columns: readonly CohortColumn[]
}

/** A column of a cohort table. */
export interface CohortColumn {
  readonly name: string
  readonly type: VariableConfig['type']
}

interface TablesOptions {
  readonly cohort: SubjectSet
  readonly config: CatalogConfig
  /** The tables and columns of a mapped view. Default: those of the snapshot. */
  readonly view?: Pick<CatalogView, 'tables' | 'columnSql'>
  readonly engine: Engine
  readonly random: RandomSource
  readonly signal: AbortSignal | undefined
  /** Maximum size of all tables together, bytes. Default `TABLES_BYTES_MAX`. */
  readonly bytesMax?: number
}

/** The tables of a cohort. Throws NODE_ERROR if they are larger than a sandbox accepts; throws CANCELLED. */
export async function cohortTables(options: TablesOptions): Promise<readonly CohortTable[]> {
  const { cohort, config, engine, random } = options
  // A new order for each call, the same for all its tables. The position in this order is the pseudonym.
  const order = shuffled([...cohort], random)
  const session = await engine.session()
  try {
    const tables: CohortTable[] = []
    let room = options.bytesMax ?? TABLES_BYTES_MAX
    for (const table of options.view?.tables ?? config.tables) {
      const lines = await linesBySubject({ ...options, session, table, bytesMax: room })
      const csv = writeCsv({ table, subjectKey: config.subject_key, order, lines })
      if (csv.length > room) throw tooLarge()
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

/** The lines of a table without their subject, by position in the dense index. The lines of a subject are sorted by value. */
async function linesBySubject(
  options: TablesOptions & { session: Session; table: TableConfig; bytesMax: number }
): Promise<ReadonlyMap<number, string[]>> {
  const { cohort, engine, session, table, bytesMax, signal, view } = options
  const writers = table.variables.map(writerOf)
  const from = quoteName(table.name)
  const columnOf = (name: string) => view?.columnSql(table.name, name, from) ?? quoteName(name)
  const names = table.variables.map(({ name }) => columnOf(name)).join(', ')
  const subject = `CAST(${quoteName(SUBJECT)} AS INTEGER)`
  // Sorted, since the order of the source must not be visible.
  const sql = `SELECT ${subject}, ${names} FROM ${from} WHERE get_bit($1, ${subject}) = 1 ORDER BY ALL`
  const found = new Map<number, string[]>()
  let length = 0
  for await (const rows of session.chunks(sql, [engine.bits(cohort)], signal)) {
    for (const [at, ...values] of rows) {
      const line = values.map((value, i) => (value === null ? '' : (writers[i]?.(value) ?? ''))).join(',')
      length += line.length
      const lines = found.get(Number(at))
      if (lines) lines.push(line)
      else found.set(Number(at), [line])
    }
    if (length > bytesMax) throw tooLarge()
  }
  return found
}

function writeCsv(options: {
  table: TableConfig
  subjectKey: string
  order: readonly number[]
  lines: ReadonlyMap<number, string[]>
}): Uint8Array {
  const { table, subjectKey, order, lines } = options
  const width = Math.max(4, String(order.length).length)
  const header = [subjectKey, ...table.variables.map(({ name }) => name)].map(field).join(',')
  const body = order.flatMap((subject, i) => {
    const pseudonym = `S${String(i + 1).padStart(width, '0')}`
    return (lines.get(subject) ?? []).map((line) => `${pseudonym},${line}`)
  })
  return new TextEncoder().encode(`${[header, ...body].join('\n')}\n`)
}

function tooLarge(): StimnetError {
  return new StimnetError('NODE_ERROR', `the cohort's tables are larger than a sandbox takes`)
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

/** Formats a field by RFC 4180. */
function field(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
