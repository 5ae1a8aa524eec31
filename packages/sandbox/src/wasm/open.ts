/** The embedded sandbox: WebAssembly interpreters, each in a Deno process without any permission, which is used once. */
import { type Clock, LIMITS, StimnetError, systemClock } from '@stimnet/protocol'
import { type Bounds, type Ended, runBounded } from '../bounded.ts'
import { Pool } from '../pool.ts'
import type {
  Sandbox,
  SandboxDescription,
  SandboxJob,
  SandboxLanguage,
  SandboxLimits,
  SandboxOutcome,
  WarmPool
} from '../sandbox.ts'
import { encodeJob } from '../wire.ts'
import { canBubblewrap } from './bubblewrap.ts'
import { findInstallation } from './deno.ts'
import { commandOf, type Interpreter } from './interpreter.ts'
import { pythonInterpreter } from './python.ts'
import { rInterpreter } from './r.ts'
import { seccompFilter } from './seccomp.ts'
import { DenoSlot } from './slot.ts'
import { ensureSnapshot } from './snapshot.ts'
import { findWheels } from './addons/wheels.ts'

/** Most bytes of a job's input together. More would not fit into memory beside the program that reads it. */
const INPUT_BYTES_MAX = 512 * 1024 * 1024

/** Most waiting R processes. Each takes twice as much memory as a Python process, and one is enough for a first job. */
const WAITING_R_MAX = 1

/** Settings of the embedded sandbox. */
export interface WasmSettings {
  /**
   * Folder for Python's snapshot (31 MB), which is built if it is missing, and for the parts that the operator has added: R and
   * libraries of Python. Several peers of one user may share it; it is closed to all other users.
   */
  readonly cacheDir: string
  /**
   * Key that seals the snapshot, so that a snapshot which somebody else wrote is rebuilt. It must be kept outside of `cacheDir`.
   * Without it, each process builds its own snapshot.
   */
  readonly snapshotKey?: Uint8Array
  /** Path of the lock by which wheels were fetched. Default: the one of the installed Pyodide. */
  readonly wheelsLock?: string
  /** Waiting Python processes, about 200 MB each. At most one R process waits, after R was used. 0: no process waits. */
  readonly poolSize: number
  /** When the pool of Python is first filled: after the first job (default), or when the sandbox opens. */
  readonly warmFrom?: 'first-job' | 'open'
  /** `auto` (default): inside bubblewrap if that works. `require`: opening fails if it does not. */
  readonly bubblewrap?: 'auto' | 'never' | 'require'
  /** Upper bound on every memory limit, bytes; a job's own limit may be lower. Default 1 GiB. */
  readonly memoryBytesMax?: number
  /** Limit on a sandbox's processor time, ms, for the case that its host is gone. Default one hour. */
  readonly wallTimeMsMax?: number
  /** Most runs at the same time; a further one is SANDBOX_UNAVAILABLE. Default 16. */
  readonly runsMax?: number
  /** Longest wait of a process before it is replaced, ms. Default ten minutes. */
  readonly waitMsMax?: number
  /** Called with the process id of each process that is started. */
  readonly onProcess?: (pid: number) => void
  readonly clock?: Clock
}

/** Opens the embedded sandbox. Builds the snapshot if needed, which takes seconds, once. Throws SANDBOX_UNAVAILABLE. */
export async function openWasmSandbox(settings: WasmSettings): Promise<Sandbox> {
  const { cacheDir } = settings
  const installation = findInstallation()
  const snapshot = await ensureSnapshot(installation, { cacheDir, key: settings.snapshotKey })
  const python = await pythonInterpreter(
    installation,
    snapshot,
    await findWheels(cacheDir, installation, settings.wheelsLock)
  )
  const r = await rInterpreter(installation, cacheDir)
  const wall = settings.bubblewrap ?? 'auto'
  const filter = seccompFilter(process.arch)
  const isWalled = wall !== 'never' && (await canBubblewrap(installation.deno, filter))
  if (wall === 'require' && !isWalled) throw new StimnetError('SANDBOX_UNAVAILABLE', 'starting bubblewrap')
  return new WasmSandbox(settings, { interpreters: r ? [python, r] : [python], filter: isWalled ? filter : undefined })
}

/** The interpreters on this machine, and the filter of system calls if bubblewrap works here. */
interface Found {
  /** Python is the first. */
  readonly interpreters: readonly Interpreter[]
  readonly filter: Buffer | undefined
}

/** An interpreter, the pool of its waiting processes, and a function that starts a further process. */
interface Line {
  readonly interpreter: Interpreter
  readonly pool: Pool<DenoSlot>
  startCold(code: string, signal: AbortSignal): Promise<DenoSlot>
}

class WasmSandbox implements Sandbox {
  readonly engine = 'wasm'
  readonly #clock: Clock
  readonly #memoryBytesMax: number
  readonly #runsMax: number
  readonly #description: SandboxDescription
  readonly #lines: readonly Line[]
  readonly #closing = new AbortController()
  readonly #running = new Set<Promise<SandboxOutcome>>()

  constructor(settings: WasmSettings, found: Found) {
    this.#clock = settings.clock ?? systemClock
    this.#memoryBytesMax = settings.memoryBytesMax ?? LIMITS.memoryBytesDefault
    this.#runsMax = settings.runsMax ?? 16
    this.#description = describe(found)
    this.#lines = found.interpreters.map((interpreter) => lineOf(interpreter, settings, found.filter))
    if (settings.warmFrom === 'open') this.#lines[0]?.pool.refill()
  }

  async describe(): Promise<SandboxDescription> {
    return this.#description
  }

  /** Each program gets a process of its own, so there is nothing that could be away. */
  async isAvailable(): Promise<boolean> {
    return true
  }

  pool(language: SandboxLanguage): WarmPool {
    const line = this.#lines.find(({ interpreter }) => interpreter.languages.includes(language))
    const { waitingMax, waiting } = line?.pool ?? { waitingMax: 0, waiting: 0 }
    return { waitingMax, waiting }
  }

  async run(...[job, limits, signal]: Parameters<Sandbox['run']>): Promise<SandboxOutcome> {
    const own = this.#closing.signal
    const line = this.#lines.find(({ interpreter }) => interpreter.languages.includes(job.language))
    const isRefused = own.aborted || this.#running.size >= this.#runsMax
    const signals = [...(isRefused ? [] : [own]), ...(signal ? [signal] : [])]
    const running = runBounded(
      { limits: this.#within(limits), signal: AbortSignal.any(signals), clock: this.#clock },
      async (bounds) => (isRefused || !line ? UNAVAILABLE : runIn(line, job, bounds))
    )
    this.#running.add(running)
    try {
      return await running
    } finally {
      this.#running.delete(running)
      // Only after the answer, because a new process costs half a second of processor time.
      setImmediate(() => line?.pool.refill())
    }
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await Promise.allSettled([...this.#lines.map(({ pool }) => pool.close()), ...this.#running])
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

function lineOf(interpreter: Interpreter, settings: WasmSettings, filter: Buffer | undefined): Line {
  const limits = {
    memoryBytesMax: settings.memoryBytesMax ?? LIMITS.memoryBytesDefault,
    cpuSecondsMax: Math.ceil((settings.wallTimeMsMax ?? LIMITS.wallTimeMsMax) / 1000),
    filter
  }
  const start = (command: ReturnType<typeof commandOf>, signal: AbortSignal) =>
    DenoSlot.start(command, { answerBytesMax: LIMITS.sandboxFrameBytesMax, signal, onProcess: settings.onProcess })
  const warm = commandOf(interpreter, { ...limits, warmth: 'warm' })
  const isR = interpreter.languages.includes('r')
  return {
    interpreter,
    pool: new Pool({
      start: (signal) => start(warm, signal),
      size: isR ? Math.min(WAITING_R_MAX, settings.poolSize) : settings.poolSize,
      waitMsMax: settings.waitMsMax ?? 10 * 60_000,
      clock: settings.clock ?? systemClock
    }),
    startCold: (code, signal) => {
      const wheels = wheelsFor(interpreter, code)
      return start(commandOf(interpreter, { ...limits, warmth: 'cold', wheels }), signal)
    }
  }
}

/** Libraries whose words occur in the code. Loading one takes a second, for which a job that does not need it must not wait. */
function wheelsFor({ wheels }: Interpreter, code: string): string[] {
  return [...wheels].filter(([, words]) => words.some((word) => code.includes(word))).map(([name]) => name)
}

async function runIn(line: Line, job: SandboxJob, bounds: Bounds): Promise<Ended> {
  const input = encodeJob(job, bounds.limits.outputBytesMax)
  if (input === undefined) return { end: 'failed', code: 'PROGRAM_FAILED' }
  if (input.reduce((sum, part) => sum + part.length, 0) > INPUT_BYTES_MAX)
    return { end: 'failed', code: 'MEMORY_LIMIT' }
  const waiting = await line.pool.take(bounds.signal)
  if (waiting) bounds.tookWarm()
  const slot = waiting ?? (await line.startCold(job.code, bounds.signal))
  try {
    return await slot.run(input, bounds)
  } finally {
    await slot.destroy()
  }
}

function describe({ interpreters, filter }: Found): SandboxDescription {
  const of = (language: SandboxLanguage) => interpreters.find(({ languages }) => languages.includes(language))
  return {
    engine: 'wasm',
    grade: filter ? 'wasm+bwrap' : 'wasm',
    languages: interpreters.flatMap(({ languages }) => languages),
    image: (language) => {
      const interpreter = of(language)
      return interpreter ? `wasm ${interpreter.name} sha256:${interpreter.hash}` : ''
    },
    libraries: (language) => of(language)?.libraries ?? new Set()
  }
}
