/** The asking side of exchanges: each request has its own stream, and every wait has a deadline. */
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

/** Maximum time to find an address, connect and negotiate the protocol, ms. */
export const OPEN_MS_MAX = 10_000
/** Time for transmission, added to the deadline of the exchange, ms. */
const TRAVEL_MS_MAX = 2_000
/** Random wait before the second attempt, ms, so that not all peers send requests to a restarted peer at the same time. */
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
  /** Called with each peer to which a request is sent. */
  readonly used: (peerId: string) => void
}

/**
 * Implementation of `Mesh.ask`. Sending a request twice is safe: it only reads, or its nonce ensures that it takes effect
 * once.
 */
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
  // A peer resets streams above the number that the exchange permits, so further requests wait here for a free stream.
  const { id, streamsPerConnectionMax } = exchange
  const once = () =>
    asking.lanes.run(`${peerId} ${id}`, streamsPerConnectionMax, signal, () =>
      askOnce(asking.node, exchange, peerId, question, { signal, doing })
    )
  try {
    return await once()
  } catch (error) {
    // If the broken connection cannot carry it, the second attempt opens a new connection; see `openStream`.
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

// If this peer is over its quota, the other peer answers without reading the request. The failed write is irrelevant then.
async function writeUnlessAnswered(write: () => Promise<void>): Promise<void> {
  try {
    await write()
  } catch (error) {
    if (faultCodeOf(error) !== 'INTERRUPTED') throw error
  }
}

/**
 * Opens a stream to a peer, directly if there is a choice, and connects to the peer first if needed. Throws KEY_UNSUPPORTED,
 * or an error of libp2p; see `fault.ts`.
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
    // The library itself refuses a relayed connection only if the relay has stated limits.
    if (!mayBeRelayed && isRelayed(connection.remoteAddr)) throw new LimitedConnectionError(`${id} does not use relays`)
    return connection.newStream(id, {
      signal: within,
      // `Lanes` keeps the number of streams below this number.
      maxOutboundStreams: 256,
      runOnLimitedConnection: mayBeRelayed
    })
  }
  let ended: unknown
  // The library would not reuse a limited connection, but dial another one.
  for (const connection of usableOf(node.getConnections(peer), mayBeRelayed)) {
    try {
      return await streamOf(connection)
    } catch (error) {
      // The connection has ended, here or at the other end, and still counts as open. No request was sent on it.
      if (faultCodeOf(error) !== 'INTERRUPTED' || within.aborted) throw error
      ended = error
    }
  }
  const dialled = await node.dial(peer, { signal: within, force: true }).catch((error: unknown) => {
    // A peer that only dials out cannot be dialled. It may be connected again at the next attempt.
    throw ended ?? error
  })
  return streamOf(dialled)
}

/** The open connections, in the order in which they are used: direct connections first. */
function usableOf(connections: readonly Connection[], mayBeRelayed: boolean): Connection[] {
  const open = newestFirst(connections.filter(({ status }) => status === 'open'))
  const direct = open.filter(({ remoteAddr }) => !isRelayed(remoteAddr))
  return mayBeRelayed ? [...direct, ...open.filter(({ remoteAddr }) => isRelayed(remoteAddr))] : direct
}
