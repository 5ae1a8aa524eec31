/** Scripts are read apart from all else: hostile code takes its time, and whoever waits for an answer must not wait for it. */
import { createHash } from 'node:crypto'
import { Worker } from 'node:worker_threads'
import { StimnetError } from '@stimnet/protocol'
import type { SandboxLanguage } from '../sandbox.ts'
import { TOO_SLOW } from './grammar.ts'
import type { Imports, Review } from './review.ts'
import type { ToRead } from './thread.ts'

/** The thread counts its processor time itself, but not everywhere. By the clock: long enough for it on any busy machine. */
const READ_MS_MAX = 30_000
/** Scripts that wait to be read. */
const WAITING_MAX = 32
/** Reviews at hand: stewards look at the same script again and again. */
const KEPT_MAX = 64
/** A thread that has nothing to read is ended. */
const IDLE_MS = 60_000

const kept = new Map<string, Promise<Review>>()
let waiting = 0
let last: Promise<unknown> = Promise.resolve()
let thread: Worker | undefined
let idle: NodeJS.Timeout | undefined

/**
 * Reads a script. An import that it can do without (`try … except ImportError`, `if (requireNamespace(…))`) is a finding
 * but not among its imports. Throws QUEUE_FULL where too many wait to be read.
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
  // Slow may have been the machine: the same script is read again when it comes again.
  last = reading.then(({ imports }) => !imports.ok && imports.why === TOO_SLOW.why && drop(), drop)
  if (kept.size >= KEPT_MAX) kept.delete(kept.keys().next().value ?? '')
  kept.set(name, reading)
  return reading
}

/** The imports of a program that it cannot do without. */
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
  // Whoever waits keeps the process alive; the thread alone does not.
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
  // What it is doing is of no use to anybody, also where that ends it with an error.
  reader.once('error', () => undefined)
  void reader.terminate()
}
