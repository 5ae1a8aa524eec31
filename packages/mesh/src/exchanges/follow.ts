/** Exchange that follows the jobs of the requesting peer: one request message, then a stream of answers that stays open. */
import { LIMITS, messages, type wire } from '@stimnet/protocol'
import type { Exchange } from './exchange.ts'

const KiB = 1024

/** FollowAsk → many FollowEvents. Each pair of peers has one stream; a new stream replaces the previous one. */
export const followExchange: Exchange<wire.FollowAsk, wire.FollowEvent> = {
  id: '/stimnet/follow/1.0.0',
  question: messages.FollowAsk,
  answer: messages.FollowEvent,
  mayBeRelayed: true,
  // Room for some thousands of open job ids of 32 digits.
  questionBytesMax: 128 * KiB,
  answerBytesMax: LIMITS.followFrameBytesMax,
  // Applies to the request message only. The stream has heartbeats instead of a deadline.
  deadlineMs: 10_000,
  // The current stream, and streams that replace it after interruptions that the server has not yet noticed.
  streamsPerConnectionMax: 4,
  atOnceMax: 500,
  quota: { perPeer: { burst: 30, perSecond: 1 }, total: { burst: 600, perSecond: 100 } }
}
