/** The engines that can be attacked on this machine: how each is opened, and what must be gone when it is closed. */
import { readdir, readFile } from 'node:fs/promises'
import { systemClock } from '@stimnet/protocol'
import { Engine, OWNER_LABEL } from '../docker/engine.ts'
import { type DockerSettings, openDockerSandbox } from '../docker/open.ts'
import type { Sandbox, SandboxGrade } from '../sandbox.ts'
import { openWasmSandbox } from '../wasm/open.ts'

/** A grade that an engine of this machine may have. */
export type EngineGrade = Exclude<SandboxGrade, 'none'>

/** What opening them needs. */
export interface EngineSettings {
  /** Folder for embedded Python's snapshot. */
  readonly cacheDir: string
  /** Name on the Docker engine, of these attacks alone. */
  readonly owner: string
  /** Default: those that `npm run images` built. */
  readonly images?: DockerSettings['images']
  readonly socketPath?: string
}

/** An engine that was opened to be attacked. */
export interface OpenEngine {
  readonly sandbox: Sandbox
  /** Of the processes or containers that it started, those that are still there: none may be, once it is closed. */
  left(): Promise<readonly string[]>
}

/** One of them. */
export interface AttackableEngine {
  readonly grade: EngineGrade
  /** What to do where it is not there. */
  readonly howTo: string
  /** What programs may use, bytes: little, so that using it up is quick, and enough to start in. */
  readonly memoryBytesMax: number
  /** What a start of Python takes, ms: none waits, since practising costs more than a start where each program is different. */
  readonly startMsMax: number
  /** Throws SANDBOX_UNAVAILABLE where it cannot be had here. */
  open(settings: EngineSettings): Promise<OpenEngine>
}

const MiB = 1024 * 1024
const DOCKER_SOCKET = '/var/run/docker.sock'
/** A container of one attack lives for seconds, and no self-test takes so long, ms. */
const ABANDONED_AFTER_MS = 60 * 60_000
/** The owner that `stimnet sandbox test` makes up. */
const ONE_TIME_OWNER = /^attacks-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
/** Used when the image with libraries is not built. */
const MINIMAL_IMAGE = 'stimnet-python-minimal'

/** The weakest first. */
export const ATTACKABLE_ENGINES: readonly AttackableEngine[] = [
  wasm('wasm', 'npm ci brings Deno and Pyodide.'),
  wasm('wasm+bwrap', 'Install bubblewrap (Debian: apt install bubblewrap), and let users make user namespaces.'),
  docker('docker', 'Install Docker (Debian: apt install docker.io), let this user reach it, then: npm run images.'),
  docker(
    'docker+gvisor',
    'Install gVisor (Debian: apt install runsc), name it runsc under "runtimes" in /etc/docker/daemon.json, restart Docker.'
  )
]

function wasm(grade: 'wasm' | 'wasm+bwrap', howTo: string): AttackableEngine {
  const memoryBytesMax = 640 * MiB
  return {
    ...{ grade, howTo, memoryBytesMax, startMsMax: 1_000 },
    open: async ({ cacheDir }) => {
      // Whatever else this process runs, such as the jobs of a peer, is not the attacks' to account for.
      const started = new Set<number>()
      const sandbox = await openWasmSandbox({
        ...{ cacheDir, memoryBytesMax, poolSize: 0 },
        bubblewrap: grade === 'wasm' ? 'never' : 'require',
        onProcess: (pid) => started.add(pid)
      })
      return { sandbox, left: async () => (await childProcesses()).filter((pid) => started.has(pid)).map(processNamed) }
    }
  }
}

function docker(grade: 'docker' | 'docker+gvisor', howTo: string): AttackableEngine {
  const memoryBytesMax = 256 * MiB
  return {
    ...{ grade, howTo, memoryBytesMax, startMsMax: grade === 'docker' ? 500 : 2_000 },
    open: async ({ owner, images, socketPath }) => {
      const settings: DockerSettings = {
        ...{ owner, memoryBytesMax, poolSize: 0 },
        runtime: grade === 'docker' ? 'runc' : 'runsc',
        ...(socketPath === undefined ? {} : { socketPath })
      }
      await removeAbandoned(socketPath)
      const sandbox = await openDocker(settings, images)
      return { sandbox, left: () => containersLeft({ owner, socketPath }) }
    }
  }
}

/** With the images that are named, or those of the usual names. */
async function openDocker(settings: DockerSettings, images: DockerSettings['images']): Promise<Sandbox> {
  if (images) return openDockerSandbox({ ...settings, images })
  return openDockerSandbox(settings).catch((error) =>
    openDockerSandbox({ ...settings, images: { python: MINIMAL_IMAGE } }).catch(() => {
      throw error
    })
  )
}

/** Every container of that owner, as after a process that was killed. Throws SANDBOX_UNAVAILABLE. */
export async function removeContainersOf(owner: string, socketPath = DOCKER_SOCKET): Promise<void> {
  const engine = await Engine.connect({ socketPath })
  const found = await engine.containers(OWNER_LABEL, owner)
  await Promise.all(found.map(({ id }) => engine.remove(id)))
}

/** Who attacked from a command line has a name of its own each time, by which nobody finds what a killed one left. */
async function removeAbandoned(socketPath = DOCKER_SOCKET): Promise<void> {
  const engine = await Engine.connect({ socketPath })
  const before = systemClock.now() - ABANDONED_AFTER_MS
  const abandoned = (await engine.owned()).filter(
    ({ owner, createdAtMs }) => ONE_TIME_OWNER.test(owner) && createdAtMs < before
  )
  await Promise.all(abandoned.map(({ id }) => engine.remove(id)))
}

async function containersLeft(where: { owner: string; socketPath: string | undefined }): Promise<string[]> {
  const { owner, socketPath = DOCKER_SOCKET } = where
  const engine = await Engine.connect({ socketPath })
  return (await engine.containers(OWNER_LABEL, owner)).map(({ id }) => `container ${id.slice(0, 12)}`)
}

/** Of this process, on Linux; elsewhere nobody can tell. */
async function childProcesses(): Promise<number[]> {
  const threads = await readdir('/proc/self/task').catch(() => [])
  const lists = await Promise.all(
    threads.map((id) => readFile(`/proc/self/task/${id}/children`, 'utf8').catch(() => ''))
  )
  return lists
    .join(' ')
    .split(/\s+/)
    .filter((pid) => pid !== '')
    .map(Number)
}

function processNamed(pid: number): string {
  return `process ${pid}`
}
