/** A PostgreSQL server for one test file, from Debian's packages, on loopback and a socket, in a temporary folder. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chownSync, existsSync, readdirSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'

const PLACE = '/usr/lib/postgresql'

/** The folder of the newest server's programs; undefined if no server is installed. */
function programs(): string | undefined {
  if (!existsSync(PLACE)) return undefined
  const versions = readdirSync(PLACE).filter((name) => existsSync(join(PLACE, name, 'bin', 'postgres')))
  const newest = versions.sort((a, b) => Number(a) - Number(b)).at(-1)
  return newest === undefined ? undefined : join(PLACE, newest, 'bin')
}

/** The reason why tests are skipped; false if a server can be started. */
export const withoutPostgres = programs() === undefined ? 'no PostgreSQL server is installed' : false

/** The passwords of the test server's roles. */
export const PASSWORDS = { reader: 'p@ss/word of the reader', writer: 'writer-secret' } as const

export interface PostgresServer {
  readonly folder: string
  readonly port: number
  /** Runs statements as the superuser. */
  run(sql: string): Promise<void>
  /** A connection as the superuser. The caller must end it. */
  connect(): Promise<pg.Client>
  /** The URL of a role, without its password. */
  url(role?: string): string
  /** Ends the server at once, as in a crash. */
  crash(): Promise<void>
  start(): Promise<void>
  close(): Promise<void>
}

/** Starts a server with the roles `reader` and `writer`, who log in by password on loopback, and `sealed`, who needs TLS. */
export async function startPostgres(): Promise<PostgresServer> {
  const bin = programs() ?? ''
  const folder = await mkdtemp(join(tmpdir(), 'stimnet-pg-'))
  const data = join(folder, 'data')
  // The server refuses to run as root.
  const isRoot = process.getuid?.() === 0
  const [uid, gid] = isRoot ? [idOf('-u'), idOf('-g')] : []
  const as = {
    ...(uid === undefined ? {} : { uid, gid }),
    cwd: folder,
    env: { PATH: `${bin}:/usr/bin:/bin`, LC_ALL: 'C' }
  }
  if (uid !== undefined) chownSync(folder, uid, gid ?? uid)
  execFileSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
    {
      ...as,
      stdio: 'ignore'
    }
  )
  writeFileSync(
    join(data, 'pg_hba.conf'),
    'local all postgres trust\nhostssl all sealed 127.0.0.1/32 scram-sha-256\nhost all reader,writer 127.0.0.1/32 scram-sha-256\n'
  )
  const port = await freePort()
  let child: ChildProcess | undefined
  const clients = new Set<pg.Client>()
  const connect = async () => {
    const client = new pg.Client({ host: folder, port, database: 'postgres', user: 'postgres' })
    client.on('error', () => undefined)
    await client.connect()
    clients.add(client)
    return client
  }
  const start = async () => {
    const settings = ['fsync=off', 'listen_addresses=127.0.0.1', `port=${port}`, `unix_socket_directories=${folder}`]
    child = spawn(join(bin, 'postgres'), ['-D', data, ...settings.flatMap((one) => ['-c', one])], {
      ...as,
      stdio: 'ignore'
    })
    for (;;) {
      if (child.exitCode !== null) throw new Error('the server did not start')
      const client = await connect().catch(() => undefined)
      if (client !== undefined) {
        await client.end()
        return
      }
      await new Promise((done) => setTimeout(done, 50))
    }
  }
  const end = async (signal: NodeJS.Signals) => {
    const ended = child
    child = undefined
    if (ended === undefined || ended.exitCode !== null) return
    const gone = new Promise((done) => ended.once('exit', done))
    ended.kill(signal)
    await gone
  }
  const server: PostgresServer = {
    folder,
    port,
    connect,
    start,
    url: (role = 'reader') => `postgresql://${role}@127.0.0.1:${port}/postgres`,
    async run(sql) {
      const client = await connect()
      try {
        await client.query(sql)
      } finally {
        await client.end()
      }
    },
    crash: () => end('SIGQUIT'),
    async close() {
      for (const client of clients) await client.end().catch(() => undefined)
      await end('SIGQUIT')
      await rm(folder, { recursive: true, force: true })
    }
  }
  await start()
  await server.run(`
    CREATE ROLE reader LOGIN PASSWORD '${PASSWORDS.reader}';
    CREATE ROLE writer LOGIN PASSWORD '${PASSWORDS.writer}';
    CREATE ROLE sealed LOGIN PASSWORD 'sealed-secret';
    ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO reader, writer`)
  return server
}

function idOf(flag: '-u' | '-g'): number {
  return Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  await new Promise((done) => server.close(done))
  return typeof address === 'object' && address !== null ? address.port : 0
}
