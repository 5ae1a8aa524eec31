/** The form to approve or deny a request. */
import type { AnalysisDecision, AnalysisRequest } from '@stimnet/sdk'
import { useState } from 'react'
import { Field } from '../parts/field.tsx'
import { Notice } from '../parts/notice.tsx'
import { Panel } from '../parts/panel.tsx'
import { Problem } from '../parts/problem.tsx'
import { useAccount, useSession } from '../session/session.tsx'
import { decisionOf, formFor } from './decision.ts'
import { StandingTerms } from './standing-terms.tsx'

/** `decided` is called after the decision. */
export function Decide({ request, decided }: { request: AnalysisRequest; decided: () => void }) {
  const { client } = useSession()
  const account = useAccount()
  const [form, setForm] = useState(() => formFor(request))
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  const [lacksReason, setLacksReason] = useState(false)
  const has = request.approved_by?.split(', ').includes(account.name) ?? false
  const isLast = request.approvals + 1 >= request.approvals_needed
  const decide = async (status: AnalysisDecision['status']) => {
    const isMissing = status === 'denied' && form.notes.trim() === ''
    setLacksReason(isMissing)
    if (isMissing) return
    setBusy(true)
    setError(undefined)
    try {
      await client.decideAnalysis(request.request_id, decisionOf(form, { status, request }))
      decided()
    } catch (caught) {
      setError(caught)
    }
    setBusy(false)
  }
  return (
    <Panel
      title="Your decision"
      hint={`${request.approvals} of ${request.approvals_needed} stewards have agreed. The first denial ends it; the last approval that is needed makes it run.`}
    >
      {has && <Notice tone="good">You have agreed. Another steward must agree as well.</Notice>}
      <Field
        label="Notes"
        hint="The requester reads them. A denial needs a reason."
        wrong={lacksReason && form.notes.trim() === '' ? 'Give a reason: a denial needs one.' : undefined}
      >
        {(field) => (
          <textarea
            {...field}
            rows={3}
            maxLength={1_000}
            value={form.notes}
            onChange={(event) => setForm({ ...form, notes: event.target.value })}
          />
        )}
      </Field>
      {!has && <StandingTerms form={form} setForm={setForm} request={request} />}
      {error !== undefined && <Problem error={error} doing="Deciding" />}
      <div className="actions">
        {!has && (
          <button type="button" className="primary" disabled={busy} onClick={() => decide('approved')}>
            {isLast ? 'Approve and run' : 'Approve'}
          </button>
        )}
        <button type="button" className="danger" disabled={busy} onClick={() => decide('denied')}>
          Deny
        </button>
      </div>
    </Panel>
  )
}
