/** Review of scripts in a worker thread, because parsing hostile code can take long and must not delay other work. */
import { createHash } from 'node:crypto'
import { Worker } from 'node:worker_threads'
import { StimnetError } from '@stimnet/protocol'
import type { SandboxLanguage } from '../sandbox.ts'
import { TOO_SLOW } from './grammar.ts'
import type { Imports, Review } from './review.ts'
import type { ToRead } from './thread.ts'

/**
 * Maximum processor time of a review, ms, including the thread's start. The thread limits its processor time itself, but not in every step.
 */
const PROCESSOR_MS_MAX = 10_000
/** Maximum wall time of a review, ms, for a machine on which the thread gets a thirtieth of a processor. */
const READ_MS_MAX = 300_000
/** Interval between two checks of the thread, ms. */
const LOOK_MS = 2_000
/** Maximum number of scripts that are being reviewed or wait for review. */
const WAITING_MAX = 32
/** Maximum number of cached reviews. Stewards open the same script repeatedly. */
const KEPT_MAX = 64
/** Time after which an idle thread is ended, ms. */
const IDLE_MS = 60_000

const kept = new Map<string, Promise<Review>>()
let waiting = 0
let last: Promise<unknown> = Promise.resolve()
let thread: Worker | undefined
let idle: NodeJS.Timeout | undefined

/**
 * Reviews a script. An optional import (`try … except ImportError`, `if (requireNamespace(…))`) is a finding, but is not one of the
 * imports. Throws QUEUE_FULL if too many scripts wait for review.
 */
export function reviewOf(language: SandboxLanguage, code: string): Promise<Review> {
  const name = createHash('sha256').update(`${language}\n`).update(code).digest('hex')
  const known = kept.get(name)
  if (known) return known
  if (waiting >= WAITING_MAX) {
    const reason = 'Too many scripts wait to be read here. Try again.'
    return Promise.reject(new StimnetError('QUEUE_FULL', 'reading a script', { reason }))
  }
  waiting += 1
  const reading = last.then(() => readApart({ language, code })).finally(() => (waiting -= 1))
  const drop = () => kept.delete(name)
  // A review that took too long is not cached, since the machine may have been slow. The script can be reviewed again.
  last = reading.then(({ imports }) => !imports.ok && imports.why === TOO_SLOW.why && drop(), drop)
  if (kept.size >= KEPT_MAX) kept.delete(kept.keys().next().value ?? '')
  kept.set(name, reading)
  return reading
}

/** The imports of a program, without optional ones. Throws QUEUE_FULL. */
export async function importsOf(language: SandboxLanguage, code: string): Promise<Imports> {
  return (await reviewOf(language, code)).imports
}

async function readApart(script: ToRead): Promise<Review> {
  clearTimeout(idle)
  thread ??= new Worker(new URL('./thread.ts', import.meta.url), { resourceLimits: { maxOldGenerationSizeMb: 256 } })
  const reader = thread
  const { promise, resolve, reject } = Promise.withResolvers<Review>()
  const failed = (cause: unknown) => reject(new StimnetError('INTERNAL', 'reading a script', { cause }))
  reader.once('message', resolve).once('error', failed).once('exit', failed)
  const late = whenLate(reader, () => {
    resolve({ imports: TOO_SLOW, findings: [], isCut: false })
    end(reader)
  })
  // A review in progress keeps the process alive; an idle thread does not.
  reader.ref()
  reader.postMessage(script)
  try {
    return await promise
  } catch (error) {
    end(reader)
    throw error
  } finally {
    clearInterval(late)
    reader.off('message', resolve).off('error', failed).off('exit', failed).unref()
    idle = setTimeout(() => end(reader), IDLE_MS).unref()
  }
}

/** Calls `giveUp` when the thread takes too long. The caller must clear the timer. */
function whenLate(reader: Worker, giveUp: () => void): NodeJS.Timeout {
  let looks = 0
  let before: number | undefined
  return setInterval(async () => {
    looks += 1
    if (looks * LOOK_MS >= READ_MS_MAX) return giveUp()
    const spent = await processorMsOf(reader)
    if (spent === undefined) return
    // Earlier reviews of the same thread do not count.
    before ??= spent
    if (spent - before >= PROCESSOR_MS_MAX) giveUp()
  }, LOOK_MS)
}

/**
 * The processor time of a thread so far, ms; undefined before it runs. Node before 24.6 does not report it; there the wall time is used.
 */
async function processorMsOf(reader: Worker): Promise<number | undefined> {
  if (!('cpuUsage' in reader)) return performance.now()
  const usage = await reader.cpuUsage().catch(() => undefined)
  return usage && (usage.user + usage.system) / 1_000
}

function end(reader: Worker): void {
  if (thread === reader) thread = undefined
  // The thread's work is no longer needed, so an error while it ends is ignored.
  reader.once('error', () => undefined)
  void reader.terminate()
}
