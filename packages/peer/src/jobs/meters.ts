/** What a ledger scope has used up beside its atoms: refusals that depended on data, and bits that scripts told. */
import type { SafeOutput } from '@stimnet/privacy'
import type { Clock, Code } from '@stimnet/protocol'
import type { ScopeUse } from '../policy/decision.ts'
import type { Draft } from '../store/database.ts'
import type { RefusalStore } from '../store/refusals.ts'
import type { ScriptBitStore } from '../store/script-bits.ts'
import type { JobPlan } from './validate.ts'

/** The limits of one catalog's scopes. */
export type MeterLimits = Pick<ScopeUse, 'refusalsMax' | 'scriptBitsMax'>

/** The stores behind the meters. */
export interface MeterParts {
  readonly clock: Clock
  readonly refusals: RefusalStore
  readonly scriptBits: ScriptBitStore
}

/** How a job ends, as far as it uses something up. */
export type Ended = { readonly output: SafeOutput } | { readonly code: Code }

/** How a script ended is told too, as one of at most eight ways: log2 of them. */
const OUTCOME_BITS = 3

/** Meters of one scope. */
export class ScopeMeter {
  readonly #parts: MeterParts
  readonly #scope: string
  readonly #limits: MeterLimits

  constructor(parts: MeterParts, scope: string, limits: MeterLimits) {
    this.#parts = parts
    this.#scope = scope
    this.#limits = limits
  }

  /** For a question that is to be judged, as of the last change prepared. */
  useFor(plan: JobPlan): ScopeUse {
    return { ...this.used, refusalWouldTell: wouldTell(plan), scriptBitsLeast: OUTCOME_BITS }
  }

  /** As of now, for whoever watches over it. */
  get used(): MeterLimits & Pick<ScopeUse, 'refusals' | 'scriptBits'> {
    const { clock, refusals, scriptBits } = this.#parts
    return {
      ...this.#limits,
      refusals: refusals.count(this.#scope, clock.now()),
      scriptBits: scriptBits.told(this.#scope)
    }
  }

  /** Bits that the next script may still tell. */
  get bitsLeft(): number {
    return Math.max(0, this.#limits.scriptBitsMax - this.#parts.scriptBits.told(this.#scope))
  }

  /** Inside the single writer, in the batch that ends the job; gives what the audit log says of it. */
  charge(draft: Draft, plan: JobPlan, ending: Ended): Record<string, number> {
    const { clock, refusals, scriptBits } = this.#parts
    if ('code' in ending && ending.code === 'COHORT_NOT_RELEASABLE') {
      return !wouldTell(plan) ? {} : { refusals: refusals.note(draft, this.#scope, clock.now()) }
    }
    if (plan.program.kind !== 'script') return {}
    const bits = 'output' in ending ? (ending.output.output.disclosure.bits ?? 0) : OUTCOME_BITS
    scriptBits.spend(draft, this.#scope, bits)
    // No more than the card says: the record of a release goes out with it, and the scope's sum is others' as well.
    return { bits }
  }
}

/** Under differential privacy a refusal is paid for like an answer. */
function wouldTell({ isOfWholeCells, privacy }: JobPlan): boolean {
  return !isOfWholeCells && privacy.level === 'P1'
}
