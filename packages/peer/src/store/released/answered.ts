/**
 * Questions that were answered from the current epochs, each with the job that has the answer. They can still be asked after
 * the limit on refusals is reached, and get the same answer. After that job is deleted, its released output is kept here.
 */
import type { Database, Draft } from '../database.ts'

/** The id of the job with the answer; 1 if an earlier version did not store it. */
type Answer = string | 1

/** The sublevels of answered questions. */
export const ANSWERED_SUBLEVELS = ['answered', 'answered-jobs', 'answered-outputs'] as const

/**
 * Maximum number of recent questions kept in memory, which the database may not have yet: the changes of one batch are
 * prepared before any of them is written, and a batch has fewer changes than this.
 */
const FRESH_MAX = 16_384

/** Forgets the answered questions of a catalog that moves to another epoch. For a peer that is not serving. */
export async function forgetAnswered(database: Database, catalog: string): Promise<(draft: Draft) => void> {
  const { questions, jobs, outputs } = storesOf(database)
  const answers = await questions.iterator({ gt: `${catalog}!`, lt: `${catalog}!\uffff` }).all()
  return (draft) => {
    for (const [key, answer] of answers) {
      draft.del(questions, key)
      if (answer === 1) continue
      draft.del(jobs, answer)
      draft.del(outputs, answer)
    }
  }
}

function storesOf(database: Database) {
  return {
    questions: database.json<Answer>('answered'),
    /** The question of each job that gave a first answer. */
    jobs: database.json<string>('answered-jobs'),
    /** The released output of a deleted job, as JSON text, by job. */
    outputs: database.json<string>('answered-outputs')
  }
}

/** Answered questions by scope and hash. They are read when needed: there are as many as answers from the current epochs. */
export class AnsweredStore {
  readonly #stored: ReturnType<typeof storesOf>
  readonly #fresh = new Map<string, string>()

  constructor(database: Database) {
    this.#stored = storesOf(database)
  }

  async has(scope: string, question: string): Promise<boolean> {
    return (await this.#get(keyOf(scope, question))) !== undefined
  }

  /** The job with the first answer; undefined if there is none, or if it is not known. */
  async jobOf(scope: string, question: string): Promise<string | undefined> {
    const answer = await this.#get(keyOf(scope, question))
    return answer === 1 ? undefined : answer
  }

  async #get(key: string): Promise<Answer | undefined> {
    return this.#fresh.get(key) ?? (await this.#stored.questions.get(key))
  }

  /** Records an answered question, in the batch of its answer. Only the first answer is kept. Use inside the single writer. */
  async note(draft: Draft, scope: string, { question, jobId }: { question: string; jobId: string }): Promise<void> {
    const key = keyOf(scope, question)
    if ((await this.#get(key)) !== undefined) return
    draft.undo(() => void this.#fresh.delete(key))
    draft.put(this.#stored.questions, key, jobId)
    draft.put(this.#stored.jobs, jobId, key)
    if (this.#fresh.size >= FRESH_MAX) this.#fresh.delete(this.#fresh.keys().next().value ?? '')
    this.#fresh.set(key, jobId)
  }

  /** Whether a job gave the first answer to a question. */
  async isFirst(jobId: string): Promise<boolean> {
    return (await this.#stored.jobs.get(jobId)) !== undefined
  }

  /** Stores the released output of a job that is about to be deleted, in the batch that deletes it. */
  keep(draft: Draft, jobId: string, json: string): void {
    draft.put(this.#stored.outputs, jobId, json)
  }

  /** The released output of a deleted job; undefined for any other job. */
  keptOf(jobId: string): Promise<string | undefined> {
    return this.#stored.outputs.get(jobId)
  }
}

function keyOf(scope: string, question: string): string {
  return `${scope}!${question}`
}
