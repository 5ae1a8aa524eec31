/** The sandbox for production: each program in a Docker container of its own, hardened, used once. */
import { randomUUID } from 'node:crypto'
import { type Clock, LIMITS, StimnetError, systemClock } from '@stimnet/protocol'
import { type Bounds, type Ended, runBounded } from '../bounded.ts'
import { Pool } from '../pool.ts'
import {
  SANDBOX_LANGUAGES,
  type Sandbox,
  type SandboxDescription,
  type SandboxJob,
  type SandboxLanguage,
  type SandboxLimits,
  type SandboxOutcome,
  type WarmPool
} from '../sandbox.ts'
import { encodeJob } from '../wire.ts'
import { type ContainerSettings, IMAGE_KINDS, type ImageKind } from './create.ts'
import { Engine, OWNER_LABEL, SANDBOX_LABEL } from './engine.ts'
import { ContainerSlot } from './slot.ts'

/** Which image runs a language. */
const KIND_OF: Readonly<Record<SandboxLanguage, ImageKind>> = { python: 'python', jupyter: 'python', r: 'r' }

/** Tables of a job together, bytes. More does not fit beside the program that reads them. */
const INPUT_BYTES_MAX = 512 * 1024 * 1024

/** Below this no interpreter starts, bytes. */
const MEMORY_BYTES_MIN = 32 * 1024 * 1024

export interface DockerSettings {
  /**
   * Names or ids of images that `scripts/images.ts` built, at least one; that of Python runs notebooks too. Their ids are
   * taken when the sandbox opens, and kept. Default: `stimnet-python` and `stimnet-r`, whichever are there.
   */
  readonly images?: Readonly<Partial<Record<ImageKind, string>>>
  /** This node's name on that engine: its containers that no open sandbox of this process knows are removed at the start. */
  readonly owner: string
  /** Containers of each image that wait, about 40 MB each, with pandas 100 MB. 0: each is started when it is needed. */
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
 * Opens a sandbox on a Docker engine: removes this node's orphans and asks the images for their libraries (a second). Throws
 * SANDBOX_UNAVAILABLE where no engine answers, it cannot enforce the limits, or an image is missing.
 */
export async function openDockerSandbox(settings: DockerSettings): Promise<Sandbox> {
  const socketPath = settings.socketPath ?? '/var/run/docker.sock'
  const { runtime } = settings
  const engine = await Engine.connect({ socketPath, ...(runtime ? { runtime } : {}) })
  const id = randomUUID()
  openSandboxes.add(id)
  try {
    await removeOrphans(engine, settings.owner)
    const shared = {
      labels: { [OWNER_LABEL]: settings.owner, [SANDBOX_LABEL]: id },
      memoryBytesMax: settings.memoryBytesMax ?? LIMITS.memoryBytesDefault,
      cpuSecondsMax: Math.ceil((settings.wallTimeMsMax ?? LIMITS.wallTimeMsMax) / 1000),
      isGvisor: engine.isGvisor,
      ...(runtime ? { runtime } : {})
    }
    const named = await imagesOf(engine, settings.images)
    if (named.length === 0) throw new StimnetError('SANDBOX_UNAVAILABLE', 'Docker has no image: npm run images')
    const images = await Promise.all(named.map((image) => openImage(engine, { ...image, shared })))
    return new DockerSandbox(settings, { id, engine, images: new Map(images.map((image) => [image.kind, image])) })
  } catch (error) {
    openSandboxes.delete(id)
    throw error
  }
}

interface NamedImage {
  readonly kind: ImageKind
  readonly name: string
  readonly imageId: string
}

/** Those that are named, which must be there; or those of the usual names that are. */
async function imagesOf(engine: Engine, names: DockerSettings['images']): Promise<readonly NamedImage[]> {
  const found: NamedImage[] = []
  for (const kind of IMAGE_KINDS) {
    const name = names ? names[kind] : `stimnet-${kind}`
    if (name === undefined) continue
    const imageId = await engine.imageId(name, kind)
    if (imageId !== undefined) found.push({ kind, name, imageId })
    else if (names) throw new StimnetError('SANDBOX_UNAVAILABLE', `Docker has no image ${name}: npm run images`)
  }
  return found
}

/** An image that is there, and how its containers are made. */
interface OpenImage {
  readonly kind: ImageKind
  /** For receipts. */
  readonly called: string
  readonly container: ContainerSettings
  readonly libraries: ReadonlySet<string>
}

async function openImage(
  engine: Engine,
  { kind, name, imageId, shared }: NamedImage & { shared: Omit<ContainerSettings, 'kind' | 'imageId'> }
): Promise<OpenImage> {
  const container = { kind, imageId, ...shared }
  const called = `docker ${name === imageId ? '' : `${name} `}${imageId}`
  return { kind, called, container, libraries: await librariesOf(engine, container) }
}

async function removeOrphans(engine: Engine, owner: string): Promise<void> {
  const found = await engine.containers(OWNER_LABEL, owner)
  const orphans = found.filter(({ sandbox }) => sandbox === undefined || !openSandboxes.has(sandbox))
  await Promise.all(orphans.map(({ id }) => engine.remove(id)))
}

/** The image is the only one that knows; a container is asked, as closed as one for a program. */
async function librariesOf(engine: Engine, container: ContainerSettings): Promise<ReadonlySet<string>> {
  const signal = AbortSignal.timeout(60_000)
  // Seen once, on a busy machine: it ended with exit code 0 and its answer had not come. Why is not known.
  const ask = () => askForModules(engine, container, signal)
  return ask().catch(ask)
}

async function askForModules(
  engine: Engine,
  container: ContainerSettings,
  signal: AbortSignal
): Promise<ReadonlySet<string>> {
  const slot = await ContainerSlot.start(engine, container, { mode: 'modules', signal })
  try {
    const answer = await slot.answer(signal)
    if (answer.end === 'failed') throw new StimnetError('SANDBOX_UNAVAILABLE', 'asking an image for its libraries')
    return new Set(JSON.parse(Buffer.from(answer.bytes).toString()) as string[])
  } finally {
    await slot.destroy()
  }
}

function describe(parts: Parts): SandboxDescription {
  const imageOf = (language: SandboxLanguage) => parts.images.get(KIND_OF[language])
  return {
    engine: 'docker',
    grade: parts.engine.isGvisor ? 'docker+gvisor' : 'docker',
    languages: SANDBOX_LANGUAGES.filter(imageOf),
    image: (language) => imageOf(language)?.called ?? '',
    libraries: (language) => imageOf(language)?.libraries ?? new Set()
  }
}

interface Parts {
  /** Label of the containers of this sandbox. */
  readonly id: string
  readonly engine: Engine
  readonly images: ReadonlyMap<ImageKind, OpenImage>
}

class DockerSandbox implements Sandbox {
  readonly engine = 'docker'
  readonly #clock: Clock
  readonly #runsMax: number
  readonly #memoryBytesMax: number
  readonly #parts: Parts
  readonly #description: SandboxDescription
  /** One for each image. */
  readonly #pools: ReadonlyMap<ImageKind, Pool<ContainerSlot>>
  readonly #closing = new AbortController()
  readonly #running = new Set<Promise<unknown>>()
  /** Used containers on their way out. Their programs have said their last word: no answer waits for them. */
  readonly #leaving = new Set<Promise<void>>()
  /** Used containers that the engine would not remove: tried again after each job, since a program may live on in them. */
  readonly #stuck = new Set<ContainerSlot>()

  constructor(settings: DockerSettings, parts: Parts) {
    this.#clock = settings.clock ?? systemClock
    this.#runsMax = settings.runsMax ?? 16
    this.#memoryBytesMax = settings.memoryBytesMax ?? LIMITS.memoryBytesDefault
    this.#parts = parts
    this.#description = describe(parts)
    this.#pools = new Map([...parts.images].map(([kind, image]) => [kind, this.#poolOf(settings, image)]))
    if (settings.warmFrom === 'open') for (const pool of this.#pools.values()) pool.refill()
  }

  #poolOf(settings: DockerSettings, { container }: OpenImage): Pool<ContainerSlot> {
    return new Pool({
      start: (signal) => ContainerSlot.start(this.#parts.engine, container, { mode: 'warm', signal }),
      size: settings.poolSize,
      waitMsMax: settings.waitMsMax ?? 10 * 60_000,
      clock: this.#clock
    })
  }

  async describe(): Promise<SandboxDescription> {
    return this.#description
  }

  pool(language: SandboxLanguage): WarmPool {
    const { waitingMax, waiting } = this.#pools.get(KIND_OF[language]) ?? { waitingMax: 0, waiting: 0 }
    return { waitingMax, waiting }
  }

  async run(...[job, limits, signal]: Parameters<Sandbox['run']>): Promise<SandboxOutcome> {
    const own = this.#closing.signal
    const isRefused = own.aborted || this.#running.size >= this.#runsMax
    const signals = [...(isRefused ? [] : [own]), ...(signal ? [signal] : [])]
    const running = runBounded(
      { limits: this.#within(limits), signal: AbortSignal.any(signals), clock: this.#clock },
      async (bounds) => (isRefused ? UNAVAILABLE : this.#runIn(job, bounds))
    )
    this.#running.add(running)
    try {
      return await running
    } finally {
      this.#running.delete(running)
      for (const slot of this.#stuck) this.#leave(slot)
      // After the answer: importing libraries costs processor time.
      setImmediate(() => this.#pools.get(KIND_OF[job.language])?.refill())
    }
  }

  async close(): Promise<void> {
    this.#closing.abort()
    const pools = [...this.#pools.values()].map((pool) => pool.close())
    await Promise.allSettled([...pools, ...this.#running])
    await Promise.allSettled([...this.#leaving])
    const { engine, id } = this.#parts
    const left = await engine.containers(SANDBOX_LABEL, id).catch(() => [])
    await Promise.allSettled(left.map((container) => engine.remove(container.id)))
    openSandboxes.delete(id)
  }

  async #runIn(job: SandboxJob, bounds: Bounds): Promise<Ended> {
    const kind = KIND_OF[job.language]
    const image = this.#parts.images.get(kind)
    if (!image) return UNAVAILABLE
    const input = encodeJob(job, bounds.limits.outputBytesMax)
    if (input === undefined) return { end: 'failed', code: 'PROGRAM_FAILED' }
    if (input.reduce((sum, part) => sum + part.length, 0) > INPUT_BYTES_MAX)
      return { end: 'failed', code: 'MEMORY_LIMIT' }
    const waiting = await this.#take(kind, bounds)
    if (waiting) bounds.tookWarm()
    const slot = waiting ?? (await this.#startCold(image.container, bounds))
    try {
      return await slot.run(input, bounds)
    } finally {
      this.#leave(slot)
    }
  }

  #leave(slot: ContainerSlot): void {
    this.#stuck.delete(slot)
    const leaving = slot.destroy().then(() => {
      this.#leaving.delete(leaving)
      if (!slot.isGone) this.#stuck.add(slot)
    })
    this.#leaving.add(leaving)
  }

  /** One that waits has the memory of the ceiling: a job with less gets its own. */
  async #take(kind: ImageKind, { limits, signal }: Bounds): Promise<ContainerSlot | undefined> {
    return limits.memoryBytesMax < this.#memoryBytesMax ? undefined : this.#pools.get(kind)?.take(signal)
  }

  async #startCold(settings: ContainerSettings, { limits, signal }: Bounds): Promise<ContainerSlot> {
    // Answers may go out faster than an engine removes what they came from: those that leave are counted too.
    if (this.#leaving.size >= this.#runsMax) await Promise.race(this.#leaving)
    const container = { ...settings, memoryBytesMax: limits.memoryBytesMax }
    return ContainerSlot.start(this.#parts.engine, container, { mode: 'cold', signal })
  }

  #within(limits: SandboxLimits): SandboxLimits {
    const memoryBytesMax = Math.max(MEMORY_BYTES_MIN, limits.memoryBytesMax)
    return {
      wallTimeMsMax: limits.wallTimeMsMax,
      memoryBytesMax: Math.min(memoryBytesMax, this.#memoryBytesMax),
      outputBytesMax: Math.min(limits.outputBytesMax, LIMITS.sandboxFrameBytesMax)
    }
  }
}

const UNAVAILABLE: Ended = { end: 'failed', code: 'SANDBOX_UNAVAILABLE' }
