/** A signal that aborts after a time or when another signal aborts. */
import type { Clock } from '@stimnet/protocol'

/** Creates the signal. Call `clear` when the work is done. */
export function deadline(
  clock: Clock,
  ms: number,
  others: readonly (AbortSignal | undefined)[]
): { signal: AbortSignal; clear(): void } {
  const over = new AbortController()
  const done = new AbortController()
  clock.sleep(ms, done.signal).then(
    () => over.abort(),
    () => undefined
  )
  const signals = others.filter((signal) => signal !== undefined)
  return { signal: AbortSignal.any([over.signal, ...signals]), clear: () => done.abort() }
}
