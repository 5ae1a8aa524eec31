/** The stage of one attack: whom it is after, whom it asks, and how long it may take. */
import type { Study } from '../../usefulness/study.ts'
import type { Oracle, Send } from './oracle.ts'
import type { Population, Target } from './population.ts'
import type { Conclusion } from './score.ts'

/** What an attack has at hand. */
export interface Scene {
  readonly study: Study
  readonly population: Population
  readonly target: Target
  /** A catalog that nobody else asks. */
  readonly oracle: Oracle
  /** Of the questions that the attack may ask. */
  readonly questionsMax: number
  /** Of integer programs, seconds in all. */
  readonly solverSeconds: number
  /** Milliseconds of a clock that only rises. */
  readonly now: () => number
  /** Of the institutions' rules. */
  readonly preset: string
  /** An empty folder, for attacks with institutions of their own. */
  readonly folder: string
  /** The PeerId of the institution that holds the catalog. */
  readonly peerId: string
  /** From now on the oracle asks by this way, and counts on. */
  askBy(send: Send): void
}

/** An attack that ends in numbers. */
export interface Reconstruction {
  readonly id: string
  readonly attack: string
  readonly targets: readonly Target[]
  /** Why nobody promises anything against it; such attacks are measured all the same. */
  readonly notCovered?: string
  run(scene: Scene): Promise<Conclusion>
}
