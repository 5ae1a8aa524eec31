/** The asking side of follow streams: one stream per serving peer, which is opened again whenever it breaks. */
import type { Stream } from '@libp2p/interface'
import { type Clock, type Code, StimnetError } from '@stimnet/protocol'
import { type Asking, openStream } from './ask.ts'
import { backOffMs } from '../connect/limits/back-off.ts'
import { followExchange } from '../exchanges/follow.ts'
import { faultCodeOf } from './fault.ts'
import { ANSWER_BYTES_MORE, type Frames, framesOf, openAnswer } from './frame.ts'
import type { Follower, FollowOptions, MeshTiming } from '../mesh.ts'
import { abortStream } from './stream.ts'

const WRITE_MS_MAX = 5_000
/** Room for frames that arrive between two reads; see `readNext`. */
const BUFFER_BYTES_MAX = 4 * 1024 * 1024

type FollowTiming = Pick<MeshTiming, 'silenceMsMax' | 'reopenMs' | 'redialMsMax'>

/** A follower that the mesh can notify when its peer is connected again. */
export interface MeshFollower extends Follower {
  peerIsBack(): void
}

/** Opens a follow stream and keeps it open until it is closed. */
export function follow(
  asking: Asking,
  peerId: string,
  options: FollowOptions,
  timing: FollowTiming,
  onClosed: () => void
): MeshFollower {
  const closed = new AbortController()
  const signal = AbortSignal.any([closed.signal, asking.stopping])
  let session = new AbortController()
  let bell = new AbortController()
  let open = false

  const setOpen = (now: boolean, code?: Code) => {
    open = now
    options.onState?.(now, code)
  }

  async function run(): Promise<void> {
    let failures = 0
    while (!signal.aborted) {
      session = new AbortController()
      bell = new AbortController()
      const asked = AbortSignal.any([signal, session.signal])
      try {
        await readAll(asking, peerId, options, timing, asked, () => {
          failures = 0
          setOpen(true)
        })
      } catch (error) {
        if (!signal.aborted) setOpen(false, faultCodeOf(error))
      }
      const bounds = { ms: timing.reopenMs, msMax: timing.redialMsMax }
      // There is a short wait even after `reopen`, so that many such calls lead to one opening.
      const restMs = backOffMs(session.signal.aborted ? 0 : failures++, bounds, asking.random)
      await asking.clock.sleep(restMs, AbortSignal.any([signal, bell.signal])).catch(() => {})
    }
    open = false
    onClosed()
  }

  const running = run()
  return {
    peerId,
    isOpen: () => open,
    reopen: () => session.abort(new StimnetError('INTERRUPTED', 'asking anew')),
    peerIsBack: () => bell.abort(),
    close: async () => {
      closed.abort(new StimnetError('INTERRUPTED', 'following no more'))
      await running
    }
  }
}

async function readAll(
  asking: Asking,
  peerId: string,
  options: FollowOptions,
  timing: FollowTiming,
  signal: AbortSignal,
  onOpen: () => void
): Promise<never> {
  const question = followExchange.question.encode(await options.ask())
  const stream = await openStream(asking.node, followExchange, peerId, signal)
  const frames = framesOf(stream, followExchange.answerBytesMax + ANSWER_BYTES_MORE, BUFFER_BYTES_MAX)
  const abort = () => abortStream(stream, signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  try {
    const write = AbortSignal.any([signal, AbortSignal.timeout(WRITE_MS_MAX)])
    await frames.write(question, { signal: write })
    await stream.close({ signal: write })
    for (let first = true; ; first = false) {
      const frame = await withinSilence((end) => readNext(stream, frames, end), {
        ms: timing.silenceMsMax,
        clock: asking.clock,
        signal
      })
      const event = followExchange.answer.decode(openAnswer(frame, `following ${peerId}`))
      if (first) onOpen()
      if (!event.alive) await options.onEvent(event)
    }
  } finally {
    signal.removeEventListener('abort', abort)
    abortStream(stream, new StimnetError('INTERRUPTED', 'the follow stream ends'))
  }
}

/** Number of parts of a silence that are counted one after the other. */
const SILENCE_PARTS = 4

/**
 * Ends a read after a silence of `ms`. The silence is counted in parts: if this process itself is suspended, only one part
 * passes, and data that have arrived in the meantime are read before the other parts have passed.
 */
async function withinSilence<T>(
  read: (signal: AbortSignal) => Promise<T>,
  { ms, clock, signal }: { ms: number; clock: Clock; signal: AbortSignal }
): Promise<T> {
  const over = new AbortController()
  const silence = new AbortController()
  const count = async () => {
    for (let part = 0; part < SILENCE_PARTS; part++) await clock.sleep(ms / SILENCE_PARTS, over.signal)
    silence.abort(new StimnetError('DEADLINE', `no sign of life for ${ms} ms`))
  }
  // The count rejects only if the read has ended first.
  count().catch(() => {})
  try {
    return await read(AbortSignal.any([signal, silence.signal]))
  } finally {
    over.abort()
  }
}

/**
 * Reads the next frame. The stream is paused while an event is processed, so that a fast sender waits for a slow receiver. A
 * frame that has already arrived is read without resuming the stream: otherwise each small frame would admit a whole window.
 */
async function readNext(stream: Stream, frames: Frames, signal: AbortSignal): Promise<Uint8Array> {
  const next = frames.read({ signal })
  let here = false
  const settled = () => {
    here = true
  }
  next.then(settled, settled)
  await new Promise((resolve) => setImmediate(resolve))
  if (!here && stream.readStatus === 'paused') stream.resume()
  const frame = await next
  if (stream.readStatus === 'readable') stream.pause()
  return frame
}
