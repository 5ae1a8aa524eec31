/** The embedded sandbox: WebAssembly interpreters, each in its own Deno process without permissions, which is used once. */
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

/** Maximum size of a job's input, bytes. More would not fit into memory beside the program that reads it. */
const INPUT_BYTES_MAX = 512 * 1024 * 1024

/** Maximum number of warm R processes. Each takes twice the memory of a Python process, and one is enough for a first job. */
const WAITING_R_MAX = 1

/** Settings of the embedded sandbox. */
export interface WasmSettings {
  /**
   * Folder for Python's snapshot (31 MB), which is built if it is missing, and for parts that the operator has added: R and Python
   * libraries. Several peers of one user may share the folder. It is closed to all other users.
   */
  readonly cacheDir: string
  /**
   * Key that seals the snapshot. A snapshot that was written without the key is rebuilt. The key must be stored outside of `cacheDir`.
   * Without a key, each process builds its own snapshot.
   */
  readonly snapshotKey?: Uint8Array
  /** Path of the lock with which wheels were fetched. Default: the lock of the installed Pyodide. */
  readonly wheelsLock?: string
  /** Number of warm Python processes, about 200 MB each. At most one warm R process, after R was used. 0: no warm processes. */
  readonly poolSize: number
  /** The time at which the pool of Python is first filled: after the first job (default), or when the sandbox opens. */
  readonly warmFrom?: 'first-job' | 'open'
  /** `auto` (default): inside bubblewrap if that works. `require`: opening fails if bubblewrap does not work. */
  readonly bubblewrap?: 'auto' | 'never' | 'require'
  /** Upper bound on every memory limit, bytes; a job's own limit may be lower. Default: 1 GiB. */
  readonly memoryBytesMax?: number
  /** Limit on a sandbox's processor time, ms, for the case that its host is gone. Default: one hour. */
  readonly wallTimeMsMax?: number
  /** Maximum number of concurrent runs. Another run ends with SANDBOX_UNAVAILABLE. Default: 16. */
  readonly runsMax?: number
  /** Maximum age of a warm process before it is replaced, ms. Default: ten minutes. */
  readonly waitMsMax?: number
  /** Called with the id of each process that is started. */
  readonly onProcess?: (pid: number) => void
  readonly clock?: Clock
}

/** Opens the embedded sandbox. Builds the snapshot if needed, which takes a few seconds. Throws SANDBOX_UNAVAILABLE. */
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

/** The interpreters on this machine, and the filter of system calls if bubblewrap works. */
interface Found {
  /** Python is the first interpreter. */
  readonly interpreters: readonly Interpreter[]
  readonly filter: Buffer | undefined
}

/** An interpreter, the pool of its warm processes, and a function that starts another process. */
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

  /** Always true: each program gets its own process, so there is no engine that could be unavailable. */
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
      // The pool is refilled after the answer, because a new process costs half a second of processor time.
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

/**
 * The libraries whose words occur in the code. Loading a library takes a second, so a job does not wait for libraries that it does not
 * need.
 */
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
