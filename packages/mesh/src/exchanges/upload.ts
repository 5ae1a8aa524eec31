/** Exchange for a piece of a file that a received request names by its hash. */
import { LIMITS, messages, type wire } from '@stimnet/protocol'
import type { Exchange } from './exchange.ts'

const KiB = 1024

/** UploadAsk → UploadAnswer. */
export const uploadExchange: Exchange<wire.UploadAsk, wire.UploadAnswer> = {
  id: '/stimnet/upload/1.0.0',
  question: messages.UploadAsk,
  answer: messages.UploadAnswer,
  mayBeRelayed: true,
  questionBytesMax: 1 * KiB,
  answerBytesMax: LIMITS.uploadPieceBytesMax + 1 * KiB,
  deadlineMs: 10_000,
  // A peer requests the pieces one after the other.
  streamsPerConnectionMax: 4,
  // Each request holds one piece in memory.
  atOnceMax: 32,
  // The largest file has 64 pieces. All peers of a broadcast fetch its files at the same time.
  quota: { perPeer: { burst: 256, perSecond: 64 }, total: { burst: 1_024, perSecond: 512 } }
}
