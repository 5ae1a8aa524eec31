/** One request to read: who asks and why, the program, what it touches, what exactly would run; and the decision. */
import type { AnalysisRequest } from '@stimnet/sdk'
import { useLoaded } from '../load.ts'
import { Badge } from '../parts/badge.tsx'
import { Notice } from '../parts/notice.tsx'
import { Panel } from '../parts/panel.tsx'
import { Title } from '../parts/title.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { Decide } from '../requests/decide.tsx'
import { Files } from '../requests/files.tsx'
import { Findings } from '../requests/findings.tsx'
import { Listing } from '../requests/listing.tsx'
import { Outcome } from '../requests/outcome.tsx'
import { requesterOf, standingOf } from '../requests/status.ts'
import { WhatRuns } from '../requests/what-runs.tsx'
import type { Place } from '../route.ts'
import { holds } from '../session/account.ts'
import { useAccount, useSession } from '../session/session.tsx'
import { fromNow, moment } from '../words/time.ts'

const LOOK_MS = 3_000

/** A steward decides here; whoever asked reads how it stands. */
export function RequestPage({ place }: { place: Place }) {
  const { client } = useSession()
  const request = useLoaded((signal) => client.analysis(place.id, { signal }), [client, place.id], { everyMs: LOOK_MS })
  return (
    <Waiting of={request} doing="Reading the request">
      {(found) => <Read request={found} reload={request.reload} />}
    </Waiting>
  )
}

function Read({ request, reload }: { request: AnalysisRequest; reload: () => void }) {
  const account = useAccount()
  const { word, tone } = standingOf(request)
  return (
    <>
      <Title
        lead={
          <>
            <Badge tone={tone}>{word}</Badge> {requesterOf(request)} · asked {moment(request.submitted_at)}
            {request.status === 'pending' && request.expires_at !== null && ` · lapses ${fromNow(request.expires_at)}`}
          </>
        }
      >
        {request.analysis_title || `Request ${request.id}`}
      </Title>
      {request.approval_notes !== null && (
        <Notice tone={tone}>
          <strong>{request.approved_by ?? (request.state === 'failed' ? 'Refused' : 'Stewards')}:</strong>{' '}
          {request.approval_notes}
        </Notice>
      )}
      <Outcome request={request} />
      <Panel title="Why">
        <p className="prose">{request.analysis_description || 'No description was given.'}</p>
        <p className="soft">
          {[request.requester_email, request.requester_affiliation, `priority ${request.priority}`]
            .filter(Boolean)
            .join(' · ')}
        </p>
      </Panel>
      <Panel
        title="The program"
        hint="Advice for its reader marks lines; a program can hide anything from a reader, and the sandbox holds it whatever it does."
      >
        <Findings findings={request.review} />
        <Listing scriptType={request.script_type} content={request.script_content} findings={request.review ?? []} />
      </Panel>
      <Files request={request} />
      <Panel title="What exactly would run" hint="An approval holds for this and nothing else.">
        <WhatRuns request={request} />
      </Panel>
      {request.status === 'pending' && holds(account, 'steward', 'operator') && (
        <Decide key={request.request_id} request={request} decided={reload} />
      )}
    </>
  )
}
