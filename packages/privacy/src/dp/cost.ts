/** What a request costs and how far off its answer will be, before anything is spent. Pure, and about the request alone. */
import { epsilonOf } from '../accounting/zcdp.ts'
import { type ColumnError, errorsOf, rowsAssumed } from './error.ts'
import { type DpCharge, type DpPlan, planNoise } from './plan.ts'
import type { DpTerms } from './terms.ts'

/** The price of one answer of one catalog. */
export interface DpCost {
  readonly mechanism: DpPlan['mechanism']
  /** Pure; null where ρ was asked for. */
  readonly epsilon: number | null
  /** What the ledger takes. */
  readonly rho: number
  readonly nanoRho: bigint
  /** What ρ amounts to, at `delta`. */
  readonly epsilonAtDelta: number
  readonly delta: number
  /** Numbers among which it is divided. */
  readonly numbers: number
  /** Groups that will be answered for. */
  readonly groups: number
  readonly groupsPerSubject: number
  readonly rowsPerSubject: number
  readonly sitesPerPerson: number
  readonly columns: readonly ColumnError[]
}

/** Throws what `planNoise` throws. */
export function costOf(terms: DpTerms): DpCost {
  const { descriptor } = terms
  const plan = planNoise(terms)
  const delta = deltaFor(descriptor.subjectsRounded)
  const { epsilon, rho } = chargedOf(plan.charge)
  return {
    mechanism: plan.mechanism,
    epsilon,
    rho,
    nanoRho: plan.charge.nanoRho,
    epsilonAtDelta: epsilonOf(rho, delta),
    delta,
    numbers: plan.numbers.length,
    groups: plan.groups,
    groupsPerSubject: plan.bounded.groupsPerSubject,
    rowsPerSubject: plan.bounded.rowsPerSubject,
    sitesPerPerson: plan.sitesPerPerson,
    columns: errorsOf(plan, descriptor, rowsAssumed(plan, descriptor))
  }
}

/** A charge in doubles, for people. */
export function chargedOf({ epsilon, rho }: DpCharge): { epsilon: number | null; rho: number } {
  return {
    epsilon: epsilon === undefined ? null : Number(epsilon.top) / Number(epsilon.bottom),
    rho: Number(rho.top) / Number(rho.bottom)
  }
}

/** δ at which a charge is told: a millionth, and never so much that one of ten such catalogs would be given away whole. */
export function deltaFor(subjectsRounded: number, most = 1e-6): number {
  return Math.min(most, 1 / (10 * Math.max(1, subjectsRounded)))
}
