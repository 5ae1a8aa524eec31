/** A LevelDB with a checksum stored with every value. The checksum covers the value and its key and is verified at each read. */
import { crc32 } from 'node:zlib'
import { StimnetError } from '@stimnet/protocol'
import { AbstractIterator, AbstractLevel } from 'abstract-level'
import { FORMAT_MARKER, type FolderFormat, formatIn } from './marker.ts'
import { damagedTables } from './table-file.ts'

// LevelDB has checksums of its own per block, but its Node binding does not verify them: a bit that flipped on the disk was
// served.
const CHECKSUM_BYTES = 4
/** A key that sorts before every sublevel. Its value states how far a database of an older version has been given checksums. */
const MARKER = '\u0000checksums'
const MIGRATED_AT_ONCE = 1_000
/** Number of values walked at once: about a millisecond of work. */
const WALKED_AT_ONCE = 250
const DAMAGED_MAX = 20

/** The underlying database, which stores values with their checksums. */
export type Inner = AbstractLevel<string | Buffer | Uint8Array, string, string>
type Format = 'utf8' | 'buffer' | 'view'
type Bytes = string | Buffer | Uint8Array

interface Formats {
  readonly keyEncoding: Format
  readonly valueEncoding: Format
}

type RawOperation = Formats & { readonly type: 'put' | 'del'; readonly key: Bytes; readonly value: Bytes }

interface Range {
  readonly gt?: Bytes
  readonly gte?: Bytes
  readonly lt?: Bytes
  readonly lte?: Bytes
  readonly reverse?: boolean
  readonly limit?: number
}

type RawIteratorOptions = Formats & Range & { readonly keys: boolean; readonly values: boolean }

/** The result of a walk over all values. */
export interface StoreFinding {
  readonly values: number
  /** Names of the records whose checksum is wrong; at most twenty. */
  readonly damaged: readonly string[]
  /** The format that the database states; absent if it states none. */
  readonly format?: FolderFormat
  /** Bytes of keys and values by sublevel, if they were read. */
  readonly bytes?: ReadonlyMap<string, number>
}

function bytesOf(value: Bytes): Buffer {
  return typeof value === 'string' ? Buffer.from(value) : Buffer.from(value.buffer, value.byteOffset, value.byteLength)
}

/** CRC-32 over key and value: a value under a wrong key is as wrong as a changed value. */
function checksumOf(key: Bytes, value: Buffer): number {
  return crc32(value, crc32(bytesOf(key)))
}

function sealed(key: Bytes, value: Bytes): Buffer {
  const bytes = bytesOf(value)
  const whole = Buffer.allocUnsafe(CHECKSUM_BYTES + bytes.length)
  whole.writeUInt32BE(checksumOf(key, bytes))
  bytes.copy(whole, CHECKSUM_BYTES)
  return whole
}

function isWhole(key: Bytes, stored: Buffer): boolean {
  return stored.length >= CHECKSUM_BYTES && stored.readUInt32BE() === checksumOf(key, stored.subarray(CHECKSUM_BYTES))
}

/** Verifies and removes the checksum. Throws STORE_UNAVAILABLE naming the record. */
function opened(key: Bytes, stored: Buffer, format: Format): Bytes {
  if (!isWhole(key, stored)) {
    throw new StimnetError('STORE_UNAVAILABLE', `the record ${recordName(key)} is damaged: ${WAY_BACK}`)
  }
  const value = stored.subarray(CHECKSUM_BYTES)
  return format === 'utf8' ? value.toString('utf8') : value
}

/** Advice about a damaged record. */
const WAY_BACK =
  'its disk changed it. Stop the peer, check the disk, put the newest whole copy of db/ in its place, and run stimnet audit reconcile'

/** The finding as a sentence; undefined if nothing is damaged. */
export function damageText({ damaged }: StoreFinding): string | undefined {
  return damaged.length === 0 ? undefined : `damaged in the store: ${damaged.join(', ')}; ${WAY_BACK}`
}

/** A readable name of a record: `jobs/ID` for a key of the sublevel `jobs`. */
function recordName(key: Bytes): string {
  const text = bytesOf(key).toString('utf8')
  const name = text.replace(/^!([^!]*)!/, '$1/')
  return /^[\x20-\x7e]{1,200}$/.test(name) ? name : `hex ${bytesOf(key).toString('hex').slice(0, 200)}`
}

/** A database with checksums. Implements the methods that abstract-level requires. */
export class CheckedLevel extends AbstractLevel<Bytes, string, string> {
  readonly #inner: Inner
  readonly #directory: string | undefined

  /** `directory` holds the files; undefined for a database in memory. */
  constructor(inner: Inner, directory?: string) {
    super({ encodings: { utf8: true, buffer: true, view: true }, seek: false })
    this.#inner = inner
    this.#directory = directory
  }

  async _open(): Promise<void> {
    await this.#inner.open()
    await addChecksums(this.#inner)
  }

  async _close(): Promise<void> {
    await this.#inner.close()
  }

  async _get(key: Bytes, { keyEncoding, valueEncoding }: Formats): Promise<Bytes | undefined> {
    const stored = await this.#inner.get<Bytes, Buffer>(key, { keyEncoding, valueEncoding: 'buffer' })
    return stored === undefined ? undefined : opened(key, stored, valueEncoding)
  }

  async _getMany(keys: Bytes[], { keyEncoding, valueEncoding }: Formats): Promise<(Bytes | undefined)[]> {
    const all = await this.#inner.getMany<Bytes, Buffer>(keys, { keyEncoding, valueEncoding: 'buffer' })
    return all.map((stored, at) => (stored === undefined ? undefined : opened(keys[at] ?? '', stored, valueEncoding)))
  }

  async _has(key: Bytes, { keyEncoding }: Pick<Formats, 'keyEncoding'>): Promise<boolean> {
    return this.#inner.has<Bytes>(key, { keyEncoding })
  }

  async _hasMany(keys: Bytes[], { keyEncoding }: Pick<Formats, 'keyEncoding'>): Promise<boolean[]> {
    return this.#inner.hasMany<Bytes>(keys, { keyEncoding })
  }

  async _put(key: Bytes, value: Bytes, options: Formats): Promise<void> {
    await this.#inner.put<Bytes, Buffer>(key, sealed(key, value), { ...options, valueEncoding: 'buffer' })
  }

  async _del(key: Bytes, options: Formats): Promise<void> {
    await this.#inner.del<Bytes>(key, options)
  }

  async _batch(operations: RawOperation[], options: object): Promise<void> {
    const written = operations.map(({ type, key, value, keyEncoding }) =>
      type === 'put'
        ? { type, key, value: sealed(key, value), keyEncoding, valueEncoding: 'buffer' as const }
        : { type, key, keyEncoding }
    )
    await this.#inner.batch<Bytes, Buffer>(written, options)
  }

  async _clear(options: Range & Pick<Formats, 'keyEncoding'>): Promise<void> {
    await this.#inner.clear<Bytes>({ ...rangeOf(options), keyEncoding: options.keyEncoding })
  }

  _iterator(options: RawIteratorOptions): CheckedIterator {
    return new CheckedIterator(this, this.#inner, options)
  }

  /** The approximate number of bytes on disk of some sublevels; undefined for a database in memory. */
  async bytesOf(names: readonly string[]): Promise<number | undefined> {
    const inner = this.#inner as Inner & { approximateSize?(start: string, end: string): Promise<number> }
    if (this.#directory === undefined || inner.approximateSize === undefined) return undefined
    // The keys of a sublevel are between `!NAME!` and the next character.
    const sizes = await Promise.all(names.map((name) => inner.approximateSize?.(`!${name}!`, `!${name}"`) ?? 0))
    return sizes.reduce((sum, size) => sum + size, 0)
  }

  /** Reads and verifies every value, and the table files if there are any. */
  async walk(): Promise<StoreFinding> {
    const tables = this.#directory === undefined ? [] : await damagedTables(this.#directory, { isOpen: true })
    const { values, damaged } = await walk(this.#inner)
    return { values, damaged: [...tables.map(tableName), ...damaged] }
  }
}

/**
 * Reads every value of a database that is not open. Its files are verified first, because some damage makes LevelDB end the
 * process. Throws the errors of opening.
 */
export async function walkClosed(open: () => Inner, directory: string): Promise<StoreFinding> {
  const tables = await damagedTables(directory, { isOpen: false })
  if (tables.length > 0) return { values: 0, damaged: tables.map(tableName) }
  // The `Level` is created only now, because it begins to open, and to write, at its creation.
  const inner = open()
  await inner.open()
  try {
    // A database of an older version has no checksums yet, so there is nothing to verify its values against.
    const found = (await markerOf(inner)) === 'done' ? await walk(inner) : { values: 0, damaged: [] }
    const text = await markerOf(inner, FORMAT_MARKER).catch(() => undefined)
    const format = text === undefined ? undefined : formatIn(text)
    return format === undefined ? found : { ...found, format }
  } finally {
    await inner.close()
  }
}

/** The keys of one sublevel of a database that is not open. */
export async function keysIn(inner: Inner, sublevel: string): Promise<string[]> {
  const prefix = `!${sublevel}!`
  await inner.open()
  try {
    // The keys of a sublevel are between `!NAME!` and the next character.
    const keys = await inner.keys<string>({ keyEncoding: 'utf8', gte: prefix, lt: `!${sublevel}"` }).all()
    return keys.map((key) => key.slice(prefix.length))
  } finally {
    await inner.close()
  }
}

/** The name of a damaged table file. Its records cannot be named, because the damage may hide where they begin. */
function tableName(file: string): string {
  return `db/${file} (some of the records in it)`
}

async function walk(inner: Inner): Promise<StoreFinding> {
  let values = 0
  const damaged: string[] = []
  const bytes = new Map<string, number>()
  try {
    for await (const piece of piecesOf(inner)) {
      for (const [key, stored] of piece) {
        values += 1
        const name = sublevelOf(key)
        bytes.set(name, (bytes.get(name) ?? 0) + key.length + stored.length)
        if (!isWhole(key, stored) && damaged.length < DAMAGED_MAX) damaged.push(recordName(key))
      }
    }
  } catch {
    damaged.push('a block of records that LevelDB cannot read')
  }
  return { values, damaged, bytes }
}

/** All values in pieces. Between two pieces everything else that waits is served: a running peer may be walked. */
async function* piecesOf(inner: Inner): AsyncGenerator<readonly [key: Buffer, stored: Buffer][]> {
  const entries = inner.iterator<Buffer, Buffer>(BUFFERS)
  try {
    for (;;) {
      const piece = await entries.nextv(WALKED_AT_ONCE)
      if (piece.length === 0) return
      yield piece
      await new Promise((resolve) => setImmediate(resolve))
    }
  } finally {
    await entries.close()
  }
}

/** The name of the sublevel of a key: the keys of a sublevel begin with `!NAME!`. */
function sublevelOf(key: Buffer): string {
  return key.toString('latin1', 1, Math.max(1, key.indexOf('!', 1)))
}

const BUFFERS = { keyEncoding: 'buffer', valueEncoding: 'buffer' } as const

class CheckedIterator extends AbstractIterator<CheckedLevel, Bytes, Bytes> {
  readonly #entries: AbstractIterator<Inner, Bytes, Buffer>
  readonly #format: Format
  readonly #hasValues: boolean

  constructor(database: CheckedLevel, inner: Inner, options: RawIteratorOptions) {
    super(database, options as never)
    this.#format = options.valueEncoding
    this.#hasValues = options.values
    // The checksum covers the key, so keys are read even if only values are requested.
    const { keyEncoding, values } = options
    this.#entries = inner.iterator<Bytes, Buffer>({
      ...rangeOf(options),
      keyEncoding,
      valueEncoding: 'buffer',
      keys: true,
      values
    })
  }

  async _next(): Promise<[Bytes, Bytes | undefined] | undefined> {
    const entry = await this.#entries.next()
    return entry && this.#open(entry)
  }

  async _nextv(size: number): Promise<[Bytes, Bytes | undefined][]> {
    return (await this.#entries.nextv(size)).map((entry) => this.#open(entry))
  }

  async _close(): Promise<void> {
    await this.#entries.close()
  }

  #open([key, stored]: [Bytes, Buffer]): [Bytes, Bytes | undefined] {
    return [key, this.#hasValues ? opened(key, stored, this.#format) : undefined]
  }
}

function rangeOf({ gt, gte, lt, lte, reverse, limit }: Range): Range {
  const bounds = { gt, gte, lt, lte, reverse, limit }
  return Object.fromEntries(Object.entries(bounds).filter(([, bound]) => bound !== undefined))
}

/**
 * The value of a marker. By default, the state of the checksums: `done`; in hex, the key up to which an older database has
 * checksums; or undefined if it has none.
 */
async function markerOf(inner: Inner, key = MARKER): Promise<string | undefined> {
  const stored = await inner.get<string, Buffer>(key, { valueEncoding: 'buffer' })
  return stored === undefined ? undefined : (opened(key, stored, 'utf8') as string)
}

/** Adds checksums to a database of an older version, once. After an interruption, the work continues at the next start. */
async function addChecksums(inner: Inner): Promise<void> {
  const marker = await markerOf(inner)
  if (marker === 'done') return
  const after = marker === undefined ? {} : { gt: Buffer.from(marker, 'hex') }
  const iterator = inner.iterator<Buffer, Buffer>({ ...BUFFERS, ...after })
  try {
    for (;;) {
      const entries = await iterator.nextv(MIGRATED_AT_ONCE)
      const last = entries.at(-1)?.[0]
      const values = entries
        .filter(([key]) => key.toString() !== MARKER)
        .map(([key, value]) => ({ type: 'put' as const, key, value: sealed(key, value), ...BUFFERS }))
      const place = last === undefined ? 'done' : last.toString('hex')
      const mark = { type: 'put' as const, key: Buffer.from(MARKER), value: sealed(MARKER, place), ...BUFFERS }
      await inner.batch<Buffer, Buffer>([...values, mark], { sync: true } as never)
      if (last === undefined) return
    }
  } finally {
    await iterator.close()
  }
}
