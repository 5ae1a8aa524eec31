/** The check, before a job runs, that its approval covers everything that would run. */
import type { Sandbox } from '@stimnet/sandbox'
import { isPending, type JobRecord } from '../../store/jobs.ts'
import type { JobPlan } from '../admit/validate.ts'
import { RAN_BY_NODE } from './execute.ts'

/**
 * Whether stewards approved this job, the approval has not expired, and the image that would run it is the image that they
 * saw.
 */
export async function isApproved(
  job: JobRecord,
  plan: JobPlan,
  { sandbox, now }: { sandbox: Sandbox | undefined; now: number }
): Promise<boolean> {
  const { review } = job
  if (!review || review.denial || isPending(review) || review.expiresAtMs < now) return false
  return review.image === (await imageOf(plan, sandbox))
}

/** The image that runs a script, with its digest. For SQL and statistics, the name of the node itself. */
export async function imageOf({ program }: JobPlan, sandbox: Sandbox | undefined): Promise<string> {
  if (program.kind !== 'script') return RAN_BY_NODE.image
  return (await sandbox?.describe())?.image(program.language) ?? 'none'
}
