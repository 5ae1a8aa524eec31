/** DuckDB with narrow settings: few threads, bounded memory, no extensions, and locked before the first question. */
import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api'
import { StimnetError, type SubjectSet } from '@stimnet/protocol'
import { bitData } from './index/bits.ts'
import { quoteName } from './quote.ts'

/**
 * Memory limit. A million rows of a few columns need a tenth of it; a query that needs more
 * fails, so that it does not starve the node.
 */
const MEMORY_MIB = 2048

/** One row of an answer of the engine, value by value. */
export type Row = readonly DuckDBValue[]

/** Limits of an engine. */
export interface EngineOptions {
  /**
   * Number of threads. Questions use one: a peer shares its machine with sandboxes, and over ten thousand rows a second thread
   * costs more than it saves (9 ms against 35 on a busy machine).
   */
  readonly threads: number
  /** Folder for data that do not fit into memory; without one nothing is written to disk. */
  readonly spillDir?: string
}

/** One in-memory database. */
export interface Engine {
  session(): Promise<Session>
  /** A set as a query parameter: bit i is subject i. */
  bits(set: SubjectSet): DuckDBValue
  /** Locks the engine: after this no file can be read or written, and no setting can be changed. */
  lock(): Promise<void>
  close(): void
}

/** A writer of rows of text. */
export interface TextWriter {
  /** Adds a row with as many fields as the table has columns. */
  row(fields: readonly string[]): void
  close(): void
}

/** One connection, with its own temporary tables. */
export interface Session {
  /**
   * The rows of a query. Throws NODE_ERROR, with a reason that contains no text of the engine's;
   * throws CANCELLED when the signal aborts.
   */
  rows(sql: string, values?: readonly DuckDBValue[], signal?: AbortSignal): Promise<readonly Row[]>
  /** As `rows`, but a few thousand rows at a time, so that other work can run in between. */
  chunks(sql: string, values: readonly DuckDBValue[], signal?: AbortSignal): AsyncIterable<readonly Row[]>
  /** The same by column. */
  chunksByColumn(
    sql: string,
    values: readonly DuckDBValue[],
    signal?: AbortSignal
  ): AsyncIterable<readonly (readonly DuckDBValue[])[]>
  /**
   * The only column of a query, as `length` whole numbers from 0. Throws as `rows`, and NODE_ERROR for another number of rows.
   */
  column(sql: string, length: number, signal?: AbortSignal): Promise<Uint32Array>
  /** Makes a table of text columns with these names, and a writer of its rows, which must be closed. Throws NODE_ERROR. */
  texts(table: string, columns: readonly string[]): Promise<TextWriter>
  close(): void
}

/** Opens an empty engine; `lock` it before the first question. */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  // Loaded when it is first needed: it takes 70 MB, and an idle peer does not use it.
  const { DuckDBBitValue, DuckDBInstance } = await import('@duckdb/node-api')
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(options.threads),
    memory_limit: `${MEMORY_MIB}MiB`,
    temp_directory: options.spillDir ?? '',
    ...(options.spillDir === undefined ? { max_temp_directory_size: '0KB' } : {}),
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false'
  })
  return {
    bits: (set) => new DuckDBBitValue(bitData(set)),
    session: async () => sessionOf(await instance.connect()),
    async lock() {
      const connection = await instance.connect()
      await connection.run('SET enable_external_access = false')
      await connection.run('SET lock_configuration = true')
      connection.closeSync()
    },
    close: () => instance.closeSync()
  }
}

function sessionOf(connection: DuckDBConnection): Session {
  return {
    rows: (sql, values = [], signal) =>
      guarded(connection, signal, async () => (await connection.runAndReadAll(sql, [...values])).getRows()),
    async *chunks(sql, values, signal) {
      for await (const chunk of streamed(connection, sql, values, signal)) yield chunk.getRows()
    },
    async *chunksByColumn(sql, values, signal) {
      for await (const chunk of streamed(connection, sql, values, signal)) yield chunk.getColumns()
    },
    async column(sql, length, signal) {
      const values = new Uint32Array(length)
      let at = 0
      const result = await guarded(connection, signal, () => connection.stream(sql))
      for (;;) {
        const chunk = await guarded(connection, signal, () => result.fetchChunk())
        if (!chunk || chunk.rowCount === 0) break
        for (const value of chunk.getColumnValues(0)) values[at++] = Number(value)
      }
      if (at !== length) throw new StimnetError('NODE_ERROR', `a query of our own gave ${at} rows for ${length}`)
      return values
    },
    texts: (table, columns) => textWriter(connection, table, columns),
    close: () => connection.closeSync()
  }
}

/** The parts of a result as they come. */
async function* streamed(
  connection: DuckDBConnection,
  sql: string,
  values: readonly DuckDBValue[],
  signal: AbortSignal | undefined
) {
  const result = await guarded(connection, signal, () => connection.stream(sql, [...values]))
  for (;;) {
    const chunk = await guarded(connection, signal, () => result.fetchChunk())
    if (!chunk || chunk.rowCount === 0) return
    yield chunk
  }
}

async function textWriter(
  connection: DuckDBConnection,
  table: string,
  columns: readonly string[]
): Promise<TextWriter> {
  const names = columns.map((name) => `${quoteName(name)} VARCHAR`).join(', ')
  await guarded(connection, undefined, () => connection.run(`CREATE TABLE ${quoteName(table)} (${names})`))
  const appender = await guarded(connection, undefined, () => connection.createAppender(table))
  return {
    row(fields) {
      for (const field of fields) appender.appendVarchar(field)
      appender.endRow()
    },
    close: () => appender.closeSync()
  }
}

/** Runs one step of a query that the signal can interrupt. */
async function guarded<T>(
  connection: DuckDBConnection,
  signal: AbortSignal | undefined,
  step: () => Promise<T>
): Promise<T> {
  const abort = () => connection.interrupt()
  assertGoing(signal)
  signal?.addEventListener('abort', abort, { once: true })
  try {
    const answer = await step()
    assertGoing(signal)
    return answer
  } catch (cause) {
    assertGoing(signal)
    throw new StimnetError('NODE_ERROR', 'a query of our own failed', { cause })
  } finally {
    signal?.removeEventListener('abort', abort)
  }
}

/** Throws CANCELLED, or the signal's own reason where that carries a code, once the signal has aborted. */
function assertGoing(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return
  if (signal.reason instanceof StimnetError) throw signal.reason
  throw new StimnetError('CANCELLED', 'the data were being read', { cause: signal.reason })
}
