/** Exchanges as data: the types of question and answer, and all bounds on both. */
import type { MessageType } from '@stimnet/protocol'

/** A token bucket: each question costs one token. Tokens are refilled at `perSecond`, up to `burst`. */
export interface Rate {
  readonly burst: number
  readonly perSecond: number
}

/** Bounds on the questions in progress and on their rate. Past any: BUSY. */
export interface Admission {
  /** Most questions in progress at once, for all peers together. */
  readonly atOnceMax: number
  /** Most questions of one peer in progress at once. Default: half of `atOnceMax`. */
  readonly ofPeerMax?: number
  /** Rate of questions per peer and in total. */
  readonly quota: { readonly perPeer: Rate; readonly total: Rate }
}

/** A kind of question with its answer, and the bounds on both. */
export interface Exchange<Q, A> extends Admission {
  /** The libp2p protocol id. A change that an old peer would misread needs a new id. */
  readonly id: string
  readonly question: MessageType<Q>
  readonly answer: MessageType<A>
  readonly questionBytesMax: number
  readonly answerBytesMax: number
  /** Longest time from the complete question to the answer, ms. Past it: DEADLINE. */
  readonly deadlineMs: number
  /** Most streams open at once on one connection. The asker queues further questions; the server resets further streams. */
  readonly streamsPerConnectionMax: number
  /** Whether it may go over a connection through a relay, which bounds bytes and time. Default: only over direct ones. */
  readonly mayBeRelayed?: boolean
  /** Bounds for peers without a proof, at a mesh that answers strangers. Default: they share the bounds of all others. */
  readonly unproved?: Admission
}
