/** Exchange of statements about members. The answer holds the statements that the requesting peer does not have. */
import { messages, type wire } from '@stimnet/protocol'
import type { Exchange } from './exchange.ts'

const KiB = 1024

/** FederationAsk → FederationAnswer. */
export const federationExchange: Exchange<wire.FederationAsk, wire.FederationAnswer> = {
  id: '/stimnet/federation/1.0.0',
  question: messages.FederationAsk,
  answer: messages.FederationAnswer,
  mayBeRelayed: true,
  // Room for the statements about some hundreds of members: a few statements per member, each of less than a kilobyte.
  questionBytesMax: 1024 * KiB,
  answerBytesMax: 1024 * KiB,
  deadlineMs: 10_000,
  streamsPerConnectionMax: 4,
  atOnceMax: 64,
  // Sent at each connection and at each change. Each new statement costs a signature verification.
  quota: { perPeer: { burst: 60, perSecond: 2 }, total: { burst: 1_000, perSecond: 100 } }
}
