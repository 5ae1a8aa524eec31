/** What is about to be sent, in one sentence, and the button that sends it. */
import { cryptographicRandom, toHex } from '@stimnet/protocol'
import { STATISTICS } from '@stimnet/sdk'
import { useEffect, useRef, useState } from 'react'
import { Field } from '../parts/field.tsx'
import { Notice } from '../parts/notice.tsx'
import { Panel } from '../parts/panel.tsx'
import { Problem } from '../parts/problem.tsx'
import { goTo } from '../route.ts'
import { useSession } from '../session/session.tsx'
import { plural } from '../words/number.ts'
import { type About, forewarnings } from './about.ts'
import type { Change } from './change.ts'
import type { Draft } from './draft.ts'
import { missingIn } from './ready.ts'
import { ReviewFirst } from './review-first.tsx'
import { analysisOf, submissionOf } from './submission.ts'

const freshKey = () => toHex(cryptographicRandom.bytes(16))

/** The same draft sent twice, by a double click or after a lost answer, is one question: the key says so. */
export function Send({ draft, change, about }: { draft: Draft; change: Change; about: About }) {
  const { client, renewed } = useSession()
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: after a new sign-in the old refusal says nothing any more
  useEffect(() => setError(undefined), [renewed])
  const sent = useRef({ text: '', key: '' })
  const statistic = STATISTICS.find(({ name }) => name === draft.picked.name)
  const [only, second] = about.asked
  const reviewed = draft.review && second === undefined
  const missing = missingIn({ ...draft, review: reviewed }, statistic)
  const send = async () => {
    const submission = submissionOf(draft, about.variables)
    const text = JSON.stringify([submission, reviewed, draft.person])
    if (sent.current.text !== text) sent.current = { text, key: freshKey() }
    setBusy(true)
    setError(undefined)
    try {
      const idempotencyKey = sent.current.key
      if (reviewed && only) {
        const analysis = analysisOf(draft, about.variables, only.peer_id)
        goTo('request', (await client.requestAnalysis(analysis, { idempotencyKey })).request_id)
      } else {
        goTo('question', (await client.submitBroadcast(submission, { idempotencyKey })).id)
      }
    } catch (caught) {
      setError(caught)
      setBusy(false)
    }
  }
  return (
    <Panel title="Send">
      <Field label={reviewed ? 'Title' : 'Title (optional)'} hint="Institutions see it beside the question.">
        {(field) => (
          <input {...field} maxLength={200} value={draft.title} onChange={(e) => change({ title: e.target.value })} />
        )}
      </Field>
      <ReviewFirst draft={draft} change={change} only={second === undefined ? only : undefined} />
      <p className="prose">
        Asks {plural(about.asked.length, 'institution')}. The gateway signs for your account; each institution decides
        for itself, computes on its own data, and signs what it releases.
      </p>
      {forewarnings(about, draft).map((sentence) => (
        <Notice key={sentence} tone="warn">
          {sentence}
        </Notice>
      ))}
      {error !== undefined && <Problem error={error} doing="Sending" />}
      {missing.length > 0 && (
        <ul className="missing" aria-label="Still missing">
          {missing.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      )}
      <button type="button" className="primary large" disabled={busy || missing.length > 0} onClick={send}>
        {busy ? 'Sending …' : `Ask ${plural(about.asked.length, 'institution')}`}
      </button>
    </Panel>
  )
}
