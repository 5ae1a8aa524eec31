/** The smallest possible exchange: it returns its input. */
import type { Exchange } from '@stimnet/mesh'
import { messages, type wire } from '@stimnet/protocol'

const KiB = 1024

/** Envelope → the same Envelope. With the job exchange's bounds, and a quota that is never reached. */
export const echoExchange: Exchange<wire.Envelope, wire.Envelope> = {
  id: '/stimnet/bench-echo/1.0.0',
  question: messages.Envelope,
  answer: messages.Envelope,
  questionBytesMax: 512 * KiB,
  answerBytesMax: 512 * KiB,
  deadlineMs: 15_000,
  streamsPerConnectionMax: 32,
  atOnceMax: 64,
  quota: { perPeer: { burst: 1e6, perSecond: 1e6 }, total: { burst: 1e6, perSecond: 1e6 } }
}
