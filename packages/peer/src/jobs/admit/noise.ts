/** The noise and the cost of a differentially private request, from the request and the catalog's description alone. */
import { type Catalog, planFault } from '@stimnet/data'
import { type DpPlan, planNoise } from '@stimnet/privacy'
import { type CatalogDescriptor, type Plan, type PrivacyAsk, StimnetError } from '@stimnet/protocol'

/**
 * The maximum number of the queried institutions that may have data of the same person: these institutions share the amount
 * of the question. The amount of a question to a single institution is not shared.
 */
export function sitesPerPersonOf(broadcast: boolean, { sitesPerPerson }: CatalogDescriptor): number {
  return broadcast ? Math.max(1, sitesPerPerson) : 1
}

/**
 * Plans the noise before anything is charged. Throws the errors of `planNoise`, and PARAMETER_INVALID for a plan that does
 * not fit the catalog.
 */
export function noiseOf(
  { plan, privacy, sitesPerPerson }: { plan: Plan; privacy: PrivacyAsk; sitesPerPerson: number },
  catalog: Catalog
): DpPlan {
  const { descriptor } = catalog
  const fault = planFault(plan, descriptor)
  if (fault !== null) throw StimnetError.told('PARAMETER_INVALID', fault)
  return planNoise({
    plan,
    ask: privacy,
    descriptor,
    decimalsOf: (variable) => catalog.decimalsOf(variable),
    sitesPerPerson
  })
}
