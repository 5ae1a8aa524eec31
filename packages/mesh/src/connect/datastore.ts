/** libp2p's datastore (addresses, provider records) in a sublevel of the peer's one database. */
import type { PeerId } from '@libp2p/interface'
import { BaseDatastore } from 'datastore-core'
import { Key, type KeyQuery, type Pair, type Query } from 'interface-datastore'
import type { MeshStore } from '../mesh.ts'
import { type OwnerLimits, Owners } from './limits/owners.ts'

/**
 * Entries of peers are cached: every stream reads an entry on both ends, which would otherwise cost nearly half of the
 * throughput.
 */
const PEERS_PREFIX = '/peers/'
const CACHE_ENTRIES_MAX = 1_000
/** Maximum number of peers; a federation has fewer. Above it, the peer whose entry was written longest ago is forgotten. */
const PEERS_MAX = 2_000
/**
 * Maximum size of a peer's entry: a few addresses (`boundPeerStore`), and what the peer says in the one frame in which it
 * identifies itself. Larger entries of earlier versions are deleted.
 */
const PEER_BYTES_MAX = 16 * 1024
/**
 * Maximum number of stored DHT records, because any member can send any number of provider records: a member has one for
 * each of its terms (`TERMS_MAX`), and one as a member.
 */
const DHT_PREFIX = '/dht/'
const DHT_ENTRIES = { perOwner: 300, total: 100_000 }
/** Maximum size of a key. That of a provider record has about 130 characters. */
const KEY_CHARACTERS_MAX = 256
/** Maximum size of a value. A provider record has some bytes. */
const VALUE_BYTES_MAX = 64 * 1024

/** Bounds on numbers of entries. */
interface Limits {
  readonly peers: number
  readonly dht: OwnerLimits
}

class NotFound extends Error {
  override readonly name = 'NotFoundError'
}

/** An implementation of libp2p's datastore over abstract-level. After `close`, late writes of a stopping node are ignored. */
export class LevelDatastore extends BaseDatastore {
  readonly #level: MeshStore
  readonly #cache = new Map<string, Uint8Array>()
  /** The keys of peers, the one that was written longest ago first. */
  readonly #peers = new Set<string>()
  readonly #peersMax: number
  /** The keys of DHT records by PeerId. */
  readonly #records: Owners
  #kept = ''
  #closed = false

  private constructor(level: MeshStore, { peers, dht }: Limits) {
    super()
    this.#level = level
    this.#peersMax = peers
    this.#records = new Owners(dht)
  }

  static async open(level: MeshStore, limits: Partial<Limits> = {}): Promise<LevelDatastore> {
    const datastore = new LevelDatastore(level, { peers: PEERS_MAX, dht: DHT_ENTRIES, ...limits })
    for await (const name of level.keys(rangeOf(DHT_PREFIX))) await datastore.#admit(name)
    for await (const [name, { byteLength }] of level.iterator(rangeOf(PEERS_PREFIX))) {
      if (byteLength > PEER_BYTES_MAX) await level.del(name)
      else await datastore.#admit(name)
    }
    return datastore
  }

  /** Never forgets this peer's own entry. */
  keep(self: PeerId): void {
    this.#kept = `${PEERS_PREFIX}${self.toCID().toString()}`
  }

  close(): void {
    this.#closed = true
    this.#cache.clear()
  }

  override async put(key: Key, value: Uint8Array): Promise<Key> {
    if (this.#closed) return key
    const name = key.toString()
    const bytesMax = name.startsWith(PEERS_PREFIX) ? PEER_BYTES_MAX : VALUE_BYTES_MAX
    if (value.byteLength > bytesMax || name.length > KEY_CHARACTERS_MAX) {
      throw new RangeError('a mesh record is too large')
    }
    await this.#admit(name)
    // A copy, because the caller's bytes may be a view into a buffer that is reused.
    const bytes = value.slice()
    this.#remember(name, bytes)
    await this.#level.put(name, bytes)
    return key
  }

  override async get(key: Key): Promise<Uint8Array> {
    const name = key.toString()
    const cached = this.#cache.get(name)
    if (cached) return cached
    const value = this.#closed ? undefined : await this.#level.get(name)
    if (value === undefined) throw new NotFound('no such mesh record')
    this.#remember(name, value)
    return value
  }

  override async has(key: Key): Promise<boolean> {
    const name = key.toString()
    return this.#cache.has(name) || (!this.#closed && (await this.#level.has(name)))
  }

  override async delete(key: Key): Promise<void> {
    if (this.#closed) return
    const name = key.toString()
    this.#cache.delete(name)
    this.#peers.delete(name)
    this.#records.remove(ownerOf(name), name)
    await this.#level.del(name)
  }

  /** Counts an entry. If there are too many, another one is deleted. */
  async #admit(name: string): Promise<void> {
    const gone = name.startsWith(DHT_PREFIX) ? this.#records.add(ownerOf(name), name) : this.#admitPeer(name)
    if (gone === undefined) return
    this.#cache.delete(gone)
    await this.#level.del(gone)
  }

  #admitPeer(name: string): string | undefined {
    if (!name.startsWith(PEERS_PREFIX) || name === this.#kept) return undefined
    this.#peers.delete(name)
    this.#peers.add(name)
    this.#peers.delete(this.#kept)
    const [oldest] = this.#peers
    if (this.#peers.size <= this.#peersMax || oldest === undefined) return undefined
    this.#peers.delete(oldest)
    return oldest
  }

  override async *_all(query: Query): AsyncGenerator<Pair> {
    if (this.#closed) return
    for await (const [name, value] of this.#level.iterator(rangeOf(query.prefix))) {
      yield { key: new Key(name, false), value }
      if (this.#closed) return
    }
  }

  override async *_allKeys(query: KeyQuery): AsyncGenerator<Key> {
    if (this.#closed) return
    for await (const name of this.#level.keys(rangeOf(query.prefix))) {
      yield new Key(name, false)
      if (this.#closed) return
    }
  }

  #remember(name: string, value: Uint8Array): void {
    if (!name.startsWith(PEERS_PREFIX)) return
    const oldest = this.#cache.size >= CACHE_ENTRIES_MAX ? this.#cache.keys().next().value : undefined
    if (oldest !== undefined && !this.#cache.has(name)) this.#cache.delete(oldest)
    this.#cache.set(name, value)
  }
}

/** The range of all keys with the prefix. Keys consist of slashes and base32 or base58 text, so none sorts after U+FFFF. */
function rangeOf(prefix: string | undefined): { gte?: string; lt?: string } {
  return prefix === undefined || prefix === '' ? {} : { gte: prefix, lt: `${prefix}\uffff` }
}

/** The PeerId at the end of the key of a provider record. */
function ownerOf(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1)
}
