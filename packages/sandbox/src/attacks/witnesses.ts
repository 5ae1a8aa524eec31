/**
 * Witnesses: observations of this machine during attacks. They consist of listeners that no program may reach, a secret that no program may
 * read, and the detection of files and processes that were left behind.
 */
import { randomBytes } from 'node:crypto'
import { createSocket, type Socket as DatagramSocket } from 'node:dgram'
import { once } from 'node:events'
import { access, chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@stimnet/protocol'
import type { Marks } from './attack.ts'

/** The environment variable of this process that contains the secret while attacks run. */
const SECRET_VARIABLE = 'STIMNET_CANARY'

/** Maximum wait for processes to disappear, ms. An engine removes a sandbox in the background after its answer. */
const CLEARING_MS_MAX = 10_000

/** Prefix of the names of witnesses' temporary folders. */
const FOLDER_PREFIX = 'stimnet-attacks-'

/** Age from which a temporary folder counts as abandoned, ms. No self-test takes this long, so its process must have been killed. */
const ABANDONED_AFTER_MS = 60 * 60_000

/** Maximum length of a socket's path, bytes. The kernel's limit is 108 bytes on Linux and 104 elsewhere, including the final zero. */
const SOCKET_PATH_BYTES_MAX = 103

/** The witnesses for attacks on one or several engines. They are opened before the attacks and closed afterwards. */
export class Witnesses {
  /** A random text that must not leave any sandbox. */
  readonly secret = randomBytes(16).toString('hex')
  // The kernel keeps only fifteen characters of a process name.
  readonly #leftName = `stimnet${randomBytes(4).toString('hex')}`
  readonly #folder: string
  readonly #environment: NodeJS.ProcessEnv
  readonly #servers: Server[] = []
  readonly #datagrams: DatagramSocket
  #tcpPort = 0
  #hits = 0

  /**
   * Opens the listeners and places the secret. `environment` is the environment of this process: if a sandbox passes it on, the secret in
   * it shows that. `place` is a folder for the witnesses alone, which is emptied first and closed to other users. Without it, a temporary
   * folder that every user can read is used.
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

  /** The targets that the programs of attacks receive. The secret is not included. */
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

  /** Number of times that a listener was reached. */
  get hits(): number {
    return this.#hits
  }

  /** Finds the files and processes that attacks left, by their name. The files are removed and the processes ended. */
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
        // The process has just ended, or it belongs to another user; in any case it is reported.
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
    // This fails on a machine without IPv6, where there is nothing to reach.
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

/** The given folder, closed to other users. A program that escapes from a sandbox runs as this user and can still access it. */
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
  // Every user may access the folder, since only the sandbox is supposed to keep a program out.
  await chmod(folder, 0o755)
  return folder
}

/** Removes abandoned temporary folders of this user. */
async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(FOLDER_PREFIX)) continue
    const path = join(tmpdir(), name)
    const found = await lstat(path).catch(() => undefined)
    if (!found?.isDirectory() || found.uid !== process.getuid?.()) continue
    if (systemClock.now() - found.mtimeMs > ABANDONED_AFTER_MS) await rm(path, { recursive: true, force: true })
  }
}
