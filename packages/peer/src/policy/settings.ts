/** How much may wait: in total, for one requester, and through one asking peer. */
import { allowed, type Rule, refuse } from './decision.ts'

/** QUEUE_FULL; the same ask may succeed later. Keys cost nothing, so the carrying peer has a share of its own. */
export const queueHasRoom: Rule = ({ queue, queueMax }) => {
  if (queue.total >= queueMax.total) return refuse('QUEUE_FULL')
  if (queue.ofRequester >= queueMax.ofRequester) {
    return refuse(
      'QUEUE_FULL',
      `At most ${queueMax.ofRequester} jobs of one requester wait or run here. Ask again later.`
    )
  }
  if (queue.ofPeer >= queueMax.ofPeer) {
    return refuse(
      'QUEUE_FULL',
      `At most ${queueMax.ofPeer} jobs asked through one peer wait or run here. Ask again later.`
    )
  }
  return allowed
}
