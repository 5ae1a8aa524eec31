/** Rules about settings: the isolation that scripts need, and the number of requests that may wait. */
import { meetsGrade } from '@stimnet/sandbox'
import { allowed, type Rule, refuse } from './decision.ts'

/** SANDBOX_TOO_WEAK for a script if the catalog requires stronger isolation than this peer has. */
export const sandboxIsStrongEnough: Rule = ({ programWord, catalog, sandboxGrade }) => {
  const gradeMin = catalog.sandboxGradeMin
  if (programWord === 'statistic' || programWord === 'sql' || gradeMin === undefined) return allowed
  if (meetsGrade(sandboxGrade, { gradeMin })) return allowed
  return refuse(
    'SANDBOX_TOO_WEAK',
    `The catalog ${catalog.name} runs scripts in ${gradeMin} or stronger; this peer has ${sandboxGrade}. SQL and named statistics need no sandbox.`
  )
}

/** SANDBOX_TOO_WEAK for a script if the catalog lists images that may run scripts, and the image here is not among them. */
export const imageIsListed: Rule = ({ programWord, catalog, image = '' }) => {
  if (programWord === 'statistic' || programWord === 'sql' || catalog.images === undefined) return allowed
  if (catalog.images.includes(image)) return allowed
  const reason = `The catalog ${catalog.name} lists what may run scripts; ${image || 'nothing'} runs them here. SQL and named statistics need none.`
  return refuse('SANDBOX_TOO_WEAK', reason)
}

/**
 * QUEUE_FULL if the queue is full; the same request may succeed later. Keys are free to make, so the carrying peer also has
 * a limit.
 */
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
