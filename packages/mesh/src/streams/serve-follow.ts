/** The serving side of follow streams: pushes events as fast as the asking peer reads them, with heartbeats in between. */
import type { Connection, Stream } from '@libp2p/interface'
import { messageStreamToDuplex } from '@libp2p/utils'
import { type Code, StimnetError } from '@stimnet/protocol'
import { encode } from 'it-length-prefixed'
import { pipe } from 'it-pipe'
import { followExchange } from '../exchanges/follow.ts'
import { errorOf, faultCodeOf } from './fault.ts'
import { answerFrame, framesOf, refusalFrame } from './frame.ts'
import { withHeartbeats } from './heartbeat.ts'
import type { FollowEvent, FollowHandler, MeshTiming } from '../mesh.ts'
import { Doorman, register, type Serving } from './serve.ts'
import { abortStream, endOf, finish } from './stream.ts'

const READ_MS_MAX = 5_000
const FINISH_MS_MAX = 5_000
/** Time after which the stream of a peer that reads nothing is aborted, ms. The peer can open a new stream. */
const STALLED_MS_MAX = 60_000

/** A heartbeat: an event without a job and without a sequence number. */
const ALIVE: FollowEvent = { alive: true }

/** Registers the follow handler. Each peer has one stream; a new stream replaces the previous one. */
export function serveFollow(serving: Serving, handler: FollowHandler, timing: Pick<MeshTiming, 'heartbeatMs'>): void {
  const { events, clock } = serving.deps
  const doorman = new Doorman(serving, followExchange)
  const current = new Map<string, AbortController>()

  async function answer(stream: Stream, connection: Connection): Promise<void> {
    const frames = framesOf(stream, followExchange.questionBytesMax)
    const from = connection.remotePeer.toString()
    const ended = endOf(stream)
    try {
      await doorman.admit(from, async () => {
        const read = AbortSignal.any([ended, serving.stopping, AbortSignal.timeout(READ_MS_MAX)])
        const question = followExchange.question.decode(await frames.read({ signal: read }))
        // Anything else that the asking peer sends is dropped, not buffered.
        await stream.closeRead({ signal: read })
        await push(stream, question, from, ended)
      })
    } catch (error) {
      await refuse(stream, from, error)
    }
  }

  async function push(
    stream: Stream,
    question: Parameters<FollowHandler>[0],
    from: string,
    ended: AbortSignal
  ): Promise<void> {
    const replaced = takePlace(current, from)
    const signal = AbortSignal.any([ended, serving.stopping, replaced.signal])
    try {
      const told = withHeartbeats(handler(question, from, signal), ALIVE, {
        everyMs: timing.heartbeatMs,
        clock,
        signal
      })
      await pipe(framesToSend(stream, told), (source) => encode(source), messageStreamToDuplex(stream))
      if (signal.aborted) abortStream(stream, signal.reason)
    } finally {
      if (current.get(from) === replaced) current.delete(from)
    }
  }

  async function refuse(stream: Stream, from: string, error: unknown): Promise<void> {
    const code: Code = faultCodeOf(error)
    // A broken stream is the normal end of a follow stream.
    if (code === 'INTERRUPTED' || stream.status !== 'open') return abortStream(stream, error)
    if (code === 'INTERNAL') events.unexpected(errorOf(error), `answering ${followExchange.id}`)
    events.refused(from, followExchange.id, code)
    try {
      for (const bytes of encode([refusalFrame(code)])) stream.send(bytes)
      await finish(stream, FINISH_MS_MAX)
    } catch (failed) {
      abortStream(stream, failed)
    }
  }

  void register(serving, followExchange, answer)
}

/** Ends the previous stream of this peer and registers the new one. */
function takePlace(current: Map<string, AbortController>, from: string): AbortController {
  current.get(from)?.abort(new StimnetError('INTERRUPTED', 'a newer follow stream took its place'))
  const controller = new AbortController()
  current.set(from, controller)
  return controller
}

async function* framesToSend(stream: Stream, events: AsyncIterable<FollowEvent>): AsyncGenerator<Uint8Array> {
  for await (const event of events) {
    const message = followExchange.answer.encode(event)
    if (message.length > followExchange.answerBytesMax) throw new StimnetError('TOO_LARGE', 'pushing an event')
    const stalled = setTimeout(() => abortStream(stream, new Error('the asker takes nothing')), STALLED_MS_MAX)
    try {
      // The generator is resumed when the stream has room for more.
      yield answerFrame(message)
    } finally {
      clearTimeout(stalled)
    }
  }
}
