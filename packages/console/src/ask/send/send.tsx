/** Summarises in one sentence what will be sent, and has the button that sends it. */
import { MODEL_ROUNDS_MAX } from '@stimnet/protocol'
import { STATISTICS } from '@stimnet/sdk'
import { useEffect, useState } from 'react'
import type { OwnKeyState } from '../../key/own-key.ts'
import { Field } from '../../parts/field.tsx'
import { Notice } from '../../parts/notice.tsx'
import { Panel } from '../../parts/panel.tsx'
import { Problem } from '../../parts/problem.tsx'
import { useSession } from '../../session/session.tsx'
import { plural } from '../../words/number.ts'
import { type About, forewarnings } from '../draft/about.ts'
import { LENGTHS } from '../draft/lengths.ts'
import { type Change, type Draft, signingKey } from '../draft/draft.ts'
import { missingInMappings } from '../draft/mappings.ts'
import { refusalsIn } from '../price/noise.ts'
import type { Price } from '../price/price.ts'
import { missingIn } from '../draft/ready.ts'
import { isFitInRounds } from '../draft/submission.ts'
import { ReviewFirst } from './review-first.tsx'
import { useSender } from './sender.ts'
import { SignedBy } from './signed-by.tsx'

/** The button is disabled while the question is incomplete. */
export function Send(props: { draft: Draft; change: Change; about: About; own: OwnKeyState; price: Price }) {
  const { draft, change, about, own, price } = props
  const { renewed } = useSession()
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: after a new sign-in the old refusal says nothing any more
  useEffect(() => setError(undefined), [renewed])
  const sender = useSender()
  const statistic = STATISTICS.find(({ name }) => name === draft.picked.name)
  const [only, second] = about.asked
  const reviewed = draft.review && second === undefined
  const refusals = price.state === 'told' ? refusalsIn(price.cost) : []
  const missing = [
    ...missingIn({ ...draft, review: reviewed }, statistic, about.variables, about.asked),
    ...missingInMappings(draft, about),
    ...refusals
  ]
  const question = { draft, about, reviewed, held: signingKey(draft, own) }
  const send = async () => {
    setBusy(true)
    setError(undefined)
    try {
      await sender.send(question)
    } catch (caught) {
      setError(caught)
      setBusy(false)
    }
  }
  return (
    <Panel title="Send">
      <TitleField draft={draft} change={change} isRequired={reviewed} />
      <ReviewFirst draft={draft} change={change} only={second === undefined ? only : undefined} />
      <SignedBy draft={draft} change={change} about={about} own={own} />
      <p className="prose">
        {whatHappens(about.asked.length)} {isFitInRounds(draft, about) && IN_ROUNDS}
      </p>
      {forewarnings(about, draft).map((sentence) => (
        <Notice key={sentence} tone="warn">
          {sentence}
        </Notice>
      ))}
      {error !== undefined && <Problem error={error} doing="Sending" />}
      {!busy && missing.length === 0 && sender.mayBeTaken(question) && (
        <Notice tone="warn" live>
          The question may already have been received. You can safely send it again: it counts once.
        </Notice>
      )}
      {missing.length > 0 && <StillMissing sentences={missing} />}
      <button
        type="button"
        className="primary large"
        disabled={busy || missing.length > 0 || own.state === 'reading'}
        onClick={send}
      >
        {busy ? 'Sending …' : labelOf(about.asked.length)}
      </button>
    </Panel>
  )
}

function TitleField({ draft, change, isRequired }: { draft: Draft; change: Change; isRequired: boolean }) {
  return (
    <Field label={isRequired ? 'Title' : 'Title (optional)'} hint="Institutions see it with the question.">
      {(field) => (
        <input
          {...field}
          maxLength={LENGTHS.title}
          value={draft.title}
          onChange={(e) => change({ title: e.target.value })}
        />
      )}
    </Field>
  )
}

function StillMissing({ sentences }: { sentences: readonly string[] }) {
  return (
    <ul className="missing" aria-label="Still missing">
      {sentences.map((sentence) => (
        <li key={sentence}>{sentence}</li>
      ))}
    </ul>
  )
}

function labelOf(asked: number): string {
  return asked === 0 ? 'Choose an institution' : `Ask ${plural(asked, 'institution')}`
}

const IN_ROUNDS = `It is round 0 of a model that they fit together. Up to ${MODEL_ROUNDS_MAX} further rounds follow from their answers, each of which costs the numbers of a round again.`

function whatHappens(asked: number): string {
  if (asked === 0) return 'No institution is chosen yet.'
  if (asked === 1) {
    return 'The question goes to 1 institution. It decides for itself, computes on its own data, and signs what it releases.'
  }
  return `The question goes to ${plural(asked, 'institution')}. Each decides for itself, computes on its own data, and signs what it releases.`
}
