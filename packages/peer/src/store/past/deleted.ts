/** What is left of jobs and requests that were deleted: when that was, and the hashes of their receipts. These are kept for ever. */
import { createHash } from 'node:crypto'
import { StimnetError } from '@stimnet/protocol'
import { fromText } from '../base64.ts'
import type { Database, Draft } from '../database.ts'
import type { Sublevel } from '../level/level.ts'

/** What is left of one job or request. */
export interface Deleted {
  /** Unix ms. */
  readonly atMs: number
  /** Who asked: the account of a request, the peer of a job. Nobody else hears of it. */
  readonly owner: string
  /** SHA-256 of each sealed result, in hex: whoever holds a receipt can show that it was given. */
  readonly results: readonly string[]
}

/** The keys of a job, of a request, and of a request by its owner's number. */
export const deletedKey = {
  job: (id: string) => `job!${id}`,
  request: (id: string) => `request!${id}`,
  numbered: (owner: string, number: number) => `number!${owner}!${number}`
}

/** The sublevel of what is left. */
export const DELETED = 'deleted'

/** The deleted ones of a peer. */
export class DeletedStore {
  readonly #stored: Sublevel<Deleted>

  constructor(database: Database) {
    this.#stored = database.json(DELETED)
  }

  get(key: string): Promise<Deleted | undefined> {
    return this.#stored.get(key)
  }

  note(draft: Draft, key: string, deleted: Deleted): void {
    draft.put(this.#stored, key, deleted)
  }
}

/** SHA-256 of a sealed result as it is stored, in hex. */
export function receiptHash(result: string): string {
  return createHash('sha256').update(fromText(result)).digest('hex')
}

/** What the owner of a result reads that was deleted here, whoever computed it. */
export function deletedReason(atMs: number): string {
  const day = new Date(atMs).toISOString().slice(0, 10)
  return `The result was deleted on ${day} by the gateway that keeps it, as its retention rules say. Ask the question again.`
}

/** RESULT_DELETED with the day of the deletion. */
export function deletedError(doing: string, atMs: number): StimnetError {
  return new StimnetError('RESULT_DELETED', doing, {
    reason: deletedReason(atMs)
  })
}
