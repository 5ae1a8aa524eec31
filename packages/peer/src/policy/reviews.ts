/**
 * Rules about requests that stewards decide: scripts if the catalog requires a review, and requests that a requester submits
 * for review.
 */
import { isListedCode } from './data.ts'
import { allowed, forPeople, type Rule, refuse } from './decision.ts'
import { purposeFits } from './purposes.ts'

/** Allows a request after stewards have approved it. The approval is bound to its exact bytes; see jobs/approve/approvals.ts. */
export const peopleDecide: Rule = (facts) => {
  const { programWord, catalog, asksForPeople, approved } = facts
  if (approved) return allowed
  const isScript = programWord !== 'statistic' && programWord !== 'sql'
  const isUnread = isScript && catalog.scripts === 'review' && !isListedCode(facts)
  return asksForPeople || isUnread ? forPeople : allowed
}

/** QUEUE_FULL if too many requests wait for stewards. Requests that need no steward are not affected. */
export const peopleHaveRoom: Rule = (facts) => {
  const isForPeople = [peopleDecide, purposeFits].some((rule) => {
    const decision = rule(facts)
    return decision.allow && decision.review === true
  })
  if (!isForPeople) return allowed
  const { pending, pendingMax } = facts
  if (pending.total >= pendingMax.total || pending.ofPeer >= pendingMax.ofPeer) {
    return refuse('QUEUE_FULL', 'As many requests wait for the stewards here as they can look at. Ask again later.')
  }
  if (pending.ofRequester < pendingMax.ofRequester) return allowed
  return refuse('QUEUE_FULL', `At most ${pendingMax.ofRequester} requests of one requester wait for the stewards here.`)
}
