/** Access tokens that were ended by signing out before they expired. */
import { randomBytes } from 'node:crypto'
import type { Database, Draft } from '../database.ts'
import type { Sublevel } from '../level/level.ts'

/**
 * The ended tokens, also kept in memory, because every request looks them up. Their number is limited by the logins within
 * one token lifetime.
 */
export class EndedTokens {
  readonly #stored: Sublevel<number>
  /** Time at which each token would have expired, Unix ms. */
  readonly #ended = new Map<string, number>()

  #epoch = ''

  private constructor(database: Database) {
    this.#stored = database.json('ended-tokens')
  }

  static async open(database: Database): Promise<EndedTokens> {
    const tokens = new EndedTokens(database)
    for await (const [id, expiresAtMs] of tokens.#stored.iterator()) tokens.#ended.set(id, expiresAtMs)
    tokens.#epoch = (await database.json<string>(EPOCH).get(EPOCH)) ?? ''
    return tokens
  }

  /** A part of the secret of access tokens; empty until `endAllTokens`. */
  get epoch(): string {
    return this.#epoch
  }

  has(id: string): boolean {
    return this.#ended.has(id)
  }

  /** Ends a token, and forgets tokens that have expired. */
  end(draft: Draft, token: { id: string; expiresAtMs: number; nowMs: number }): void {
    for (const [id, expiresAtMs] of this.#ended) {
      if (expiresAtMs > token.nowMs) continue
      draft.del(this.#stored, id)
      this.#ended.delete(id)
      draft.undo(() => void this.#ended.set(id, expiresAtMs))
    }
    draft.put(this.#stored, token.id, token.expiresAtMs)
    this.#ended.set(token.id, token.expiresAtMs)
    draft.undo(() => void this.#ended.delete(token.id))
  }
}

/** Ends all access tokens of a database that no peer has open: an older copy does not know which of them were ended. */
export function endAllTokens(database: Database, draft: Draft): void {
  draft.put(database.json<string>(EPOCH), EPOCH, randomBytes(16).toString('hex'))
}

const EPOCH = 'token-epoch'
