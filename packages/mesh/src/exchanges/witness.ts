/**
 * Exchange that requests an attestation of the requesting peer's log. The answer is a cosignature, or the state that was
 * attested before.
 */
import { messages, type wire } from '@stimnet/protocol'
import type { Exchange } from './exchange.ts'

const KiB = 1024

/** WitnessAsk → WitnessAnswer. */
export const witnessExchange: Exchange<wire.WitnessAsk, wire.WitnessAnswer> = {
  id: '/stimnet/witness/1.0.0',
  question: messages.WitnessAsk,
  answer: messages.WitnessAnswer,
  mayBeRelayed: true,
  // Room for a note with some dozens of signatures and for one hash per level of the tree.
  questionBytesMax: 24 * KiB,
  answerBytesMax: 24 * KiB,
  deadlineMs: 10_000,
  streamsPerConnectionMax: 4,
  atOnceMax: 64,
  // Sent every few minutes. Each request costs two signature operations and a synced write.
  quota: { perPeer: { burst: 20, perSecond: 0.5 }, total: { burst: 500, perSecond: 50 } }
}
