/** The life of one Deno process for one program: it starts, reports READY, receives a job, and ends. */
import { type ChildProcess, spawn } from 'node:child_process'
import type { Writable } from 'node:stream'
import { StimnetError } from '@stimnet/protocol'
import type { Bounds, Ended } from '../bounded.ts'
import type { Slot } from '../pool.ts'
import { AnswerReader } from '../wire.ts'
import { SECCOMP_DESCRIPTOR, sendFilter } from './bubblewrap.ts'
import { DENO_ENVIRONMENT } from './deno.ts'
import { LOOK_EVERY_MS, residentBytes } from './memory.ts'

/** Maximum start time, ms: much more than a start takes on a busy machine. */
const START_MS_MAX = 30_000

/** Bytes of a process's output during its start that are kept for an error message. */
const COMPLAINT_BYTES_MAX = 2_000

/** A process that is killed while it uses at least this share of its memory limit counts as out of memory. */
const NEAR_MEMORY_LIMIT = 0.75

interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** The command that starts a process, and the filter of system calls if bubblewrap is used. */
export interface SlotCommand {
  readonly words: readonly string[]
  readonly filter?: Buffer
}

/** A Deno process for one job. */
export class DenoSlot implements Slot {
  readonly #child: ChildProcess
  readonly #stdin: Writable
  readonly #reader: AnswerReader
  readonly #exit: Promise<Exit>
  #hasExited = false
  #isUsed = false
  #onPrinted: (chunk: Buffer) => void
  #onAnswered: (bytes: number) => void = () => {}

  /** Starts a process and resolves when it is ready for a job. Throws SANDBOX_UNAVAILABLE. */
  static async start(
    command: SlotCommand,
    options: { answerBytesMax: number; signal: AbortSignal; onProcess?: ((pid: number) => void) | undefined }
  ): Promise<DenoSlot> {
    let complaint = ''
    const slot = new DenoSlot(command, {
      answerBytesMax: options.answerBytesMax,
      onPrinted: (chunk) => {
        complaint = (complaint + chunk).slice(-COMPLAINT_BYTES_MAX)
      }
    })
    if (slot.#child.pid !== undefined) options.onProcess?.(slot.#child.pid)
    const started = await slot.#startedWithin(AbortSignal.any([options.signal, AbortSignal.timeout(START_MS_MAX)]))
    if (started) return slot
    await slot.destroy()
    throw new StimnetError('SANDBOX_UNAVAILABLE', `starting a sandbox: ${complaint}`)
  }

  private constructor(command: SlotCommand, options: { answerBytesMax: number; onPrinted: (chunk: Buffer) => void }) {
    this.#reader = new AnswerReader(options)
    this.#onPrinted = options.onPrinted
    const [file = '', ...args] = command.words
    // A separate process group, so that a signal to the group reaches all its processes, and a terminal's Ctrl-C reaches none of them.
    this.#child = spawn(file, args, {
      env: DENO_ENVIRONMENT,
      cwd: '/',
      stdio: ['pipe', 'pipe', 'pipe', command.filter ? 'pipe' : 'ignore'],
      detached: process.platform !== 'win32'
    })
    const { stdin, stdout, stderr } = this.#child
    if (!stdin || !stdout || !stderr) throw new StimnetError('SANDBOX_UNAVAILABLE', 'starting a sandbox without pipes')
    this.#stdin = stdin
    stdout.on('data', (chunk: Buffer) => this.#onAnswered(this.#reader.push(chunk)))
    stderr.on('data', (chunk: Buffer) => this.#onPrinted(chunk))
    // A program may end before it has read its tables. Its exit is detected elsewhere, so a broken pipe can be ignored.
    for (const stream of [stdin, stdout, stderr]) stream.on('error', () => {})
    if (command.filter) sendFilter(this.#child.stdio[SECCOMP_DESCRIPTOR], command.filter)
    this.#exit = new Promise((resolve) => {
      const ended = (exit: Exit) => {
        this.#hasExited = true
        resolve(exit)
      }
      this.#child.once('error', () => ended({ code: null, signal: null }))
      this.#child.once('close', (code, signal) => ended({ code, signal }))
    })
  }

  get isAlive(): boolean {
    return !this.#hasExited && !this.#isUsed
  }

  async destroy(): Promise<void> {
    this.#kill()
    await this.#exit
  }

  /** Gives the process its only job, and waits until the process has ended. */
  async run(job: readonly Uint8Array[], bounds: Bounds): Promise<Ended> {
    if (this.#isUsed) throw new StimnetError('INTERNAL', 'using a sandbox twice')
    this.#isUsed = true
    let peakBytes = 0
    this.#onPrinted = bounds.printed
    this.#onAnswered = bounds.answered
    const look = async () => {
      const bytes = await residentBytes(this.#child.pid ?? 0)
      if (bytes === undefined) return
      peakBytes = Math.max(peakBytes, bytes)
      bounds.resident(bytes)
    }
    const kill = () => this.#kill()
    bounds.signal.addEventListener('abort', kill, { once: true })
    if (bounds.signal.aborted) kill()
    const timer = setInterval(look, LOOK_EVERY_MS)
    try {
      await look()
      for (const part of job) this.#stdin.write(part)
      this.#stdin.end()
      return this.#judge(await this.#exit, peakBytes >= NEAR_MEMORY_LIMIT * bounds.limits.memoryBytesMax)
    } finally {
      clearInterval(timer)
      bounds.signal.removeEventListener('abort', kill)
    }
  }

  /** The outcome of an ended process. It is an answer only with exit code 0 and one complete frame. */
  #judge({ code, signal }: Exit, wasNearMemoryLimit: boolean): Ended {
    const answer = this.#reader.answer()
    if (code === 0 && answer) return answer
    const number = signal === null && code !== null && code > 128 ? code - 128 : 0
    const by = signal ?? SIGNALS_BY_NUMBER.get(number)
    if (by === 'SIGXCPU') return { end: 'failed', code: 'TIME_LIMIT' }
    // V8 ends itself with these signals when it cannot allocate memory, because of its own limit or the system's.
    if (by === 'SIGTRAP' || by === 'SIGABRT' || by === 'SIGILL') return { end: 'failed', code: 'MEMORY_LIMIT' }
    if (by === 'SIGKILL') return { end: 'failed', code: wasNearMemoryLimit ? 'MEMORY_LIMIT' : 'SANDBOX_UNAVAILABLE' }
    return { end: 'failed', code: 'PROGRAM_FAILED' }
  }

  async #startedWithin(signal: AbortSignal): Promise<boolean> {
    const aborted = Promise.withResolvers<boolean>()
    const abort = () => aborted.resolve(false)
    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) abort()
    try {
      return await Promise.race([this.#reader.ready.then(() => true), this.#exit.then(() => false), aborted.promise])
    } finally {
      signal.removeEventListener('abort', abort)
    }
  }

  #kill(): void {
    if (this.#hasExited || this.#child.pid === undefined) return
    try {
      if (process.platform === 'win32') this.#child.kill('SIGKILL')
      else process.kill(-this.#child.pid, 'SIGKILL')
    } catch {
      // The process has just ended.
    }
  }
}

/** Signals by number. For a process that was ended by a signal, bubblewrap exits with 128 plus the signal's number. */
const SIGNALS_BY_NUMBER: ReadonlyMap<number, NodeJS.Signals> = new Map([
  [4, 'SIGILL'],
  [5, 'SIGTRAP'],
  [6, 'SIGABRT'],
  [9, 'SIGKILL'],
  [24, 'SIGXCPU']
])
