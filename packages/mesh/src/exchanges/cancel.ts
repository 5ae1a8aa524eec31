/** Exchange that stops a job of the requesting peer. */
import { messages, type wire } from '@stimnet/protocol'
import type { Exchange } from './exchange.ts'

const KiB = 1024

/** CancelAsk → CancelAnswer. */
export const cancelExchange: Exchange<wire.CancelAsk, wire.CancelAnswer> = {
  id: '/stimnet/cancel/1.0.0',
  question: messages.CancelAsk,
  answer: messages.CancelAnswer,
  mayBeRelayed: true,
  questionBytesMax: 16 * KiB,
  answerBytesMax: 4 * KiB,
  deadlineMs: 15_000,
  streamsPerConnectionMax: 16,
  atOnceMax: 64,
  quota: { perPeer: { burst: 60, perSecond: 10 }, total: { burst: 500, perSecond: 100 } }
}
