/** Exchanges as data: the types of request message (question) and answer, and the bounds on both. */
import type { MessageType } from '@stimnet/protocol'

/** A token bucket: each request costs one token. Tokens are refilled at `perSecond`, up to `burst`. */
export interface Rate {
  readonly burst: number
  readonly perSecond: number
}

/** Bounds on the number of requests in progress and on their rate. Above any bound: BUSY. */
export interface Admission {
  /** Maximum number of requests in progress at the same time, for all peers together. */
  readonly atOnceMax: number
  /** Maximum number of requests of one peer in progress at the same time. Default: half of `atOnceMax`. */
  readonly ofPeerMax?: number
  /** Rate of requests per peer and in total. */
  readonly quota: { readonly perPeer: Rate; readonly total: Rate }
}

/** A kind of request message with its answer, and the bounds on both. */
export interface Exchange<Q, A> extends Admission {
  /** The libp2p protocol id. A change that an old peer would misread needs a new id. */
  readonly id: string
  readonly question: MessageType<Q>
  readonly answer: MessageType<A>
  readonly questionBytesMax: number
  readonly answerBytesMax: number
  /** Maximum time from the complete request to the answer, ms. Above it: DEADLINE. */
  readonly deadlineMs: number
  /**
   * Maximum number of open streams per connection. The asking side queues further requests; the serving side resets further
   * streams.
   */
  readonly streamsPerConnectionMax: number
  /** Whether the exchange may use a connection through a relay, which bounds bytes and time. Default: only direct connections. */
  readonly mayBeRelayed?: boolean
  /** Bounds for peers without a proof, in a mesh that answers strangers. Default: they share the bounds of all other peers. */
  readonly unproved?: Admission
}
