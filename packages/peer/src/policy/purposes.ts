/** The rule about the purpose of a request: it must fit the permitted uses of the catalog. */
import { matchDataUse } from '@stimnet/protocol'
import { allowed, forPeople, type Rule, refuse } from './decision.ts'

/**
 * PURPOSE_NOT_PERMITTED if the purpose does not fit. Asks stewards if no rule can decide; their approval settles the
 * question.
 */
export const purposeFits: Rule = ({ catalog, purpose, approved }) => {
  if (!catalog.dataUse) return allowed
  const { verdict, reason } = matchDataUse(catalog.dataUse, purpose)
  if (verdict === 'refused') return refuse('PURPOSE_NOT_PERMITTED', reason)
  return verdict === 'permitted' || approved ? allowed : forPeople
}
