/** The calls of a Docker engine that this sandbox uses. Each call has a deadline. Each failure is reported as SANDBOX_UNAVAILABLE. */
import type { Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { StimnetError } from '@stimnet/protocol'
import type Docker from 'dockerode'
import { type ContainerSettings, createOptions, type ImageKind, type RunnerMode } from './create.ts'

/** Maximum duration of a call, ms, for a busy engine. */
const CALL_MS_MAX = 30_000
/** Maximum duration of the first call, ms. The call is cheap, and an engine that does not answer must not delay the start of a node. */
const CONNECT_MS_MAX = 10_000
/** Maximum wait for a ping, ms. A readiness check of the node waits for it. */
const PING_MS_MAX = 2_000

/** Maximum wait, ms, for the engine to report that a process was killed for lack of memory. */
const MEMORY_NOTICE_MS_MAX = 1_000
/** Interval between two checks for that report, ms. */
const MEMORY_NOTICE_MS = 50

/** Label of an image with the version of its runner's protocol. */
const RUNNER_LABEL = 'stimnet.runner'
const RUNNER_VERSION = '3'
/** Label of an image with the language that its runner runs. */
const LANGUAGE_LABEL = 'stimnet.language'

/**
 * Margin between a container's peak memory and its limit, bytes. With at least this margin, certainly no process was killed for lack of
 * memory: the kernel reserves pages in batches of 256 KiB, and kills only if it cannot get 32 KiB.
 */
const MEMORY_MARGIN_BYTES = 4 * 1024 * 1024

/** Labels of a container: the node that owns it, and the opened sandbox of that node. */
export const OWNER_LABEL = 'stimnet.owner'
export const SANDBOX_LABEL = 'stimnet.sandbox'

/** The name of gVisor's runtime. */
const GVISOR = 'runsc'

/** Instructions for installing a missing runtime. */
const TO_INSTALL: Readonly<Record<string, string>> = {
  runsc:
    ': install gVisor (on Debian the package runsc), name it in /etc/docker/daemon.json under "runtimes", and restart Docker; see docs/operating.md'
}

/** The way in which a container's first process ended. */
export interface ContainerEnd {
  readonly exitCode: number
  /** Whether any process of the container was killed for lack of memory, even if the first process ended normally. */
  readonly ranOutOfMemory: boolean
}

/**
 * Set explicitly: otherwise the library would take these settings from DOCKER_HOST and similar variables, and send requests for one engine
 * to another.
 */
const UNSET = { host: undefined, port: undefined, protocol: undefined, pathPrefix: undefined, timeout: undefined }

/** The address of a Docker engine: a socket of this machine, or another machine over TLS, where both sides show certificates. */
export type EngineAddress = { readonly socketPath: string } | RemoteEngine

/** An engine of another machine. The certificates and the key are PEM texts. */
export interface RemoteEngine {
  readonly host: string
  readonly port: number
  readonly ca: string
  readonly cert: string
  readonly key: string
}

export class Engine {
  readonly #docker: Docker
  /** Whether programs run under gVisor, because of the settings or as the engine's default runtime. */
  readonly isGvisor: boolean

  private constructor(docker: Docker, options: { isGvisor: boolean }) {
    this.#docker = docker
    this.isGvisor = options.isGvisor
  }

  /** Connects to an engine. Throws SANDBOX_UNAVAILABLE if it does not answer, cannot enforce the limits or lacks the runtime. */
  static async connect({ runtime, ...address }: EngineAddress & { readonly runtime?: string }): Promise<Engine> {
    // Loaded only on use, since the module is large and most nodes run without it.
    const { default: Client } = await import('dockerode')
    const docker = new Client({ ...UNSET, ...('socketPath' in address ? address : { protocol: 'https', ...address }) })
    const info = await could('asking Docker what it is', docker.info(deadline(CONNECT_MS_MAX)))
    const missing = [
      ...(info.MemoryLimit ? [] : ['memory limits']),
      ...(info.PidsLimit ? [] : ['process limits']),
      ...(info.CpuCfsQuota ? [] : ['processor limits']),
      ...(info.SecurityOptions?.some((one) => one.startsWith('name=seccomp')) ? [] : ['seccomp'])
    ]
    if (missing.length > 0) throw new StimnetError('SANDBOX_UNAVAILABLE', `this Docker lacks ${missing.join(', ')}`)
    if (runtime === undefined || Object.hasOwn(info.Runtimes, runtime))
      return new Engine(docker, { isGvisor: (runtime ?? info.DefaultRuntime) === GVISOR })
    throw new StimnetError('SANDBOX_UNAVAILABLE', `this Docker has no runtime ${runtime}${TO_INSTALL[runtime] ?? ''}`)
  }

  /** Whether the engine currently answers. */
  async isThere(): Promise<boolean> {
    return await this.#docker.ping(deadline(PING_MS_MAX)).then(
      () => true,
      () => false
    )
  }

  /** The current id of the image with this name; undefined if there is none. Throws SANDBOX_UNAVAILABLE for an image of another kind. */
  async imageId(name: string, kind: ImageKind): Promise<string | undefined> {
    const looking = this.#docker.getImage(name).inspect(deadline()).catch(noneIfGone)
    const image = await could('looking for an image', looking)
    if (!image) return undefined
    const labels = image.Config?.Labels ?? {}
    if (labels[RUNNER_LABEL] === RUNNER_VERSION && labels[LANGUAGE_LABEL] === kind) return image.Id
    const doing = `the image ${name} has no runner of this version for ${kind}: npm run images`
    throw new StimnetError('SANDBOX_UNAVAILABLE', doing)
  }

  /** Creates a container without starting it. Returns its id. */
  async create(settings: ContainerSettings, mode: RunnerMode): Promise<string> {
    const options = { ...createOptions(settings, mode), ...deadline() }
    return (await could('creating a container', this.#docker.createContainer(options))).id
  }

  /** One socket for the container's stdin, stdout and stderr. The caller must destroy it. */
  attach(id: string): Promise<Duplex> {
    const { promise, resolve, reject } = Promise.withResolvers<Duplex>()
    // The timer is cleared after the call: an abort signal with a timeout would also end the socket later.
    const control = new AbortController()
    const timer = setTimeout(() => control.abort(), CALL_MS_MAX)
    // container.attach() is not used, because it sends its options as a body, which other engines pass to the program as input.
    this.#docker.modem.dial(
      {
        // dial() removes the last character, since it expects a question mark there.
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

  /** Whether certainly no memory allocation in the container failed. */
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
    // A container that has ended has no statistics. Some engines omit a value of zero.
    if (!memory.limit) return false
    return (memory.failcnt ?? 0) === 0 && (memory.max_usage ?? 0) < memory.limit - MEMORY_MARGIN_BYTES
  }

  /** Waits until the container ends. Only the signal limits the wait. */
  async end(id: string, signal: AbortSignal): Promise<ContainerEnd> {
    const container = this.#docker.getContainer(id)
    await could('waiting for a container', container.wait({ condition: 'not-running', abortSignal: signal }))
    const { State } = await could('looking at a container', container.inspect(deadline()))
    return { exitCode: State.ExitCode, ranOutOfMemory: State.OOMKilled }
  }

  /**
   * Whether the engine reports that a process of the container was killed for lack of memory. The report is asynchronous: on a busy machine
   * it comes after the container's end, and it is lost if the container's control group is removed first.
   */
  async noticesLackOfMemory(id: string, signal: AbortSignal): Promise<boolean> {
    const until = performance.now() + MEMORY_NOTICE_MS_MAX
    for (;;) {
      const { State } = await could('looking at a container', this.#docker.getContainer(id).inspect(deadline()))
      if (State.OOMKilled || signal.aborted || performance.now() >= until) return State.OOMKilled
      await sleep(MEMORY_NOTICE_MS)
    }
  }

  /** Whether the engine was told to kill or stop the ended container. The engine remembers only its latest events. */
  async wasToldToKill(id: string): Promise<boolean> {
    const { State } = await could('looking at a container', this.#docker.getContainer(id).inspect(deadline()))
    const options = {
      since: 0,
      // The engine waits for events until this time. It records a kill just after it has sent the signal.
      until: Math.ceil(Date.parse(State.FinishedAt) / 1_000) + 1,
      filters: { container: [id], event: ['kill'] },
      ...deadline()
    }
    const events = await could("asking for a container's events", this.#docker.getEvents(options))
    return (await could("reading a container's events", text(events))).trim() !== ''
  }

  /** Ends and removes the container in any state. Returns false if an earlier removal is still in progress. */
  async remove(id: string): Promise<boolean> {
    const removing = this.#docker.getContainer(id).remove({ force: true, v: true, ...deadline() })
    return await could(
      'removing a container',
      removing.then(() => true, isGone)
    )
  }

  /** All containers with this label, running or not. */
  async containers(label: string, value: string): Promise<readonly { id: string; sandbox: string | undefined }[]> {
    const found = await this.#labelled(`${label}=${value}`)
    return found.map(({ Id, Labels }) => ({ id: Id, sandbox: Labels[SANDBOX_LABEL] }))
  }

  /** All containers with an owner label, running or not. */
  async owned(): Promise<readonly { id: string; owner: string; createdAtMs: number }[]> {
    const found = await this.#labelled(OWNER_LABEL)
    return found.map(({ Id, Labels, Created }) => ({
      id: Id,
      owner: Labels[OWNER_LABEL] ?? '',
      createdAtMs: Created * 1_000
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

/**
 * Handles errors of a removal. 404: the container is already removed. 409: a removal is in progress, and may never end if the engine cannot
 * kill the container. Other errors are rethrown.
 */
function isGone(error: unknown): boolean {
  const status = statusOf(error)
  if (status !== 404 && status !== 409) throw error
  return status === 404
}

function noneIfGone(error: unknown): undefined {
  if (statusOf(error) !== 404) throw error
}

function statusOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : undefined
}
