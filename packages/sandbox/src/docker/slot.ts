/** One container for one program: started, READY, given a job, gone. */
import type { Duplex } from 'node:stream'
import { LIMITS, StimnetError } from '@stimnet/protocol'
import type { Bounds, Ended } from '../bounded.ts'
import type { Slot } from '../pool.ts'
import { AnswerReader } from '../wire.ts'
import type { ContainerSettings, RunnerMode } from './create.ts'
import type { Engine } from './engine.ts'
import { LogReader } from './log.ts'
import { StreamSplitter } from './streams.ts'

/** Much more than a start takes, libraries imported, on a machine that is busy with others, ms. */
const START_MS_MAX = 60_000

/** Of what a container says while it starts, bytes: for the operator, where it does not come up. */
const COMPLAINT_BYTES_MAX = 2_000

/** 128 and SIGKILL. */
const KILLED = 137

export class ContainerSlot implements Slot {
  readonly #engine: Engine
  readonly #id: string
  readonly #socket: Duplex
  readonly #reader: AnswerReader
  readonly #log: LogReader
  /** Resolves when the container says no more: it has ended, or the engine has. */
  readonly #silent: Promise<void>
  readonly #canKillItself: boolean
  #hasEnded = false
  #isUsed = false
  #isGone = false
  #removing: Promise<void> | undefined
  #onPrinted: (chunk: Buffer) => void = () => {}
  #onAnswered: (bytes: number) => void = () => {}

  /** Starts one and resolves when it waits for a job. Throws SANDBOX_UNAVAILABLE. */
  static async start(
    engine: Engine,
    settings: ContainerSettings,
    { mode, signal }: { mode: RunnerMode; signal: AbortSignal }
  ): Promise<ContainerSlot> {
    const id = await engine.create(settings, mode)
    let socket: Duplex | undefined
    try {
      socket = await engine.attach(id)
      const slot = new ContainerSlot(engine, { id, socket, canKillItself: settings.isGvisor })
      await slot.#comeUp(AbortSignal.any([signal, AbortSignal.timeout(START_MS_MAX)]))
      return slot
    } catch (error) {
      socket?.destroy()
      await engine.remove(id).catch(() => {})
      throw error
    }
  }

  private constructor(engine: Engine, container: { id: string; socket: Duplex; canKillItself: boolean }) {
    const { socket } = container
    this.#engine = engine
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
    // A program may end before it has read its tables: the end tells, the broken pipe need not.
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
    if (isReady !== true)
      throw new StimnetError('SANDBOX_UNAVAILABLE', `starting a container: ${complaint || 'it ended without a word'}`)
  }

  get isAlive(): boolean {
    return !this.#hasEnded && !this.#isUsed
  }

  /** Whether the engine has removed it. */
  get isGone(): boolean {
    return this.#isGone
  }

  /** Ends it; resolves when nothing of it is left, or when the engine would not remove it: then call it again. */
  destroy(): Promise<void> {
    this.#socket.destroy()
    this.#removing ??= this.#engine.remove(this.#id).then(
      () => {
        this.#isGone = true
      },
      () => {
        this.#removing = undefined
      }
    )
    return this.#removing
  }

  /**
   * Gives it its job, once in its life. Answers when the program has said its last word and wanted no more memory than there
   * was: whatever is left of it then can reach nobody, and `destroy` ends it. Otherwise waits until it has ended.
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
    return { end: 'failed', code: 'CANCELLED' } // The bound that broke has its own code, which goes first.
  }

  /** The answer of one that lives; undefined where only its end can tell. */
  async #early(signal: AbortSignal): Promise<Ended | undefined> {
    // An engine that cannot say now may say it of one that has ended.
    const hadEnough = await this.#engine.hadEnoughMemory(this.#id, signal).catch(() => false)
    if (hadEnough && !this.#hasEnded) return this.#reader.answer() ?? { end: 'failed', code: 'PROGRAM_FAILED' }
    // The runner waits for this.
    this.#socket.end()
    return undefined
  }

  /** What one that was asked a question answers by itself. */
  async answer(signal: AbortSignal): Promise<Ended> {
    await orAborted(this.#silent, signal)
    return this.#judge(signal)
  }

  /** What the way it ended means. Only a clean end with one whole frame and no process lost is an answer. */
  async #judge(signal: AbortSignal): Promise<Ended> {
    this.#log.flush()
    const { exitCode, ranOutOfMemory } = await this.#engine.end(this.#id, signal)
    const answer = this.#reader.answer()
    if (ranOutOfMemory) return { end: 'failed', code: 'MEMORY_LIMIT' }
    if (exitCode === 0 && answer) return answer
    // Of Linux no process inside can kill the first one; of gVisor's kernel it can, and is not to pass for the node's fault.
    const isNodesFault = exitCode === KILLED && !this.#canKillItself
    return { end: 'failed', code: isNodesFault ? 'SANDBOX_UNAVAILABLE' : 'PROGRAM_FAILED' }
  }
}

/** What comes first: the promise, or the signal, which is undefined. */
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
