/**
 * Meters of a ledger scope beside its ledgers: bits that refusals disclosed to each requester, bits that answers disclosed
 * to each requester about each variable, and bits that scripts disclosed.
 */
import { createHash } from 'node:crypto'
import { type InformationPrice, priceByDescription, type SafeOutput, type ShownFact } from '@stimnet/privacy'
import type { Clock, Code } from '@stimnet/protocol'
import { canonicalHash } from '../../canonical-hash.ts'
import type { ScopeUse } from '../../policy/decision.ts'
import type { AnsweredStore } from '../../store/released/answered.ts'
import type { Draft } from '../../store/database.ts'
import { type RecentBits, takenBy } from '../../store/released/recent-bits.ts'
import type { RefusalUse } from '../../store/refusals-told.ts'
import type { ScriptBitStore } from '../../store/released/script-bits.ts'
import type { Asker } from '../admit/sign-off.ts'
import type { JobPlan } from '../admit/validate.ts'

/** The limits of the scopes of one catalog. */
export interface MeterLimits extends Pick<ScopeUse, 'refusalBitsMax' | 'scriptBitsMax'> {
  /** Whether the bits that each requester took of each variable are counted. */
  readonly countsTaken?: boolean
}

/** The stores behind the meters. */
export interface MeterParts {
  readonly clock: Clock
  readonly refusals: RecentBits
  /** The bits per value that each requester took of each variable. */
  readonly taken: RecentBits
  readonly answered: AnsweredStore
  readonly scriptBits: ScriptBitStore
}

/** The parts of a job's end that the meters count. */
export type Ended = { readonly output: SafeOutput; readonly shown?: readonly ShownFact[] } | { readonly code: Code }

/** Bits of the way in which a script ended, which discloses information too: log2 of at most eight outcomes. */
const OUTCOME_BITS = 3
/**
 * Limit of all requesters of one institution together, as a multiple of one requester's limit. Keys are free to make, so a
 * limit per key is not enough.
 */
const INSTITUTION_TIMES = 5
/** The step in which a requester sees the used amount, bits. */
const TOLD_IN = 10

/** The codes of refusals that depend on data. */
const REFUSALS: readonly Code[] = ['COHORT_NOT_RELEASABLE', 'MODEL_SEPARATED']

/** The meters of one scope. */
export class ScopeMeter {
  readonly #parts: MeterParts
  readonly #scope: string
  readonly #limits: MeterLimits

  constructor(parts: MeterParts, scope: string, limits: MeterLimits) {
    this.#parts = parts
    this.#scope = scope
    this.#limits = limits
  }

  /** Whether the question was answered before, to anybody. */
  isRepeated(plan: JobPlan): Promise<boolean> {
    return this.#parts.answered.has(this.#scope, questionOf(plan))
  }

  /**
   * The use of the scope for a question that is about to be judged, after the last prepared change. `isRepeated` is read in
   * advance, so that nothing comes between judging and its consequences.
   */
  useFor(plan: JobPlan, asker: Asker, isRepeated: boolean): ScopeUse {
    const { scriptBits } = this.#parts
    return {
      ...this.#max,
      refusalBits: this.#refusalBits(asker),
      refusalWouldTell: wouldTell(plan) && !isRepeated,
      scriptBits: scriptBits.told(this.#scope),
      scriptBitsLeast: OUTCOME_BITS
    }
  }

  /**
   * The bits that refusals have disclosed to the asker in thirty days, for display to the asker: rounded up to tens.
   * Undefined if there is no limit. Reaching the next ten discloses whether a fact was new, which an answer does not show;
   * so each ten after the first is itself charged.
   */
  refusalsOf({ issuer, askedBy }: Asker): RefusalUse | undefined {
    const { refusalBitsMax: bitsMax } = this.#limits
    if (!Number.isFinite(bitsMax) || bitsMax <= 0) return undefined
    const bits = this.#refusalBits({ issuer, askedBy })
    return { bits: Math.min(bitsMax, tensOf(bits) * TOLD_IN), bitsMax }
  }

  /** The bits that count towards the limit, plus `more` bits. */
  #refusalBits({ issuer, askedBy }: Asker, more = 0): number {
    const { clock, refusals } = this.#parts
    const bits = (requester: string) => countedOf(requester, more + refusals.bits(this.#scope, requester, clock.now()))
    return Math.max(bits(issuer), bits(institution(askedBy)))
  }

  /** The current use, for monitoring. `refusalBits` is the use of the requester with the highest count. */
  get used(): Omit<MeterLimits, 'countsTaken'> & Pick<ScopeUse, 'refusalBits' | 'scriptBits'> {
    const { clock, refusals, scriptBits } = this.#parts
    return {
      ...this.#max,
      refusalBits: refusals
        .told(this.#scope, clock.now())
        .reduce((most, { requester, bits }) => Math.max(most, countedOf(requester, bits)), 0),
      scriptBits: scriptBits.told(this.#scope)
    }
  }

  get #max() {
    const { refusalBitsMax, scriptBitsMax } = this.#limits
    return { refusalBitsMax, scriptBitsMax }
  }

  /** Bits that the next script may still disclose. */
  get bitsLeft(): number {
    return Math.max(0, this.#limits.scriptBitsMax - this.#parts.scriptBits.told(this.#scope))
  }

  /** Charges the end of a job, inside the single writer and in the batch that ends the job. Returns fields for the audit log. */
  async charge(
    draft: Draft,
    plan: JobPlan,
    ending: Ended,
    asker: Asker & { readonly jobId: string }
  ): Promise<Record<string, number>> {
    if ('code' in ending && REFUSALS.includes(ending.code)) return this.#refused(draft, plan, 1, asker)
    if (plan.program.kind !== 'script') {
      if (!('output' in ending)) return {}
      const question = questionOf(plan)
      // Repeating an answer discloses nothing more.
      if (await this.#parts.answered.has(this.#scope, question)) return {}
      await this.#parts.answered.note(draft, this.#scope, { question, jobId: asker.jobId })
      const shown = await this.#newlyShown(draft, plan, ending.shown ?? [], asker.jobId)
      this.#refused(draft, plan, withheldIn(ending.output) + shown, asker)
      if (this.#limits.countsTaken) this.#took(draft, plan, asker)
      // The record of a release is sent with it, so it may contain no more than the disclosure card. The count of refusals
      // belongs to the requester and is left out.
      return {}
    }
    const bits = 'output' in ending ? (ending.output.output.disclosure.bits ?? 0) : OUTCOME_BITS
    this.#parts.scriptBits.spend(draft, this.#scope, bits)
    return { bits }
  }

  /** The job with the first answer to the question; undefined if there is none. The answers of scripts are not reused. */
  answeredBy(plan: JobPlan): Promise<string | undefined> {
    return this.#parts.answered.jobOf(this.#scope, questionOf(plan))
  }

  /** The released output of that job, if its result was deleted. */
  keptAnswer(jobId: string): Promise<string | undefined> {
    return this.#parts.answered.keptOf(jobId)
  }

  /**
   * The bits that a question would take of each variable, and the bits that its requester took in thirty days, under the
   * site's names. Empty for a question that was answered before.
   */
  async takenFor(
    plan: JobPlan,
    { issuer, askedBy }: Asker
  ): Promise<(InformationPrice & { readonly taken: number })[]> {
    const { clock, taken } = this.#parts
    if (await this.isRepeated(plan)) return []
    const took = (requester: string, variable: string) =>
      taken.bits(this.#scope, takenBy(requester, variable), clock.now())
    return priceOf(plan).map((price) => ({
      ...price,
      taken: Math.max(took(issuer, price.variable), took(institution(askedBy), price.variable))
    }))
  }

  #took(draft: Draft, plan: JobPlan, { issuer, askedBy }: Asker): void {
    const atMs = this.#parts.clock.now()
    for (const { variable, bits } of priceOf(plan)) {
      for (const requester of [issuer, institution(askedBy)])
        this.#parts.taken.note(draft, { scope: this.#scope, requester: takenBy(requester, variable), bits, atMs })
    }
  }

  /**
   * Records the facts about data that an answer shows beside its numbers. Returns how many of them no answer of the epoch
   * has shown before.
   */
  async #newlyShown(draft: Draft, { catalog }: JobPlan, shown: readonly ShownFact[], jobId: string): Promise<number> {
    let fresh = 0
    for (const fact of shown) {
      const question = nameOfFact(catalog.epoch, fact)
      if (await this.#parts.answered.has(this.#scope, question)) continue
      await this.#parts.answered.note(draft, this.#scope, { question, jobId })
      fresh++
    }
    return fresh
  }

  /** Each refusal, withheld cell or group, statement that people were left out, and shown fact counts as one bit about data. */
  #refused(draft: Draft, plan: JobPlan, bits: number, { issuer, askedBy }: Asker): Record<string, number> {
    if (bits === 0 || !wouldTell(plan)) return {}
    const { clock, refusals } = this.#parts
    const [before = 0, after = 0] = [0, bits].map((more) => tensOf(this.#refusalBits({ issuer, askedBy }, more)))
    const isNextTen = after > Math.max(1, before)
    const told = { scope: this.#scope, bits: isNextTen ? bits + 1 : bits, atMs: clock.now() }
    refusals.note(draft, { ...told, requester: institution(askedBy) })
    return { refusal_bits: refusals.note(draft, { ...told, requester: issuer }) }
  }
}

function tensOf(bits: number): number {
  return Math.ceil(bits / TOLD_IN)
}

const ALL_OF = 'all of '

/** The key under which a whole institution is counted. It differs from every requester's key. */
function institution(peerId: string): string {
  return `${ALL_OF}${peerId}`
}

/** The bits that count towards the limit of one requester. */
function countedOf(requester: string, bits: number): number {
  return requester.startsWith(ALL_OF) ? Math.ceil(bits / INSTITUTION_TIMES) : bits
}

/** The price as it is shown before a question is asked, under the site's names of variables. Empty under differential privacy. */
function priceOf({ catalog, plan, cohort, privacy }: JobPlan): InformationPrice[] {
  if (plan === undefined || privacy.level !== 'P1') return []
  const priced = priceByDescription(catalog.descriptor, { plan, where: cohort })
  return priced.map((one) => ({ ...one, variable: catalog.sourceOf(one.variable).own }))
}

/** Whether a refusal of this plan could disclose anything. Under differential privacy a refusal is paid for like an answer. */
function wouldTell({ isOfWholeCells, privacy }: JobPlan): boolean {
  return !isOfWholeCells && privacy.level === 'P1'
}

function withheldIn({ output }: SafeOutput): number {
  const leftOut = output.kind === 'table' ? (output.left_out?.length ?? 0) : 0
  return Object.values(output.withheld).reduce((sum: number, count = 0) => sum + count, leftOut)
}

/** The name under which a fact about the epoch is recorded. No question has such a name. */
function nameOfFact(epoch: string, { what, of }: ShownFact): string {
  return `shown ${createHash('sha256').update(`${epoch} ${what} `).update(of.toBytes()).digest('hex')}`
}

/** A hash that identifies the same question about the same epoch: cohort, plan, schema terms and privacy level. */
function questionOf({ catalog, cohort, plan, schema, privacy }: JobPlan): string {
  const { level } = privacy
  return canonicalHash({ epoch: catalog.epoch, cohort: cohort ?? null, plan: plan ?? null, schema, level })
}
