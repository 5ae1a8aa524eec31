/** What a request is for, against what the catalog may be used for. */
import { matchDataUse } from '@stimnet/protocol'
import { allowed, forPeople, type Rule, refuse } from './decision.ts'

/** PURPOSE_NOT_PERMITTED, or people where no rule can judge; stewards who approved a request have judged it. */
export const purposeFits: Rule = ({ catalog, purpose, approved }) => {
  if (!catalog.dataUse) return allowed
  const { verdict, reason } = matchDataUse(catalog.dataUse, purpose)
  if (verdict === 'refused') return refuse('PURPOSE_NOT_PERMITTED', reason)
  return verdict === 'permitted' || approved ? allowed : forPeople
}
