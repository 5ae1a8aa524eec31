/**
 * Several engines as one sandbox: a program runs on the least loaded engine that answers. If that engine goes away, the program runs once
 * more on another one. All engines run the same images, so that a receipt states what ran, on whichever engine.
 */
import { type Clock, StimnetError } from '@stimnet/protocol'
import { meetsGrade } from './grades.ts'
import type { Sandbox, SandboxDescription, SandboxLanguage, SandboxOutcome, WarmPool } from './sandbox.ts'

/** Time for which an engine that did not answer is left alone, ms. */
const AWAY_MS = 10_000
/** Number of engines on which one program is tried. */
const TRIES_MAX = 2

/** An engine, and the function that opens it. */
export interface EngineHost {
  /** The engine's address, for messages. */
  readonly name: string
  /** Opens the engine. Throws SANDBOX_UNAVAILABLE. */
  open(): Promise<Sandbox>
}

/** The settings of `openSeveral`. */
export interface SeveralSettings {
  readonly hosts: readonly EngineHost[]
  readonly clock: Clock
  /** Called when an engine could not be opened, or differs from the others. */
  readonly onAway?: (name: string, error: unknown) => void
}

/**
 * Opens all engines that answer; the others are opened when they answer later. Throws SANDBOX_UNAVAILABLE if no engine answers, or if two
 * engines have different images.
 */
export async function openSeveral(settings: SeveralSettings): Promise<Sandbox> {
  const hosts = settings.hosts.map((host) => new Host(host, settings))
  const opened = await Promise.allSettled(hosts.map((host) => host.open()))
  const sandboxes = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const [failed] = opened.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []))
  if (sandboxes.length === 0) throw failed
  try {
    const descriptions = await Promise.all(sandboxes.map((sandbox) => sandbox.describe()))
    return new SeveralSandboxes(settings, hosts, common(descriptions))
  } catch (error) {
    await Promise.all(sandboxes.map((sandbox) => sandbox.close()))
    throw error
  }
}

/** The description that holds for all engines: the weakest grade, and the languages that all run. Throws if their images differ. */
function common(all: readonly SandboxDescription[]): SandboxDescription {
  const [first, ...others] = all as [SandboxDescription, ...SandboxDescription[]]
  const languages = first.languages.filter((language) => others.every((other) => other.languages.includes(language)))
  const differing = languages.find((language) =>
    others.some((other) => other.image(language) !== first.image(language))
  )
  if (differing !== undefined) {
    const advice = 'build them on each machine by npm run images, or load one machine’s images on the others'
    throw new StimnetError(
      'SANDBOX_UNAVAILABLE',
      `the Docker engines have different images for ${differing}: ${advice}`
    )
  }
  const grade = others.reduce(
    (least, other) => (meetsGrade(other.grade, { gradeMin: least }) ? least : other.grade),
    first.grade
  )
  const runs = (language: SandboxLanguage) => languages.includes(language)
  return {
    engine: first.engine,
    grade,
    languages,
    image: (language) => (runs(language) ? first.image(language) : ''),
    libraries: (language) => (runs(language) ? first.libraries(language) : new Set())
  }
}

/** One engine, opened or away. */
class Host {
  readonly #host: EngineHost
  readonly #settings: SeveralSettings
  #sandbox: Sandbox | undefined
  #opening: Promise<Sandbox> | undefined
  #awayUntilMs = Number.NEGATIVE_INFINITY
  #failedAtMs = Number.NEGATIVE_INFINITY
  #isClosed = false
  running = 0

  constructor(host: EngineHost, settings: SeveralSettings) {
    this.#host = host
    this.#settings = settings
  }

  get sandbox(): Sandbox | undefined {
    return this.#sandbox
  }

  /**
   * Records how a program ended here. An engine that answers but runs nothing has the lowest load and would otherwise attract all programs.
   */
  ended(outcome: SandboxOutcome): void {
    const isLost = !outcome.ok && outcome.code === 'SANDBOX_UNAVAILABLE'
    this.#failedAtMs = isLost ? this.#settings.clock.now() : Number.NEGATIVE_INFINITY
  }

  /** Whether the last program was lost here a short time ago. */
  get hasFailed(): boolean {
    const ms = this.#settings.clock.now() - this.#failedAtMs
    return ms >= 0 && ms < AWAY_MS
  }

  /** Opens the engine; concurrent callers share the attempt. */
  open(): Promise<Sandbox> {
    this.#opening ??= this.#open().finally(() => {
      this.#opening = undefined
    })
    return this.#opening
  }

  async #open(): Promise<Sandbox> {
    try {
      this.#sandbox = await this.#host.open()
      return this.#sandbox
    } catch (error) {
      this.goesAway(error)
      throw error
    }
  }

  goesAway(error: unknown): void {
    this.#awayUntilMs = this.#settings.clock.now() + AWAY_MS
    this.#settings.onAway?.(this.#host.name, error)
  }

  /** Whether a program may be tried on this engine now. An engine that is not open yet is opened in the background, for later programs. */
  async isReady(described: SandboxDescription): Promise<boolean> {
    const awayMs = this.#awayUntilMs - this.#settings.clock.now()
    // A clock that was set back must not keep an engine away.
    if (this.#isClosed) return false
    if (awayMs > 0 && awayMs <= AWAY_MS) return false
    if (this.#sandbox === undefined) {
      void this.open().then(
        (sandbox) => this.#keepIfEqual(sandbox, described),
        () => undefined
      )
      return false
    }
    if (await this.#sandbox.isAvailable()) return true
    this.goesAway(new StimnetError('SANDBOX_UNAVAILABLE', 'the engine does not answer'))
    return false
  }

  async #keepIfEqual(sandbox: Sandbox, described: SandboxDescription): Promise<void> {
    const own = await sandbox.describe()
    const isEqual = described.languages.every((language) => own.image(language) === described.image(language))
    if (isEqual && meetsGrade(own.grade, { gradeMin: described.grade })) return
    this.#sandbox = undefined
    await sandbox.close()
    this.goesAway(
      new StimnetError('SANDBOX_UNAVAILABLE', 'the engine has other images, or a weaker isolation, than the others')
    )
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#opening?.catch(() => undefined)
    await this.#sandbox?.close()
  }
}

class SeveralSandboxes implements Sandbox {
  readonly engine: Sandbox['engine']
  readonly #hosts: readonly Host[]
  readonly #clock: Clock
  readonly #description: SandboxDescription
  #isClosed = false

  constructor({ clock }: SeveralSettings, hosts: readonly Host[], description: SandboxDescription) {
    this.engine = description.engine
    this.#hosts = hosts
    this.#clock = clock
    this.#description = description
  }

  async describe(): Promise<SandboxDescription> {
    return this.#description
  }

  pool(language: SandboxLanguage): WarmPool {
    const pools = this.#hosts.flatMap(({ sandbox }) => (sandbox ? [sandbox.pool(language)] : []))
    const sum = (of: keyof WarmPool) => pools.reduce((all, pool) => all + pool[of], 0)
    return { waitingMax: sum('waitingMax'), waiting: sum('waiting') }
  }

  async isAvailable(): Promise<boolean> {
    const ready = await Promise.all(this.#hosts.map((host) => host.isReady(this.#description)))
    return !this.#isClosed && ready.includes(true)
  }

  async run(...[job, limits, signal]: Parameters<Sandbox['run']>): Promise<SandboxOutcome> {
    const startedAtMs = this.#clock.now()
    const tried = new Set<Host>()
    let outcome = UNAVAILABLE
    while (tried.size < TRIES_MAX && !this.#isClosed) {
      const host = await this.#claim(tried)
      if (host === undefined) break
      tried.add(host)
      try {
        const leftMs = limits.wallTimeMsMax - Math.max(0, this.#clock.now() - startedAtMs)
        if (host.sandbox === undefined || leftMs <= 0) break
        outcome = await host.sandbox.run(job, { ...limits, wallTimeMsMax: leftMs }, signal)
        if (signal?.aborted !== true) host.ended(outcome)
      } finally {
        host.running -= 1
      }
      // A run leaves nothing but its answer, so a program may run again if no answer came.
      if (outcome.ok || outcome.code !== 'SANDBOX_UNAVAILABLE') break
    }
    return outcome
  }

  /**
   * The least loaded engine that answers and was not tried. The program counts as load from the claim on, so that simultaneous claims
   * spread over the engines.
   */
  async #claim(tried: ReadonlySet<Host>): Promise<Host | undefined> {
    const left = new Set(this.#hosts.filter((host) => !tried.has(host)))
    for (;;) {
      const [host] = [...left].sort((a, b) => Number(a.hasFailed) - Number(b.hasFailed) || a.running - b.running)
      if (host === undefined) return undefined
      host.running += 1
      if (await host.isReady(this.#description)) return host
      host.running -= 1
      left.delete(host)
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all(this.#hosts.map((host) => host.close()))
  }
}

const UNAVAILABLE: SandboxOutcome = {
  ok: false,
  code: 'SANDBOX_UNAVAILABLE',
  log: '',
  usage: { wallTimeMs: 0, peakMemoryBytes: undefined, outputBytes: 0, warm: false }
}
