/** The life of one container for one program: it starts, reports READY, receives a job, and is removed. */
import type { Duplex } from 'node:stream'
import { LIMITS, StimnetError } from '@stimnet/protocol'
import type { Bounds, Ended } from '../bounded.ts'
import type { Slot } from '../pool.ts'
import { AnswerReader } from '../wire.ts'
import type { ContainerSettings, RunnerMode } from './create.ts'
import type { Engine } from './engine.ts'
import { LogReader } from './log.ts'
import type { Remover } from './remover.ts'
import { StreamSplitter } from './streams.ts'

/** Maximum start time, ms: much more than a start with imports takes on a busy machine. */
const START_MS_MAX = 60_000

/** Bytes of a container's output during its start that are kept for an error message. */
const COMPLAINT_BYTES_MAX = 2_000

/** The exit code after SIGKILL: 128 + 9. */
const KILLED = 137

/** The engine that starts containers, and the remover that removes them. */
export interface SlotHost {
  readonly engine: Engine
  readonly remover: Remover
}

/** Error for a container that ended without any output. */
class SilentEnd extends StimnetError {}

export class ContainerSlot implements Slot {
  readonly #engine: Engine
  readonly #remover: Remover
  readonly #id: string
  readonly #socket: Duplex
  readonly #reader: AnswerReader
  readonly #log: LogReader
  /** Resolves when the container's output ends, because the container or the engine ended. */
  readonly #silent: Promise<void>
  readonly #canKillItself: boolean
  #hasEnded = false
  #isUsed = false
  #onPrinted: (chunk: Buffer) => void = () => {}
  #onAnswered: (bytes: number) => void = () => {}

  /**
   * Starts a container and resolves when it is ready for a job. On a busy machine an engine sometimes ends a container before its first
   * output. Nothing is lost with it, so the start is repeated once. Throws SANDBOX_UNAVAILABLE.
   */
  static async start(
    host: SlotHost,
    settings: ContainerSettings,
    how: { readonly mode: RunnerMode; readonly signal: AbortSignal }
  ): Promise<ContainerSlot> {
    try {
      return await ContainerSlot.#start(host, settings, how)
    } catch (error) {
      if (!(error instanceof SilentEnd) || how.signal.aborted) throw error
      return await ContainerSlot.#start(host, settings, how)
    }
  }

  static async #start(
    host: SlotHost,
    settings: ContainerSettings,
    { mode, signal }: { readonly mode: RunnerMode; readonly signal: AbortSignal }
  ): Promise<ContainerSlot> {
    const { engine, remover } = host
    const id = await engine.create(settings, mode)
    let socket: Duplex | undefined
    try {
      socket = await engine.attach(id)
      const slot = new ContainerSlot(host, { id, socket, canKillItself: settings.isGvisor })
      await slot.#comeUp(AbortSignal.any([signal, AbortSignal.timeout(START_MS_MAX)]))
      return slot
    } catch (error) {
      socket?.destroy()
      void remover.remove(id)
      throw error
    }
  }

  private constructor(host: SlotHost, container: { id: string; socket: Duplex; canKillItself: boolean }) {
    const { socket } = container
    this.#engine = host.engine
    this.#remover = host.remover
    this.#id = container.id
    this.#socket = socket
    this.#canKillItself = container.canKillItself
    this.#reader = new AnswerReader({ answerBytesMax: LIMITS.sandboxFrameBytesMax })
    this.#log = new LogReader((chunk) => this.#onPrinted(chunk))
    const splitter = new StreamSplitter({
      stdout: (chunk) => this.#onAnswered(this.#reader.push(chunk)),
      stderr: (chunk) => this.#log.push(chunk)
    })
    socket.on('data', (chunk: Buffer) => splitter.push(chunk))
    // A program may end before it has read its tables. Its end is detected elsewhere, so a broken pipe can be ignored.
    socket.on('error', () => {})
    this.#silent = new Promise((resolve) => {
      for (const event of ['end', 'close']) {
        socket.once(event, () => {
          this.#hasEnded = true
          resolve()
        })
      }
    })
  }

  async #comeUp(signal: AbortSignal): Promise<void> {
    let complaint = ''
    this.#onPrinted = (chunk) => {
      complaint = (complaint + chunk).slice(-COMPLAINT_BYTES_MAX)
    }
    const ready = this.#reader.ready.then(() => true)
    await this.#engine.start(this.#id)
    const isReady = await orAborted(Promise.race([ready, this.#silent.then(() => false)]), signal)
    if (isReady === true) return
    if (complaint !== '' || signal.aborted)
      throw new StimnetError(
        'SANDBOX_UNAVAILABLE',
        `starting a container: ${complaint || 'it did not come up in time'}`
      )
    const { exitCode, ranOutOfMemory } = await this.#engine.end(this.#id, signal)
    throw new SilentEnd(
      'SANDBOX_UNAVAILABLE',
      `starting a container: it ended without a word, ${ranOutOfMemory ? 'out of memory' : `with exit code ${exitCode}`}`
    )
  }

  get isAlive(): boolean {
    return !this.#hasEnded && !this.#isUsed
  }

  /** Ends and removes the container. Resolves when it is gone. */
  destroy(): Promise<void> {
    this.#socket.destroy()
    return this.#remover.remove(this.#id)
  }

  /**
   * Gives the container its only job. Resolves once the program's output is complete if no memory allocation can have failed: any remaining
   * process cannot communicate, and `destroy` ends it. Otherwise waits for the container's end.
   */
  async run(job: readonly Uint8Array[], bounds: Bounds): Promise<Ended> {
    if (this.#isUsed) throw new StimnetError('INTERNAL', 'using a sandbox twice')
    this.#isUsed = true
    this.#onPrinted = bounds.printed
    this.#onAnswered = bounds.answered
    for (const part of job) this.#socket.write(part)
    const lastWord = Promise.all([this.#reader.whole, this.#log.marked])
    await orAborted(Promise.race([this.#silent, lastWord]), bounds.signal)
    const early = this.#hasEnded || bounds.signal.aborted ? undefined : await this.#early(bounds.signal)
    if (early) return early
    await orAborted(this.#silent, bounds.signal)
    if (!bounds.signal.aborted) return this.#judge(bounds.signal)
    await this.destroy()
    return { end: 'failed', code: 'CANCELLED' } // The code of the exceeded bound takes precedence.
  }

  /** The answer of a container that still runs; undefined if the container's end must be awaited. */
  async #early(signal: AbortSignal): Promise<Ended | undefined> {
    // If the engine cannot report the memory now, it may be able to do so after the end.
    const hadEnough = await this.#engine.hadEnoughMemory(this.#id, signal).catch(() => false)
    if (hadEnough && !this.#hasEnded) return this.#reader.answer() ?? { end: 'failed', code: 'PROGRAM_FAILED' }
    // While the container runs, the engine's report about memory cannot be lost.
    if (!this.#hasEnded) await this.#engine.noticesLackOfMemory(this.#id, signal).catch(() => false)
    // The runner exits when its stdin is closed.
    this.#socket.end()
    return undefined
  }

  /** The answer of a container that receives no job and exits by itself. */
  async answer(signal: AbortSignal): Promise<Ended> {
    await orAborted(this.#silent, signal)
    return this.#judge(signal)
  }

  /** The outcome of an ended container. It is an answer only with exit code 0, one complete frame, and no killed process. */
  async #judge(signal: AbortSignal): Promise<Ended> {
    this.#log.flush()
    const { exitCode, ranOutOfMemory } = await this.#engine.end(this.#id, signal)
    const answer = this.#reader.answer()
    if (ranOutOfMemory) return { end: 'failed', code: 'MEMORY_LIMIT' }
    if (exitCode === 0 && answer) return answer
    return { end: 'failed', code: exitCode === KILLED ? await this.#killer(signal) : 'PROGRAM_FAILED' }
  }

  /** The reason why the first process was killed, if the engine has not yet reported a lack of memory. */
  async #killer(signal: AbortSignal): Promise<'MEMORY_LIMIT' | 'PROGRAM_FAILED' | 'SANDBOX_UNAVAILABLE'> {
    if (await this.#engine.noticesLackOfMemory(this.#id, signal)) return 'MEMORY_LIMIT'
    // Under gVisor a process in the container can kill the first process, which is not the node's fault.
    if (this.#canKillItself) return 'PROGRAM_FAILED'
    // On Linux no process in the container can kill the first one. If the engine was not told to kill it, the kernel did so for lack of
    // memory, and the report was lost.
    return (await this.#engine.wasToldToKill(this.#id)) ? 'SANDBOX_UNAVAILABLE' : 'MEMORY_LIMIT'
  }
}

/** The value of the promise, or undefined if the signal aborts first. */
async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  const aborted = Promise.withResolvers<undefined>()
  const abort = () => aborted.resolve(undefined)
  signal.addEventListener('abort', abort, { once: true })
  if (signal.aborted) abort()
  try {
    return await Promise.race([promise, aborted.promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
