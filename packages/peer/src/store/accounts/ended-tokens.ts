/** Access tokens that somebody signed out of before they expired. */
import type { Database, Draft } from '../database.ts'
import type { Sublevel } from '../level.ts'

/** In memory too: every request asks. As many at most as tokens are made within their lifetime, which logins bound. */
export class EndedTokens {
  readonly #stored: Sublevel<number>
  /** When each would have expired anyway, ms. */
  readonly #ended = new Map<string, number>()

  private constructor(database: Database) {
    this.#stored = database.json('ended-tokens')
  }

  static async open(database: Database): Promise<EndedTokens> {
    const tokens = new EndedTokens(database)
    for await (const [id, expiresAtMs] of tokens.#stored.iterator()) tokens.#ended.set(id, expiresAtMs)
    return tokens
  }

  has(id: string): boolean {
    return this.#ended.has(id)
  }

  /** Ends one, and forgets those that have expired. */
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
