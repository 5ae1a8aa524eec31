/** The self-test of the sandboxes in which jobs run: one at a time, beside the jobs, and its report is kept. */
import { type Clock, codeOf } from '@stimnet/protocol'
import type { Attack, AttackableEngine, EngineSettings } from '@stimnet/sandbox'
import type { PeerEvents } from '../events.ts'
import type { Monitor } from '../monitor/monitor.ts'
import type { Database } from '../store/database.ts'
import type { SelfTestReport, SelfTestStore } from '../store/self-tests.ts'
import { VERSION } from '../version.ts'
import { attackEngines } from './attack-engines.ts'
import { findingsOf, troubleIn } from './findings.ts'

/** Attacks at one time: beside the jobs, for whose sake this machine is here, one is enough. */
const AT_ONCE = 1

/** A run takes minutes. What has not been tried by then is unjudged, which counts as open. */
export const SELF_TEST_MS_MAX = 30 * 60_000

/** From one start to the next, ms: a run keeps a processor busy for minutes, and an account must not keep it busy for good. */
export const SELF_TEST_EVERY_MS_MIN = 10 * 60_000

/** What a self-test needs. */
export interface SelfTestParts {
  readonly clock: Clock
  readonly database: Database
  readonly store: SelfTestStore
  readonly events: Pick<PeerEvents, 'unexpected'>
  readonly monitor: Pick<Monitor, 'raise'>
  /** Those that jobs run in; none where nothing runs, or what runs is no engine that is known to attacks. */
  readonly engines: readonly AttackableEngine[]
  /** Those that make sense there. */
  readonly attacks: readonly Attack[]
  readonly settings: EngineSettings
  readonly environment: NodeJS.ProcessEnv
  /** For what the attacks must not get at; there while one runs. */
  readonly folder: string
}

/** How far one is. */
export interface SelfTestProgress {
  readonly by: string
  readonly startedAtMs: number
  /** Of the engine that is attacked; empty before the first. */
  readonly grade: string
  readonly done: number
  readonly of: number
  /** So far, those that a grade does not admit. */
  readonly failing: number
}

/** Whether one runs now, and if not, why. */
export type Started =
  | { readonly is: 'started' | 'running' }
  | { readonly is: 'nothing-to-test' }
  | { readonly is: 'too-soon'; readonly waitMs: number }

interface Run {
  readonly control: AbortController
  readonly ended: Promise<void>
}

/** One a peer. */
export class SelfTests {
  readonly #parts: SelfTestParts
  #progress: SelfTestProgress | undefined
  #run: Run | undefined
  #startedAtMs: number | undefined
  #failedAtMs: number | undefined
  #isClosed = false

  constructor(parts: SelfTestParts) {
    this.#parts = parts
  }

  /** Undefined where none runs. */
  get progress(): SelfTestProgress | undefined {
    return this.#progress
  }

  get report(): SelfTestReport | undefined {
    return this.#parts.store.latest
  }

  /** When the last one ended without a report, for a reason that the log has; undefined where it did not. */
  get failedAtMs(): number | undefined {
    return this.#failedAtMs
  }

  /** Whether there is anything to test. */
  get canTest(): boolean {
    return this.#parts.engines.length > 0 && this.#parts.attacks.length > 0
  }

  /** Until another may begin, ms; 0 where it may now. */
  get waitMs(): number {
    const last = this.#startedAtMs ?? this.report?.startedAtMs
    if (last === undefined) return 0
    const passedMs = this.#parts.clock.now() - last
    // A clock that was set back must not keep anybody waiting.
    return passedMs < 0 ? 0 : Math.max(0, SELF_TEST_EVERY_MS_MIN - passedMs)
  }

  /** Answers at once. Who asks while one runs is told so, and watches that one. */
  start(by: string): Started {
    if (!this.canTest || this.#isClosed) return { is: 'nothing-to-test' }
    if (this.#run) return { is: 'running' }
    if (this.waitMs > 0) return { is: 'too-soon', waitMs: this.waitMs }
    const startedAtMs = this.#parts.clock.now()
    const { engines, attacks } = this.#parts
    this.#startedAtMs = startedAtMs
    this.#failedAtMs = undefined
    this.#progress = { by, startedAtMs, grade: '', done: 0, of: engines.length * attacks.length, failing: 0 }
    const control = new AbortController()
    this.#run = { control, ended: this.#guarded({ by, startedAtMs }, control) }
    return { is: 'started' }
  }

  /** Ends what runs, with all its processes, and waits until they are gone. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#run?.control.abort()
    await this.#run?.ended
  }

  /** Never throws: nobody waits for it. */
  async #guarded(about: { by: string; startedAtMs: number }, control: AbortController): Promise<void> {
    const { clock, events } = this.#parts
    const done = new AbortController()
    void clock.sleep(SELF_TEST_MS_MAX, done.signal).then(
      () => control.abort(),
      () => undefined
    )
    try {
      await this.#test(about, control.signal)
    } catch (error) {
      this.#failedAtMs = clock.now()
      events.unexpected(error, `self-test of the sandboxes: ${codeOf(error)}`)
    } finally {
      done.abort()
      this.#progress = undefined
      this.#run = undefined
    }
  }

  async #test(about: { by: string; startedAtMs: number }, signal: AbortSignal): Promise<void> {
    const { database, attacks, engines, settings, environment, folder } = this.#parts
    const grades = engines.map(({ grade }) => grade).join(', ')
    const record = { kind: 'self-test', actor: about.by } as const
    await database.commit((draft) => draft.audit({ ...record, detail: { state: 'started', grades } }))
    const reports = await attackEngines({
      ...{ engines, attacks, settings, environment, folder, signal, atOnce: AT_ONCE },
      onEngine: ({ grade }) => this.#moved((progress) => ({ ...progress, grade })),
      onResult: (_, { isAdmitted }) =>
        this.#moved((progress) => ({
          ...{ ...progress, done: progress.done + 1, failing: progress.failing + (isAdmitted ? 0 : 1) }
        }))
    })
    if (this.#isClosed) {
      await database.commit((draft) => draft.audit({ ...record, detail: { state: 'cancelled', grades } }))
      return
    }
    const findings = reports.map(findingsOf)
    const isWhole = reports.length === engines.length
    const trouble = troubleIn(findings) ?? (isWhole ? undefined : 'it was ended before every engine was tried')
    const report = { ...about, version: VERSION, endedAtMs: this.#parts.clock.now(), engines: findings }
    await database.commit((draft) => {
      this.#parts.store.put(draft, { ...report, isClean: trouble === undefined })
      draft.audit({ ...record, detail: { state: trouble === undefined ? 'held' : 'did not hold', grades } })
    })
    // Of this self-test: an alert of the one before must not keep it quiet.
    const subject = String(about.startedAtMs)
    if (trouble !== undefined)
      this.#parts.monitor.raise({ kind: 'sandbox-open', actor: about.by, detail: trouble }, subject)
  }

  #moved(move: (progress: SelfTestProgress) => SelfTestProgress): void {
    if (this.#progress) this.#progress = move(this.#progress)
  }
}
