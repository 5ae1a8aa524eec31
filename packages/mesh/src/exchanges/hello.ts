/** The exchange that asks a peer to describe itself. The answer is a sealed HelloAnswer. */
import { messages } from '@stimnet/protocol'
import { exchangeOf } from '../streams/exchange.ts'

const KiB = 1024

/** HelloAsk → Envelope with a sealed HelloAnswer. */
export const helloExchange = exchangeOf({
  id: '/stimnet/hello/1.0.0',
  question: messages.HelloAsk,
  answer: messages.Envelope,
  questionBytesMax: 1 * KiB,
  answerBytesMax: 16 * KiB,
  deadlineMs: 5_000,
  streamsPerConnectionMax: 4,
  atOnceMax: 64,
  // Asked once per connection, and occasionally afterwards.
  quota: { perPeer: { burst: 20, perSecond: 2 }, total: { burst: 500, perSecond: 100 } }
})
