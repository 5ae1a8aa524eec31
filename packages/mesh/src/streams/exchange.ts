/** An exchange is data: what is asked, what is answered, and every bound on both. */
import type { MessageType } from '@stimnet/protocol'

/** Tokens come back at `perSecond` up to `burst`; each question costs one. */
export interface Rate {
  readonly burst: number
  readonly perSecond: number
}

/** One question and its answer, with everything that bounds them. */
export interface Exchange<Q, A> {
  /** The libp2p protocol id. A change that an old peer would misread is a new id. */
  readonly id: string
  readonly question: MessageType<Q>
  readonly answer: MessageType<A>
  readonly questionBytesMax: number
  readonly answerBytesMax: number
  /** From the whole question to the answer, ms. Past it: DEADLINE. */
  readonly deadlineMs: number
  /** Open at once on one connection. The asker lets further questions wait; the server resets those of one that does not. */
  readonly streamsPerConnectionMax: number
  /** Worked on at once for everybody; further ones are BUSY. */
  readonly atOnceMax: number
  /** Past either: BUSY. */
  readonly quota: { readonly perPeer: Rate; readonly total: Rate }
}
