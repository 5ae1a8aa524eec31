/** A Docker engine as this sandbox uses it: each call has a deadline, and what fails is SANDBOX_UNAVAILABLE. */
import type { Duplex } from 'node:stream'
import { StimnetError } from '@stimnet/protocol'
import type Docker from 'dockerode'
import { type ContainerSettings, createOptions, type ImageKind, type RunnerMode } from './create.ts'

/** One call to an engine that is busy with others, ms. */
const CALL_MS_MAX = 30_000
/** The first call, whose answer an engine has ready, ms: one that says nothing must not hold up the start of a node. */
const CONNECT_MS_MAX = 10_000

/** The runner's way of speaking, as the image says it in this label. */
const RUNNER_LABEL = 'stimnet.runner'
const RUNNER_VERSION = '3'
/** The language that the image's runner runs, as the image says it in this label. */
const LANGUAGE_LABEL = 'stimnet.language'

/**
 * How near its limit a container's memory may have come for us to be sure that nothing in it was killed for memory, bytes:
 * the kernel takes pages in lots of 256 KiB, and kills only where it cannot get 32 KiB.
 */
const MEMORY_MARGIN_BYTES = 4 * 1024 * 1024

/** Whose a container is: the node, and the opened sandbox of that node. */
export const OWNER_LABEL = 'stimnet.owner'
export const SANDBOX_LABEL = 'stimnet.sandbox'

/** What gVisor's runtime is called. */
const GVISOR = 'runsc'

/** How what is missing can be had. */
const TO_INSTALL: Readonly<Record<string, string>> = {
  runsc:
    ': install gVisor (on Debian the package runsc), name it in /etc/docker/daemon.json under "runtimes", and restart Docker; see docs/operating.md'
}

/** How a container's first process ended. */
export interface ContainerEnd {
  readonly exitCode: number
  /** Whether any process of it was killed for memory, even when the first one ended well. */
  readonly ranOutOfMemory: boolean
}

export class Engine {
  readonly #docker: Docker
  /** Whether programs run under gVisor, asked for or because this engine runs everything so. */
  readonly isGvisor: boolean

  private constructor(docker: Docker, options: { isGvisor: boolean }) {
    this.#docker = docker
    this.isGvisor = options.isGvisor
  }

  /** Connects to an engine that can hold what is asked for. Throws SANDBOX_UNAVAILABLE. */
  static async connect(options: { socketPath: string; runtime?: string }): Promise<Engine> {
    // Loaded when it is needed: it is large, and most nodes run without it.
    const { default: Client } = await import('dockerode')
    const docker = new Client({ socketPath: options.socketPath })
    const info = await could('asking Docker what it is', docker.info(deadline(CONNECT_MS_MAX)))
    const missing = [
      ...(info.MemoryLimit ? [] : ['memory limits']),
      ...(info.PidsLimit ? [] : ['process limits']),
      ...(info.CpuCfsQuota ? [] : ['processor limits']),
      ...(info.SecurityOptions?.some((one) => one.startsWith('name=seccomp')) ? [] : ['seccomp'])
    ]
    if (missing.length > 0) throw new StimnetError('SANDBOX_UNAVAILABLE', `this Docker lacks ${missing.join(', ')}`)
    const { runtime } = options
    if (runtime === undefined || Object.hasOwn(info.Runtimes, runtime))
      return new Engine(docker, { isGvisor: (runtime ?? info.DefaultRuntime) === GVISOR })
    throw new StimnetError('SANDBOX_UNAVAILABLE', `this Docker has no runtime ${runtime}${TO_INSTALL[runtime] ?? ''}`)
  }

  /** The id of the image that a name means now; undefined for none. Throws SANDBOX_UNAVAILABLE where it is not of this kind. */
  async imageId(name: string, kind: ImageKind): Promise<string | undefined> {
    const looking = this.#docker.getImage(name).inspect(deadline()).catch(noneIfGone)
    const image = await could('looking for an image', looking)
    if (!image) return undefined
    const labels = image.Config?.Labels ?? {}
    if (labels[RUNNER_LABEL] === RUNNER_VERSION && labels[LANGUAGE_LABEL] === kind) return image.Id
    const doing = `the image ${name} has no runner of this version for ${kind}: npm run images`
    throw new StimnetError('SANDBOX_UNAVAILABLE', doing)
  }

  /** Makes a container, which does not run yet. */
  async create(settings: ContainerSettings, mode: RunnerMode): Promise<string> {
    const options = { ...createOptions(settings, mode), ...deadline() }
    return (await could('creating a container', this.#docker.createContainer(options))).id
  }

  /** Its stdin, and what it says on stdout and stderr, in one socket. Whoever gets it destroys it. */
  attach(id: string): Promise<Duplex> {
    const { promise, resolve, reject } = Promise.withResolvers<Duplex>()
    // A timer of its own, which ends with the call: the signal would go on to end the socket.
    const control = new AbortController()
    const timer = setTimeout(() => control.abort(), CALL_MS_MAX)
    // Not container.attach(): it sends its options as a body, which other engines hand to the program as input.
    this.#docker.modem.dial(
      {
        // The last character is cut off by dial(), which expects a question mark there.
        path: `/containers/${id}/attach?stream=1&stdin=1&stdout=1&stderr=1&`,
        method: 'POST',
        file: Buffer.alloc(0),
        isStream: true,
        hijack: true,
        openStdin: false,
        statusCodes: { 101: true, 200: true, 400: 'bad parameter', 404: 'no such container', 500: 'server error' },
        abortSignal: control.signal
      },
      (error, socket) => (socket ? resolve(socket) : reject(error))
    )
    return could(
      'attaching to a container',
      promise.finally(() => clearTimeout(timer))
    )
  }

  async start(id: string): Promise<void> {
    await could('starting a container', this.#docker.getContainer(id).start(deadline()))
  }

  /** Whether all memory that it ever wanted was to be had; false where that cannot be said. */
  async hadEnoughMemory(id: string, signal: AbortSignal): Promise<boolean> {
    const options = {
      stream: false,
      'one-shot': true,
      abortSignal: AbortSignal.any([signal, deadline().abortSignal])
    } as const
    const { memory_stats: memory } = await could(
      "looking at a container's memory",
      this.#docker.getContainer(id).stats(options)
    )
    // One that has ended has no figures. Zero is left out by some engines.
    if (!memory.limit) return false
    return (memory.failcnt ?? 0) === 0 && (memory.max_usage ?? 0) < memory.limit - MEMORY_MARGIN_BYTES
  }

  /** Waits until it has ended, however long that takes. */
  async end(id: string, signal: AbortSignal): Promise<ContainerEnd> {
    const container = this.#docker.getContainer(id)
    await could('waiting for a container', container.wait({ condition: 'not-running', abortSignal: signal }))
    const { State } = await could('looking at a container', container.inspect(deadline()))
    return { exitCode: State.ExitCode, ranOutOfMemory: State.OOMKilled }
  }

  /** Ends it, whatever it does, and leaves nothing of it. */
  async remove(id: string): Promise<void> {
    const removing = this.#docker.getContainer(id).remove({ force: true, v: true, ...deadline() })
    await could('removing a container', removing.catch(unlessGone))
  }

  /** Containers with this label, running or not. */
  async containers(label: string, value: string): Promise<readonly { id: string; sandbox: string | undefined }[]> {
    const found = await this.#labelled(`${label}=${value}`)
    return found.map(({ Id, Labels }) => ({ id: Id, sandbox: Labels[SANDBOX_LABEL] }))
  }

  /** Containers of any owner of ours, running or not. */
  async owned(): Promise<readonly { id: string; owner: string; createdAtMs: number }[]> {
    const found = await this.#labelled(OWNER_LABEL)
    return found.map(({ Id, Labels, Created }) => ({
      ...{ id: Id, owner: Labels[OWNER_LABEL] ?? '', createdAtMs: Created * 1_000 }
    }))
  }

  #labelled(label: string) {
    const filters = { label: [label] }
    return could('listing containers', this.#docker.listContainers({ all: true, filters, ...deadline() }))
  }
}

function deadline(msMax = CALL_MS_MAX): { readonly abortSignal: AbortSignal } {
  return { abortSignal: AbortSignal.timeout(msMax) }
}

async function could<T>(doing: string, call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (cause) {
    throw new StimnetError('SANDBOX_UNAVAILABLE', doing, { cause })
  }
}

/** 404: somebody has removed it; 409: the engine is about to. */
function unlessGone(error: unknown): void {
  const status = statusOf(error)
  if (status !== 404 && status !== 409) throw error
}

function noneIfGone(error: unknown): undefined {
  if (statusOf(error) !== 404) throw error
}

function statusOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : undefined
}
