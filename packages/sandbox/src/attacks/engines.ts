/** The engines that can be attacked: how each is opened, and the processes or containers that must be gone after it was closed. */
import { readdir, readFile } from 'node:fs/promises'
import { systemClock } from '@stimnet/protocol'
import { Engine, OWNER_LABEL } from '../docker/engine.ts'
import { addressOf, type DockerHost, type DockerSettings, openDockerSandbox } from '../docker/open.ts'
import type { Sandbox, SandboxGrade } from '../sandbox.ts'
import { openWasmSandbox } from '../wasm/open.ts'

/** The grade of a real engine, that is, any grade except `none`. */
export type EngineGrade = Exclude<SandboxGrade, 'none'>

/** Settings for opening the engines. */
export interface EngineSettings {
  /** Folder for embedded Python's snapshot. */
  readonly cacheDir: string
  /** Owner label of the Docker containers. Only these attacks may use it. */
  readonly owner: string
  /** Default: the images that `npm run images` built. */
  readonly images?: DockerSettings['images']
  /** The Docker engine that is attacked. Default: the one at the usual socket. */
  readonly at?: DockerHost
}

/** An engine that was opened to be attacked. */
export interface OpenEngine {
  readonly sandbox: Sandbox
  /** Processes or containers that the engine started and that still exist. After it was closed, there must be none. */
  left(): Promise<readonly string[]>
}

/** An engine that can be attacked. */
export interface AttackableEngine {
  readonly grade: EngineGrade
  /** Instructions for installing the engine. */
  readonly howTo: string
  /** Memory limit of programs, bytes: enough to start, and small enough to be exhausted quickly. */
  readonly memoryBytesMax: number
  /** Time for a start of Python, ms. There is no pool of warm sandboxes, because warming up would take longer than a cold start. */
  readonly startMsMax: number
  /** Opens the engine. Throws SANDBOX_UNAVAILABLE if it is not available on this machine. */
  open(settings: EngineSettings): Promise<OpenEngine>
}

const MiB = 1024 * 1024
/** Age from which a container of the attacks counts as abandoned, ms. Containers live for seconds, and no self-test takes this long. */
const ABANDONED_AFTER_MS = 60 * 60_000
/** Owner labels of `stimnet sandbox test`, which generates a new label for each run. */
const ONE_TIME_OWNER = /^attacks-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
/** The image that is used if the image with libraries was not built. */
const MINIMAL_IMAGE = 'stimnet-python-minimal'

/** All engines, the weakest first. */
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
    grade,
    howTo,
    memoryBytesMax,
    startMsMax: 1_000,
    open: async ({ cacheDir }) => {
      // Only processes of this sandbox count, since this Node process may also run the jobs of a peer.
      const started = new Set<number>()
      const sandbox = await openWasmSandbox({
        cacheDir,
        memoryBytesMax,
        poolSize: 0,
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
    grade,
    howTo,
    memoryBytesMax,
    startMsMax: grade === 'docker' ? 500 : 2_000,
    open: async ({ owner, images, at = {} }) => {
      const settings: DockerSettings = {
        owner,
        memoryBytesMax,
        poolSize: 0,
        runtime: grade === 'docker' ? 'runc' : 'runsc',
        ...at
      }
      await removeAbandoned(at)
      const sandbox = await openDocker(settings, images)
      return { sandbox, left: () => containersLeft(owner, at) }
    }
  }
}

/** Opens the given images; by default the usual images, or the minimal one if those cannot be opened. */
async function openDocker(settings: DockerSettings, images: DockerSettings['images']): Promise<Sandbox> {
  if (images) return openDockerSandbox({ ...settings, images })
  return openDockerSandbox(settings).catch((error) =>
    openDockerSandbox({ ...settings, images: { python: MINIMAL_IMAGE } }).catch(() => {
      throw error
    })
  )
}

/** Removes all containers of an owner, for example after its process was killed. Throws SANDBOX_UNAVAILABLE. */
export async function removeContainersOf(owner: string, at: DockerHost = {}): Promise<void> {
  const engine = await Engine.connect(addressOf(at))
  const found = await engine.containers(OWNER_LABEL, owner)
  await Promise.all(found.map(({ id }) => engine.remove(id)))
}

/** Removes old containers of one-time owners. If a self-test of the command line was killed, no later self-test has its owner label. */
async function removeAbandoned(at: DockerHost): Promise<void> {
  const engine = await Engine.connect(addressOf(at))
  const before = systemClock.now() - ABANDONED_AFTER_MS
  const abandoned = (await engine.owned()).filter(
    ({ owner, createdAtMs }) => ONE_TIME_OWNER.test(owner) && createdAtMs < before
  )
  await Promise.all(abandoned.map(({ id }) => engine.remove(id)))
}

async function containersLeft(owner: string, at: DockerHost): Promise<string[]> {
  const engine = await Engine.connect(addressOf(at))
  return (await engine.containers(OWNER_LABEL, owner)).map(({ id }) => `container ${id.slice(0, 12)}`)
}

/** The child processes of this process. Empty on systems other than Linux, where they cannot be listed. */
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
