/** The input of one attack: its targets, the catalog that it queries, and its limits. */
import type { Study } from '../../usefulness/study.ts'
import type { Oracle, Send } from './oracle.ts'
import type { Population, Target } from './population.ts'
import type { Conclusion } from './score.ts'

/** The input of an attack. */
export interface Scene {
  readonly study: Study
  readonly population: Population
  readonly target: Target
  /** Access to a catalog that nobody else queries. */
  readonly oracle: Oracle
  /** Most questions that the attack may ask. */
  readonly questionsMax: number
  /** Time for integer programs in total, seconds. */
  readonly solverSeconds: number
  /** A monotonic clock, ms. */
  readonly now: () => number
  /** Preset of the institution's disclosure rules. */
  readonly preset: string
  /** An empty folder, for attacks with institutions of their own. */
  readonly folder: string
  /** The PeerId of the institution that holds the catalog. */
  readonly peerId: string
  /** Lets the oracle send its further questions by another function; its counts continue. */
  askBy(send: Send): void
}

/** A reconstruction attack. */
export interface Reconstruction {
  readonly id: string
  readonly attack: string
  readonly targets: readonly Target[]
  /** Why nothing is promised against it. Such attacks are measured nevertheless. */
  readonly notCovered?: string
  run(scene: Scene): Promise<Conclusion>
}
