/** The Docker sandbox: each program runs in its own hardened container, which is used once. */
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
import { Engine, type EngineAddress, OWNER_LABEL, type RemoteEngine, SANDBOX_LABEL } from './engine.ts'
import { Remover } from './remover.ts'
import { ContainerSlot, type SlotHost } from './slot.ts'

/** The kind of image that runs each language. */
const KIND_OF: Readonly<Record<SandboxLanguage, ImageKind>> = { python: 'python', jupyter: 'python', r: 'r' }

/** Maximum size of a job's input, bytes. More would not fit into memory beside the program that reads it. */
const INPUT_BYTES_MAX = 512 * 1024 * 1024

const DOCKER_SOCKET = '/var/run/docker.sock'

/** Smallest memory limit, bytes. No interpreter starts with less. */
const MEMORY_BYTES_MIN = 32 * 1024 * 1024

export interface DockerSettings {
  /**
   * Names or ids of images built by `scripts/images.ts`, at least one. The image for Python also runs notebooks. Names are resolved to ids
   * once, when the sandbox opens. Default: `stimnet-python` and `stimnet-r`, if they exist.
   */
  readonly images?: Readonly<Partial<Record<ImageKind, string>>>
  /** This node's name on the engine. At the start, containers with this name that belong to no open sandbox of this process are removed. */
  readonly owner: string
  /** Number of warm containers per image, about 40 MB each, with pandas 100 MB. 0: each container is started on demand. */
  readonly poolSize: number
  /** The time at which the pool is first filled: after the first job (default), or when the sandbox opens. */
  readonly warmFrom?: 'first-job' | 'open'
  /** `runsc`: gVisor, whose own kernel separates the program from the machine's kernel. Default: the engine's runtime. */
  readonly runtime?: 'runc' | 'runsc'
  /** Default: `/var/run/docker.sock`. */
  readonly socketPath?: string
  /** An engine of another machine, in place of a socket. */
  readonly remote?: RemoteEngine
  /** Upper bound on every memory limit, bytes. A job with a lower limit gets a new container, not a warm one. Default: 1 GiB. */
  readonly memoryBytesMax?: number
  /** Limit on a container's processor time, ms, for the case that its host is gone. Default: one hour. */
  readonly wallTimeMsMax?: number
  /** Maximum number of concurrent runs. Another run ends with SANDBOX_UNAVAILABLE. Default: 16. */
  readonly runsMax?: number
  /** Maximum age of a warm container before it is replaced, ms. Default: ten minutes. */
  readonly waitMsMax?: number
  readonly clock?: Clock
}

/** Ids of this process's open sandboxes. A container of the same owner with another id is an orphan. */
const openSandboxes = new Set<string>()

/**
 * Opens a sandbox on a Docker engine: removes this node's orphans, and reads the list of libraries from each image (about a second). Throws
 * SANDBOX_UNAVAILABLE if no engine answers, if the engine cannot enforce the limits, or if an image is missing.
 */
export async function openDockerSandbox(settings: DockerSettings): Promise<Sandbox> {
  const { runtime } = settings
  const engine = await Engine.connect({ ...addressOf(settings), ...(runtime ? { runtime } : {}) })
  const id = randomUUID()
  const closing = new AbortController()
  const remover = new Remover(engine, { clock: settings.clock ?? systemClock, signal: closing.signal })
  openSandboxes.add(id)
  try {
    await removeOrphans(engine, settings.owner)
    const shared = {
      labels: { [OWNER_LABEL]: settings.owner, [SANDBOX_LABEL]: id },
      memoryBytesMax: settings.memoryBytesMax ?? LIMITS.memoryBytesDefault,
      cpuSecondsMax: Math.ceil((settings.wallTimeMsMax ?? LIMITS.wallTimeMsMax) / 1000),
      isGvisor: engine.isGvisor,
      // Named even if it is the engine's default, because the default can change later.
      ...(runtime || engine.isGvisor ? { runtime: runtime ?? 'runsc' } : {})
    }
    const named = await imagesOf(engine, settings.images)
    if (named.length === 0) throw new StimnetError('SANDBOX_UNAVAILABLE', 'Docker has no image: npm run images')
    const images = await Promise.all(named.map((image) => openImage({ engine, remover }, { ...image, shared })))
    return new DockerSandbox(settings, {
      id,
      engine,
      remover,
      closing,
      images: new Map(images.map((image) => [image.kind, image]))
    })
  } catch (error) {
    closing.abort()
    openSandboxes.delete(id)
    throw error
  }
}

/** The engine of a machine. */
export type DockerHost = Pick<DockerSettings, 'socketPath' | 'remote'>

/** The address of the engine; by default the usual socket. */
export function addressOf({ socketPath = DOCKER_SOCKET, remote }: DockerHost): EngineAddress {
  return remote ?? { socketPath }
}

interface NamedImage {
  readonly kind: ImageKind
  readonly name: string
  readonly imageId: string
}

/** The given images, which must all exist; without names, the default images that exist. */
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

/** An existing image, and the settings of its containers. */
interface OpenImage {
  readonly kind: ImageKind
  /** The image's name in receipts. */
  readonly called: string
  readonly container: ContainerSettings
  readonly libraries: ReadonlySet<string>
}

async function openImage(
  host: SlotHost,
  { kind, name, imageId, shared }: NamedImage & { shared: Omit<ContainerSettings, 'kind' | 'imageId'> }
): Promise<OpenImage> {
  const container = { kind, imageId, ...shared }
  const called = `docker ${name === imageId ? '' : `${name} `}${imageId}`
  return { kind, called, container, libraries: await librariesOf(host, container) }
}

async function removeOrphans(engine: Engine, owner: string): Promise<void> {
  const found = await engine.containers(OWNER_LABEL, owner)
  const orphans = found.filter(({ sandbox }) => sandbox === undefined || !openSandboxes.has(sandbox))
  await Promise.all(orphans.map(({ id }) => engine.remove(id)))
}

/** The modules in an image. They are listed by a container of the image, isolated like a container for a program. */
async function librariesOf(host: SlotHost, container: ContainerSettings): Promise<ReadonlySet<string>> {
  const signal = AbortSignal.timeout(60_000)
  const slot = await ContainerSlot.start(host, container, { mode: 'modules', signal })
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
  /** The value of SANDBOX_LABEL of this sandbox's containers. */
  readonly id: string
  readonly engine: Engine
  readonly remover: Remover
  /** Aborts when the sandbox closes. The remover then stops retrying. */
  readonly closing: AbortController
  readonly images: ReadonlyMap<ImageKind, OpenImage>
}

class DockerSandbox implements Sandbox {
  readonly engine = 'docker'
  readonly #clock: Clock
  readonly #runsMax: number
  readonly #memoryBytesMax: number
  readonly #parts: Parts
  readonly #description: SandboxDescription
  /** One pool per image. */
  readonly #pools: ReadonlyMap<ImageKind, Pool<ContainerSlot>>
  readonly #running = new Set<Promise<unknown>>()
  /** A pending ping of the engine. Concurrent callers share its answer. */
  #pinging: Promise<boolean> | undefined

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
      start: (signal) => ContainerSlot.start(this.#parts, container, { mode: 'warm', signal }),
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

  isAvailable(): Promise<boolean> {
    this.#pinging ??= this.#parts.engine.isThere().finally(() => {
      this.#pinging = undefined
    })
    return this.#pinging
  }

  async run(...[job, limits, signal]: Parameters<Sandbox['run']>): Promise<SandboxOutcome> {
    const own = this.#parts.closing.signal
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
      // The pool is refilled after the answer, because a start that imports libraries costs processor time.
      setImmediate(() => this.#pools.get(KIND_OF[job.language])?.refill())
    }
  }

  async close(): Promise<void> {
    const { engine, remover, closing, id } = this.#parts
    closing.abort()
    const pools = [...this.#pools.values()].map((pool) => pool.close())
    await Promise.allSettled([...pools, ...this.#running])
    await remover.settled()
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
      // The answer does not wait for the removal.
      void slot.destroy()
    }
  }

  /** A warm container for the job. Warm containers have the largest memory limit, so a job with a lower limit gets none. */
  async #take(kind: ImageKind, { limits, signal }: Bounds): Promise<ContainerSlot | undefined> {
    return limits.memoryBytesMax < this.#memoryBytesMax ? undefined : this.#pools.get(kind)?.take(signal)
  }

  async #startCold(settings: ContainerSettings, { limits, signal }: Bounds): Promise<ContainerSlot> {
    // Answers can be faster than the engine's removals, so the number of containers being removed is bounded too.
    const { remover } = this.#parts
    if (remover.size >= this.#runsMax) await remover.one()
    if (signal.aborted) throw new StimnetError('SANDBOX_UNAVAILABLE', 'waiting for the engine to remove containers')
    const container = { ...settings, memoryBytesMax: limits.memoryBytesMax }
    return ContainerSlot.start(this.#parts, container, { mode: 'cold', signal })
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
