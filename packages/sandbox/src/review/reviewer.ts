/** Review of scripts in a worker thread, because parsing hostile code can take long and must not delay anything else. */
import { createHash } from 'node:crypto'
import { Worker } from 'node:worker_threads'
import { StimnetError } from '@stimnet/protocol'
import type { SandboxLanguage } from '../sandbox.ts'
import { TOO_SLOW } from './grammar.ts'
import type { Imports, Review } from './review.ts'
import type { ToRead } from './thread.ts'

/** Longest review by the clock, ms. The thread limits its processor time itself, but not in every step. */
const READ_MS_MAX = 30_000
/** Most scripts that are being reviewed or wait for it. */
const WAITING_MAX = 32
/** Most cached reviews. Stewards look at the same script repeatedly. */
const KEPT_MAX = 64
/** A thread without work is ended after this time, ms. */
const IDLE_MS = 60_000

const kept = new Map<string, Promise<Review>>()
let waiting = 0
let last: Promise<unknown> = Promise.resolve()
let thread: Worker | undefined
let idle: NodeJS.Timeout | undefined

/**
 * Reviews a script. An optional import (`try … except ImportError`, `if (requireNamespace(…))`) is a finding, but not one of
 * the imports. Throws QUEUE_FULL if too many scripts wait for their review.
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
  const late = setTimeout(() => {
    resolve({ imports: TOO_SLOW, findings: [], isCut: false })
    end(reader)
  }, READ_MS_MAX)
  // A review in progress keeps the process alive; an idle thread does not.
  reader.ref()
  reader.postMessage(script)
  try {
    return await promise
  } catch (error) {
    end(reader)
    throw error
  } finally {
    clearTimeout(late)
    reader.off('message', resolve).off('error', failed).off('exit', failed).unref()
    idle = setTimeout(() => end(reader), IDLE_MS).unref()
  }
}

function end(reader: Worker): void {
  if (thread === reader) thread = undefined
  // Nobody needs its work any more, so an error while it ends is ignored.
  reader.once('error', () => undefined)
  void reader.terminate()
}
