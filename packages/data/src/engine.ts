/** DuckDB with restrictive settings: few threads, bounded memory, no extensions, and locked before the first query of a request. */
import type { DuckDBConnection, DuckDBDataChunk, DuckDBValue } from '@duckdb/node-api'
import { StimnetError, type SubjectSet } from '@stimnet/protocol'
import { bitData } from './index/bits.ts'
import { quoteName } from './quote.ts'

/** Memory limit. A million rows of a few columns need a tenth of it. A query that needs more fails, so that it does not starve the node. */
const MEMORY_MIB = 2048

/** One row of a query result, as a list of values. */
export type Row = readonly DuckDBValue[]

/** Limits of an engine. */
export interface EngineOptions {
  /**
   * Number of threads. Requests use one thread, since a peer shares its machine with sandboxes. Over ten thousand rows, a second thread
   * costs more than it saves (9 ms against 35 on a busy machine).
   */
  readonly threads: number
  /** Folder for data that do not fit into memory. Without a folder, nothing is written to disk. */
  readonly spillDir?: string
}

/** An in-memory database. */
export interface Engine {
  session(): Promise<Session>
  /** A set as a query parameter. Bit i stands for subject i. */
  bits(set: SubjectSet): DuckDBValue
  /** Locks the engine: afterwards no file can be read or written, and no setting can be changed. */
  lock(): Promise<void>
  close(): void
}

/** Writes rows of text fields into a table. */
export interface TextWriter {
  /** Adds a row. The number of fields must be the number of columns of the table. */
  row(fields: readonly string[]): void
  close(): void
}

/** A connection, with its own temporary tables. */
export interface Session {
  /** The rows of a query. Throws NODE_ERROR with a reason that contains none of the engine's text, and CANCELLED when the signal aborts. */
  rows(sql: string, values?: readonly DuckDBValue[], signal?: AbortSignal): Promise<readonly Row[]>
  /** Like `rows`, but in chunks of a few thousand rows, so that other work can run in between. */
  chunks(sql: string, values: readonly DuckDBValue[], signal?: AbortSignal): AsyncIterable<readonly Row[]>
  /** The columns of a query, all of which are doubles, by chunk; NaN for null. Throws the errors of `rows`. */
  numbers(sql: string, values: readonly DuckDBValue[], signal?: AbortSignal): AsyncIterable<readonly Float64Array[]>
  /**
   * The only column of a query, as `length` non-negative integers. Throws the errors of `rows`, and NODE_ERROR for any other number of
   * rows.
   */
  column(sql: string, length: number, signal?: AbortSignal): Promise<Uint32Array>
  /** Creates a table of text columns with these names, and returns a writer of its rows, which must be closed. Throws NODE_ERROR. */
  texts(table: string, columns: readonly string[]): Promise<TextWriter>
  close(): void
}

/** Opens an empty engine. Call `lock` before the first query of a request. */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  // Loaded on first use: the module takes 70 MB, and an idle peer does not need it.
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

/** Runs work in a session of a separate engine, which is closed afterwards. */
export async function withSession<T>(options: EngineOptions, work: (session: Session) => Promise<T>): Promise<T> {
  const engine = await openEngine(options)
  try {
    return await work(await engine.session())
  } finally {
    engine.close()
  }
}

function sessionOf(connection: DuckDBConnection): Session {
  return {
    rows: (sql, values = [], signal) =>
      guarded(connection, signal, async () => (await connection.runAndReadAll(sql, [...values])).getRows()),
    async *chunks(sql, values, signal) {
      for await (const chunk of streamed(connection, sql, values, signal)) yield chunk.getRows()
    },
    async *numbers(sql, values, signal) {
      for await (const chunk of streamed(connection, sql, values, signal))
        yield Array.from({ length: chunk.columnCount }, (_, at) => doublesOf(chunk.getColumnVector(at)))
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

/** The values of a column of doubles, without an object for each. */
function doublesOf(vector: ReturnType<DuckDBDataChunk['getColumnVector']>): Float64Array {
  const values = new Float64Array(vector.itemCount)
  for (let i = 0; i < values.length; i++) {
    const value = vector.getItem(i)
    if (value !== null && typeof value !== 'number') throw new TypeError('a query whose column is not of doubles')
    values[i] = value ?? Number.NaN
  }
  return values
}

/** The parts of a result, as they arrive. */
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

/** Runs one step of a query. The signal interrupts the step. */
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

/** Once the signal has aborted: throws the signal's reason if it is a StimnetError, else CANCELLED. */
function assertGoing(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return
  if (signal.reason instanceof StimnetError) throw signal.reason
  throw new StimnetError('CANCELLED', 'the data were being read', { cause: signal.reason })
}
