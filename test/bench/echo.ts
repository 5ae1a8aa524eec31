/** A minimal exchange, whose answer is the question. */
import { exchangeOf } from '@stimnet/mesh'
import { messages } from '@stimnet/protocol'

const KiB = 1024

/** Envelope → the same Envelope, with the bounds of the job exchange and a practically unlimited quota. */
export const echoExchange = exchangeOf({
  id: '/stimnet/bench-echo/1.0.0',
  question: messages.Envelope,
  answer: messages.Envelope,
  questionBytesMax: 512 * KiB,
  answerBytesMax: 512 * KiB,
  deadlineMs: 15_000,
  streamsPerConnectionMax: 32,
  atOnceMax: 64,
  quota: { perPeer: { burst: 1e6, perSecond: 1e6 }, total: { burst: 1e6, perSecond: 1e6 } }
})
