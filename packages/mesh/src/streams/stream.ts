/** The end of a stream, from both sides: told as a signal, and made certain. */
import type { Stream } from '@libp2p/interface'
import { errorOf } from './fault.ts'

/** Aborted when the stream is closed, reset or aborted by either side. */
export function endOf(stream: Stream): AbortSignal {
  const ended = new AbortController()
  stream.addEventListener('close', (event) => ended.abort(errorOf(event)), { once: true })
  if (stream.status !== 'open') ended.abort(errorOf(null))
  return ended.signal
}

/** Resets the stream unless it is closed. The reason stays here; the peer sees a reset alone. */
export function abortStream(stream: Stream, reason: unknown): void {
  stream.abort(errorOf(reason))
}

/**
 * Ends a stream whose last byte is written: closes our side, reads no more, and resets it if the other side has not
 * closed within `msMax`, so that no peer can make us keep it.
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

/** Gives what `work` gives, or throws the signal's reason first: for work that may not listen to its signal. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    work.catch(() => {})
    throw signal.reason
  }
  let abort = () => {}
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
    work.catch(() => {})
  }
}
