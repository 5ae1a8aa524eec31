/** A connection to a PostgreSQL database, with one read-only transaction that sees a single consistent state. */
import { isIPv4 } from 'node:net'
import { Worker } from 'node:worker_threads'
import type { StimnetError } from '@stimnet/protocol'
import type { PostgresAddress, PostgresConfig } from '../../catalog/postgres-config.ts'
import { connectionFault, statementFault, unavailable, unfit, unproven } from './faults.ts'
import { addressOf, authoritiesOf, type SourcePlaces } from './secrets.ts'
import type { Ask, Asked, Said, Server } from './thread.ts'

/** A value in PostgreSQL's text form, or null. */
export type PostgresText = string | null

/** A column of a result. */
export interface ResultColumn {
  readonly name: string
  /** The object identifier (oid) of the column's type. */
  readonly type: number
}

/** An open database. The caller that opened it must close it. */
export interface Database {
  /** Host, port and database, for messages. */
  readonly place: string
  /** Whether the server has proved its identity: by TLS, by a local socket, or by knowing the password. */
  readonly isProven: boolean
  /** Whether nobody on a network can read along or change the rows: the connection is encrypted, or does not leave this machine. */
  readonly isPrivate: boolean
  /** All rows of a small result. `what` describes the query in error messages. */
  rows(sql: string, values: readonly unknown[], what: string): Promise<readonly (readonly PostgresText[])[]>
  /** The columns of a query, without its rows. */
  columns(sql: string, what: string): Promise<readonly ResultColumn[]>
  /** The rows of a query, in batches of at most `rowsMax`. */
  batches(sql: string, rowsMax: number, what: string): AsyncIterable<readonly (readonly PostgresText[])[]>
  close(): Promise<void>
}

const CONNECT_MS_MAX = 10_000
/** Maximum time to wait for a locked table, ms. */
const LOCK_MS_MAX = 60_000
const CLOSE_MS_MAX = 2_000
/** The first version with trim_scale, which removes the trailing zeros of a number's scale. */
const VERSION_MIN = 130_000
/** Heap of the thread, MiB: several times the largest batch. The data that a server sends are already bounded (bounds.ts). */
const HEAP_MIB_MAX = 512

/**
 * Opens a database with a transaction that sees its current state, regardless of later changes. Throws SOURCE_UNAVAILABLE if the database
 * cannot be reached or sends unexpected data, SOURCE_INVALID if it cannot be read without loss, CONFIG_INVALID for a secret that is missing
 * or readable by others.
 */
export async function openDatabase(config: PostgresConfig, places: SourcePlaces): Promise<Database> {
  const address = await addressOf(config, places)
  const ca = await authoritiesOf(config, places)
  const database = await connectApart(placeOf(address), {
    address,
    hasTls: (config.tls ?? (isHere(address.host) ? 'off' : 'verify')) === 'verify',
    ...(ca === undefined ? {} : { ca }),
    bytesMax: config.megabytes_max * 1024 * 1024,
    msMax: config.minutes_max * 60_000
  })
  try {
    await begin(database, config.minutes_max)
    return database
  } catch (error) {
    await database.close()
    throw database.isProven ? error : unproven(error)
  }
}

/** Host, port and database, without role and password. */
function placeOf({ host, port, database }: PostgresAddress): string {
  return `PostgreSQL ${host}:${port}/${database}`
}

/** Whether data sent to a host stay on this machine. A name such as 127.0.0.1.example.org may be any machine. */
function isHere(host: string): boolean {
  return host.startsWith('/') || host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'))
}

async function begin({ place, run, rows }: ThreadDatabase, minutesMax: number): Promise<void> {
  await run(
    `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
     SET LOCAL statement_timeout = ${minutesMax * 60_000}; SET LOCAL lock_timeout = ${LOCK_MS_MAX};
     SET LOCAL idle_in_transaction_session_timeout = ${minutesMax * 60_000};
     SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL extra_float_digits = 1; SET LOCAL standard_conforming_strings = on`,
    'the transaction'
  )
  const [facts] = await rows(
    `SELECT current_setting('server_version_num'), current_setting('server_encoding'), current_setting('client_encoding'),
            current_setting('transaction_read_only'), current_setting('transaction_isolation')`,
    [],
    'its settings'
  )
  const [version, encoding, ours, isReadOnly, isolation] = facts ?? []
  if (!(Number(version) >= VERSION_MIN)) throw unfit(place, 'its version is below 13')
  if (encoding === 'SQL_ASCII' || ours !== 'UTF8') {
    throw unfit(
      place,
      'its encoding is SQL_ASCII: the characters of its bytes are unknown. Read from an export instead'
    )
  }
  if (isReadOnly !== 'on' || isolation !== 'repeatable read') {
    throw unfit(place, 'it does not keep a transaction that reads one state and cannot write')
  }
}

interface ThreadDatabase extends Database {
  /** Runs statements that have no result. */
  run(sql: string, what: string): Promise<void>
}

/**
 * A connection in a thread of its own, since a server can make its client fail with errors that cannot be caught. The thread is ended in
 * any case when reading takes longer than `msMax`.
 */
async function connectApart(place: string, { msMax, ...server }: Server & { readonly msMax: number }) {
  const thread = startThread(server)
  const late = setTimeout(() => thread.end('reading took longer than minutes_max'), msMax)
  late.unref()
  const close = async () => {
    clearTimeout(late)
    await thread.close()
  }
  const asking = async <T>(what: string, ask: Ask): Promise<T> => {
    try {
      return (await thread.ask(ask)) as T
    } catch (error) {
      if (error instanceof ThreadEnded) throw faultOf(error, `${place}, ${what}`)
      throw statementFault(error, place, what)
    }
  }
  const slow = setTimeout(() => thread.end('no answer in time'), CONNECT_MS_MAX)
  let isProven: boolean
  try {
    isProven = (await thread.ask({ kind: 'connect' })) === true
  } catch (error) {
    await close()
    throw error instanceof ThreadEnded ? unproven(faultOf(error, place)) : connectionFault(error, place, server.hasTls)
  } finally {
    clearTimeout(slow)
  }
  let cursors = 0
  const database: ThreadDatabase = {
    place,
    isProven,
    isPrivate: server.hasTls || isHere(server.address.host),
    run: (sql, what) => asking(what, { kind: 'script', sql }),
    rows: (sql, values, what) => asking(what, { kind: 'rows', sql, values }),
    columns: (sql, what) => asking(what, { kind: 'columns', sql: `${sql} LIMIT 0` }),
    async *batches(sql, rowsMax, what) {
      const cursor = cursors++
      for (;;) {
        const rows = await asking<PostgresText[][]>(what, { kind: 'batch', cursor, sql, rowsMax })
        if (rows.length === 0) return
        yield rows
      }
    },
    close
  }
  return database
}

function faultOf({ message, isLasting }: ThreadEnded, about: string): StimnetError {
  return isLasting ? unfit(about, message) : unavailable(about, message)
}

/** The reason why a thread no longer answers. */
class ThreadEnded extends Error {
  readonly isLasting: boolean

  constructor(why: string, isLasting: boolean) {
    super(why)
    this.isLasting = isLasting
  }
}

/** A running thread. */
interface RunningThread {
  /** Sends a request to the thread. Throws ThreadEnded, or an error with the code that the thread reported. */
  ask(ask: Ask): Promise<unknown>
  /** Ends the thread at once. Every pending or later request fails with this reason. */
  end(why: string): void
  /** Closes the connection, and ends the thread. */
  close(): Promise<void>
}

function startThread(server: Server): RunningThread {
  const thread = new Worker(new URL('./thread.ts', import.meta.url), {
    workerData: server,
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB_MAX }
  })
  const gone = new Promise<void>((done) => thread.once('exit', () => done()))
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  let ended: ThreadEnded | undefined
  let count = 0
  const end = (why: string, isLasting = false) => {
    ended ??= new ThreadEnded(why, isLasting)
    for (const { reject } of waiting.values()) reject(ended)
    waiting.clear()
    void thread.terminate()
  }
  thread.on('message', (said: Said) => {
    if ('ended' in said) return end(said.ended, said.isLasting)
    const asked = waiting.get(said.id)
    waiting.delete(said.id)
    if ('code' in said) asked?.reject(Object.assign(new Error('asking a database'), { code: said.code }))
    else asked?.resolve(said.value)
  })
  // The heap of the thread is full. This is the only error that the thread does not report itself.
  thread.on('error', () => end('it sends more than the memory for it can hold'))
  thread.on('exit', () => end('the connection broke off while it was being read'))
  const post = (ask: Ask) => thread.postMessage({ id: ++count, ask } satisfies Asked)
  return {
    end,
    async ask(ask) {
      if (ended !== undefined) throw ended
      post(ask)
      return new Promise((resolve, reject) => waiting.set(count, { resolve, reject }))
    },
    async close() {
      if (ended === undefined) post({ kind: 'close' })
      // The thread is terminated if the server does not answer in time.
      const timer = setTimeout(() => void thread.terminate(), CLOSE_MS_MAX)
      await gone
      clearTimeout(timer)
    }
  }
}
