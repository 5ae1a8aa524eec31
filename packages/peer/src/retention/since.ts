/** The times at which states without a stored date began: the superseding of an epoch, or the locking of an account. */
import type { Database, Draft } from '../store/database.ts'
import type { Sublevel } from '../store/level/level.ts'

/** The start times, as noticed by sweeps. */
export class Since {
  readonly #database: Database
  readonly #stored: Sublevel<number>

  constructor(database: Database) {
    this.#database = database
    this.#stored = database.json('retention-since')
  }

  /**
   * Compares the names of a kind that are now in the state with the known names. Records new names, forgets others, and
   * returns the time at which each state began, Unix ms.
   */
  async update(kind: string, names: readonly string[], nowMs: number): Promise<Map<string, number>> {
    const known = await this.of(kind, names)
    const fresh = names.filter((name) => !known.has(name))
    const over = [...(await this.#known(kind)).keys()].filter((name) => !names.includes(name))
    if (fresh.length + over.length > 0) {
      await this.#database.commit((draft) => {
        for (const name of fresh) draft.put(this.#stored, keyOf(kind, name), nowMs)
        for (const name of over) this.forget(draft, kind, name)
      })
    }
    for (const name of fresh) known.set(name, nowMs)
    return known
  }

  /** Like `update`, but without changes: names that no sweep has noticed yet are left out. */
  async of(kind: string, names: readonly string[]): Promise<Map<string, number>> {
    const known = await this.#known(kind)
    return new Map([...known].filter(([name]) => names.includes(name)))
  }

  forget(draft: Draft, kind: string, name: string): void {
    draft.del(this.#stored, keyOf(kind, name))
  }

  async #known(kind: string): Promise<Map<string, number>> {
    const prefix = `${kind}!`
    const found = await this.#stored.iterator({ gt: prefix, lt: `${prefix}\uffff` }).all()
    return new Map(found.map(([key, atMs]) => [key.slice(prefix.length), atMs]))
  }
}

function keyOf(kind: string, name: string): string {
  return `${kind}!${name}`
}
