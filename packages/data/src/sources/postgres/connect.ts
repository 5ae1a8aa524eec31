/** One connection to a PostgreSQL database, in one transaction that reads a single state of it and cannot write. */
import type { EventEmitter } from 'node:events'
import { readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { StimnetError } from '@stimnet/protocol'
import type { ClientConfig, Client as PgClient } from 'pg'
import {
  POSTGRES_URL_HELP,
  type PostgresAddress,
  type PostgresConfig,
  postgresAddress
} from '../../catalog/postgres-config.ts'
import { connectionFault, statementFault, unavailable, unfit } from './faults.ts'

/** Where the files of a configuration are, and the environment variables that it may name. */
export interface SourcePlaces {
  /** Folder to which paths are relative. */
  readonly baseDir: string
  readonly environment?: Readonly<Record<string, string | undefined>>
}

/** A value as PostgreSQL writes it, or null. */
export type PostgresText = string | null

/** A column of a result. */
export interface ResultColumn {
  readonly name: string
  /** The object identifier of its type. */
  readonly type: number
}

/** An open database. Whoever opened it closes it. */
export interface Database {
  /** Host, port and database, for messages. */
  readonly place: string
  /** All rows of a small result. `what` names it in messages. */
  rows(sql: string, values: readonly unknown[], what: string): Promise<readonly (readonly PostgresText[])[]>
  /** The columns of a query, without its rows. */
  columns(sql: string, what: string): Promise<readonly ResultColumn[]>
  /** The rows of a query, at most `rowsMax` at a time. */
  batches(sql: string, rowsMax: number, what: string): AsyncIterable<readonly (readonly PostgresText[])[]>
  close(): Promise<void>
}

const CONNECT_MS_MAX = 10_000
/** Time for which reading waits until a table is no longer locked. */
const LOCK_MS_MAX = 60_000
const CLOSE_MS_MAX = 2_000
const CLEAR_TEXT =
  'it asks for the password in clear text, over a connection without TLS: let the server ask by scram-sha-256, or connect by its socket or with tls: verify'
/** The first version whose numbers can be written without the zeros of their scale (trim_scale). */
const VERSION_MIN = 130_000

/**
 * Opens a database, and in it a transaction that sees it as it is now, whatever others change. Throws SOURCE_UNAVAILABLE if it
 * cannot be reached, SOURCE_INVALID if it cannot be read without loss, CONFIG_INVALID for a secret that is missing or open to others.
 */
export async function openDatabase(config: PostgresConfig, places: SourcePlaces): Promise<Database> {
  const address = await addressOf(config, places)
  const place = placeOf(address)
  const hasTls = (config.tls ?? (isHere(address.host) ? 'off' : 'verify')) === 'verify'
  const ca =
    config.ca_file === undefined ? undefined : await readText(resolve(places.baseDir, config.ca_file), 'ca_file')
  const { Client } = (await import('pg')).default
  const login = { isInClear: false }
  // As a function the password is in no property that an error could show.
  const password = () => {
    if (login.isInClear) throw new Error('no password in clear text')
    return address.password ?? ''
  }
  const client = new Client({ ...clientConfig(address, { hasTls, ca }), password })
  // Anybody on this machine may listen on the port while the server is down.
  const isPrivate = hasTls || address.host.startsWith('/')
  connectionOf(client).prependListener('authenticationCleartextPassword', () => {
    login.isInClear = !isPrivate
  })
  // A connection that breaks while nothing is asked: the next statement reports it.
  client.on('error', () => undefined)
  try {
    await client.connect()
  } catch (error) {
    void client.end().catch(() => undefined)
    throw login.isInClear ? unfit(place, CLEAR_TEXT) : connectionFault(error, place, hasTls)
  }
  const database = databaseOf(client, place, config.minutes_max * 60_000)
  try {
    await begin(client, database, config.minutes_max)
    return database
  } catch (error) {
    await database.close()
    throw error
  }
}

/** Host, port and database, without role and password. */
function placeOf({ host, port, database }: PostgresAddress): string {
  return `PostgreSQL ${host}:${port}/${database}`
}

/** Whether data on the way to a host stay on this machine. */
function isHere(host: string): boolean {
  return host.startsWith('/') || host === 'localhost' || host === '::1' || /^127\./.test(host)
}

async function addressOf(
  config: PostgresConfig,
  { baseDir, environment = {} }: SourcePlaces
): Promise<PostgresAddress> {
  const text = config.url ?? environment[config.url_env ?? '']
  const address = text === undefined ? undefined : postgresAddress(text)
  if (address === undefined) {
    throw new StimnetError(
      'CONFIG_INVALID',
      `postgres.url_env: ${config.url_env} is ${text === undefined ? 'not set' : `not ${POSTGRES_URL_HELP}`}`
    )
  }
  const password = await passwordOf(config, baseDir, environment)
  return password === undefined ? address : { ...address, password }
}

async function passwordOf(
  { password_file, password_env }: PostgresConfig,
  baseDir: string,
  environment: Readonly<Record<string, string | undefined>>
): Promise<string | undefined> {
  if (password_env !== undefined) {
    const password = environment[password_env]
    if (password !== undefined) return password
    throw new StimnetError('CONFIG_INVALID', `postgres.password_env: ${password_env} is not set`)
  }
  if (password_file === undefined) return undefined
  const path = resolve(baseDir, password_file)
  const text = await readText(path, 'password_file')
  const { mode } = await stat(path)
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new StimnetError('CONFIG_INVALID', `postgres.password_file: ${path} can be read by others: chmod 600`)
  }
  return text.replace(/\r?\n$/, '')
}

/** Largest file of a password or of certificates. */
const SECRET_BYTES_MAX = 1024 * 1024

async function readText(path: string, key: string): Promise<string> {
  const facts = await stat(path).catch(() => undefined)
  if (facts?.isFile() && facts.size <= SECRET_BYTES_MAX) {
    const text = await readFile(path, 'utf8').catch(() => undefined)
    if (text !== undefined) return text
  }
  throw new StimnetError('CONFIG_INVALID', `postgres.${key}: ${path} cannot be read`)
}

/** Every setting is given, since the client takes those that are not from the environment. */
function clientConfig(
  { host, port, database, role }: PostgresAddress,
  { hasTls, ca }: { readonly hasTls: boolean; readonly ca: string | undefined }
): ClientConfig {
  return {
    host,
    port,
    database,
    user: role,
    application_name: 'stimnet',
    ssl: hasTls
      ? { host, rejectUnauthorized: true, minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca }) }
      : false,
    sslnegotiation: 'postgres',
    connectionTimeoutMillis: CONNECT_MS_MAX,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    // Values stay as the server writes them: no number passes through a float.
    types: { getTypeParser: () => (text: unknown) => text }
  } as ClientConfig
}

async function begin(client: PgClient, { place, rows }: Database, minutesMax: number): Promise<void> {
  try {
    await client.query(
      `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
       SET LOCAL statement_timeout = ${minutesMax * 60_000}; SET LOCAL lock_timeout = ${LOCK_MS_MAX};
       SET LOCAL idle_in_transaction_session_timeout = ${minutesMax * 60_000};
       SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL extra_float_digits = 1; SET LOCAL standard_conforming_strings = on`
    )
  } catch (error) {
    throw statementFault(error, place, 'the transaction')
  }
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
      'its encoding is SQL_ASCII: nobody knows which letters its bytes are. Read from an export instead'
    )
  }
  if (isReadOnly !== 'on' || isolation !== 'repeatable read') {
    throw unfit(place, 'it does not keep a transaction that reads one state and cannot write')
  }
}

/** The extended protocol takes one statement and no more. */
const EXTENDED = { rowMode: 'array', queryMode: 'extended' } as const

/** The socket of a client, which its types leave out. With TLS it is another one than before the connection. */
function socketOf(client: PgClient): { destroy(): void } {
  return connectionOf(client).stream
}

/** The connection of a client, which its types leave out. */
function connectionOf(client: PgClient): EventEmitter & { readonly stream: { destroy(): void } } {
  return (client as unknown as { connection: EventEmitter & { stream: { destroy(): void } } }).connection
}

function databaseOf(client: PgClient, place: string, msMax: number): Database {
  let isLate = false
  const deadline = setTimeout(() => {
    isLate = true
    socketOf(client).destroy()
  }, msMax)
  deadline.unref()
  const asking = async <T>(what: string, ask: () => Promise<T>): Promise<T> => {
    try {
      return await ask()
    } catch (error) {
      if (isLate) throw unavailable(`${place}, ${what}`, 'reading took longer than minutes_max')
      throw statementFault(error, place, what)
    }
  }
  return {
    place,
    rows: (sql, values, what) =>
      asking(what, async () => {
        const { rows } = await client.query<PostgresText[]>({ text: sql, values: [...values], ...EXTENDED })
        return rows
      }),
    columns: (sql, what) =>
      asking(what, async () => {
        const { fields } = await client.query({ text: `${sql} LIMIT 0`, ...EXTENDED })
        return fields.map(({ name, dataTypeID }) => ({ name, type: dataTypeID }))
      }),
    async *batches(sql, rowsMax, what) {
      const { default: Cursor } = await import('pg-cursor')
      const cursor = client.query(new Cursor<PostgresText[]>(sql, [], { rowMode: 'array' }))
      for (;;) {
        const rows = await asking(what, () => cursor.read(rowsMax))
        if (rows.length === 0) return
        yield rows
      }
    },
    async close() {
      clearTimeout(deadline)
      // Ends the transaction too. A server that does not answer is left.
      const ended = client.end().catch(() => undefined)
      await Promise.race([ended, new Promise<void>((done) => void setTimeout(done, CLOSE_MS_MAX).unref())])
      socketOf(client).destroy()
    }
  }
}
