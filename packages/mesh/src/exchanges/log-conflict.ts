/** The exchange by which a witness reports to every member that a log is not consistent with what it attested. */
import { messages } from '@stimnet/protocol'
import { exchangeOf } from '../streams/exchange.ts'

const KiB = 1024

/** LogConflict → LogConflictAnswer. */
export const logConflictExchange = exchangeOf({
  id: '/stimnet/log-conflict/1.0.0',
  question: messages.LogConflict,
  answer: messages.LogConflictAnswer,
  // Two notes, each with only the signature of the log's own peer.
  questionBytesMax: 4 * KiB,
  answerBytesMax: 1 * KiB,
  deadlineMs: 10_000,
  streamsPerConnectionMax: 4,
  atOnceMax: 32,
  // Reported at each connection, once per changed log. Each report costs two signature verifications.
  quota: { perPeer: { burst: 32, perSecond: 0.5 }, total: { burst: 256, perSecond: 20 } }
})
