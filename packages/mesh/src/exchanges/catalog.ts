/** Exchange that searches the catalogs of a peer. The answer holds sealed CatalogDescriptors. */
import { messages, type wire } from '@stimnet/protocol'
import type { Exchange } from './exchange.ts'

const KiB = 1024

/** CatalogQuery → CatalogAnswer. */
export const catalogExchange: Exchange<wire.CatalogQuery, wire.CatalogAnswer> = {
  id: '/stimnet/catalog/1.0.0',
  question: messages.CatalogQuery,
  answer: messages.CatalogAnswer,
  mayBeRelayed: true,
  questionBytesMax: 16 * KiB,
  // Room for descriptions of some dozens of catalogs with hundreds of variables each.
  answerBytesMax: 1024 * KiB,
  deadlineMs: 15_000,
  streamsPerConnectionMax: 16,
  atOnceMax: 64,
  // An answer costs one signature per catalog. A search sends one request to every member.
  quota: { perPeer: { burst: 60, perSecond: 10 }, total: { burst: 1_000, perSecond: 200 } }
}
