/** DuckDB, opened narrow: few threads, bounded memory, no extensions, and locked before the first question. */
import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api'
import { StimnetError, type SubjectSet } from '@stimnet/protocol'
import { bitData } from './index/bits.ts'

/** A million rows of a few columns need a tenth of it; what needs more fails instead of starving the node. */
const MEMORY_MIB = 2048

/** One row of an answer of the engine, value by value. */
export type Row = readonly DuckDBValue[]

/** How large an engine may be. */
export interface EngineOptions {
  /**
   * For questions one: a peer shares its machine with sandboxes, and over ten thousand rows a second thread costs more
   * than it brings (9 ms against 35 on a busy machine).
   */
  readonly threads: number
  /** Folder to spill into; nothing is spilled without one. */
  readonly spillDir?: string
}

/** One in-memory database. */
export interface Engine {
  session(): Promise<Session>
  /** A set as a parameter: bit i is subject i. */
  bits(set: SubjectSet): DuckDBValue
  /** From here on no file can be read or written, and no setting changed. */
  lock(): Promise<void>
  close(): void
}

/** One connection, with its own temporary tables. */
export interface Session {
  /** Throws NODE_ERROR, without a word of the engine's in its reason; CANCELLED when the signal aborts. */
  rows(sql: string, values?: readonly DuckDBValue[], signal?: AbortSignal): Promise<readonly Row[]>
  /** As `rows`, a few thousand at a time, with room for others between. */
  chunks(sql: string, values: readonly DuckDBValue[], signal?: AbortSignal): AsyncIterable<readonly Row[]>
  /** The one column of a query as whole numbers from 0; `length` of them. Throws as `rows`. */
  column(sql: string, length: number, signal?: AbortSignal): Promise<Uint32Array>
  close(): void
}

/** Opens an empty engine; `lock` it before the first question. */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  // Loaded at first need: it is 70 MB, and a peer at rest asks it nothing.
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
      const result = await guarded(connection, signal, () => connection.stream(sql, [...values]))
      for (;;) {
        const chunk = await guarded(connection, signal, () => result.fetchChunk())
        if (!chunk || chunk.rowCount === 0) return
        yield chunk.getRows()
      }
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
    close: () => connection.closeSync()
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
export function assertGoing(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return
  if (signal.reason instanceof StimnetError) throw signal.reason
  throw new StimnetError('CANCELLED', 'the data were being read', { cause: signal.reason })
}
