/**
 * Bounds on what the library remembers of other peers. It stores every address that anybody tells of any peer (answers of
 * the DHT, provider records, identify, mDNS), joins it to those that it has, and passes all of them on.
 */
import type { Address, Peer, PeerData, PeerId, PeerInfo, PeerStore } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import { ADDRESSES_MAX } from '../members.ts'

/** Maximum size of an address, bytes. The longest host name has 253. */
export const ADDRESS_BYTES_MAX = 256
/** Maximum number of protocols of a peer; ours have about twenty. */
const PROTOCOLS_MAX = 64
/** Number of told addresses that are looked at. */
const TOLD_MAX = 4 * ADDRESSES_MAX

/** At most `ADDRESSES_MAX` of the addresses, none of them longer than `ADDRESS_BYTES_MAX`. */
export function fewAddresses(addresses: readonly Multiaddr[]): Multiaddr[] {
  return addresses.filter(isShort).slice(0, ADDRESSES_MAX)
}

function isShort(address: Multiaddr): boolean {
  return address.bytes.byteLength <= ADDRESS_BYTES_MAX
}

/** What the DHT is told of a peer, and tells of it: a few addresses, and none of a peer that is not permitted. */
export function peerInfoMapper(isKnowable: (peerId: string) => boolean): (peer: PeerInfo) => PeerInfo {
  return ({ id, multiaddrs }) => ({
    id,
    multiaddrs: isKnowable(id.toString()) ? fewAddresses(multiaddrs.slice(0, TOLD_MAX)) : []
  })
}

/** Dependencies of `boundPeerStore`. */
interface Bounds {
  /** The PeerId of this peer, whose own entry is not bounded. */
  readonly self: string
  readonly permits: (peerId: string) => boolean
}

/**
 * Applies the bounds to everything that is stored from now on, by whichever part of the library. For peers that are not
 * permitted, nothing is stored; they fail as unknown ones.
 */
export function boundPeerStore(store: PeerStore, { self, permits }: Bounds): void {
  const [merge, patch, save] = [store.merge.bind(store), store.patch.bind(store), store.save.bind(store)]
  const inTurn = turns()
  const bounded =
    (work: (id: PeerId, data: PeerData) => Promise<Peer>): PeerStore['patch'] =>
    async (id, data) => {
      const peerId = id.toString()
      // The entry of a peer that has lost its permission stays as it is until its connection ends. A new one is not written.
      if (peerId !== self && !permits(peerId)) return store.get(id)
      return inTurn(peerId, () => work(id, data))
    }
  const few = (id: PeerId, data: PeerData) => (id.toString() === self ? data : fewOf(data))
  store.patch = bounded((id, data) => patch(id, few(id, data)))
  store.save = bounded((id, data) => save(id, few(id, data)))
  store.merge = bounded(async (id, data) => {
    const told = addressesIn(data)
    if (id.toString() === self || told === undefined) return merge(id, data)
    const known = await store.get(id).catch(() => undefined)
    const before = known?.addresses ?? []
    const addresses = joined(id, told, before)
    const isOld = known !== undefined && addresses.every(({ multiaddr }) => isIn(before, multiaddr))
    const stored = isOld ? known : await patch(id, { addresses })
    const { addresses: _, multiaddrs: __, ...rest } = data
    return Object.keys(rest).length > 0 ? merge(id, rest) : stored
  })
}

/** The data of a peer, with few addresses and protocols. */
function fewOf(data: PeerData): PeerData {
  const { addresses, multiaddrs, protocols, ...rest } = data
  const told = addressesIn(data)
  return {
    ...rest,
    ...(told ? { addresses: chosen(told) } : {}),
    ...(protocols ? { protocols: protocols.slice(0, PROTOCOLS_MAX) } : {})
  }
}

/** The told addresses, both kinds; undefined if there are none to store. */
function addressesIn({ addresses, multiaddrs }: PeerData): Address[] | undefined {
  if (!addresses && !multiaddrs) return undefined
  const plain = (multiaddrs ?? []).slice(0, TOLD_MAX).map((multiaddr) => ({ isCertified: false, multiaddr }))
  return [...(addresses ?? []).slice(0, TOLD_MAX), ...plain].filter(({ multiaddr }) => isShort(multiaddr))
}

/** Addresses that the peer has signed stay, whatever others tell. Among the others, those told last are kept. */
function joined(id: PeerId, told: readonly Address[], known: readonly Address[]): Address[] {
  const suffix = `/p2p/${id.toString()}`
  const fresh = told
    .map((address) => ({ ...address, text: address.multiaddr.toString() }))
    .map(({ text, ...address }) => ({ address, text: text.endsWith(suffix) ? text.slice(0, -suffix.length) : text }))
  const texts = new Set(known.map(({ multiaddr }) => multiaddr.toString()))
  return chosen([...fresh.filter(({ text }) => !texts.has(text)).map(({ address }) => address), ...known])
}

function chosen(addresses: readonly Address[]): Address[] {
  const certified = addresses.filter(({ isCertified }) => isCertified)
  return [...certified, ...addresses.filter(({ isCertified }) => !isCertified)].slice(0, ADDRESSES_MAX)
}

function isIn(addresses: readonly Address[], one: Multiaddr): boolean {
  return addresses.some(({ multiaddr }) => multiaddr.equals(one))
}

/** Runs works of one name one after the other. */
function turns() {
  const last = new Map<string, Promise<unknown>>()
  return <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const turn = (last.get(name) ?? Promise.resolve()).then(work, work)
    last.set(name, turn)
    const done = () => {
      if (last.get(name) === turn) last.delete(name)
    }
    turn.then(done, done)
    return turn
  }
}
