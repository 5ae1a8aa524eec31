/** Heartbeats: a stream of events that yields a sign of life whenever there was no event for a while. */
import type { Clock } from '@stimnet/protocol'

const SILENT = 'silent'

/**
 * The events, with `sign` yielded at once and whenever `everyMs` pass without an event. The first sign tells the asking peer that
 * the stream is open. The iteration ends with the events or when the signal aborts; the iterator of the events is then asked to
 * return, but the return is not awaited.
 */
export async function* withHeartbeats<T>(
  events: AsyncIterable<T>,
  sign: T,
  options: { everyMs: number; clock: Clock; signal: AbortSignal }
): AsyncGenerator<T> {
  const iterator = events[Symbol.asyncIterator]()
  try {
    yield sign
    let next = iterator.next()
    while (!options.signal.aborted) {
      const first = await soonest(next, options)
      if (first === SILENT) {
        if (!options.signal.aborted) yield sign
        continue
      }
      if (first.done === true) return
      yield first.value
      next = iterator.next()
    }
    next.catch(() => {})
  } catch (error) {
    // After the signal has aborted, an error of the events is their normal end.
    if (!options.signal.aborted) throw error
  } finally {
    void iterator.return?.().catch(() => {})
  }
}

async function soonest<T>(
  next: Promise<IteratorResult<T>>,
  options: { everyMs: number; clock: Clock; signal: AbortSignal }
): Promise<IteratorResult<T> | typeof SILENT> {
  const over = new AbortController()
  const silence = options.clock.sleep(options.everyMs, AbortSignal.any([over.signal, options.signal])).then(
    (): typeof SILENT => SILENT,
    (): typeof SILENT => SILENT
  )
  try {
    return await Promise.race([next, silence])
  } finally {
    over.abort()
  }
}
