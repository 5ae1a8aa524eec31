/** Gives memory back to the machine while a running peer has nothing to do. */
import { performance } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type Every, everyByTimer } from './lifetime.ts'

const LOOK_MS = 500
/** Largest share of the time between two looks in which a peer at rest runs JavaScript. */
const BUSY_SHARE_MAX = 0.05
/** Number of looks in a row that must find the peer at rest. */
const LOOKS_AT_REST = 2
/** Looks between two collections. A collection stops the peer for about a tenth of a second, so it happens every 20 s at most. */
const LOOKS_BETWEEN = 20_000 / LOOK_MS
/** Growth of the heap since the last collection that is worth another one, bytes: half of what the young generation holds at most. */
const GROWN_BYTES_MIN = 32 * 1024 * 1024

/** The state of the process at a look. */
export interface Look {
  /** Share of the time since the last look in which JavaScript ran. */
  readonly busyShare: number
  /** The JavaScript heap with its garbage and its free pages, bytes. */
  readonly heapBytes: number
}

/** Decides when to collect. V8 collects while a program allocates; a program that has stopped allocating keeps its garbage. */
export class RestWatch {
  #looksAtRest = 0
  #looksSince = LOOKS_BETWEEN
  #heapBytes = 0

  /** Whether a collection is due. */
  isDue({ busyShare, heapBytes }: Look): boolean {
    this.#looksSince++
    this.#looksAtRest = busyShare <= BUSY_SHARE_MAX ? this.#looksAtRest + 1 : 0
    const isAtRest = this.#looksAtRest >= LOOKS_AT_REST
    return isAtRest && this.#looksSince >= LOOKS_BETWEEN && heapBytes - this.#heapBytes >= GROWN_BYTES_MIN
  }

  /** Records a collection, and the size of the heap after it. */
  collected(heapBytes: number): void {
    this.#looksSince = 0
    this.#heapBytes = heapBytes
  }
}

/**
 * Collects all garbage, and gives the free pages back to the system. An ordinary collection keeps the pages of the young generation: after
 * the start of a peer they are 60 MB.
 */
export function collectAll(): void {
  // The function is offered for the time of one look-up, so that no other code gets it. The flags are as before afterwards: V8 takes
  // compiled code from the cache only under the flags under which it was compiled.
  setFlagsFromString('--expose-gc')
  const collect: (options: object) => void = runInNewContext('gc')
  setFlagsFromString('--no-expose-gc')
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}

/** Collects whenever this process is at rest and has garbage worth it. Returns a function that ends this. */
export function collectAtRest(every: Every = everyByTimer): () => void {
  const watch = new RestWatch()
  const heapBytes = () => process.memoryUsage().heapTotal
  let before = performance.eventLoopUtilization()
  return every(LOOK_MS, () => {
    const now = performance.eventLoopUtilization()
    const { utilization: busyShare } = performance.eventLoopUtilization(now, before)
    before = now
    if (!watch.isDue({ busyShare, heapBytes: heapBytes() })) return
    collectAll()
    watch.collected(heapBytes())
  })
}
