/** Charges of differentially private jobs: paid in a synced batch before any data are read, and answered once per payment. */
import type { Catalog } from '@stimnet/data'
import {
  type DpPlan,
  discloseAgain,
  discloseNoisy,
  largestFitting,
  ratioOfDecimal,
  releaseNoisy,
  type SafeOutput,
  variableFacts
} from '@stimnet/privacy'
import { type RandomSource, StimnetError } from '@stimnet/protocol'
import { canonicalHash } from '../../canonical-hash.ts'
import type { Decision } from '../../policy/decision.ts'
import type { Database, Draft } from '../../store/database.ts'
import type { JobRecord } from '../../store/jobs.ts'
import { type BudgetCaps, EVERYBODY, type PrivacyLedger } from '../../store/released/privacy-ledger.ts'
import type { CatalogPrivacy } from './privacy.ts'
import type { Ask, SignOff } from '../admit/sign-off.ts'
import type { JobPlan } from '../admit/validate.ts'

/** Dependencies of `Charges`. */
export interface ChargeParts {
  readonly database: Database
  readonly ledger: PrivacyLedger
  readonly random: RandomSource
  /** Whether anybody may ask. New keys are then free to make, so all keys share one cap. */
  readonly open: boolean
  /** Whether another institution has attested more of this peer's audit log than exists. The spent amount is then unknown. */
  readonly doubted: () => boolean
}

/** The answer of a paid job. `disclose` is called inside the single writer, with the batch that publishes the answer. */
export interface PaidAnswer {
  disclose(draft: Draft): Promise<SafeOutput>
  /** Called when that batch is on disk. */
  settled(): void
}

/** The requester, as the ledger distinguishes requesters. */
export interface Spender {
  /** The key that signed: the requester's own key, or the key that a gateway keeps for the account. */
  readonly issuer: string
  /** The project named by the request. */
  readonly project: string
}

/**
 * The scope to whose cap a charge counts: a listed project with all its keys; otherwise the key that signed, which
 * distinguishes the accounts of a gateway. If anybody may ask, new keys are free to make, so all keys share one cap.
 */
export function scopeOf(
  { issuer, project }: Spender,
  { open, catalog }: { readonly open: boolean; readonly catalog: Pick<Catalog, 'config'> }
): string {
  const isListed = catalog.config.privacy?.projects?.some(({ name }) => name === project) ?? false
  if (isListed) return `project:${project}`
  return open ? EVERYBODY : issuer
}

/** The charges of a peer; one instance per peer. */
export class Charges {
  readonly #parts: ChargeParts

  constructor(parts: ChargeParts) {
    this.#parts = parts
  }

  /**
   * Extends a sign-off by a check of the budget, so that a request is refused at admission and not when its job is about to
   * run.
   */
  over(signOff: SignOff): SignOff {
    return {
      ...signOff,
      decide: (ask, plan) => {
        const decision = signOff.decide(ask, plan)
        if (!decision.allow) return decision
        const held = this.#decide(ask, plan)
        return held.allow ? decision : held
      }
    }
  }

  #decide({ checked }: Ask, plan: JobPlan): Decision {
    const { noise } = plan
    if (noise === undefined) return { allow: true }
    const { ledger } = this.#parts
    const spending = { ...facts(plan, noise), scope: this.#scopeOf(checked.opened.issuer, plan) }
    try {
      this.#assertKnown()
      if (!ledger.isPaid(keyOf(plan, noise))) ledger.assertHolds(spending, (left) => advice(noise, left))
      return { allow: true }
    } catch (error) {
      if (!(error instanceof StimnetError)) throw error
      return { allow: false, code: error.code, reason: error.reason }
    }
  }

  #scopeOf(issuer: string, { project, catalog }: JobPlan): string {
    return scopeOf({ issuer, project }, { open: this.#parts.open, catalog })
  }

  /**
   * Pays, then reads the data, then draws the noise. Neither pays nor reads if the same request was answered before. Throws
   * BUDGET_EXCEEDED if another job took the remaining budget first; in that case no data were read.
   */
  async run(job: JobRecord, plan: JobPlan, privacy: CatalogPrivacy, signal: AbortSignal): Promise<PaidAnswer> {
    const { noise } = plan
    if (noise === undefined) throw new StimnetError('INTERNAL', 'charging for what has no price')
    const { database, ledger } = this.#parts
    const scope = this.#scopeOf(job.issuer, plan)
    const key = keyOf(plan, noise)
    const promised = plan.catalog.config.mode === 'dp'
    if (!ledger.isPaid(key)) {
      const spending = { ...facts(plan, noise), scope, key, promised, jobId: job.id }
      this.#assertKnown()
      await database.commit((draft) => void ledger.spend(draft, spending))
    }
    const before = await ledger.answerOf(key)
    if (before === undefined) this.#assertKnown()
    const own = before ?? (await this.#compute(plan, noise, { scope, privacy, signal })).json
    return {
      disclose: async (draft) => {
        // Another job for the same request may have been published first. Then its answer counts, with its noise.
        const first = await ledger.answerOf(key)
        if (first === undefined) ledger.answer(draft, key, own)
        return discloseAgain(first ?? own)
      },
      settled: () => ledger.settled(key)
    }
  }

  #assertKnown(): void {
    if (this.#parts.doubted()) throw new StimnetError('LOG_BEHIND', 'spending')
  }

  /**
   * All numbers here are exact until `releaseNoisy` adds noise, so the way in which the computation ends must not depend on
   * them.
   */
  async #compute(
    plan: JobPlan,
    noise: DpPlan,
    { scope, privacy, signal }: { scope: string; privacy: CatalogPrivacy; signal: AbortSignal }
  ): Promise<SafeOutput> {
    const { catalog } = plan
    const { descriptor } = catalog
    const cohort = await catalog.cohort(plan.cohort)
    const reduction = await catalog.reduceBounded(noise.bounded, cohort, signal)
    const table = releaseNoisy(noise, reduction, {
      descriptor,
      variables: variableFacts(descriptor),
      scope: scope === EVERYBODY ? 'catalog' : 'requester',
      random: this.#parts.random
    })
    return discloseNoisy(table, {
      settings: privacy.settings,
      policyHash: privacy.policyHash,
      epoch: catalog.epoch,
      cohortHash: canonicalHash(plan.cohort ?? null),
      codeHash: canonicalHash(noise.plan),
      image: 'node statistics',
      synthetic: descriptor.synthetic
    })
  }
}

/** The caps for charges to a catalog: for its lifetime and per project. */
export function capsOf({ config }: Pick<Catalog, 'config'>): BudgetCaps {
  return { lifetime: capOf(config.budget.lifetime_rho), project: capOf(config.budget.project_rho) }
}

/** The cap in units of 10⁻⁹ ρ, rounded down; a charge is rounded up. */
function capOf(text: string): bigint {
  const { top, bottom } = ratioOfDecimal(text)
  return (top * 1_000_000_000n) / bottom
}

/** The largest amount that could be asked for instead, as a sentence. */
function advice(noise: DpPlan, { lifetime, project }: BudgetCaps): string {
  const fits = largestFitting(noise, lifetime > project ? project : lifetime)
  if (fits === undefined) return ' No amount of this question fits any more.'
  const { word, amount } = fits
  return ` The largest ${word} that fits is ${amount}: with it the same question is answered.`
}

function facts(plan: JobPlan, { charge }: DpPlan) {
  return { catalog: plan.catalog.descriptor.name, nanoRho: charge.nanoRho, caps: capsOf(plan.catalog) }
}

/**
 * The key of a paid answer. The same question about the same rows at the same price has one answer, whoever asks: with
 * different noise for each account, several accounts together could average the noise away.
 */
function keyOf(plan: JobPlan, noise: DpPlan): string {
  const { descriptor, epoch } = plan.catalog
  const { level, epsilon = '', rho = '' } = plan.privacy
  return canonicalHash({
    catalog: descriptor.name,
    epoch,
    plan: noise.plan,
    cohort: plan.cohort ?? null,
    level,
    epsilon,
    rho,
    sites: noise.sitesPerPerson,
    groups: noise.bounded.groupsPerSubject,
    rows: noise.bounded.rowsPerSubject,
    bounds: noise.bounds.map(({ variable, lower, upper }) => [variable, String(lower), String(upper)])
  })
}
