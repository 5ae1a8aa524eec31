/** One analysis request: the requester and purpose, the program, the data that it uses, exactly what would run, and the decision. */
import { codeOf, withoutMisleading } from '@stimnet/protocol'
import type { AnalysisRequest, AnalysisStatus } from '@stimnet/sdk'
import { useEffect, useRef, useState } from 'react'
import { useLoaded } from '../load.ts'
import { Badge } from '../parts/badge.tsx'
import { NotHere } from '../parts/frame/not-here.tsx'
import { Notice } from '../parts/notice.tsx'
import { Panel } from '../parts/panel.tsx'
import { Seen } from '../parts/seen.tsx'
import { Title } from '../parts/frame/title.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { Decide } from '../requests/decide.tsx'
import { Files } from '../requests/files.tsx'
import { Findings } from '../requests/findings.tsx'
import { Listing } from '../requests/listing.tsx'
import { Outcome } from '../requests/outcome.tsx'
import { saidSoFar, saysToBe, signedBy, standingOf } from '../requests/status.ts'
import { WhatRuns } from '../requests/what-runs.tsx'
import type { Place } from '../route.ts'
import { holds } from '../session/account.ts'
import { useAccount, useSession } from '../session/session.tsx'
import { fromNow, moment } from '../words/time.ts'

const LOOK_MS = 3_000

/** A steward decides here; the requester reads the state of the request. */
export function RequestPage({ place }: { place: Place }) {
  const { client } = useSession()
  const request = useLoaded((signal) => client.analysis(place.id, { signal }), [client, place.id], { everyMs: LOOK_MS })
  if (request.value === undefined && codeOf(request.error) === 'JOB_UNKNOWN') {
    return (
      <NotHere
        title="There is no such request"
        why="It may be another account's, or the address is incomplete."
        back={{ at: 'requests', name: 'the requests' }}
      />
    )
  }
  return (
    <Waiting of={request} doing="Reading the request">
      {(found) => <Read request={found} reload={request.reload} />}
    </Waiting>
  )
}

function Read({ request, reload }: { request: AnalysisRequest; reload: () => void }) {
  const account = useAccount()
  const { word, tone } = standingOf(request)
  const { place, decided } = useDecided(request, reload)
  return (
    <>
      <Title
        lead={
          <>
            <Badge tone={tone}>{word}</Badge> <Seen>{saysToBe(request)}</Seen> · <Seen>{signedBy(request)}</Seen> ·
            asked {moment(request.submitted_at)}
            {request.status === 'pending' && request.expires_at !== null && ` · expires ${fromNow(request.expires_at)}`}
          </>
        }
      >
        {withoutMisleading(request.analysis_title) || `Request ${request.id}`}
      </Title>
      <div ref={place} tabIndex={-1} className="said">
        <Decided request={request} />
      </div>
      <Outcome request={request} />
      <Panel title="Why">
        <p className="prose">
          <Seen>{request.analysis_description || 'No description was given.'}</Seen>
        </p>
        <p className="soft">
          In the requester’s words:{' '}
          {[request.requester_email, request.requester_affiliation, `priority ${request.priority}`]
            .filter(Boolean)
            .map((text) => withoutMisleading(text ?? ''))
            .join(' · ')}
        </p>
      </Panel>
      <Panel
        title="The program"
        hint="Marked lines are advice for you as its reader. A program can hide anything from a reader; the sandbox isolates it whatever it does."
      >
        <Findings findings={request.review} />
        <Listing scriptType={request.script_type} content={request.script_content} findings={request.review ?? []} />
      </Panel>
      <Files request={request} />
      <Panel title={TITLES[request.status]} hint="An approval is valid only for exactly this.">
        <WhatRuns request={request} />
      </Panel>
      {request.status === 'pending' && holds(account, 'steward') && (
        <Decide key={request.request_id} request={request} decided={decided} />
      )}
    </>
  )
}

/** The heading above the program, which says whether the request is still open. */
const TITLES: Readonly<Record<AnalysisStatus, string>> = {
  pending: 'What exactly would run',
  approved: 'What was approved',
  denied: 'What would have run',
  expired: 'What would have run'
}

/** The decisions of stewards with their notes. */
function Decided({ request }: { request: AnalysisRequest }) {
  const said = saidSoFar(request)
  if (said === undefined && request.approval_notes === null) return null
  return (
    <Notice tone={standingOf(request).tone} live>
      <p>
        <strong>{said}</strong> {request.approval_notes !== null && <Seen>{request.approval_notes}</Seen>}
      </p>
    </Notice>
  )
}

/** After a decision the button is gone, so the focus moves to the outcome. */
function useDecided(request: AnalysisRequest, reload: () => void) {
  const place = useRef<HTMLDivElement>(null)
  const now = `${request.status} ${request.approvals}`
  const [before, setBefore] = useState<string>()
  useEffect(() => {
    if (before === undefined || before === now) return
    setBefore(undefined)
    place.current?.focus()
  }, [before, now])
  const decided = () => {
    setBefore(now)
    reload()
  }
  return { place, decided }
}
