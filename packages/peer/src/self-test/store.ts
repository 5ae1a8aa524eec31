/** The latest self-test of the sandboxes. Only one report is kept. */
import type { EngineFindings } from './findings.ts'
import type { Database, Draft } from '../store/database.ts'
import type { Sublevel } from '../store/level/level.ts'

/** The report of a finished self-test. */
export interface SelfTestReport {
  /** The account that started the self-test. */
  readonly by: string
  /** Version of StimNet, and therefore of the attacks. */
  readonly version: string
  readonly startedAtMs: number
  readonly endedAtMs: number
  /** Whether every engine withstood all attacks that its grade promises to withstand. */
  readonly isClean: boolean
  readonly engines: readonly EngineFindings[]
}

const LATEST = 'latest'

/** The store of the latest report, one instance per peer. Memory and disk hold the same report. */
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
