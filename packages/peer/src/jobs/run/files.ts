/** Files named in a job's request: fetched by hash from the asking peer and kept until the job ends. */
import { createHash } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import {
  bytesOf,
  type Clock,
  CODES,
  codeOf,
  LIMITS,
  type RandomSource,
  randomUnit,
  StimnetError,
  type UploadedFile
} from '@stimnet/protocol'
import type { SandboxUpload } from '@stimnet/sandbox'
import type { PeerEvents } from '../../events.ts'
import type { JobRecord } from '../../store/jobs.ts'

/** Fetches one piece of a file from the peer that asked for the job. */
export type FetchPiece = (
  peerId: string,
  ask: { requestHash: string; sha256: string; offset: number },
  signal: AbortSignal
) => Promise<Uint8Array>

/** Dependencies of `JobFiles`. */
export interface JobFileParts {
  readonly directory: string
  readonly clock: Clock
  readonly random: RandomSource
  readonly events: Pick<PeerEvents, 'served'>
  readonly fetchPiece: FetchPiece
}

/** The fields of a job that concern its files. */
export type JobWithFiles = Pick<JobRecord, 'id' | 'askedBy' | 'requestHash' | 'uploads'>

/** Wait before a piece is requested again, ms. It doubles from the first value up to the second. */
const AGAIN_MS = 250
const AGAIN_MS_MAX = 8_000

/** The files of all open jobs of a peer; one instance per peer. */
export class JobFiles {
  readonly #parts: JobFileParts
  readonly #held = new Map<string, number>()
  /**
   * One lane per asking peer, which fetches the files of one job after the other, so that a slow peer delays only its own
   * jobs.
   */
  readonly #lanes = new Map<string, Promise<void>>()
  readonly #fetching = new Map<string, { done: Promise<void>; control: AbortController }>()
  readonly #stopping = new AbortController()

  private constructor(parts: JobFileParts) {
    this.#parts = parts
  }

  /** Opens the folder, keeps the files of open jobs and removes all others. */
  static async open(parts: JobFileParts, jobs: readonly JobWithFiles[]): Promise<JobFiles> {
    await mkdir(parts.directory, { recursive: true, mode: 0o700 })
    const files = new JobFiles(parts)
    const known = new Set(jobs.map(({ id }) => id))
    for (const name of await readdir(parts.directory)) {
      if (!known.has(name)) await rm(join(parts.directory, name), { recursive: true, force: true })
    }
    for (const { askedBy, uploads = [] } of jobs) files.#hold(askedBy, bytesOf(uploads))
    return files
  }

  /**
   * Reserves room for the files of a request. Throws QUEUE_FULL. There must be no `await` between this call and taking the
   * seat in the queue.
   */
  takeRoom(askedBy: string, uploads: readonly UploadedFile[]): void {
    const bytes = bytesOf(uploads)
    if (bytes === 0) return
    const total = [...this.#held.values()].reduce((sum, held) => sum + held, bytes)
    const ofPeer = (this.#held.get(askedBy) ?? 0) + bytes
    if (total > LIMITS.jobUploadBytesMax || ofPeer > LIMITS.jobUploadBytesMax / 2) {
      throw StimnetError.told('QUEUE_FULL', 'Too many files of jobs that wait are kept here. Ask again later.')
    }
    this.#hold(askedBy, bytes)
  }

  leaveRoom(askedBy: string, uploads: readonly UploadedFile[]): void {
    this.#hold(askedBy, -bytesOf(uploads))
  }

  /**
   * Resolves when all files of the job have arrived, or when fetching has failed; in the latter case the job fails when it
   * runs. Never rejects.
   */
  async fetch(job: JobWithFiles, signal?: AbortSignal): Promise<void> {
    if ((job.uploads ?? []).length === 0) return
    const { done } = this.#fetching.get(job.id) ?? this.#begin(job)
    const over = signal ? aborted(signal) : undefined
    await (over ? Promise.race([done, over.happened]) : done)
    over?.forget()
  }

  /** Every file with the bytes that the request named. Throws UPLOAD_UNAVAILABLE. */
  async read(id: string, uploads: readonly UploadedFile[]): Promise<SandboxUpload[]> {
    return Promise.all(
      uploads.map(async ({ name, sha256, size }) => ({ name, sha256, bytes: await this.#whole(id, { sha256, size }) }))
    )
  }

  /** Removes the files of a job that has ended. */
  async drop(job: JobWithFiles): Promise<void> {
    const { id, askedBy, uploads = [] } = job
    if (uploads.length === 0) return
    this.#hold(askedBy, -bytesOf(uploads))
    const fetching = this.#fetching.get(id)
    fetching?.control.abort(new StimnetError('CANCELLED', `the end of ${id}`))
    await fetching?.done
    await rm(this.#folderOf(id), { recursive: true, force: true })
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new StimnetError('NODE_ERROR', 'the node is stopping'))
    await Promise.all([...this.#fetching.values()].map(({ done }) => done))
  }

  #hold(askedBy: string, bytes: number): void {
    const held = (this.#held.get(askedBy) ?? 0) + bytes
    if (held > 0) this.#held.set(askedBy, held)
    else this.#held.delete(askedBy)
  }

  #begin(job: JobWithFiles) {
    const control = new AbortController()
    const before = this.#lanes.get(job.askedBy) ?? Promise.resolve()
    const done = before.then(async () => {
      await this.#fetchAll(job, control.signal)
      this.#fetching.delete(job.id)
      if (this.#lanes.get(job.askedBy) === done) this.#lanes.delete(job.askedBy)
    })
    this.#lanes.set(job.askedBy, done)
    const fetching = { done, control }
    this.#fetching.set(job.id, fetching)
    return fetching
  }

  async #fetchAll(job: JobWithFiles, dropped: AbortSignal): Promise<void> {
    const { clock, events } = this.#parts
    const started = clock.now()
    const over = new AbortController()
    const done = new AbortController()
    clock.sleep(LIMITS.uploadFetchMsMax, done.signal).then(
      () => over.abort(new StimnetError('DEADLINE', `fetching the files of ${job.id}`)),
      () => undefined
    )
    const signal = AbortSignal.any([over.signal, dropped, this.#stopping.signal])
    try {
      signal.throwIfAborted()
      await mkdir(this.#folderOf(job.id), { recursive: true, mode: 0o700 })
      for (const file of job.uploads ?? []) await this.#fetchOne(job, file, signal)
    } catch (error) {
      // The job reports the missing files when it tries to read them.
      const code = codeOf(error)
      events.served({ exchange: 'upload', from: job.askedBy, ms: clock.now() - started, code })
    } finally {
      done.abort()
    }
  }

  async #fetchOne(job: JobWithFiles, file: UploadedFile, signal: AbortSignal): Promise<void> {
    const path = this.#pathOf(job.id, file.sha256)
    if (await stat(path).catch(() => undefined)) return
    const partial = `${path}.part`
    const hash = createHash('sha256')
    const target = await open(partial, 'w', 0o600)
    try {
      for (let offset = 0; offset < file.size; ) {
        const piece = await this.#piece(job, { sha256: file.sha256, offset }, signal)
        // Only the last piece may be shorter. Nothing is kept from a peer that sends fewer bytes, more bytes or an endless
        // stream.
        if (piece.length !== Math.min(LIMITS.uploadPieceBytesMax, file.size - offset)) throw mismatch(job.id)
        await target.writeFile(piece)
        hash.update(piece)
        offset += piece.length
      }
      if (hash.digest('hex') !== file.sha256) throw mismatch(job.id)
      await target.sync()
      await target.close()
      await rename(partial, path)
    } catch (error) {
      await target.close().catch(() => undefined)
      await rm(partial, { force: true })
      throw error
    }
  }

  async #piece(
    job: JobWithFiles,
    wanted: { sha256: string; offset: number },
    signal: AbortSignal
  ): Promise<Uint8Array> {
    const { clock, random, fetchPiece } = this.#parts
    for (let wait = AGAIN_MS; ; wait = Math.min(2 * wait, AGAIN_MS_MAX)) {
      signal.throwIfAborted()
      try {
        return await fetchPiece(job.askedBy, { requestHash: job.requestHash, ...wanted }, signal)
      } catch (error) {
        if (!CODES[codeOf(error)].retry) throw error
      }
      await clock.sleep(wait / 2 + randomUnit(random) * (wait / 2), signal)
    }
  }

  async #whole(id: string, { sha256, size }: { sha256: string; size: number }): Promise<Uint8Array> {
    const bytes = await readFile(this.#pathOf(id, sha256)).catch(() => undefined)
    const isIt = bytes?.length === size && createHash('sha256').update(bytes).digest('hex') === sha256
    if (!bytes || !isIt) throw new StimnetError('UPLOAD_UNAVAILABLE', `reading a file of ${id}`)
    return bytes
  }

  #folderOf(id: string): string {
    return join(this.#parts.directory, id)
  }

  #pathOf(id: string, sha256: string): string {
    return join(this.#folderOf(id), sha256)
  }
}

function mismatch(id: string): StimnetError {
  return new StimnetError('UPLOAD_UNAVAILABLE', `what came is not what the request of ${id} names`)
}

/** `happened` resolves when the signal aborts; `forget` removes the listener from it. */
function aborted(signal: AbortSignal) {
  const over = Promise.withResolvers<undefined>()
  const abort = () => over.resolve(undefined)
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort, { once: true })
  return { happened: over.promise, forget: () => signal.removeEventListener('abort', abort) }
}
