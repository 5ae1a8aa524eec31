/** How much may wait: in total, and for one requester. */
import { allowed, type Rule, refuse } from './decision.ts'

/** QUEUE_FULL; the same ask may succeed later. */
export const queueHasRoom: Rule = ({ queue, queueMax }) => {
  if (queue.total >= queueMax.total) return refuse('QUEUE_FULL')
  if (queue.ofRequester >= queueMax.ofRequester) {
    return refuse(
      'QUEUE_FULL',
      `At most ${queueMax.ofRequester} jobs of one requester wait or run here. Ask again later.`
    )
  }
  return allowed
}
