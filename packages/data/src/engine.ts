/** DuckDB, opened narrow: few threads, bounded memory, no extensions, and locked before the first question. */
import type { DuckDBConnection, DuckDBResultReader, DuckDBValue } from '@duckdb/node-api'
import { StimnetError, type SubjectSet } from '@stimnet/protocol'
import { bitData } from './bits.ts'

/** A peer shares its machine with sandboxes. */
const THREADS = 2
/** A million rows of a few columns need a tenth of it; what needs more fails instead of starving the node. */
const MEMORY_MIB = 2048

export type Row = readonly DuckDBValue[]

export interface EngineOptions {
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
  close(): void
}

export async function openEngine(options: EngineOptions = {}): Promise<Engine> {
  // Loaded at first need: it is 70 MB, and a peer at rest asks it nothing.
  const { DuckDBBitValue, DuckDBInstance } = await import('@duckdb/node-api')
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(THREADS),
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
    rows: (sql, values = [], signal) => run(connection, sql, values, signal),
    close: () => connection.closeSync()
  }
}

async function run(
  connection: DuckDBConnection,
  sql: string,
  values: readonly DuckDBValue[],
  signal?: AbortSignal
): Promise<readonly Row[]> {
  const abort = () => connection.interrupt()
  assertGoing(signal)
  signal?.addEventListener('abort', abort, { once: true })
  try {
    const reader: DuckDBResultReader = await connection.runAndReadAll(sql, [...values])
    assertGoing(signal)
    return reader.getRows()
  } catch (cause) {
    assertGoing(signal)
    if (cause instanceof StimnetError) throw cause
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
