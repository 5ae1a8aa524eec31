/**
 * Cost and expected error of a differentially private request, before anything is spent. Both depend only on the request and
 * the catalog description.
 */
import { epsilonOf } from '../accounting/zcdp.ts'
import { type ColumnError, errorsOf, rowsAssumed } from './error.ts'
import { type DpCharge, type DpPlan, planNoise } from './plan.ts'
import type { DpTerms } from './terms.ts'

/** The cost of one answer from one catalog. */
export interface DpCost {
  readonly mechanism: DpPlan['mechanism']
  /** The ε of pure differential privacy; null if the request gave ρ. */
  readonly epsilon: number | null
  /** The ρ that is charged to the ledger. */
  readonly rho: number
  readonly nanoRho: bigint
  /** The ε that corresponds to ρ at `delta`. */
  readonly epsilonAtDelta: number
  readonly delta: number
  /** The number of values that share the amount. */
  readonly numbers: number
  /** The number of groups that the answer will have. */
  readonly groups: number
  readonly groupsPerSubject: number
  readonly rowsPerSubject: number
  readonly sitesPerPerson: number
  readonly columns: readonly ColumnError[]
}

/** The cost of a request. Throws the same errors as `planNoise`. */
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

/** A charge as doubles, for display. */
export function chargedOf({ epsilon, rho }: DpCharge): { epsilon: number | null; rho: number } {
  return {
    epsilon: epsilon === undefined ? null : Number(epsilon.top) / Number(epsilon.bottom),
    rho: Number(rho.top) / Number(rho.bottom)
  }
}

/**
 * The δ at which a charge is reported: at most `most`, by default one millionth, and never above 1/(10·subjects). Even a
 * mechanism that published each record with probability δ would then expose a record in at most one of ten catalogs of this
 * size.
 */
export function deltaFor(subjectsRounded: number, most = 1e-6): number {
  return Math.min(most, 1 / (10 * Math.max(1, subjectsRounded)))
}
