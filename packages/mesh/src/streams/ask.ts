/** The asking side of exchanges: each question has its own stream, and every wait has a deadline. */
import { type Connection, type Libp2p, LimitedConnectionError, type Stream } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { type Clock, type Encodable, parseKeyId, type RandomSource, randomUnit } from '@stimnet/protocol'
import { newestFirst } from '../connect/newest.ts'
import { isRelayed } from '../connect/relay/circuits.ts'
import type { Exchange } from '../exchanges/exchange.ts'
import { faultCodeOf, faultOf } from './fault.ts'
import { ANSWER_BYTES_MORE, framesOf, openAnswer } from './frame.ts'
import type { Lanes } from './lanes.ts'
import { abortStream, finish } from './stream.ts'

/** Longest time to find an address, connect and negotiate the protocol, ms. */
export const OPEN_MS_MAX = 10_000
/** Time for transmission, added to the deadline of the exchange, ms. */
const TRAVEL_MS_MAX = 2_000
/** Random wait before the second try, ms, so that the askers of a restarted peer do not all come at once. */
const AGAIN_MS_MIN = 50
const AGAIN_MS_MAX = 250

/** Dependencies of asking. */
export interface Asking {
  readonly node: Libp2p
  readonly clock: Clock
  readonly random: RandomSource
  readonly lanes: Lanes
  /** Aborted when the mesh stops. */
  readonly stopping: AbortSignal
  /** Told of each peer that is asked. */
  readonly used: (peerId: string) => void
}

/** See `Mesh.ask`. Asking a question twice is safe: it only reads, or its nonce ensures that it takes effect once. */
export async function ask<Q, A>(
  asking: Asking,
  exchange: Exchange<Q, A>,
  peerId: string,
  question: Encodable<Q>,
  options: { signal: AbortSignal }
): Promise<A> {
  const signal = AbortSignal.any([options.signal, asking.stopping])
  asking.used(peerId)
  const doing = `asking ${peerId} ${exchange.id}`
  // A peer resets more streams than the exchange permits, so further questions wait here for a free one.
  const { id, streamsPerConnectionMax } = exchange
  const once = () =>
    asking.lanes.run(`${peerId} ${id}`, streamsPerConnectionMax, signal, () =>
      askOnce(asking.node, exchange, peerId, question, { signal, doing })
    )
  try {
    return await once()
  } catch (error) {
    // The second try opens a new connection where the broken one does not carry it; see `openStream`.
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
  const stream = await openStream(node, exchange, peerId, context.signal)
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

// If this peer is over its quota, the other one answers without reading the question. The failed write does not matter then.
async function writeUnlessAnswered(write: () => Promise<void>): Promise<void> {
  try {
    await write()
  } catch (error) {
    if (faultCodeOf(error) !== 'INTERRUPTED') throw error
  }
}

/**
 * Opens a stream to a peer, directly if there is a choice, and connects to it first if needed. Throws KEY_UNSUPPORTED, or what libp2p
 * throws; see `fault.ts`.
 */
export async function openStream(
  node: Libp2p,
  { id, mayBeRelayed = false }: Pick<Exchange<never, never>, 'id' | 'mayBeRelayed'>,
  peerId: string,
  signal: AbortSignal
): Promise<Stream> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(OPEN_MS_MAX)])
  const peer = peerIdFromString(parseKeyId(peerId))
  const streamOf = (connection: Connection) => {
    // The library itself refuses only where the relay has named limits.
    if (!mayBeRelayed && isRelayed(connection.remoteAddr)) throw new LimitedConnectionError(`${id} does not use relays`)
    return connection.newStream(id, {
      signal: within,
      // `Lanes` keeps the number of streams below this.
      maxOutboundStreams: 256,
      runOnLimitedConnection: mayBeRelayed
    })
  }
  let ended: unknown
  // The library would not use a limited connection again, but dial another one.
  for (const connection of usableOf(node.getConnections(peer), mayBeRelayed)) {
    try {
      return await streamOf(connection)
    } catch (error) {
      // It has ended, here or at the other end, and still counts as open. Nothing was asked on it.
      if (faultCodeOf(error) !== 'INTERRUPTED' || within.aborted) throw error
      ended = error
    }
  }
  const dialled = await node.dial(peer, { signal: within, force: true }).catch((error: unknown) => {
    // A peer that only dials out cannot be dialled. It may be back for the next try.
    throw ended ?? error
  })
  return streamOf(dialled)
}

/** The open connections, in the order in which they are to be used: direct ones first. */
function usableOf(connections: readonly Connection[], mayBeRelayed: boolean): Connection[] {
  const open = newestFirst(connections.filter(({ status }) => status === 'open'))
  const direct = open.filter(({ remoteAddr }) => !isRelayed(remoteAddr))
  return mayBeRelayed ? [...direct, ...open.filter(({ remoteAddr }) => isRelayed(remoteAddr))] : direct
}
