/** Files that accounts of this peer brought along: each its owner's alone, bounded in number and bytes, and gone after a while. */
import { createHash } from 'node:crypto'
import { mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Clock, LIMITS, type RandomSource, StimnetError, toHex, uploadNameOf } from '@stimnet/protocol'
import type { Database } from './database.ts'
import type { Sublevel } from './level.ts'

/** Which of the two lists of the documented API it is in. */
export type UploadKind = 'script' | 'data'

/** One file, without its bytes. */
export interface UploadRecord {
  readonly id: string
  readonly number: number
  readonly owner: string
  readonly kind: UploadKind
  /** As its owner calls it. */
  readonly filename: string
  /** As a script finds it. */
  readonly name: string
  readonly sha256: string
  readonly size: number
  readonly uploadedAtMs: number
  /** Afterwards it is gone, unless a request that has not ended names it. */
  readonly expiresAtMs: number
}

/** What the store is opened with. */
export interface UploadParts {
  readonly database: Database
  /** The files, each under its id. */
  readonly directory: string
  readonly clock: Clock
  readonly random: RandomSource
}

/** A file and whose it is. */
export interface NewUpload {
  readonly owner: string
  readonly kind: UploadKind
  readonly filename: string
  readonly bytes: Uint8Array
}

/** One a peer. What is told of files is in memory: it is bounded, and each submission asks for it. */
export class UploadStore {
  readonly #parts: UploadParts
  readonly #stored: Sublevel<UploadRecord>
  readonly #records = new Map<string, UploadRecord>()
  /** Bytes and files on their way to the disk count already: two at once must not pass a bound together. */
  readonly #arriving = new Map<string, { owner: string; size: number }>()
  /** By owner the last number: an account counts its own files, and nobody else's. */
  readonly #numbers = new Map<string, number>()

  private constructor(parts: UploadParts) {
    this.#parts = parts
    this.#stored = parts.database.json('uploads')
  }

  /** Takes up what is there; a file without its record, or a record without its file, is no upload and goes. */
  static async open(parts: UploadParts): Promise<UploadStore> {
    await mkdir(parts.directory, { recursive: true, mode: 0o700 })
    const store = new UploadStore(parts)
    const files = new Set(await readdir(parts.directory))
    const lost: string[] = []
    for await (const [id, record] of store.#stored.iterator()) {
      store.#numbers.set(record.owner, Math.max(store.#numbers.get(record.owner) ?? 0, record.number))
      if (files.delete(id)) store.#records.set(id, record)
      else lost.push(id)
    }
    for (const name of files) await rm(join(parts.directory, name), { force: true })
    if (lost.length > 0) await parts.database.commit((draft) => lost.forEach((id) => void draft.del(store.#stored, id)))
    return store
  }

  /** Throws UPLOADS_FULL where its owner, or this peer, keeps as much as may be. */
  async add({ owner, kind, filename, bytes }: NewUpload): Promise<UploadRecord> {
    const { clock, database, random } = this.#parts
    this.#assertRoom(owner, bytes.length)
    const id = toHex(random.bytes(16))
    this.#arriving.set(id, { owner, size: bytes.length })
    try {
      await writeWhole(this.#pathOf(id), bytes)
      const uploadedAtMs = clock.now()
      const number = (this.#numbers.get(owner) ?? 0) + 1
      this.#numbers.set(owner, number)
      const record: UploadRecord = {
        ...{ id, number, owner, kind, filename, name: uploadNameOf(filename) },
        ...{ sha256: createHash('sha256').update(bytes).digest('hex'), size: bytes.length },
        ...{ uploadedAtMs, expiresAtMs: uploadedAtMs + LIMITS.uploadLifetimeMs }
      }
      await database.commit((draft) => {
        draft.put(this.#stored, id, record)
        draft.audit({ kind: 'upload', actor: owner, detail: { sha256: record.sha256, bytes: record.size, kind } })
      })
      this.#records.set(id, record)
      return record
    } catch (error) {
      await rm(this.#pathOf(id), { force: true })
      throw error
    } finally {
      this.#arriving.delete(id)
    }
  }

  /** Newest first. */
  list(owner: string, kind?: UploadKind): UploadRecord[] {
    return this.#current()
      .filter((one) => one.owner === owner && (kind === undefined || one.kind === kind))
      .sort((a, b) => b.number - a.number)
  }

  /** By id or number; undefined for one of somebody else as for one that is not there. */
  find(owner: string, named: string): UploadRecord | undefined {
    return this.list(owner).find(({ id, number }) => id === named || String(number) === named)
  }

  /** One of an owner's with these very bytes. */
  findBytes(owner: string, { sha256, size }: { sha256: string; size: number }): UploadRecord | undefined {
    return this.list(owner).find((one) => one.sha256 === sha256 && one.size === size)
  }

  /** Bytes from an offset; empty past the end. Throws UPLOAD_UNAVAILABLE where the file is gone. */
  async read(id: string, range: { offset: number; length: number }): Promise<Uint8Array> {
    const record = this.#records.get(id)
    if (!record) throw new StimnetError('UPLOAD_UNAVAILABLE', `reading upload ${id}`)
    const bytes = new Uint8Array(Math.max(0, Math.min(range.length, record.size - range.offset)))
    try {
      const file = await open(this.#pathOf(id), 'r')
      try {
        const { bytesRead } = await file.read(bytes, 0, bytes.length, range.offset)
        return bytes.subarray(0, bytesRead)
      } finally {
        await file.close()
      }
    } catch (cause) {
      throw new StimnetError('UPLOAD_UNAVAILABLE', `reading upload ${id}`, { cause })
    }
  }

  /** False where its owner has no such file. */
  async remove(owner: string, named: string): Promise<boolean> {
    const record = this.find(owner, named)
    if (record) await this.#drop([record])
    return record !== undefined
  }

  /** Whether a sweep would find anything. */
  get hasExpired(): boolean {
    const now = this.#parts.clock.now()
    return [...this.#records.values()].some(({ expiresAtMs }) => expiresAtMs <= now)
  }

  /** Drops what has expired and `isUsed` does not name. */
  async sweep(isUsed: (id: string) => boolean): Promise<void> {
    const now = this.#parts.clock.now()
    await this.#drop([...this.#records.values()].filter(({ id, expiresAtMs }) => expiresAtMs <= now && !isUsed(id)))
  }

  /** An expired one is not given any more, whenever it is swept. */
  #current(): UploadRecord[] {
    const now = this.#parts.clock.now()
    return [...this.#records.values()].filter(({ expiresAtMs }) => expiresAtMs > now)
  }

  #assertRoom(owner: string, size: number): void {
    const all = [...this.#records.values(), ...this.#arriving.values()]
    const own = all.filter((one) => one.owner === owner)
    const bytes = (some: readonly { readonly size: number }[]) => some.reduce((sum, one) => sum + one.size, size)
    const isFull =
      own.length >= LIMITS.uploadsPerOwnerMax ||
      bytes(own) > LIMITS.uploadBytesPerOwnerMax ||
      bytes(all) > LIMITS.uploadBytesTotalMax
    if (isFull) throw new StimnetError('UPLOADS_FULL', `an upload of ${owner}`)
  }

  async #drop(records: readonly UploadRecord[]): Promise<void> {
    if (records.length === 0) return
    // First what names them: a file without a name is cleared away at the next start.
    await this.#parts.database.commit((draft) => records.forEach(({ id }) => void draft.del(this.#stored, id)))
    for (const { id } of records) {
      this.#records.delete(id)
      await rm(this.#pathOf(id), { force: true })
    }
  }

  #pathOf(id: string): string {
    return join(this.#parts.directory, id)
  }
}

/** All of it or nothing under that name; on disk before anybody is told. */
async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const partial = `${path}.part`
  try {
    await writeFile(partial, bytes, { mode: 0o600, flag: 'wx', flush: true })
    await rename(partial, path)
  } catch (cause) {
    await rm(partial, { force: true })
    throw new StimnetError('STORE_UNAVAILABLE', `writing ${path}`, { cause })
  }
}
