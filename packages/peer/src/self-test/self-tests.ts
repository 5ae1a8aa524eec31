/**
 * The self-test of the sandboxes in which jobs run. One self-test runs at a time, in parallel with the jobs, and its report
 * is stored.
 */
import { type Clock, codeOf } from '@stimnet/protocol'
import type { Attack, AttackableEngine, EngineSettings } from '@stimnet/sandbox'
import type { PeerEvents } from '../events.ts'
import type { Monitor } from '../monitor/monitor.ts'
import type { Database } from '../store/database.ts'
import type { SelfTestReport, SelfTestStore } from './store.ts'
import { VERSION } from '../version.ts'
import { attackEngines } from './attack-engines.ts'
import { findingsOf, troubleIn } from './findings.ts'

/** Number of attacks that run at the same time: one, because jobs have priority on this machine. */
const AT_ONCE = 1

/**
 * Maximum duration of a self-test, ms; a normal one takes minutes. Attacks that were not tried by then are unjudged, which
 * counts as open.
 */
export const SELF_TEST_MS_MAX = 30 * 60_000

/**
 * Minimum time between the starts of two self-tests, ms. Each keeps a processor busy for minutes, and no account may keep it
 * busy permanently.
 */
export const SELF_TEST_EVERY_MS_MIN = 10 * 60_000

/** Dependencies of `SelfTests`. */
export interface SelfTestParts {
  readonly clock: Clock
  readonly database: Database
  readonly store: SelfTestStore
  readonly events: Pick<PeerEvents, 'unexpected'>
  readonly monitor: Pick<Monitor, 'raise'>
  /** The engines in which jobs run. Empty if no scripts run, or if there are no attacks for the sandbox. */
  readonly engines: readonly AttackableEngine[]
  /** The attacks that apply to these engines. */
  readonly attacks: readonly Attack[]
  readonly settings: EngineSettings
  readonly environment: NodeJS.ProcessEnv
  /** Folder for the targets that attacks must not reach. It exists while a self-test runs. */
  readonly folder: string
}

/** The progress of a self-test. */
export interface SelfTestProgress {
  readonly by: string
  readonly startedAtMs: number
  /** The grade of the engine under attack; empty before the first attack. */
  readonly grade: string
  readonly done: number
  readonly of: number
  /** Number of outcomes so far that the grade does not permit. */
  readonly failing: number
}

/** Whether a self-test is running now, and if not, the reason. */
export type Started =
  | { readonly is: 'started' | 'running' }
  | { readonly is: 'nothing-to-test' }
  | { readonly is: 'too-soon'; readonly waitMs: number }

interface Run {
  readonly control: AbortController
  readonly ended: Promise<void>
}

/** The self-tests of a peer; one instance per peer. */
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

  /** The progress of the running self-test; undefined if none is running. */
  get progress(): SelfTestProgress | undefined {
    return this.#progress
  }

  get report(): SelfTestReport | undefined {
    return this.#parts.store.latest
  }

  /** Time at which the last self-test ended without a report, for a reason that is in the log; undefined if it ended normally. */
  get failedAtMs(): number | undefined {
    return this.#failedAtMs
  }

  /** Whether there is anything to test. */
  get canTest(): boolean {
    return this.#parts.engines.length > 0 && this.#parts.attacks.length > 0
  }

  /** Time until another self-test may start, ms; 0 if it may start now. */
  get waitMs(): number {
    const last = this.#startedAtMs ?? this.report?.startedAtMs
    if (last === undefined) return 0
    const passedMs = this.#parts.clock.now() - last
    // A clock that was set back must not delay anybody.
    return passedMs < 0 ? 0 : Math.max(0, SELF_TEST_EVERY_MS_MIN - passedMs)
  }

  /** Starts a self-test and returns at once. If one is already running, the caller gets `running` and can follow it. */
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

  /** Ends the running self-test with all its processes, and waits until they are gone. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#run?.control.abort()
    await this.#run?.ended
  }

  /** Runs a self-test within its time limit. Never throws, because no caller waits for it. */
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
      engines,
      attacks,
      settings,
      environment,
      folder,
      signal,
      atOnce: AT_ONCE,
      onEngine: ({ grade }) => this.#moved((progress) => ({ ...progress, grade })),
      onResult: (_, { isAdmitted }) =>
        this.#moved((progress) => ({
          ...progress,
          done: progress.done + 1,
          failing: progress.failing + (isAdmitted ? 0 : 1)
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
    // The subject is this self-test, so that an alert of the previous self-test does not suppress this alert.
    const subject = String(about.startedAtMs)
    if (trouble !== undefined)
      this.#parts.monitor.raise({ kind: 'sandbox-open', actor: about.by, detail: trouble }, subject)
  }

  #moved(move: (progress: SelfTestProgress) => SelfTestProgress): void {
    if (this.#progress) this.#progress = move(this.#progress)
  }
}
