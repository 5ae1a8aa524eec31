/**
 * Questions that were answered from the current epochs, each with the job that has the answer. They stay answerable after the limit on
 * refusals is reached, and are answered alike.
 */
import type { Database, Draft } from '../database.ts'
import type { Sublevel } from '../level.ts'

/** Forgets the answered questions of a catalog that moves to another epoch. For a peer that is not serving. */
export async function forgetAnswered(database: Database, catalog: string): Promise<(draft: Draft) => void> {
  const stored = database.json<Answer>('answered')
  const keys = await stored.keys({ gt: `${catalog}!`, lt: `${catalog}!\uffff` }).all()
  return (draft) => {
    for (const key of keys) draft.del(stored, key)
  }
}

/** The id of the job with the answer; 1 where an earlier version did not keep it. */
type Answer = string | 1

/** Answered questions by scope and hash, in memory and stored. They grow with the answers from the current epochs. */
export class AnsweredStore {
  readonly #stored: Sublevel<Answer>
  readonly #known: Map<string, Answer>

  private constructor(stored: Sublevel<Answer>, known: Map<string, Answer>) {
    this.#stored = stored
    this.#known = known
  }

  static async open(database: Database): Promise<AnsweredStore> {
    const stored = database.json<Answer>('answered')
    return new AnsweredStore(stored, new Map(await stored.iterator().all()))
  }

  has(scope: string, question: string): boolean {
    return this.#known.has(`${scope}!${question}`)
  }

  /** The job that has the first answer; undefined where there is none, or where it is not known. */
  jobOf(scope: string, question: string): string | undefined {
    const answer = this.#known.get(`${scope}!${question}`)
    return answer === 1 ? undefined : answer
  }

  /** Notes an answered question, in the batch of its answer. */
  note(draft: Draft, scope: string, { question, jobId }: { question: string; jobId: string }): void {
    const key = `${scope}!${question}`
    if (this.#known.has(key)) return
    draft.undo(() => void this.#known.delete(key))
    draft.put(this.#stored, key, jobId)
    this.#known.set(key, jobId)
  }
}
