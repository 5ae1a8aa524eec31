/** Functions for the end of a stream: observing the end as a signal, aborting and finishing a stream. */
import type { Stream } from '@libp2p/interface'
import { errorOf } from './fault.ts'

/** A signal that aborts when either side closes, resets or aborts the stream. */
export function endOf(stream: Stream): AbortSignal {
  const ended = new AbortController()
  stream.addEventListener('close', (event) => ended.abort(errorOf(event)), { once: true })
  if (stream.status !== 'open') ended.abort(errorOf(null))
  return ended.signal
}

/** Resets the stream unless it is closed. The reason stays local; the peer only sees a reset. */
export function abortStream(stream: Stream, reason: unknown): void {
  stream.abort(errorOf(reason))
}

/**
 * Ends a stream after its last byte was written: closes this side, reads no more, and resets the stream if the other side
 * has not closed it within `msMax`, so that no peer can keep it open.
 */
export async function finish(stream: Stream, msMax: number): Promise<void> {
  const ended = endOf(stream)
  const signal = AbortSignal.timeout(msMax)
  try {
    await stream.close({ signal })
    await stream.closeRead({ signal })
  } catch (error) {
    abortStream(stream, error)
  }
  if (ended.aborted || stream.status !== 'open') return
  const late = () => abortStream(stream, signal.reason)
  signal.addEventListener('abort', late, { once: true })
  ended.addEventListener('abort', () => signal.removeEventListener('abort', late), { once: true })
}
