/** Analysis requests: for stewards, those made to this institution; for researchers, their own. */
import { withoutMisleading } from '@stimnet/protocol'
import { Table } from '../parts/table.tsx'
import { Seen } from '../parts/seen.tsx'
import type { AnalysisRequest, AnalysisStatus } from '@stimnet/sdk'
import { useState } from 'react'
import { useLoaded } from '../load.ts'
import { Badge } from '../parts/badge.tsx'
import { Empty } from '../parts/empty.tsx'
import { Segments } from '../parts/segments.tsx'
import { Title } from '../parts/frame/title.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { saysToBe, signedBy, standingOf } from '../requests/status.ts'
import { hrefTo } from '../route.ts'
import { useSession } from '../session/session.tsx'
import { fromNow } from '../words/time.ts'

const LOOK_MS = 5_000
const LISTED_MAX = 200

const CHOICES = [
  { value: 'pending', label: 'Waiting' },
  { value: 'approved', label: 'Approved' },
  { value: 'denied', label: 'Denied' },
  { value: 'expired', label: 'Expired' }
] as const

/** Reloads every five seconds. */
export function RequestsPage() {
  const { client } = useSession()
  const [status, setStatus] = useState<AnalysisStatus>('pending')
  const requests = useLoaded(
    (signal) => client.listAnalyses({ status, limit: LISTED_MAX, brief: true, signal }),
    [client, status],
    {
      everyMs: LOOK_MS
    }
  )
  return (
    <>
      <Title lead="Requests that wait for a decision by stewards, and what exactly would run.">Requests</Title>
      <div className="search">
        <Segments<AnalysisStatus> legend="Which" options={CHOICES} value={status} choose={setStatus} />
      </div>
      <Waiting of={requests} doing="Reading the requests">
        {(found) =>
          found.length === 0 ? (
            <Empty title={status === 'pending' ? 'No request waits for a decision' : `No request is ${status}`}>
              Scripts on real patient data wait here before they run, and so do questions for which a researcher wants a
              decision by stewards.
            </Empty>
          ) : (
            <List requests={found} />
          )
        }
      </Waiting>
    </>
  )
}

function List({ requests }: { requests: readonly AnalysisRequest[] }) {
  return (
    <Table
      label="Requests"
      panel
      heads={['Request', 'From', 'Catalog', 'Kind', 'Priority', 'Agreed', 'State', 'Asked']}
    >
      {requests.map((request) => (
        <tr key={request.request_id}>
          <th scope="row">
            <a href={hrefTo('request', request.request_id)}>
              {withoutMisleading(request.analysis_title) || `Request ${request.id}`}
            </a>
          </th>
          <td>
            <Seen>{saysToBe(request)}</Seen>
            <br />
            <span className="soft">
              <Seen>{signedBy(request)}</Seen>
            </span>
          </td>
          <td>
            <code>{request.data_catalog_name}</code>
          </td>
          <td>{request.script_type}</td>
          <td>{request.priority}</td>
          <td>
            {request.approvals} of {request.approvals_needed}
          </td>
          <td>
            <Badge tone={standingOf(request).tone}>{standingOf(request).word}</Badge>
          </td>
          <td>{fromNow(request.submitted_at)}</td>
        </tr>
      ))}
    </Table>
  )
}
