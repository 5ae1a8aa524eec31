/** What bounds a run, once for all engines: its deadline, its memory, every byte that comes out, and the asker's cancel. */
import type { Clock } from '@stimnet/protocol'
import { BoundedBytes } from './bounded-bytes.ts'
import type { SandboxFailure, SandboxLimits, SandboxOutcome } from './sandbox.ts'

/** How long an engine may take to clear away a run that was ended, ms. Then the answer goes out without it. */
const CLEARING_MS_MAX = 2_000

/** Arrays and objects in each other deeper than this are no table of aggregates; readers that recurse would fall over. */
const JSON_DEPTH_MAX = 32

/** What the engine reports of a run that came to its own end. */
export type Ended =
  | { readonly end: 'result'; readonly bytes: Uint8Array }
  | { readonly end: 'failed'; readonly code: SandboxFailure }

/** The bounds as seen by the engine while a program runs. The first one broken decides the code. */
export interface Bounds {
  /** Aborted when a bound breaks: the engine ends the program at once. */
  readonly signal: AbortSignal
  readonly limits: SandboxLimits
  /** Counts bytes of the answer. */
  answered(bytes: number): void
  /** Counts and keeps bytes of the log. */
  printed(chunk: Uint8Array): void
  /** Compares the memory now in use, bytes, with its limit. */
  resident(bytes: number): void
  /** Says that a waiting sandbox took the job. */
  tookWarm(): void
}

/**
 * Runs `work` until it ends, a bound breaks or the signal aborts, and answers with the outcome. Never throws: what `work`
 * throws is SANDBOX_UNAVAILABLE, since programs fail by value.
 */
export async function runBounded(
  context: { limits: SandboxLimits; signal?: AbortSignal | undefined; clock: Clock },
  work: (bounds: Bounds) => Promise<Ended>
): Promise<SandboxOutcome> {
  const { limits, signal: asker, clock } = context
  const startedAt = performance.now()
  const broken = Promise.withResolvers<Ended>()
  const control = new AbortController()
  const meter = new Meter(limits, fail)
  function fail(code: SandboxFailure): void {
    if (control.signal.aborted) return
    control.abort(code)
    broken.resolve({ end: 'failed', code })
  }
  const cancel = () => fail('CANCELLED')
  if (asker?.aborted) cancel()
  asker?.addEventListener('abort', cancel, { once: true })
  const done = new AbortController()
  clock.sleep(limits.wallTimeMsMax, done.signal).then(
    () => fail('TIME_LIMIT'),
    () => {}
  )
  try {
    const working = control.signal.aborted
      ? broken.promise
      : work({ signal: control.signal, limits, ...meter.reports() }).catch(couldNot)
    const ended = await Promise.race([working, broken.promise])
    if (control.signal.aborted) await Promise.race([working, clock.sleep(CLEARING_MS_MAX, done.signal).catch(() => {})])
    return meter.outcome(control.signal.aborted ? await broken.promise : ended, performance.now() - startedAt)
  } finally {
    done.abort()
    asker?.removeEventListener('abort', cancel)
  }
}

function couldNot(): Ended {
  return { end: 'failed', code: 'SANDBOX_UNAVAILABLE' }
}

/** Counts what a run uses. */
class Meter {
  #limits: SandboxLimits
  #fail: (code: SandboxFailure) => void
  #log: BoundedBytes
  #logBytes = 0
  #answerBytes = 0
  #peakMemoryBytes: number | undefined
  #warm = false

  constructor(limits: SandboxLimits, fail: (code: SandboxFailure) => void) {
    this.#limits = limits
    this.#fail = fail
    this.#log = new BoundedBytes({ bytesMax: limits.outputBytesMax })
  }

  reports(): Pick<Bounds, 'answered' | 'printed' | 'resident' | 'tookWarm'> {
    return {
      answered: (bytes) => {
        this.#answerBytes += bytes
        if (this.#answerBytes > this.#limits.outputBytesMax) this.#fail('OUTPUT_LIMIT')
      },
      printed: (chunk) => this.#print(chunk),
      resident: (bytes) => {
        this.#peakMemoryBytes = Math.max(this.#peakMemoryBytes ?? 0, bytes)
        if (bytes > this.#limits.memoryBytesMax) this.#fail('MEMORY_LIMIT')
      },
      tookWarm: () => {
        this.#warm = true
      }
    }
  }

  #print(chunk: Uint8Array): void {
    this.#logBytes += chunk.length
    if (!this.#log.push(chunk)) this.#fail('OUTPUT_LIMIT')
  }

  outcome(ended: Ended, wallTimeMs: number): SandboxOutcome {
    const usage = {
      wallTimeMs,
      peakMemoryBytes: this.#peakMemoryBytes,
      outputBytes: this.#logBytes + this.#answerBytes,
      warm: this.#warm
    }
    const log = new TextDecoder().decode(this.#log.bytes())
    if (ended.end === 'failed') return { ok: false, code: ended.code, log, usage }
    if (ended.bytes.length > this.#limits.outputBytesMax) return { ok: false, code: 'OUTPUT_LIMIT', log, usage }
    const result = readJsonText(ended.bytes)
    if (result !== undefined) return { ok: true, result, log, usage }
    return { ok: false, code: 'PROGRAM_FAILED', log: `${log}\nThe result is not JSON.\n`, usage }
  }
}

/** The text, if it is UTF-8 and strict JSON (no NaN) of a bearable depth; else undefined. */
export function readJsonText(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    if (depthOf(text) > JSON_DEPTH_MAX) return undefined
    JSON.parse(text)
    return text
  } catch {
    // Not JSON: the caller says so.
    return undefined
  }
}

/** How deep brackets nest, outside strings. Counted on the text, so that nothing deep is ever built. */
function depthOf(text: string): number {
  let depth = 0
  let deepest = 0
  let isInString = false
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (isInString) {
      if (character === '\\') at++
      else if (character === '"') isInString = false
    } else if (character === '"') isInString = true
    else if (character === '[' || character === '{') deepest = Math.max(deepest, ++depth)
    else if (character === ']' || character === '}') depth--
  }
  return deepest
}
