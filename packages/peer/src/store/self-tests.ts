/** The latest self-test of the sandboxes: one report is kept, and the next takes its place. */
import type { EngineFindings } from '../self-test/findings.ts'
import type { Database, Draft } from './database.ts'
import type { Sublevel } from './level.ts'

/** A finished self-test. */
export interface SelfTestReport {
  /** The account that started it. */
  readonly by: string
  /** Of StimNet, whose attacks they were. */
  readonly version: string
  readonly startedAtMs: number
  readonly endedAtMs: number
  /** Every engine held what its grade promises. */
  readonly isClean: boolean
  readonly engines: readonly EngineFindings[]
}

const LATEST = 'latest'

/** One a peer; the report in memory is the one on the disk. */
export class SelfTestStore {
  readonly #stored: Sublevel<SelfTestReport>
  #latest: SelfTestReport | undefined

  private constructor(stored: Sublevel<SelfTestReport>, latest: SelfTestReport | undefined) {
    this.#stored = stored
    this.#latest = latest
  }

  static async open(database: Database): Promise<SelfTestStore> {
    const stored = database.json<SelfTestReport>('self-tests')
    return new SelfTestStore(stored, await stored.get(LATEST))
  }

  get latest(): SelfTestReport | undefined {
    return this.#latest
  }

  put(draft: Draft, report: SelfTestReport): void {
    const before = this.#latest
    draft.undo(() => {
      this.#latest = before
    })
    draft.put(this.#stored, LATEST, report)
    this.#latest = report
  }
}
