/** The noise and the cost of a differentially private request, from the request and the catalog's description alone. */
import { type Catalog, planFault } from '@stimnet/data'
import { type DpPlan, planNoise } from '@stimnet/privacy'
import { type Plan, type PrivacyAsk, StimnetError } from '@stimnet/protocol'

/**
 * Plans the noise before anything is charged. Throws what `planNoise` throws, and PARAMETER_INVALID for a plan that
 * does not fit
 * the catalog.
 */
export function noiseOf(
  { plan, privacy, broadcast }: { plan: Plan; privacy: PrivacyAsk; broadcast: boolean },
  catalog: Catalog
): DpPlan {
  const { descriptor } = catalog
  const fault = planFault(plan, descriptor)
  if (fault !== null) throw new StimnetError('PARAMETER_INVALID', fault, { reason: fault })
  return planNoise({
    plan,
    ask: privacy,
    descriptor,
    decimalsOf: (variable) => catalog.decimalsOf(variable),
    sitesPerPerson: broadcast ? Math.max(1, descriptor.sitesPerPerson) : 1
  })
}
