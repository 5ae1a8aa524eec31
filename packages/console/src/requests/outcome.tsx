/** The result of an approved request, for the researcher. */
import type { AnalysisRequest } from '@stimnet/sdk'
import { useLoaded } from '../load.ts'
import { Notice } from '../parts/notice.tsx'
import { hrefTo } from '../route.ts'
import { holds } from '../session/account.ts'
import { useAccount, useSession } from '../session/session.tsx'
import { standingOf } from './status.ts'

/** Stewards are not shown the result. */
export function Outcome({ request }: { request: AnalysisRequest }) {
  const { client } = useSession()
  // Only the researcher may read the result.
  const isApproved = holds(useAccount(), 'researcher') && request.status === 'approved'
  const results = useLoaded(
    async (signal) => (isApproved ? client.analysisResults(request.request_id, { signal }).catch(() => null) : null),
    [client, request.request_id, isApproved, request.state]
  )
  const jobId = results.value?.job_id ?? null
  if (jobId === null) return null
  return (
    <Notice tone={standingOf(request).tone}>
      <p>
        Its job is {request.state}. <a href={hrefTo('question', jobId)}>See the outcome</a>
      </p>
    </Notice>
  )
}
