/**
 * The remaining data of deleted jobs and requests: the time of deletion, and the hashes of their receipts. These data are
 * kept for ever.
 */
import { createHash } from 'node:crypto'
import { StimnetError } from '@stimnet/protocol'
import { fromText } from '../base64.ts'
import type { Database, Draft } from '../database.ts'
import type { Sublevel } from '../level/level.ts'

/** The remaining data of one job or request. */
export interface Deleted {
  /** Time of deletion, Unix ms. */
  readonly atMs: number
  /** The account of a request, or the peer of a job. Nobody else is informed of the deletion. */
  readonly owner: string
  /** SHA-256 of each sealed result, in hex: the holder of a receipt can show that it was given. */
  readonly results: readonly string[]
}

/** The keys of a job, of a request, and of a request by its number for its owner. */
export const deletedKey = {
  job: (id: string) => `job!${id}`,
  request: (id: string) => `request!${id}`,
  numbered: (owner: string, number: number) => `number!${owner}!${number}`
}

/** The sublevel of the remaining data. */
export const DELETED = 'deleted'

/** The remaining data of all deleted jobs and requests of a peer. */
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

/** The text for the owner of a result that was deleted here, whichever peer computed it. */
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
