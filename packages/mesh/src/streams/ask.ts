/** Asking: one question and its answer on a stream of their own, each wait with a deadline. */
import type { Libp2p, Stream } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { type Clock, type Encodable, parseKeyId, type RandomSource, randomUnit } from '@stimnet/protocol'
import type { Exchange } from './exchange.ts'
import { faultCodeOf, faultOf } from './fault.ts'
import { ANSWER_BYTES_MORE, framesOf, openAnswer } from './frame.ts'
import type { Lanes } from './lanes.ts'
import { abortStream, finish } from './stream.ts'

/** To find an address, connect and agree on the protocol, ms. */
export const OPEN_MS_MAX = 10_000
/** The answer is on its way for a little longer than it takes to make, ms. */
const TRAVEL_MS_MAX = 2_000
/** Before asking again, so that many askers of one restarted peer do not come at once, ms. */
const AGAIN_MS_MIN = 50
const AGAIN_MS_MAX = 250

/** What asking needs. */
export interface Asking {
  readonly node: Libp2p
  readonly clock: Clock
  readonly random: RandomSource
  readonly lanes: Lanes
  /** Aborted when the mesh stops. */
  readonly stopping: AbortSignal
}

/** See `Mesh.ask`. Every question may be asked twice: what it does is done once, by its nonce or because it only reads. */
export async function ask<Q, A>(
  asking: Asking,
  exchange: Exchange<Q, A>,
  peerId: string,
  question: Encodable<Q>,
  options: { signal: AbortSignal }
): Promise<A> {
  const signal = AbortSignal.any([options.signal, asking.stopping])
  const doing = `asking ${peerId} ${exchange.id}`
  // A peer resets streams beyond those the exchange allows: further questions wait for their turn here.
  const { id, streamsPerConnectionMax } = exchange
  const once = () =>
    asking.lanes.run(`${peerId} ${id}`, streamsPerConnectionMax, signal, () =>
      askOnce(asking.node, exchange, peerId, question, { signal, doing })
    )
  try {
    return await once()
  } catch (error) {
    // A broken connection is gone from the node's list by now, so that the second try opens a fresh one.
    if (faultCodeOf(error) !== 'INTERRUPTED' || signal.aborted) throw faultOf(error, doing)
  }
  try {
    const waitMs = AGAIN_MS_MIN + randomUnit(asking.random) * (AGAIN_MS_MAX - AGAIN_MS_MIN)
    await asking.clock.sleep(waitMs, signal)
    return await once()
  } catch (error) {
    throw faultOf(error, doing)
  }
}

async function askOnce<Q, A>(
  node: Libp2p,
  exchange: Exchange<Q, A>,
  peerId: string,
  question: Encodable<Q>,
  context: { signal: AbortSignal; doing: string }
): Promise<A> {
  const stream = await openStream(node, exchange.id, peerId, context.signal)
  const frames = framesOf(stream, exchange.answerBytesMax + ANSWER_BYTES_MORE)
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(exchange.deadlineMs + TRAVEL_MS_MAX)])
  try {
    const bytes = exchange.question.encode(question)
    await writeUnlessAnswered(() => frames.write(bytes, { signal }))
    await writeUnlessAnswered(() => stream.close({ signal }))
    const frame = await frames.read({ signal })
    await finish(stream, TRAVEL_MS_MAX)
    return exchange.answer.decode(openAnswer(frame, context.doing))
  } catch (error) {
    abortStream(stream, error)
    throw error
  }
}

// A peer that is over its quota answers before it has read the question; the answer counts, not the failed writing.
async function writeUnlessAnswered(write: () => Promise<void>): Promise<void> {
  try {
    await write()
  } catch (error) {
    if (faultCodeOf(error) !== 'INTERRUPTED') throw error
  }
}

/** Opens a stream to a peer, connecting to it where needed. */
export async function openStream(node: Libp2p, protocol: string, peerId: string, signal: AbortSignal): Promise<Stream> {
  return node.dialProtocol(peerIdFromString(parseKeyId(peerId)), protocol, {
    signal: AbortSignal.any([signal, AbortSignal.timeout(OPEN_MS_MAX)]),
    // Kept below by `Lanes`.
    maxOutboundStreams: 256
  })
}
