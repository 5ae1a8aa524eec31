/** The sandbox for production: each program in a Docker container of its own, hardened, used once. */
import { randomUUID } from 'node:crypto'
import { type Clock, LIMITS, StimnetError, systemClock } from '@stimnet/protocol'
import { type Bounds, type Ended, runBounded } from '../bounded.ts'
import { Pool } from '../pool.ts'
import type { Sandbox, SandboxDescription, SandboxLanguage, SandboxLimits, SandboxOutcome } from '../sandbox.ts'
import { encodeJob } from '../wire.ts'
import type { ContainerSettings } from './create.ts'
import { Engine, OWNER_LABEL, SANDBOX_LABEL } from './engine.ts'
import { ContainerSlot } from './slot.ts'

const LANGUAGES: readonly SandboxLanguage[] = ['python', 'jupyter']

/** Tables of a job together, bytes. More does not fit beside the program that reads them. */
const INPUT_BYTES_MAX = 512 * 1024 * 1024

/** Below this no interpreter starts, bytes. */
const MEMORY_BYTES_MIN = 32 * 1024 * 1024

export interface DockerSettings {
  /** Name or id of an image that `scripts/images.ts` built. Its id is taken when the sandbox opens, and kept. */
  readonly image: string
  /** This node's name on that engine: its containers that no open sandbox of this process knows are removed at the start. */
  readonly owner: string
  /** Containers that wait, about 40 MB each, with pandas 100 MB. 0: each is started when it is needed. */
  readonly poolSize: number
  /** `first-job` (default): nothing waits before somebody has run something. `open`: the pool fills at once. */
  readonly warmFrom?: 'first-job' | 'open'
  /** `runsc`: under gVisor, whose own kernel stands between the program and this machine's. Default: the engine's. */
  readonly runtime?: 'runc' | 'runsc'
  /** Default `/var/run/docker.sock`. */
  readonly socketPath?: string
  /** Ceiling of every run, bytes. A job with a lower limit gets a container of its own, never a waiting one. Default 1 GiB. */
  readonly memoryBytesMax?: number
  /** Ceiling of a container's processor time, ms, in case its host is gone. Default one hour. */
  readonly wallTimeMsMax?: number
  /** Containers with a job at one time; a further one is SANDBOX_UNAVAILABLE. Default 16. */
  readonly runsMax?: number
  /** How long one waits before it is replaced, ms. Default ten minutes. */
  readonly waitMsMax?: number
  readonly clock?: Clock
}

/** Sandboxes of this process that are open: what carries another name is an orphan. */
const openSandboxes = new Set<string>()

/**
 * Opens a sandbox on a Docker engine: removes this node's orphans and asks the image for its libraries (a second). Throws
 * SANDBOX_UNAVAILABLE where no engine answers, it cannot enforce the limits, or the image is missing.
 */
export async function openDockerSandbox(settings: DockerSettings): Promise<Sandbox> {
  const socketPath = settings.socketPath ?? '/var/run/docker.sock'
  const { runtime } = settings
  const engine = await Engine.connect({ socketPath, ...(runtime ? { runtime } : {}) })
  const imageId = await engine.imageId(settings.image)
  const id = randomUUID()
  openSandboxes.add(id)
  try {
    await removeOrphans(engine, settings.owner)
    const container: ContainerSettings = {
      imageId,
      labels: { [OWNER_LABEL]: settings.owner, [SANDBOX_LABEL]: id },
      memoryBytesMax: settings.memoryBytesMax ?? LIMITS.memoryBytesDefault,
      cpuSecondsMax: Math.ceil((settings.wallTimeMsMax ?? LIMITS.wallTimeMsMax) / 1000),
      ...(runtime ? { runtime } : {})
    }
    const libraries = await librariesOf(engine, container)
    return new DockerSandbox(settings, { id, engine, container, description: describe(settings, imageId, libraries) })
  } catch (error) {
    openSandboxes.delete(id)
    throw error
  }
}

async function removeOrphans(engine: Engine, owner: string): Promise<void> {
  const found = await engine.containers(OWNER_LABEL, owner)
  const orphans = found.filter(({ sandbox }) => sandbox === undefined || !openSandboxes.has(sandbox))
  await Promise.all(orphans.map(({ id }) => engine.remove(id)))
}

/** The image is the only one that knows; a container is asked, as closed as one for a program. */
async function librariesOf(engine: Engine, container: ContainerSettings): Promise<ReadonlySet<string>> {
  const signal = AbortSignal.timeout(60_000)
  const slot = await ContainerSlot.start(engine, container, { mode: 'modules', signal })
  try {
    const answer = await slot.answer(signal)
    if (answer.end === 'failed') throw new StimnetError('SANDBOX_UNAVAILABLE', 'asking the image for its libraries')
    return new Set(JSON.parse(Buffer.from(answer.bytes).toString()) as string[])
  } finally {
    await slot.destroy()
  }
}

function describe(settings: DockerSettings, imageId: string, libraries: ReadonlySet<string>): SandboxDescription {
  return {
    engine: 'docker',
    grade: settings.runtime === 'runsc' ? 'docker+gvisor' : 'docker',
    image: `docker ${settings.image === imageId ? '' : `${settings.image} `}${imageId}`,
    languages: LANGUAGES,
    libraries: (language) => (LANGUAGES.includes(language) ? libraries : new Set())
  }
}

interface Parts {
  /** Label of the containers of this sandbox. */
  readonly id: string
  readonly engine: Engine
  readonly container: ContainerSettings
  readonly description: SandboxDescription
}

class DockerSandbox implements Sandbox {
  readonly engine = 'docker'
  readonly #clock: Clock
  readonly #runsMax: number
  readonly #parts: Parts
  readonly #pool: Pool<ContainerSlot>
  readonly #closing = new AbortController()
  readonly #running = new Set<Promise<unknown>>()
  /** Used containers on their way out. Nobody waits for them but `close`: their programs have ended. */
  readonly #leaving = new Set<Promise<void>>()

  constructor(settings: DockerSettings, parts: Parts) {
    this.#clock = settings.clock ?? systemClock
    this.#runsMax = settings.runsMax ?? 16
    this.#parts = parts
    this.#pool = new Pool({
      start: (signal) => ContainerSlot.start(parts.engine, parts.container, { mode: 'warm', signal }),
      size: settings.poolSize,
      waitMsMax: settings.waitMsMax ?? 10 * 60_000,
      clock: this.#clock
    })
    if (settings.warmFrom === 'open') this.#pool.refill()
  }

  async describe(): Promise<SandboxDescription> {
    return this.#parts.description
  }

  async run(...[job, limits, signal]: Parameters<Sandbox['run']>): Promise<SandboxOutcome> {
    const own = this.#closing.signal
    const isRefused = own.aborted || this.#running.size >= this.#runsMax
    const signals = [...(isRefused ? [] : [own]), ...(signal ? [signal] : [])]
    const running = runBounded(
      { limits: this.#within(limits), signal: AbortSignal.any(signals), clock: this.#clock },
      async (bounds) => (isRefused ? UNAVAILABLE : this.#runIn(encodeJob(job, bounds.limits.outputBytesMax), bounds))
    )
    this.#running.add(running)
    try {
      return await running
    } finally {
      this.#running.delete(running)
      // After the answer: importing libraries costs processor time.
      setImmediate(() => this.#pool.refill())
    }
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await Promise.allSettled([this.#pool.close(), ...this.#running])
    await Promise.allSettled([...this.#leaving])
    const { engine, id } = this.#parts
    const left = await engine.containers(SANDBOX_LABEL, id).catch(() => [])
    await Promise.allSettled(left.map((container) => engine.remove(container.id)))
    openSandboxes.delete(id)
  }

  async #runIn(job: readonly Uint8Array[] | undefined, bounds: Bounds): Promise<Ended> {
    if (job === undefined) return { end: 'failed', code: 'PROGRAM_FAILED' }
    if (job.reduce((sum, part) => sum + part.length, 0) > INPUT_BYTES_MAX)
      return { end: 'failed', code: 'MEMORY_LIMIT' }
    const waiting = await this.#take(bounds)
    if (waiting) bounds.tookWarm()
    const slot = waiting ?? (await this.#startCold(bounds))
    try {
      return await slot.run(job, bounds)
    } finally {
      const leaving = slot.destroy().finally(() => this.#leaving.delete(leaving))
      this.#leaving.add(leaving)
    }
  }

  /** One that waits has the memory of the ceiling: a job with less gets its own. */
  async #take({ limits, signal }: Bounds): Promise<ContainerSlot | undefined> {
    return limits.memoryBytesMax < this.#parts.container.memoryBytesMax ? undefined : this.#pool.take(signal)
  }

  #startCold({ limits, signal }: Bounds): Promise<ContainerSlot> {
    const container = { ...this.#parts.container, memoryBytesMax: limits.memoryBytesMax }
    return ContainerSlot.start(this.#parts.engine, container, { mode: 'cold', signal })
  }

  #within(limits: SandboxLimits): SandboxLimits {
    const memoryBytesMax = Math.max(MEMORY_BYTES_MIN, limits.memoryBytesMax)
    return {
      wallTimeMsMax: limits.wallTimeMsMax,
      memoryBytesMax: Math.min(memoryBytesMax, this.#parts.container.memoryBytesMax),
      outputBytesMax: Math.min(limits.outputBytesMax, LIMITS.sandboxFrameBytesMax)
    }
  }
}

const UNAVAILABLE: Ended = { end: 'failed', code: 'SANDBOX_UNAVAILABLE' }
