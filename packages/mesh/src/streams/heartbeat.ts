/** A stream of events that is never silent for long: where nothing comes, a sign of life does. */
import type { Clock } from '@stimnet/protocol'

const SILENT = 'silent'

/**
 * A sign comes first, at once: the asker then knows that it is followed. Ends with the events or with the signal; the
 * events' iterator is then told to return, and not waited for.
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
    // Events that end by throwing because they were told to end have only ended.
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
