/** What became of my jobs: one question, then a stream of answers that stays open. */
import { LIMITS, messages, type wire } from '@stimnet/protocol'
import type { Exchange } from './exchange.ts'

const KiB = 1024

/** FollowAsk → FollowEvent, many. One stream for each pair of peers; the newest takes the place of the one before. */
export const followExchange: Exchange<wire.FollowAsk, wire.FollowEvent> = {
  id: '/stimnet/follow/1.0.0',
  question: messages.FollowAsk,
  answer: messages.FollowEvent,
  mayBeRelayed: true,
  // Room for some thousands of open job ids of 32 digits.
  questionBytesMax: 128 * KiB,
  answerBytesMax: LIMITS.followFrameBytesMax,
  // For the question only. The stream has heartbeats instead of a deadline.
  deadlineMs: 10_000,
  // The current stream, and those that replace it after cuts that the server has not noticed yet.
  streamsPerConnectionMax: 4,
  atOnceMax: 500,
  quota: { perPeer: { burst: 30, perSecond: 1 }, total: { burst: 600, perSecond: 100 } }
}
