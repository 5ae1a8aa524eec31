/** What a ledger scope has used up beside its ledgers: bits that refusals told each requester, and bits that scripts told. */
import { createHash } from 'node:crypto'
import type { SafeOutput } from '@stimnet/privacy'
import { type Clock, type Code, canonicalJson } from '@stimnet/protocol'
import type { ScopeUse } from '../../policy/decision.ts'
import type { AnsweredStore } from '../../store/released/answered.ts'
import type { Draft } from '../../store/database.ts'
import type { RefusalStore } from '../../store/released/refusals.ts'
import type { ScriptBitStore } from '../../store/released/script-bits.ts'
import type { JobPlan } from '../admit/validate.ts'

/** The limits of one catalog's scopes. */
export type MeterLimits = Pick<ScopeUse, 'refusalBitsMax' | 'scriptBitsMax'>

/** The stores behind the meters. */
export interface MeterParts {
  readonly clock: Clock
  readonly refusals: RefusalStore
  readonly answered: AnsweredStore
  readonly scriptBits: ScriptBitStore
}

/** Who asks, and the institution that carries it. */
export interface Asker {
  readonly issuer: string
  readonly askedBy: string
}

/** How a job ends, as far as it uses something up. */
export type Ended = { readonly output: SafeOutput } | { readonly code: Code }

/** How a script ended is told too, as one of at most eight ways: log2 of them. */
const OUTCOME_BITS = 3
/** A key costs nothing: all of one institution may be told so many times what one requester may. */
const INSTITUTION_TIMES = 5

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
  useFor(plan: JobPlan, { issuer, askedBy }: Asker): ScopeUse {
    const { clock, refusals, answered, scriptBits } = this.#parts
    const bits = (requester: string) => countedOf(requester, refusals.bits(this.#scope, requester, clock.now()))
    return {
      ...this.#limits,
      refusalBits: Math.max(bits(issuer), bits(institution(askedBy))),
      refusalWouldTell: wouldTell(plan) && !answered.has(this.#scope, questionOf(plan)),
      scriptBits: scriptBits.told(this.#scope),
      scriptBitsLeast: OUTCOME_BITS
    }
  }

  /** As of now, for whoever watches over it; refusals: of the requester who was told most. */
  get used(): MeterLimits & Pick<ScopeUse, 'refusalBits' | 'scriptBits'> {
    const { clock, refusals, scriptBits } = this.#parts
    return {
      ...this.#limits,
      refusalBits: refusals
        .told(this.#scope, clock.now())
        .reduce((most, { requester, bits }) => Math.max(most, countedOf(requester, bits)), 0),
      scriptBits: scriptBits.told(this.#scope)
    }
  }

  /** Bits that the next script may still tell. */
  get bitsLeft(): number {
    return Math.max(0, this.#limits.scriptBitsMax - this.#parts.scriptBits.told(this.#scope))
  }

  /** Inside the single writer, in the batch that ends the job; gives what the audit log says of it. */
  charge(draft: Draft, plan: JobPlan, ending: Ended, asker: Asker): Record<string, number> {
    if ('code' in ending && ending.code === 'COHORT_NOT_RELEASABLE') return this.#refused(draft, plan, 1, asker)
    if (plan.program.kind !== 'script') {
      if (!('output' in ending)) return {}
      const question = questionOf(plan)
      // The same answer again tells nothing more.
      if (this.#parts.answered.has(this.#scope, question)) return {}
      this.#parts.answered.note(draft, this.#scope, question)
      this.#refused(draft, plan, withheldIn(ending.output), asker)
      // No more than the card says: the record of a release goes out with it, and what others were told is theirs.
      return {}
    }
    const bits = 'output' in ending ? (ending.output.output.disclosure.bits ?? 0) : OUTCOME_BITS
    this.#parts.scriptBits.spend(draft, this.#scope, bits)
    return { bits }
  }

  /** Each refusal, each cell or group that is withheld, and each sentence that people were left out, is one yes or no about data. */
  #refused(draft: Draft, plan: JobPlan, bits: number, { issuer, askedBy }: Asker): Record<string, number> {
    if (bits === 0 || !wouldTell(plan)) return {}
    const { clock, refusals } = this.#parts
    const told = { scope: this.#scope, bits, atMs: clock.now() }
    refusals.note(draft, { ...told, requester: institution(askedBy) })
    return { refusal_bits: refusals.note(draft, { ...told, requester: issuer }) }
  }
}

const ALL_OF = 'all of '

/** Not to be taken for a requester who has the same key. */
function institution(peerId: string): string {
  return `${ALL_OF}${peerId}`
}

/** Of what one requester may be told. */
function countedOf(requester: string, bits: number): number {
  return requester.startsWith(ALL_OF) ? Math.ceil(bits / INSTITUTION_TIMES) : bits
}

/** Under differential privacy a refusal is paid for like an answer. */
function wouldTell({ isOfWholeCells, privacy }: JobPlan): boolean {
  return !isOfWholeCells && privacy.level === 'P1'
}

function withheldIn({ output }: SafeOutput): number {
  const leftOut = output.kind === 'table' ? (output.left_out?.length ?? 0) : 0
  return Object.values(output.withheld).reduce((sum: number, count: number) => sum + count, leftOut)
}

/** The same question about the same epoch, by its hash: whom it is about, what is asked, and in whose words. */
function questionOf({ catalog, cohort, plan, schema, privacy }: JobPlan): string {
  const question = { epoch: catalog.epoch, cohort: cohort ?? null, plan: plan ?? null, schema, level: privacy.level }
  return createHash('sha256').update(canonicalJson(question)).digest('hex')
}
