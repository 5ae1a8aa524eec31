/** Exchange of signed digests of members that the requesting peer does not have yet. Digests spread from member to member. */
import { messages, type wire } from '@stimnet/protocol'
import type { Exchange } from './exchange.ts'

const KiB = 1024

/** DigestsAsk → DigestsAnswer. */
export const digestsExchange: Exchange<wire.DigestsAsk, wire.DigestsAnswer> = {
  id: '/stimnet/digests/1.0.0',
  question: messages.DigestsAsk,
  answer: messages.DigestsAnswer,
  mayBeRelayed: true,
  // Room for 64 digests of at most 8 KiB, most of which have less than 1 KiB, and for the marks of 4,000 digests.
  questionBytesMax: 640 * KiB,
  answerBytesMax: 640 * KiB,
  deadlineMs: 10_000,
  streamsPerConnectionMax: 4,
  atOnceMax: 64,
  // A few neighbours ask every minute, and several times per second while many peers join. Each new digest costs one
  // verification.
  quota: { perPeer: { burst: 60, perSecond: 4 }, total: { burst: 1_000, perSecond: 100 } }
}
