/** Entries of a configuration that can name a peer, each with its key. */
import { isKeyId } from '@stimnet/protocol'
import type { PeerConfig } from './config.ts'

/** One entry of a list. */
export interface Entry {
  /** The key as in the file: `mesh.peers`, or `requesters of the catalog trial`. */
  readonly key: string
  readonly value: string
}

/** The entries of `requesters`, for the peer and for each catalog, and of the lists of `mesh`. */
export function entriesOf({ requesters, catalogs, mesh }: PeerConfig): Entry[] {
  const entries = (key: string, values: readonly string[] = []) => values.map((value) => ({ key, value }))
  return [
    ...entries('requesters', requesters),
    ...catalogs.flatMap((catalog) => entries(`requesters of the catalog ${catalog.name}`, catalog.requesters)),
    ...entries('mesh.peers', mesh.peers),
    ...entries('mesh.relays', mesh.relays),
    ...entries('mesh.bootstrap', mesh.bootstrap)
  ]
}

/** The PeerIds in an entry: `gateway:PEERID`, an address, or only the PeerId. A relayed address has two PeerIds. */
export function peerIdsIn(value: string): string[] {
  return value.split(/[:/]/).filter(isKeyId)
}
