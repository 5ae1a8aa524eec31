/** Simulated time: it moves on only when nothing is at work in this process, so that the order of events depends on the seed alone. */
import { createHook } from 'node:async_hooks'
import type { Clock } from '@stimnet/protocol'

/** Work outside of JavaScript whose end a peer waits for: files, LevelDB, DuckDB (`generic`), signatures, hashes. Timers and open files are none. */
const WORK = /^(FSREQ|FILEHANDLECLOSEREQ|classic_level|generic$|(SIGN|VERIFY|HASH|SCRYPT|KEYGEN|KEYEXPORT)REQUEST$)/
/** Longest real time in which nothing comes to rest, ms. Past it, something waits for what never happens. */
const RESTLESS_MS_MAX = 120_000

/** Turns of the event loop before a wait sleeps. */
const TURNS_MAX = 50

/** Asynchronous work in progress, by the id that Node gives it. */
const atWork = new Map<number, string>()
/** Whether the immediate that is being made is one of `turn`, which is no work. */
let isOwn = false
let isWatching = false

function watch(): void {
  if (isWatching) return
  isWatching = true
  const options = {
    trackPromises: false,
    init: (id: number, type: string) => {
      if (type === 'Immediate' ? !isOwn : WORK.test(type)) atWork.set(id, type)
    },
    after: (id: number) => void atWork.delete(id),
    destroy: (id: number) => void atWork.delete(id)
  }
  createHook(options).enable()
}

/** One turn of the event loop: all promises that can settle have settled. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    isOwn = true
    setImmediate(resolve)
    isOwn = false
  })
}

/** Resolves when nothing is at work: no file is read, nothing is signed, and no promise can settle. */
export async function rest(): Promise<void> {
  watch()
  const end = performance.now() + RESTLESS_MS_MAX
  for (let turns = 0; turns === 0 || atWork.size > 0; turns++) {
    await turn()
    // What takes long gets the processor.
    if (turns > TURNS_MAX) await new Promise((resolve) => setTimeout(resolve, 1))
    if (turns > TURNS_MAX && performance.now() > end) {
      throw new Error(`at work for ${RESTLESS_MS_MAX} ms: ${[...new Set(atWork.values())].join(', ')}`)
    }
  }
}

interface Sleeper {
  readonly atMs: number
  /** Of two that are due at the same time, the one that came first wakes first. */
  readonly number: number
  /** Undefined once it was cancelled. */
  wake: (() => void) | undefined
}

/** Simulated time, with clocks that may be wrong and can be stopped. */
export class SimulatedTime {
  #now: number
  #number = 0
  readonly #heap: Sleeper[] = []
  /** Events so far. */
  events = 0

  constructor(startMs = 1_800_000_000_000) {
    this.#now = startMs
  }

  now(): number {
    return this.#now
  }

  /** Calls `work` after `ms`, unless the function that is returned was called before. */
  after(ms: number, work: () => void): () => void {
    const sleeper: Sleeper = { atMs: this.#now + Math.max(0, Math.ceil(ms)), number: this.#number++, wake: work }
    push(this.#heap, sleeper)
    return () => {
      sleeper.wake = undefined
    }
  }

  /** A clock that is wrong by `skewMs`. Nobody who sleeps by it wakes any more once `isStopped` says so: the machine is gone. */
  clock(skewMs = 0, isStopped: () => boolean = () => false): Clock {
    return {
      now: () => this.#now + skewMs,
      sleep: (ms, signal) =>
        new Promise((resolve, reject) => {
          if (signal?.aborted) return reject(signal.reason)
          const cancel = this.after(ms, () => {
            signal?.removeEventListener('abort', abort)
            if (!isStopped()) resolve()
          })
          function abort() {
            cancel()
            reject(signal?.reason)
          }
          signal?.addEventListener('abort', abort, { once: true })
        })
    }
  }

  /** Lets `ms` pass. After each event, waits until nothing is at work, and calls `look`. */
  async pass(ms: number, look: () => void | Promise<void> = () => undefined): Promise<void> {
    const end = this.#now + Math.ceil(ms)
    await rest()
    for (let next = this.#heap[0]; next && next.atMs <= end; next = this.#heap[0]) {
      pop(this.#heap)
      const { wake } = next
      if (!wake) continue
      this.#now = Math.max(this.#now, next.atMs)
      this.events += 1
      wake()
      await rest()
      await look()
    }
    this.#now = end
  }
}

function isBefore(one: Sleeper, other: Sleeper): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.number < other.number)
}

function push(heap: Sleeper[], sleeper: Sleeper): void {
  let at = heap.push(sleeper) - 1
  while (at > 0) {
    const above = (at - 1) >> 1
    const parent = heap[above] as Sleeper
    if (!isBefore(sleeper, parent)) break
    heap[at] = parent
    at = above
  }
  heap[at] = sleeper
}

function pop(heap: Sleeper[]): void {
  const last = heap.pop()
  if (!last || heap.length === 0) return
  let at = 0
  for (;;) {
    let below = at * 2 + 1
    if (below >= heap.length) break
    if (below + 1 < heap.length && isBefore(heap[below + 1] as Sleeper, heap[below] as Sleeper)) below += 1
    if (!isBefore(heap[below] as Sleeper, last)) break
    heap[at] = heap[below] as Sleeper
    at = below
  }
  heap[at] = last
}
