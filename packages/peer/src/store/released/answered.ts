/** Questions that were answered from the current epochs. They stay answerable after the limit on refusals is reached. */
import type { Database, Draft } from '../database.ts'
import type { Sublevel } from '../level.ts'

/** Forgets the answered questions of a catalog that moves to another epoch. For a peer that is not serving. */
export async function forgetAnswered(database: Database, catalog: string): Promise<(draft: Draft) => void> {
  const stored = database.json<1>('answered')
  const keys = await stored.keys({ gt: `${catalog}!`, lt: `${catalog}!\uffff` }).all()
  return (draft) => {
    for (const key of keys) draft.del(stored, key)
  }
}

/** Answered questions by scope and hash, in memory and stored. They grow with the answers from the current epochs. */
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

  /** Notes an answered question, in the batch of its answer. */
  note(draft: Draft, scope: string, question: string): void {
    const key = `${scope}!${question}`
    if (this.#known.has(key)) return
    draft.undo(() => void this.#known.delete(key))
    draft.put(this.#stored, key, 1)
    this.#known.add(key)
  }
}
