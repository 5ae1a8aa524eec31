/** One container for one program: started, READY, given a job, gone. */
import type { Duplex } from 'node:stream'
import { LIMITS, StimnetError } from '@stimnet/protocol'
import type { Bounds, Ended } from '../bounded.ts'
import type { Slot } from '../pool.ts'
import { AnswerReader } from '../wire.ts'
import type { ContainerSettings, RunnerMode } from './create.ts'
import type { ContainerEnd, Engine } from './engine.ts'
import { StreamSplitter } from './streams.ts'

/** Much more than a start takes, libraries imported, on a machine that is busy with others, ms. */
const START_MS_MAX = 60_000

/** Of what a container says while it starts, bytes: for the operator, where it does not come up. */
const COMPLAINT_BYTES_MAX = 2_000

/** 128 and SIGKILL, which no process inside can send to the first one. */
const KILLED = 137

export class ContainerSlot implements Slot {
  readonly #engine: Engine
  readonly #id: string
  readonly #socket: Duplex
  readonly #reader: AnswerReader
  /** Resolves when the container says no more: it has ended, or the engine has. */
  readonly #silent: Promise<void>
  #hasEnded = false
  #isUsed = false
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
      const slot = new ContainerSlot(engine, id, socket)
      await slot.#comeUp(AbortSignal.any([signal, AbortSignal.timeout(START_MS_MAX)]))
      return slot
    } catch (error) {
      socket?.destroy()
      await engine.remove(id).catch(() => {})
      throw error
    }
  }

  private constructor(engine: Engine, id: string, socket: Duplex) {
    this.#engine = engine
    this.#id = id
    this.#socket = socket
    this.#reader = new AnswerReader({ answerBytesMax: LIMITS.sandboxFrameBytesMax })
    const splitter = new StreamSplitter({
      stdout: (chunk) => this.#onAnswered(this.#reader.push(chunk)),
      stderr: (chunk) => this.#onPrinted(chunk)
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
    if (isReady !== true) throw new StimnetError('SANDBOX_UNAVAILABLE', `starting a container: ${complaint}`)
  }

  get isAlive(): boolean {
    return !this.#hasEnded && !this.#isUsed
  }

  /** Ends it; resolves when nothing of it is left. What an engine does not remove now is an orphan for later. */
  destroy(): Promise<void> {
    this.#socket.destroy()
    this.#removing ??= this.#engine.remove(this.#id).catch(() => {})
    return this.#removing
  }

  /** Gives it its job, once in its life, and waits until its program is gone. */
  async run(job: readonly Uint8Array[], bounds: Bounds): Promise<Ended> {
    if (this.#isUsed) throw new StimnetError('INTERNAL', 'using a sandbox twice')
    this.#isUsed = true
    this.#onPrinted = bounds.printed
    this.#onAnswered = bounds.answered
    for (const part of job) this.#socket.write(part)
    await orAborted(this.#silent, bounds.signal)
    if (!bounds.signal.aborted) return judge(await this.#engine.end(this.#id, bounds.signal), this.#reader.answer())
    await this.destroy()
    return { end: 'failed', code: 'CANCELLED' } // The bound that broke has its own code, which goes first.
  }

  /** What one that was asked a question answers by itself. */
  async answer(signal: AbortSignal): Promise<Ended> {
    await orAborted(this.#silent, signal)
    return judge(await this.#engine.end(this.#id, signal), this.#reader.answer())
  }
}

/** What the way it ended means. Only a clean end with one whole frame and no process lost is an answer. */
function judge({ exitCode, ranOutOfMemory }: ContainerEnd, answer: Ended | undefined): Ended {
  if (ranOutOfMemory) return { end: 'failed', code: 'MEMORY_LIMIT' }
  if (exitCode === 0 && answer) return answer
  return { end: 'failed', code: exitCode === KILLED ? 'SANDBOX_UNAVAILABLE' : 'PROGRAM_FAILED' }
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
