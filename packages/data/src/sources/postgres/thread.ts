/**
 * A thread that communicates with one PostgreSQL server. Data from the server can end only this thread. The thread that started it must end
 * it. The thread loads few modules, because a new one is started for each reading.
 */
import { parentPort, workerData } from 'node:worker_threads'
import pg from 'pg'
import Cursor from 'pg-cursor'
import type { PostgresAddress } from '../../catalog/postgres-config.ts'
import { batchBounds, boundAnswers, type Connection, type Expect, SMALL_RESULT } from './bounds.ts'

/** The server of a thread, passed as its `workerData`. */
export interface Server {
  readonly address: PostgresAddress
  readonly hasTls: boolean
  /** The trusted certificates, if they are not those of the operating system. */
  readonly ca?: string
  /** Maximum number of bytes that the server may send in total. */
  readonly bytesMax: number
}

/** A request to the thread. */
export type Ask =
  | { readonly kind: 'connect' }
  /** Statements that have no result. */
  | { readonly kind: 'script'; readonly sql: string }
  | { readonly kind: 'rows'; readonly sql: string; readonly values: readonly unknown[] }
  | { readonly kind: 'columns'; readonly sql: string }
  /** The next rows of a query. `cursor` is a number chosen by the caller, the same for all batches of the query. */
  | { readonly kind: 'batch'; readonly cursor: number; readonly sql: string; readonly rowsMax: number }
  /** Closes the connection and ends the thread. There is no answer. */
  | { readonly kind: 'close' }

/** A request to the thread, and the id of its answer. */
export interface Asked {
  readonly id: number
  readonly ask: Ask
}

/**
 * An answer of the thread. An error is reported as its SQLSTATE or Node's error code, or an empty code: the server's messages never leave
 * the thread.
 */
export type Said =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly code: string }
  /**
   * The reason why the thread ends, as a fixed text of the thread. `isLasting`: the fault will occur again unless the server is changed.
   */
  | { readonly ended: string; readonly isLasting: boolean }

const INSTEAD =
  'over a connection without TLS: let the server ask by scram-sha-256, or connect by its socket or with tls: verify'
const CLEAR_TEXT = `it asks for the password in clear text, ${INSTEAD}`
const MD5 = `it asks for the password by MD5, from which it can be guessed fast, ${INSTEAD}`
/** Minimum number of SCRAM hash iterations: the number of RFC 7677 and PostgreSQL's default (scram_iterations). */
const ROUNDS_MIN = 4_096
const FEW_ROUNDS = `it asks for the password by scram-sha-256 with fewer than ${ROUNDS_MIN} rounds, from which it can be guessed fast, over a connection without TLS: set scram_iterations of the server to ${ROUNDS_MIN} or more and give the role its password again, or connect by its socket or with tls: verify`
const LASTING: readonly string[] = [CLEAR_TEXT, MD5, FEW_ROUNDS]

const SQLSTATE = /^[0-9A-Z]{5}$/
const NODE_CODE = /^[A-Z][A-Z0-9_]{1,63}$/

/** The extended protocol allows only one statement. */
const EXTENDED = { rowMode: 'array', queryMode: 'extended' } as const

const server = workerData as Server
const { address, hasTls } = server

let hasEnded = false
/** Whether the server has proved its identity. Without TLS and local socket, its SCRAM answer proves it, which the client checks. */
let isProven = hasTls || address.host.startsWith('/')
// The client's socket handlers throw for some messages, and those errors cannot be caught elsewhere.
process.on('uncaughtException', () => lastWords('it does not speak the protocol of PostgreSQL'))

const client = newClient()
const connection = (client as unknown as { connection: Connection }).connection
const expect = bounded()
const cursors = new Map<number, Cursor<(string | null)[]>>()

parentPort?.on('message', async ({ id, ask }: Asked) => {
  if (ask.kind === 'close') return close()
  try {
    say({ id, value: await answer(ask) })
  } catch (error) {
    say({ id, code: codeOf(error) })
  }
})

/** The SQLSTATE of a server error, or the code of a Node error; empty for any other error. The server's message stays in the thread. */
function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code
  const isKnown = typeof code === 'string' && (error instanceof pg.DatabaseError ? SQLSTATE : NODE_CODE).test(code)
  return isKnown ? code : ''
}

function say(said: Said): void {
  parentPort?.postMessage(said)
}

/** Reports why no more requests are answered, and closes the connection. The thread that started this one then ends it. */
function lastWords(why: string): void {
  if (!hasEnded) say({ ended: why, isLasting: LASTING.includes(why) })
  hasEnded = true
  connection.stream.destroy()
}

/** Like `lastWords`, and throws, so that the received data do not reach the client. */
function end(why: string): never {
  lastWords(why)
  throw new Error('the reading has ended')
}

async function answer(ask: Exclude<Ask, { kind: 'close' }>): Promise<unknown> {
  switch (ask.kind) {
    case 'connect':
      await client.connect()
      return isProven
    case 'script':
      expect(SMALL_RESULT)
      await client.query(ask.sql)
      return undefined
    case 'rows': {
      expect(SMALL_RESULT)
      const { rows } = await client.query({ text: ask.sql, values: [...ask.values], ...EXTENDED })
      return rows
    }
    case 'columns': {
      expect(SMALL_RESULT)
      const { fields } = await client.query({ text: ask.sql, ...EXTENDED })
      return fields.map(({ name, dataTypeID }) => ({ name, type: dataTypeID }))
    }
    case 'batch': {
      expect(batchBounds(ask.rowsMax))
      const cursor = cursors.get(ask.cursor) ?? client.query(new Cursor(ask.sql, [], { rowMode: 'array' }))
      cursors.set(ask.cursor, cursor)
      return cursor.read(ask.rowsMax)
    }
  }
}

/** Closes the connection, which also ends the transaction. */
async function close(): Promise<void> {
  await client.end().catch(() => undefined)
  parentPort?.close()
}

/** A client with every setting given, since it would take missing settings from the environment. */
function newClient(): pg.Client {
  const { host, port, database, role } = address
  const made = new pg.Client({
    host,
    port,
    database,
    user: role,
    application_name: 'stimnet',
    ssl: hasTls
      ? { host, rejectUnauthorized: true, minVersion: 'TLSv1.2', ...(server.ca === undefined ? {} : { ca: server.ca }) }
      : false,
    sslnegotiation: 'postgres',
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    // Values stay in the server's text form, so that no number passes through a float.
    types: { getTypeParser: () => (text: unknown) => text },
    // The password is passed as a function, so that no property contains it that an error could show.
    password: () => address.password ?? ''
  } as pg.ClientConfig)
  // A connection that breaks while idle is reported by the next statement.
  made.on('error', () => undefined)
  return made
}

/**
 * Bounds the data that the server may send, and does not disclose the password to a program that listens on the port while the server is
 * down.
 */
function bounded(): Expect {
  if (!hasTls && !address.host.startsWith('/')) {
    connection.prependListener('authenticationCleartextPassword', () => end(CLEAR_TEXT))
    connection.prependListener('authenticationMD5Password', () => end(MD5))
    connection.prependListener('authenticationSASLContinue', ({ data }: { data: string }) => {
      // If the count occurs several times, the client uses the last one.
      const rounds = [...data.matchAll(/(?:^|,)i=(\d+)/g)].map(([, count]) => Number(count))
      if (rounds.some((count) => count < ROUNDS_MIN)) end(FEW_ROUNDS)
    })
    connection.prependListener('authenticationSASLFinal', () => {
      isProven = true
    })
  }
  return boundAnswers(connection, { bytesMax: server.bytesMax, hasTls, refuse: end })
}
