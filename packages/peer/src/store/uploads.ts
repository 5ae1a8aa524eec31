/**
 * Files uploaded by accounts of this peer: visible only to their owner, limited in number and bytes, and removed after a
 * time.
 */
import { createHash } from 'node:crypto'
import { mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Clock, LIMITS, type RandomSource, StimnetError, toHex, uploadNameOf } from '@stimnet/protocol'
import type { Database } from './database.ts'
import type { Sublevel } from './level/level.ts'

/** The list of the REST API in which a file appears. */
export type UploadKind = 'script' | 'data'

/** One file, without its bytes. */
export interface UploadRecord {
  readonly id: string
  readonly number: number
  readonly owner: string
  readonly kind: UploadKind
  /** The name given by the owner. */
  readonly filename: string
  /** The name under which a script finds it. */
  readonly name: string
  readonly sha256: string
  readonly size: number
  readonly uploadedAtMs: number
  /** Time after which the file is removed, Unix ms, unless an open request names it. */
  readonly expiresAtMs: number
}

/** Dependencies of `UploadStore`. */
export interface UploadParts {
  readonly database: Database
  /** The folder of the files, each named by its id. */
  readonly directory: string
  readonly clock: Clock
  readonly random: RandomSource
  /** Time for which a file is kept, ms; default LIMITS.uploadLifetimeMs. */
  readonly lifetimeMs?: number | undefined
}

/** A new file and its owner. */
export interface NewUpload {
  readonly owner: string
  readonly kind: UploadKind
  readonly filename: string
  readonly bytes: Uint8Array
}

/**
 * The uploads of a peer, one instance per peer. Records are kept in memory: their number is limited, and each submission
 * reads them.
 */
export class UploadStore {
  readonly #parts: UploadParts
  readonly #stored: Sublevel<UploadRecord>
  readonly #records = new Map<string, UploadRecord>()
  /** Files that are being written. They already count, so that two concurrent uploads cannot exceed a limit together. */
  readonly #arriving = new Map<string, { owner: string; size: number }>()
  /** The last number by owner: each account numbers its own files. */
  readonly #numbers = new Map<string, number>()

  private constructor(parts: UploadParts) {
    this.#parts = parts
    this.#stored = parts.database.json('uploads')
  }

  get #lifetimeMs(): number {
    return Math.min(this.#parts.lifetimeMs ?? LIMITS.uploadLifetimeMs, LIMITS.uploadLifetimeMs)
  }

  /** Opens the store. Removes files without a record and records without a file. */
  static async open(parts: UploadParts): Promise<UploadStore> {
    await mkdir(parts.directory, { recursive: true, mode: 0o700 })
    const store = new UploadStore(parts)
    const files = new Set(await readdir(parts.directory))
    const lost: string[] = []
    for await (const [id, record] of store.#stored.iterator()) {
      store.#numbers.set(record.owner, Math.max(store.#numbers.get(record.owner) ?? 0, record.number))
      // If the lifetime was shortened, the shorter lifetime also applies to existing files.
      const expiresAtMs = Math.min(record.expiresAtMs, record.uploadedAtMs + store.#lifetimeMs)
      if (files.delete(id)) store.#records.set(id, { ...record, expiresAtMs })
      else lost.push(id)
    }
    for (const name of files) await rm(join(parts.directory, name), { force: true })
    if (lost.length > 0) await parts.database.commit((draft) => lost.forEach((id) => void draft.del(store.#stored, id)))
    return store
  }

  /** Stores a file. Throws UPLOADS_FULL if its owner or this peer has reached a limit, and STORE_UNAVAILABLE. */
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
        id,
        number,
        owner,
        kind,
        filename,
        name: uploadNameOf(filename),
        sha256: createHash('sha256').update(bytes).digest('hex'),
        size: bytes.length,
        uploadedAtMs,
        expiresAtMs: uploadedAtMs + this.#lifetimeMs
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

  /** The files of an owner, newest first. */
  list(owner: string, kind?: UploadKind): UploadRecord[] {
    return this.#current()
      .filter((one) => one.owner === owner && (kind === undefined || one.kind === kind))
      .sort((a, b) => b.number - a.number)
  }

  /** A file by id or number; undefined for an unknown file and for a file of another owner. */
  find(owner: string, named: string): UploadRecord | undefined {
    return this.list(owner).find(({ id, number }) => id === named || String(number) === named)
  }

  /** A file of an owner with exactly these bytes. */
  findBytes(owner: string, { sha256, size }: { sha256: string; size: number }): UploadRecord | undefined {
    return this.list(owner).find((one) => one.sha256 === sha256 && one.size === size)
  }

  /** Bytes from an offset; empty past the end. Throws UPLOAD_UNAVAILABLE if the file is gone. */
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

  /** Removes a file. Returns false if its owner has no such file. */
  async remove(owner: string, named: string): Promise<boolean> {
    const record = this.find(owner, named)
    if (record) await this.#drop([record])
    return record !== undefined
  }

  /** Number of files that have expired. */
  get expired(): number {
    const now = this.#parts.clock.now()
    return [...this.#records.values()].filter(({ expiresAtMs }) => expiresAtMs <= now).length
  }

  /** Removes expired files for which `isUsed` is false, and returns their number. */
  async sweep(isUsed: (id: string) => boolean): Promise<number> {
    const now = this.#parts.clock.now()
    const due = [...this.#records.values()].filter(({ id, expiresAtMs }) => expiresAtMs <= now && !isUsed(id))
    await this.#drop(due)
    return due.length
  }

  /** Files that have not expired. Expired files are not returned, even before they are removed. */
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
    // The records are removed first: a file without a record is removed at the next start.
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

/** Writes a file completely or not at all. It is on disk when the promise resolves. Throws STORE_UNAVAILABLE. */
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
