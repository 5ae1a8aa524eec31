/** Questions that were answered from an epoch: they stay answerable, whatever else has been used up since. */
import type { Database, Draft } from '../database.ts'
import type { Sublevel } from '../level.ts'

/** For a catalog that leaves its epoch: what was answered from it, its next one was not. Of a peer that serves nothing. */
export async function forgetAnswered(database: Database, catalog: string): Promise<(draft: Draft) => void> {
  const stored = database.json<1>('answered')
  const keys = await stored.keys({ gt: `${catalog}!`, lt: `${catalog}!\uffff` }).all()
  return (draft) => {
    for (const key of keys) draft.del(stored, key)
  }
}

/** By scope and the hash of the question, in memory and stored: of the epochs that catalogs are in, a line beside each answer's in the log. */
export class AnsweredStore {
  readonly #stored: Sublevel<1>
  readonly #known: Set<string>

  private constructor(stored: Sublevel<1>, known: Set<string>) {
    this.#stored = stored
    this.#known = known
  }

  static async open(database: Database): Promise<AnsweredStore> {
    const stored = database.json<1>('answered')
    return new AnsweredStore(stored, new Set(await stored.keys().all()))
  }

  has(scope: string, question: string): boolean {
    return this.#known.has(`${scope}!${question}`)
  }

  /** In the batch of the answer. */
  note(draft: Draft, scope: string, question: string): void {
    const key = `${scope}!${question}`
    if (this.#known.has(key)) return
    draft.undo(() => void this.#known.delete(key))
    draft.put(this.#stored, key, 1)
    this.#known.add(key)
  }
}
