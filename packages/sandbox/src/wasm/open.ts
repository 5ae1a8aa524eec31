/** The embedded sandbox: Python as WebAssembly in a Deno process without a single permission, used once. */
import { type Clock, LIMITS, StimnetError, systemClock } from '@stimnet/protocol'
import { type Bounds, type Ended, runBounded } from '../bounded.ts'
import { Pool } from '../pool.ts'
import type { Sandbox, SandboxDescription, SandboxLanguage, SandboxLimits, SandboxOutcome } from '../sandbox.ts'
import { encodeJob } from '../wire.ts'
import { canBubblewrap, underBubblewrap } from './bubblewrap.ts'
import { denoArguments, findInstallation, type Installation, underOsLimits } from './deno.ts'
import { seccompFilter } from './seccomp.ts'
import { DenoSlot, type SlotCommand } from './slot.ts'
import { ensureSnapshot, type Snapshot } from './snapshot.ts'

/** Tables of a job together, bytes. More does not fit beside the program that reads them. */
const INPUT_BYTES_MAX = 512 * 1024 * 1024

/** Modules a script gets from us, beside Python's own. */
const HELPERS = ['data_loader', 'stimnet']

const LANGUAGES: readonly SandboxLanguage[] = ['python', 'jupyter']

/** Where it keeps its snapshot, how many wait, and what bounds them. */
export interface WasmSettings {
  /** Folder for Python's snapshot (31 MB), made where it is missing. May be shared by several peers. */
  readonly cacheDir: string
  /** Sandboxes that wait, about 200 MB each. 0: each is started when it is needed, half a second. */
  readonly poolSize: number
  /** `first-job` (default): nothing waits before somebody has run something. `open`: the pool fills at once. */
  readonly warmFrom?: 'first-job' | 'open'
  /** `auto` (default): inside bubblewrap where that works. `require`: not at all where it does not. */
  readonly bubblewrap?: 'auto' | 'never' | 'require'
  /** Ceiling of every run, bytes; a job's own limit may be lower. Default 1 GiB. */
  readonly memoryBytesMax?: number
  /** Ceiling of a sandbox's processor time, ms, in case its host is gone. Default one hour. */
  readonly wallTimeMsMax?: number
  /** Sandboxes with a job at one time; a further one is SANDBOX_UNAVAILABLE. Default 16. */
  readonly runsMax?: number
  /** How long one waits before it is replaced, ms. Default ten minutes. */
  readonly waitMsMax?: number
  readonly clock?: Clock
}

/** Opens the embedded sandbox; builds the snapshot if need be (seconds, once). Throws SANDBOX_UNAVAILABLE. */
export async function openWasmSandbox(settings: WasmSettings): Promise<Sandbox> {
  const installation = findInstallation()
  const snapshot = await ensureSnapshot(installation, settings.cacheDir)
  const wall = settings.bubblewrap ?? 'auto'
  const filter = seccompFilter(process.arch)
  const isWalled = wall !== 'never' && (await canBubblewrap(installation.deno, filter))
  if (wall === 'require' && !isWalled) throw new StimnetError('SANDBOX_UNAVAILABLE', 'starting bubblewrap')
  return new WasmSandbox(settings, { installation, snapshot, ...(isWalled && filter ? { filter } : {}) })
}

/** What was found on this machine; with a filter, bubblewrap works here. */
interface Parts {
  readonly installation: Installation
  readonly snapshot: Snapshot
  readonly filter?: Buffer
}

class WasmSandbox implements Sandbox {
  readonly engine = 'wasm'
  readonly #clock: Clock
  readonly #memoryBytesMax: number
  readonly #runsMax: number
  readonly #commands: Readonly<Record<Warmth, SlotCommand>>
  readonly #description: SandboxDescription
  readonly #pool: Pool<DenoSlot>
  readonly #closing = new AbortController()
  readonly #running = new Set<Promise<SandboxOutcome>>()

  constructor(settings: WasmSettings, parts: Parts) {
    this.#clock = settings.clock ?? systemClock
    this.#memoryBytesMax = settings.memoryBytesMax ?? LIMITS.memoryBytesDefault
    this.#runsMax = settings.runsMax ?? 16
    const limits = {
      memoryBytesMax: this.#memoryBytesMax,
      cpuSecondsMax: Math.ceil((settings.wallTimeMsMax ?? LIMITS.wallTimeMsMax) / 1000)
    }
    this.#commands = { warm: commandOf(parts, limits, 'warm'), cold: commandOf(parts, limits, 'cold') }
    this.#description = describe(parts)
    this.#pool = new Pool({
      start: (signal) => this.#start('warm', signal),
      size: settings.poolSize,
      waitMsMax: settings.waitMsMax ?? 10 * 60_000,
      clock: this.#clock
    })
    if (settings.warmFrom === 'open') this.#pool.refill()
  }

  async describe(): Promise<SandboxDescription> {
    return this.#description
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
      // After the answer: a new one costs half a second of processor time.
      setImmediate(() => this.#pool.refill())
    }
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await Promise.allSettled([this.#pool.close(), ...this.#running])
  }

  async #runIn(job: readonly Uint8Array[] | undefined, bounds: Bounds): Promise<Ended> {
    if (job === undefined) return { end: 'failed', code: 'PROGRAM_FAILED' }
    if (job.reduce((sum, part) => sum + part.length, 0) > INPUT_BYTES_MAX)
      return { end: 'failed', code: 'MEMORY_LIMIT' }
    const waiting = await this.#pool.take(bounds.signal)
    if (waiting) bounds.tookWarm()
    const slot = waiting ?? (await this.#start('cold', bounds.signal))
    try {
      return await slot.run(job, bounds)
    } finally {
      await slot.destroy()
    }
  }

  #start(warmth: Warmth, signal: AbortSignal): Promise<DenoSlot> {
    return DenoSlot.start(this.#commands[warmth], { answerBytesMax: LIMITS.sandboxFrameBytesMax, signal })
  }

  #within(limits: SandboxLimits): SandboxLimits {
    return {
      wallTimeMsMax: limits.wallTimeMsMax,
      memoryBytesMax: Math.min(limits.memoryBytesMax, this.#memoryBytesMax),
      outputBytesMax: Math.min(limits.outputBytesMax, LIMITS.sandboxFrameBytesMax)
    }
  }
}

const UNAVAILABLE: Ended = { end: 'failed', code: 'SANDBOX_UNAVAILABLE' }

/** One that will wait practises first, so that the job runs at full speed; one that is waited for does not. */
type Warmth = 'warm' | 'cold'

function commandOf(
  parts: Parts,
  limits: { memoryBytesMax: number; cpuSecondsMax: number },
  warmth: Warmth
): SlotCommand {
  const { installation, snapshot, filter } = parts
  const { deno, pyodideDirectory, runnerDirectory } = installation
  const outside = { deno, pyodide: pyodideDirectory, runner: runnerDirectory, memory: snapshot.path }
  if (!filter) return { words: underOsLimits(denoCommand(outside, limits.memoryBytesMax, warmth), limits) }
  const binds = Object.fromEntries(Object.entries(outside).map(([name, path]) => [INSIDE[name as Part], path]))
  const walled = underBubblewrap(denoCommand(INSIDE, limits.memoryBytesMax, warmth), binds)
  return { words: underOsLimits(walled, limits), filter }
}

type Part = 'deno' | 'pyodide' | 'runner' | 'memory'

/** Names that tell nothing of this machine. */
const INSIDE: Readonly<Record<Part, string>> = {
  deno: '/sandbox/deno',
  pyodide: '/sandbox/pyodide',
  runner: '/sandbox/runner',
  memory: '/sandbox/memory.bin'
}

function denoCommand(paths: Readonly<Record<Part, string>>, memoryBytesMax: number, warmth: Warmth): string[] {
  const args = denoArguments({
    readable: [paths.pyodide, paths.runner, paths.memory],
    runner: `${paths.runner}/runner.js`,
    memoryBytesMax,
    args: ['serve', paths.pyodide, paths.memory, warmth]
  })
  return [paths.deno, ...args]
}

function describe({ installation, snapshot, filter }: Parts): SandboxDescription {
  const libraries = new Set([...snapshot.modules, ...HELPERS])
  return {
    engine: 'wasm',
    grade: filter ? 'wasm+bwrap' : 'wasm',
    image: `wasm pyodide@${installation.pyodideVersion} sha256:${snapshot.hash}`,
    languages: LANGUAGES,
    libraries: (language) => (LANGUAGES.includes(language) ? libraries : new Set())
  }
}
