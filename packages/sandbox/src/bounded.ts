/** Bounds on a run, shared by all engines: its deadline, its memory, all bytes of its output, and cancellation. */
import type { Clock } from '@stimnet/protocol'
import { BoundedBytes } from './bounded-bytes.ts'
import type { SandboxFailure, SandboxLimits, SandboxOutcome } from './sandbox.ts'

/** Time for an engine to clean up after a run was ended, ms. After that, the answer is given without further waiting. */
const CLEARING_MS_MAX = 2_000

/** Maximum nesting of arrays and objects in a result. No table of aggregates is deeper, and recursive readers could fail. */
const JSON_DEPTH_MAX = 32

/** An engine's report of a run that ended by itself. */
export type Ended =
  | { readonly end: 'result'; readonly bytes: Uint8Array }
  | { readonly end: 'failed'; readonly code: SandboxFailure }

/** The measurements that an engine reports while a program runs. The first bound that is exceeded determines the code. */
export interface Bounds {
  /** Aborts when a bound is exceeded. The engine must then end the program at once. */
  readonly signal: AbortSignal
  readonly limits: SandboxLimits
  /** Counts bytes of the answer. */
  answered(bytes: number): void
  /** Counts and keeps bytes of the log. */
  printed(chunk: Uint8Array): void
  /** Compares the memory in use, bytes, with the limit. */
  resident(bytes: number): void
  /** Records that a warm sandbox took the job. */
  tookWarm(): void
}

/**
 * Runs `work` until it ends, a bound is exceeded or the signal aborts, and returns the outcome. It never throws: an error that
 * `work` throws becomes SANDBOX_UNAVAILABLE, since failures of programs are values.
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

/** Measures the usage of a run. */
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

/** The text, if the bytes are UTF-8 and strict JSON (no NaN) of at most JSON_DEPTH_MAX levels; otherwise undefined. */
export function readJsonText(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    if (depthOf(text) > JSON_DEPTH_MAX) return undefined
    JSON.parse(text)
    return text
  } catch {
    // The text is not JSON; the caller reports it.
    return undefined
  }
}

/** The maximum nesting of brackets outside of strings, computed from the text, so that no deep value is ever built. */
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
