/** One question: its progress while it runs, then its answer. */
import { codeOf } from '@stimnet/protocol'
import { type AskedQuestion, askedQuestionOf, type Broadcast } from '@stimnet/sdk'
import { useState } from 'react'
import { roundOfQuestion } from '../fit/question.ts'
import { useLoaded } from '../load.ts'
import { Badge } from '../parts/badge.tsx'
import { Notice } from '../parts/notice.tsx'
import { NotHere } from '../parts/frame/not-here.tsx'
import { Panel } from '../parts/panel.tsx'
import { Problem } from '../parts/problem.tsx'
import { Title } from '../parts/frame/title.tsx'
import { AskedPanel } from '../result/asked-panel.tsx'
import type { SignedHere } from '../result/trust/answer.ts'
import { useSignedHere } from '../result/trust/asked-here.ts'
import { LiveParts } from '../result/live/live-parts.tsx'
import { SoFar } from '../result/live/so-far.tsx'
import { RefusedSigner } from '../result/trust/refused-signer.tsx'
import { Result } from '../result/result.tsx'
import { SchemaDifferences } from '../result/schema-differences.tsx'
import { standingsOf } from '../result/trust/standings.ts'
import { CalledOtherwise, Swaps } from '../result/trust/swaps.tsx'
import { useVerified } from '../result/trust/verified.ts'
import { useBroadcast } from '../result/live/watch.ts'
import { hrefTo, type Place } from '../route.ts'
import { useSession } from '../session/session.tsx'
import { plural } from '../words/number.ts'
import { questionName } from '../words/question/question.ts'
import { hasEnded, STATES } from '../words/state.ts'
import { moment } from '../words/time.ts'

const LOOK_MS = 3_000

/** Everything shown stays on the page if the stream breaks or an institution disconnects. */
export function QuestionPage({ place }: { place: Place }) {
  const { client } = useSession()
  const { broadcast, broken, error } = useBroadcast(place.id)
  const verification = useVerified(place.id, broadcast)
  const remembered = useSignedHere(place.id)
  const nodes = useLoaded((signal) => client.nodes({ signal }), [client], { everyMs: LOOK_MS })
  const answered = broadcast?.parts.filter(({ state }) => hasEnded(state)).length ?? 0
  // The stream reports states only. Until the question has ended, it is read in full after each answer.
  const isAwaited = broadcast !== undefined && !hasEnded(broadcast.state)
  const read = useLoaded(
    async (signal) => (isAwaited ? client.broadcast(place.id, { signal }) : undefined),
    [client, place.id, answered, isAwaited]
  )
  const whole = read.value?.id === place.id ? read.value : undefined
  const gone = new Set((nodes.value ?? []).filter(({ is_active }) => !is_active).map(({ peer_id }) => peer_id))
  if (broadcast === undefined) return <NotRead error={error} />
  const ended = hasEnded(broadcast.state)
  const standings = verification.state === 'done' ? standingsOf(verification) : new Map()
  // A question that this browser signed is shown as it was signed, even if only a receipt identifies it.
  const signedHere = remembered ?? (verification.state === 'done' ? verification.question : undefined)
  const asked =
    (signedHere ? askedQuestionOf(signedHere, signedHere.targets) : undefined) ??
    broadcast.asked ??
    whole?.asked ??
    undefined
  const name = questionName({ ...broadcast, ...(signedHere ? { title: signedHere.title } : {}) })
  return (
    <>
      <Title
        lead={<Lead broadcast={broadcast} signed={signedHere} />}
        actions={ended ? <AskNext id={place.id} isKnown={asked !== undefined} /> : <Cancel id={place.id} />}
      >
        {name}
      </Title>
      {verification.state === 'done' && <Swaps swapped={verification.swapped} />}
      {signedHere && <CalledOtherwise signed={signedHere} shown={broadcast} />}
      {broken && (
        <Notice tone="warn" live>
          The connection was lost and is being restored. You see the last state that was received.
        </Notice>
      )}
      {error !== undefined && <Problem error={error} doing="Following the question" />}
      <Notices broadcast={broadcast} gone={gone} />
      <OfFit id={place.id} asked={asked} broadcast={broadcast} />
      <AskedPanel asked={asked} signed={signedHere} />
      <RefusedSigner broadcast={broadcast} own={signedHere !== undefined} />
      <SchemaDifferences broadcast={broadcast} />
      <Panel title="Institutions">
        <LiveParts parts={broadcast.parts} gone={gone} standings={standings} />
        {broadcast.parts.length === 0 && <p className="loading">Looking for institutions that offer the catalog …</p>}
      </Panel>
      {!ended && answered > 0 && whole && <SoFar whole={whole} signed={signedHere} />}
      {ended && broadcast.parts.length > 0 && (
        <Result broadcast={broadcast} verification={verification} asked={asked} />
      )}
    </>
  )
}

/** For a round of a model: the fit that it belongs to. A model of categories alone has no rounds, even if its question names a roster. */
function OfFit({ id, asked, broadcast }: { id: string; asked: AskedQuestion | undefined; broadcast: Broadcast }) {
  const round = asked && roundOfQuestion(asked)
  const [model] = broadcast.pooled?.models ?? []
  if (round === undefined || (model !== undefined && model.rounds === undefined)) return null
  if (round > 0) return <Notice tone="calm">This is round {round} of a model that institutions fit in rounds.</Notice>
  return (
    <Notice tone="calm">
      This is round 0 of a model that institutions fit in rounds. <a href={hrefTo('fit', id)}>Open the fit</a>
    </Notice>
  )
}

function NotRead({ error }: { error: unknown }) {
  if (codeOf(error) === 'JOB_UNKNOWN') {
    return (
      <NotHere
        title="There is no such question"
        why="It may be another account's, or the address is incomplete."
        back={{ at: 'questions', name: 'your questions' }}
      />
    )
  }
  if (error !== undefined) return <Problem error={error} doing="Reading the question" />
  return <p className="loading">Reading the question …</p>
}

function Lead({ broadcast, signed }: { broadcast: Broadcast; signed: SignedHere | undefined }) {
  const { word, tone } = STATES[broadcast.state]
  return (
    <>
      <Badge tone={tone}>{word}</Badge> <code>{signed?.catalog ?? broadcast.data_catalog_name}</code> ·{' '}
      {broadcast.script_type} · asked {moment(broadcast.submitted_at)}
      {broadcast.parts.length > 0 && ` · ${plural(broadcast.parts.length, 'institution')}`}
      {signed && ' · signed with your own key'}
    </>
  )
}

function Notices({ broadcast, gone }: { broadcast: Broadcast; gone: ReadonlySet<string> }) {
  const { parts, reason, warnings } = broadcast
  const parted = parts.filter(({ peer_id, state }) => gone.has(peer_id) && state === 'completed')
  return (
    <>
      {parted.length > 0 && (
        <Notice tone="warn" live>
          {parted.map(({ institution }) => institution).join(', ')} disconnected. The signed answer is here and stays
          valid.
        </Notice>
      )}
      {warnings.map((warning) => (
        <Notice key={warning} tone="warn">
          {warning}
        </Notice>
      ))}
      {parts.length === 0 && reason !== null && <Notice tone="bad">{reason}</Notice>}
      <p className="hidden" role="status">
        {parts.filter(({ state }) => hasEnded(state)).length} of {plural(parts.length, 'institution')} have answered.
      </p>
    </>
  )
}

function AskNext({ id, isKnown }: { id: string; isKnown: boolean }) {
  return (
    <>
      {isKnown && <a href={hrefTo('ask', '', { again: id })}>Change it and ask again</a>}
      <a href={hrefTo('ask')}>Ask another</a>
    </>
  )
}

function Cancel({ id }: { id: string }) {
  const { client } = useSession()
  const [error, setError] = useState<unknown>()
  return (
    <>
      <button type="button" onClick={() => client.cancelJob(id).catch(setError)}>
        Cancel it
      </button>
      {error !== undefined && <Problem error={error} doing="Cancelling it" />}
    </>
  )
}
