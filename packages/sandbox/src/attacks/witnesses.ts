/** What this machine itself sees of an attack: listeners nobody may reach, a secret nobody may read, things left behind. */
import { randomBytes } from 'node:crypto'
import { createSocket, type Socket as DatagramSocket } from 'node:dgram'
import { once } from 'node:events'
import { access, chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@stimnet/protocol'
import type { Marks } from './attack.ts'

/** The name that the secret has in the environment of this process while the attacks run. */
const SECRET_VARIABLE = 'STIMNET_CANARY'

/** An engine clears a sandbox away in the background once it has answered, ms. */
const CLEARING_MS_MAX = 10_000

/** Folders of witnesses that nobody gave a place of their own begin so. */
const FOLDER_PREFIX = 'stimnet-attacks-'

/** No self-test takes so long: an older folder was left by one that was killed, ms. */
const ABANDONED_AFTER_MS = 60 * 60_000

/** The kernel takes no longer path for a socket; 108 on Linux, 104 elsewhere, with the zero at its end. */
const SOCKET_PATH_BYTES_MAX = 103

/** Opened for the attacks on one engine or several, closed after them. */
export class Witnesses {
  /** What must not come out of any sandbox. */
  readonly secret = randomBytes(16).toString('hex')
  // The kernel keeps fifteen characters of a process's name.
  readonly #leftName = `stimnet${randomBytes(4).toString('hex')}`
  readonly #folder: string
  readonly #environment: NodeJS.ProcessEnv
  readonly #servers: Server[] = []
  readonly #datagrams: DatagramSocket
  #tcpPort = 0
  #hits = 0

  /**
   * The environment is this process's own: a sandbox that hands it on is found out by the secret in it. `place` is a folder
   * for them alone, emptied first and open to this user only; without one they have one among the temporary files, which
   * anybody may read.
   */
  static async open(environment: NodeJS.ProcessEnv, place?: string): Promise<Witnesses> {
    const folder = await (place === undefined ? temporaryFolder() : ownFolder(place))
    const witnesses = new Witnesses(folder, createSocket('udp4'), environment)
    try {
      await witnesses.#listen()
    } catch (error) {
      await witnesses.close()
      throw error
    }
    return witnesses
  }

  private constructor(folder: string, datagrams: DatagramSocket, environment: NodeJS.ProcessEnv) {
    this.#folder = folder
    this.#environment = environment
    this.#datagrams = datagrams
  }

  /** What the attacks are told; the secret is not in it. */
  marks(memoryBytesMax: number): Marks {
    return {
      tcpPort: this.#tcpPort,
      udpPort: this.#datagrams.address().port,
      socketPath: join(this.#folder, 'socket'),
      abstractName: this.#leftName,
      secretPath: join(this.#folder, 'secret'),
      leftName: this.#leftName,
      memoryBytesMax
    }
  }

  /** How often somebody has reached one of the listeners. */
  get hits(): number {
    return this.#hits
  }

  /** Files and processes with the name that attacks give to theirs; ends and removes them, as they are ours to clear away. */
  async left(): Promise<string[]> {
    const files = await this.#filesLeft()
    for (const path of files) await rm(path, { recursive: true, force: true })
    const deadline = performance.now() + CLEARING_MS_MAX
    let pids = await this.#processesLeft()
    while (pids.length > 0 && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 100))
      pids = await this.#processesLeft()
    }
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // It has ended a moment ago, or belongs to somebody else, who is told of it.
      }
    }
    return [...files, ...pids.map((pid) => `process ${pid}`)]
  }

  async close(): Promise<void> {
    delete this.#environment[SECRET_VARIABLE]
    for (const server of this.#servers) server.close()
    this.#datagrams.close()
    await rm(this.#folder, { recursive: true, force: true })
  }

  async #listen(): Promise<void> {
    this.#environment[SECRET_VARIABLE] = this.secret
    await writeFile(join(this.#folder, 'secret'), `secret ${this.secret}\n`, { mode: 0o644 })
    this.#tcpPort = await this.#serve({ host: '127.0.0.1', port: 0 })
    // A machine without IPv6 has nothing there to be reached.
    await this.#serve({ host: '::1', port: this.#tcpPort }).catch(() => 0)
    await this.#serve({ path: join(this.#folder, 'socket') })
    await chmod(join(this.#folder, 'socket'), 0o777)
    if (process.platform === 'linux') await this.#serve({ path: `\0${this.#leftName}` })
    this.#datagrams.on('message', (_, { port, address }) => {
      this.#hits++
      this.#datagrams.send('x', port, address)
    })
    this.#datagrams.bind(0, '127.0.0.1')
    await once(this.#datagrams, 'listening')
  }

  async #serve(where: { host: string; port: number } | { path: string }): Promise<number> {
    const server = createServer((socket) => {
      this.#hits++
      socket.on('error', () => {})
      socket.end('HTTP/1.0 200 OK\r\n\r\nx')
    })
    this.#servers.push(server)
    const listening = once(server, 'listening')
    server.listen(where)
    await listening
    server.unref()
    const address = server.address()
    return typeof address === 'object' && address ? address.port : 0
  }

  async #filesLeft(): Promise<string[]> {
    const folders = `/ /tmp /var/tmp /run /dev /dev/shm /home /etc /usr /usr/lib /var /opt /data /job`.split(' ')
    const places = new Set([...folders, tmpdir(), homedir(), process.cwd()])
    const found: string[] = []
    for (const place of places) {
      const path = join(place, this.#leftName)
      if (
        await access(path).then(
          () => true,
          () => false
        )
      )
        found.push(path)
    }
    return found
  }

  async #processesLeft(): Promise<number[]> {
    if (process.platform !== 'linux') return []
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
    const names = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')))
    return pids.filter((_, at) => names[at]?.trim() === this.#leftName)
  }
}

/** Other users of this machine have no business there. What escapes from a sandbox as this user comes in all the same. */
async function ownFolder(place: string): Promise<string> {
  await rm(place, { recursive: true, force: true })
  if (Buffer.byteLength(join(place, 'socket')) > SOCKET_PATH_BYTES_MAX) return mkdtemp(join(tmpdir(), FOLDER_PREFIX))
  await mkdir(place, { recursive: true, mode: 0o700 })
  await chmod(place, 0o700)
  return place
}

async function temporaryFolder(): Promise<string> {
  await removeAbandoned()
  const folder = await mkdtemp(join(tmpdir(), FOLDER_PREFIX))
  // Anybody may go in and read: what keeps a program out must be its sandbox.
  await chmod(folder, 0o755)
  return folder
}

/** Of this user; others clear away their own. */
async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(FOLDER_PREFIX)) continue
    const path = join(tmpdir(), name)
    const found = await lstat(path).catch(() => undefined)
    if (!found?.isDirectory() || found.uid !== process.getuid?.()) continue
    if (systemClock.now() - found.mtimeMs > ABANDONED_AFTER_MS) await rm(path, { recursive: true, force: true })
  }
}
