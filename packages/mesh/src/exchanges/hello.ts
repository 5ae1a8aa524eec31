/** Exchange that identifies a peer. The answer is a sealed HelloAnswer. */
import { messages, type wire } from '@stimnet/protocol'
import type { Exchange } from './exchange.ts'

const KiB = 1024

/** HelloAsk → Envelope holding a sealed HelloAnswer. */
export const helloExchange: Exchange<wire.HelloAsk, wire.Envelope> = {
  id: '/stimnet/hello/1.0.0',
  question: messages.HelloAsk,
  answer: messages.Envelope,
  mayBeRelayed: true,
  questionBytesMax: 1 * KiB,
  answerBytesMax: 16 * KiB,
  deadlineMs: 5_000,
  streamsPerConnectionMax: 4,
  atOnceMax: 64,
  // Sent once per connection, and occasionally afterwards.
  quota: { perPeer: { burst: 20, perSecond: 2 }, total: { burst: 500, perSecond: 100 } }
}
