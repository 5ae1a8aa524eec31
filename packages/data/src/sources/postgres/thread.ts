/**
 * A thread that talks to one PostgreSQL server. Whatever the server sends, it ends this thread and nothing else. Whoever made the
 * thread ends it. The thread loads little, because it is made for each reading.
 */
import { parentPort, workerData } from 'node:worker_threads'
import pg from 'pg'
import Cursor from 'pg-cursor'
import type { PostgresAddress } from '../../catalog/postgres-config.ts'
import { batchBounds, boundAnswers, type Connection, type Expect, SMALL_RESULT } from './bounds.ts'

/** The server of a thread, as its `workerData`. */
export interface Server {
  readonly address: PostgresAddress
  readonly hasTls: boolean
  /** The certificates that are trusted, where they are not those of the operating system. */
  readonly ca?: string
  /** Most bytes that the server may send altogether. */
  readonly bytesMax: number
}

/** What the thread is asked to do. */
export type Ask =
  | { readonly kind: 'connect' }
  /** Statements without a result. */
  | { readonly kind: 'script'; readonly sql: string }
  | { readonly kind: 'rows'; readonly sql: string; readonly values: readonly unknown[] }
  | { readonly kind: 'columns'; readonly sql: string }
  /** The next rows of a query. `cursor` is a number of the asker's, the same for all batches of the query. */
  | { readonly kind: 'batch'; readonly cursor: number; readonly sql: string; readonly rowsMax: number }
  /** Ends the connection, and with it the thread. Nothing is answered. */
  | { readonly kind: 'close' }

/** A question to the thread, and the number that its answer has. */
export interface Asked {
  readonly id: number
  readonly ask: Ask
}

/** An answer of the thread. Of an error it has the SQLSTATE or the code of Node, or nothing: the server's words stay here. */
export type Said =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly code: string }
  /** The last words, in words of the thread's own. `isLasting`: it comes again unless somebody changes the server. */
  | { readonly ended: string; readonly isLasting: boolean }

const INSTEAD =
  'over a connection without TLS: let the server ask by scram-sha-256, or connect by its socket or with tls: verify'
const CLEAR_TEXT = `it asks for the password in clear text, ${INSTEAD}`
const MD5 = `it asks for the password by MD5, from which it can be guessed fast, ${INSTEAD}`
/** Rounds of hashing of SCRAM: those of RFC 7677, and of a PostgreSQL that nobody set otherwise (scram_iterations). */
const ROUNDS_MIN = 4_096
const FEW_ROUNDS = `it asks for the password by scram-sha-256 with fewer than ${ROUNDS_MIN} rounds, from which it can be guessed fast, over a connection without TLS: set scram_iterations of the server to ${ROUNDS_MIN} or more and give the role its password again, or connect by its socket or with tls: verify`
const LASTING: readonly string[] = [CLEAR_TEXT, MD5, FEW_ROUNDS]

const SQLSTATE = /^[0-9A-Z]{5}$/
const NODE_CODE = /^[A-Z][A-Z0-9_]{1,63}$/

/** The extended protocol takes one statement and no more. */
const EXTENDED = { rowMode: 'array', queryMode: 'extended' } as const

const server = workerData as Server
const { address, hasTls } = server

let hasEnded = false
/** Whether the server has shown that it is the one that is meant; by its answer to SCRAM, which the client checks. */
let isProven = hasTls || address.host.startsWith('/')
// Of the client: its handlers of a socket throw for some messages, and nothing else can catch that.
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

/** The SQLSTATE of an error of the server, whose words stay here, or the code of an error of Node; empty for any other. */
function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code
  const isKnown = typeof code === 'string' && (error instanceof pg.DatabaseError ? SQLSTATE : NODE_CODE).test(code)
  return isKnown ? code : ''
}

function say(said: Said): void {
  parentPort?.postMessage(said)
}

/** Says why nothing more is answered, and hangs up. Whoever made the thread ends it then. */
function lastWords(why: string): void {
  if (!hasEnded) say({ ended: why, isLasting: LASTING.includes(why) })
  hasEnded = true
  connection.stream.destroy()
}

/** As `lastWords`, and keeps what was received from the client. */
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

/** Ends the transaction too. */
async function close(): Promise<void> {
  await client.end().catch(() => undefined)
  parentPort?.close()
}

/** Every setting is given, since the client takes those that are not from the environment. */
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
    // Values stay as the server writes them: no number passes through a float.
    types: { getTypeParser: () => (text: unknown) => text },
    // As a function the password is in no property that an error could show.
    password: () => address.password ?? ''
  } as pg.ClientConfig)
  // A connection that breaks while nothing is asked: the next statement reports it.
  made.on('error', () => undefined)
  return made
}

/** Bounds what the server may send, and keeps a password from whoever listens on the port while the server is down. */
function bounded(): Expect {
  if (!hasTls && !address.host.startsWith('/')) {
    connection.prependListener('authenticationCleartextPassword', () => end(CLEAR_TEXT))
    connection.prependListener('authenticationMD5Password', () => end(MD5))
    connection.prependListener('authenticationSASLContinue', ({ data }: { data: string }) => {
      // The client takes the last of several.
      const rounds = [...data.matchAll(/(?:^|,)i=(\d+)/g)].map(([, count]) => Number(count))
      if (rounds.some((count) => count < ROUNDS_MIN)) end(FEW_ROUNDS)
    })
    connection.prependListener('authenticationSASLFinal', () => {
      isProven = true
    })
  }
  return boundAnswers(connection, { bytesMax: server.bytesMax, hasTls, refuse: end })
}
