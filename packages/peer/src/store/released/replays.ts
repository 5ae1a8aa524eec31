/** Answered statements, kept until they would be refused as expired anyway. */
import type { Database, Draft } from '../database.ts'
import type { Sublevel } from '../level/level.ts'

/** An answered statement. The same statement from the same peer gets the same answer again. */
export interface Answered {
  readonly requestHash: string
  readonly askedBy: string
  /** The sealed Decision, in base64url. */
  readonly decision: string
  readonly expiresAtMs: number
}

/** Answered statements by issuer and nonce. */
export class ReplayStore {
  readonly #answered: Sublevel<Answered>
  /** Statements that are being answered now, which the database does not have yet. */
  readonly #underWay = new Map<string, Promise<unknown>>()

  constructor(database: Database) {
    this.#answered = database.json('replays')
  }

  static key(issuer: string, nonceHex: string): string {
    return `${issuer}!${nonceHex}`
  }

  get(key: string): Promise<Answered | undefined> {
    return this.#answered.get(key)
  }

  remember(draft: Draft, key: string, answered: Answered): void {
    draft.put(this.#answered, key, answered)
  }

  /** Answers one statement at a time: a second copy waits for the answer to the first. */
  async alone<T>(key: string, answer: () => Promise<T>): Promise<T> {
    while (this.#underWay.has(key)) await this.#underWay.get(key)
    const running = answer()
    const settled = running.then(
      () => undefined,
      () => undefined
    )
    this.#underWay.set(key, settled)
    try {
      return await running
    } finally {
      this.#underWay.delete(key)
    }
  }

  /** Forgets expired statements. A replay of such a statement is refused as expired. */
  async sweep(database: Database, nowMs: number): Promise<void> {
    const expired: string[] = []
    for await (const [key, { expiresAtMs }] of this.#answered.iterator()) if (expiresAtMs < nowMs) expired.push(key)
    if (expired.length === 0) return
    await database.commit((draft) => expired.forEach((key) => void draft.del(this.#answered, key)), { sync: false })
  }
}
