/** What people decide: a stranger's code where the catalog says so, and whatever a requester asks them about. */
import { isListedCode } from './data.ts'
import { allowed, forPeople, type Rule, refuse } from './decision.ts'
import { purposeFits } from './purposes.ts'

/** Leave once people have agreed. What they agreed to is bound to its bytes; see jobs/approvals.ts. */
export const peopleDecide: Rule = (facts) => {
  const { programWord, catalog, asksForPeople, approved } = facts
  if (approved) return allowed
  const isScript = programWord !== 'statistic' && programWord !== 'sql'
  const isUnread = isScript && catalog.scripts === 'review' && !isListedCode(facts)
  return asksForPeople || isUnread ? forPeople : allowed
}

/** QUEUE_FULL where more wait for people than people can look at; statistics and SQL that need nobody go on. */
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
