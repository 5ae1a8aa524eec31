/** Since when something without a date of its own has been as it is: an epoch superseded, an account locked. */
import type { Database, Draft } from '../store/database.ts'
import type { Sublevel } from '../store/level/level.ts'

/** The times, as sweeps noticed them. */
export class Since {
  readonly #database: Database
  readonly #stored: Sublevel<number>

  constructor(database: Database) {
    this.#database = database
    this.#stored = database.json('retention-since')
  }

  /**
   * Compares those of a kind that are now so with those known. Notes new ones, forgets the others, and returns since when each has been
   * so, Unix ms.
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

  /** As `update`, and changes nothing: without those that no sweep has noticed yet. */
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
