/** Exchange for an invitation. The answer is a nonce and, after the operator's confirmation, the charter and the statements. */
import { messages, type wire } from '@stimnet/protocol'
import type { Exchange } from './exchange.ts'

const KiB = 1024

/** InviteAsk → InviteAnswer. Served only by the listener that `stimnet invite` opens, never by a peer. */
export const inviteExchange: Exchange<wire.InviteAsk, wire.InviteAnswer> = {
  id: '/stimnet/invite/2.0.0',
  question: messages.InviteAsk,
  answer: messages.InviteAnswer,
  questionBytesMax: 2 * KiB,
  // Room for a charter with 64 signatures, and the statements that fit into an answer of the federation exchange.
  answerBytesMax: 2_048 * KiB,
  deadlineMs: 10_000,
  streamsPerConnectionMax: 2,
  atOnceMax: 16,
  // Sent every second until a person has decided.
  quota: { perPeer: { burst: 20, perSecond: 2 }, total: { burst: 100, perSecond: 20 } },
  // Strangers must not use up the capacity that a newcomer needs for its first request, so all strangers together may send
  // more than the doorway lets in: 100 connections at once and 50 new connections per second, with a burst of 1,000.
  // Checking a proof takes microseconds.
  unproved: {
    atOnceMax: 300,
    ofPeerMax: 2,
    quota: { perPeer: { burst: 4, perSecond: 1 }, total: { burst: 8_000, perSecond: 500 } }
  }
}
