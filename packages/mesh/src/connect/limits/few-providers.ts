/** Bounds on the providers that the DHT names for one key. The library would name all of them, or none if it forgot one. */
import type { PeerId, PeerStore } from '@libp2p/interface'
import type { CID } from 'multiformats/cid'
import { PROVIDERS_MAX } from './messages.ts'

/** Members of the library's provider records that are not in their interface. */
interface Providers {
  getProviders(key: CID, options?: object): Promise<PeerId[]>
  loadProviders(key: CID, options?: object): Promise<Iterable<readonly [PeerId, Date]>>
}

/** Names at most `PROVIDERS_MAX` providers, those that announced themselves last, and only peers that the store has. */
export function fewProviders(dht: object, store: Pick<PeerStore, 'has'>): void {
  const { providers } = dht as { providers: Providers }
  providers.getProviders = async (key, options) => {
    const records = [...(await providers.loadProviders(key, options))].sort(([, a], [, b]) => Number(b) - Number(a))
    const known: PeerId[] = []
    for (const [id] of records) {
      if (known.length >= PROVIDERS_MAX) break
      if (await store.has(id)) known.push(id)
    }
    return known
  }
}
