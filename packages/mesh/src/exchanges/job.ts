/** Exchange that submits a job. The answer is a sealed Decision, sent at once, never after the run. */
import { LIMITS, messages, type wire } from '@stimnet/protocol'
import type { Exchange } from './exchange.ts'

const KiB = 1024

/** JobAsk → JobAnswer. */
export const jobExchange: Exchange<wire.JobAsk, wire.JobAnswer> = {
  id: '/stimnet/job/1.0.0',
  question: messages.JobAsk,
  answer: messages.JobAnswer,
  mayBeRelayed: true,
  // Room for the envelope, with a few bytes of protobuf around it.
  questionBytesMax: LIMITS.envelopeBytesMax + 1 * KiB,
  answerBytesMax: 16 * KiB,
  deadlineMs: 15_000,
  streamsPerConnectionMax: 32,
  atOnceMax: 64,
  // An admission verifies a signature and writes one synced batch. One core can do some hundreds of admissions per second.
  quota: { perPeer: { burst: 200, perSecond: 50 }, total: { burst: 1_000, perSecond: 200 } }
}
