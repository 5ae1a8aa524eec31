/** Exchange that reports a log that does not continue from a state attested by the reporting peer. It is sent to every member. */
import { messages, type wire } from '@stimnet/protocol'
import type { Exchange } from './exchange.ts'

const KiB = 1024

/** LogConflict → LogConflictAnswer. */
export const logConflictExchange: Exchange<wire.LogConflict, wire.LogConflictAnswer> = {
  id: '/stimnet/log-conflict/1.0.0',
  question: messages.LogConflict,
  answer: messages.LogConflictAnswer,
  mayBeRelayed: true,
  // Room for two notes, each with only the signature of the log's own peer.
  questionBytesMax: 4 * KiB,
  answerBytesMax: 1 * KiB,
  deadlineMs: 10_000,
  streamsPerConnectionMax: 4,
  atOnceMax: 32,
  // Reported at each connection, once per changed log. Each report costs two signature verifications.
  quota: { perPeer: { burst: 32, perSecond: 0.5 }, total: { burst: 256, perSecond: 20 } }
}
