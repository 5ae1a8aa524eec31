/** libp2p's datastore (addresses, provider records) in a sublevel of the peer's one database. */
import { BaseDatastore } from 'datastore-core'
import { Key, type KeyQuery, type Pair, type Query } from 'interface-datastore'
import type { MeshStore } from '../mesh.ts'

/**
 * Entries of peers are cached: every stream reads an entry on both ends, which would otherwise cost nearly half of the
 * throughput.
 */
const CACHE_PREFIX = '/peers/'
const CACHE_ENTRIES_MAX = 1_000
/**
 * Maximum number of stored DHT records, because any member can send any number of provider records. Additional records are
 * refused.
 */
const DHT_PREFIX = '/dht/'
const DHT_ENTRIES_MAX = 100_000
/** Maximum size of a value. A peer's entry has some kilobytes, a provider record some bytes. */
const VALUE_BYTES_MAX = 256 * 1024

class NotFound extends Error {
  override readonly name = 'NotFoundError'
}

/** An implementation of libp2p's datastore over abstract-level. After `close`, late writes of a stopping node are ignored. */
export class LevelDatastore extends BaseDatastore {
  readonly #level: MeshStore
  readonly #cache = new Map<string, Uint8Array>()
  #dhtEntries = 0
  #closed = false

  private constructor(level: MeshStore) {
    super()
    this.#level = level
  }

  static async open(level: MeshStore): Promise<LevelDatastore> {
    const datastore = new LevelDatastore(level)
    for await (const _ of level.keys(rangeOf(DHT_PREFIX))) datastore.#dhtEntries += 1
    return datastore
  }

  close(): void {
    this.#closed = true
    this.#cache.clear()
  }

  override async put(key: Key, value: Uint8Array): Promise<Key> {
    if (this.#closed) return key
    const name = key.toString()
    if (value.byteLength > VALUE_BYTES_MAX) throw new RangeError('a mesh record is too large')
    if (name.startsWith(DHT_PREFIX) && !(await this.has(key))) {
      if (this.#dhtEntries >= DHT_ENTRIES_MAX) throw new RangeError('there are too many provider records')
      this.#dhtEntries += 1
    }
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
    if (name.startsWith(DHT_PREFIX) && (await this.#level.has(name))) this.#dhtEntries -= 1
    await this.#level.del(name)
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
    if (!name.startsWith(CACHE_PREFIX)) return
    const oldest = this.#cache.size >= CACHE_ENTRIES_MAX ? this.#cache.keys().next().value : undefined
    if (oldest !== undefined && !this.#cache.has(name)) this.#cache.delete(oldest)
    this.#cache.set(name, value)
  }
}

/** The range of all keys with the prefix. Keys consist of slashes and base32 or base58 text, so none sorts after U+FFFF. */
function rangeOf(prefix: string | undefined): { gte?: string; lt?: string } {
  return prefix === undefined || prefix === '' ? {} : { gte: prefix, lt: `${prefix}\uffff` }
}
