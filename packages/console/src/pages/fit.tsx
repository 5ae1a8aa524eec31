/** A model that institutions fit together in rounds: its rounds while they run, and then the result. */
import { earlyEndOf } from '../fit/early-end.ts'
import { FitResult } from '../fit/fit-result.tsx'
import { RoundsPanel } from '../fit/rounds-panel.tsx'
import { type Fit, type FitState, useFit } from '../fit/use-fit.ts'
import { useHeadingAfter } from '../parts/following.ts'
import { Badge } from '../parts/badge.tsx'
import { Empty } from '../parts/empty.tsx'
import { Notice } from '../parts/notice.tsx'
import { Problem } from '../parts/problem.tsx'
import { Title } from '../parts/frame/title.tsx'
import { AskedPanel } from '../result/asked-panel.tsx'
import { hrefTo, type Place } from '../route.ts'
import { plural } from '../words/number.ts'
import { questionName } from '../words/question/question.ts'
import type { Tone } from '../words/state.ts'
import { moment } from '../words/time.ts'

const WORDS: Readonly<Record<FitState, { readonly word: string; readonly tone: Tone }>> = {
  reading: { word: 'reading', tone: 'calm' },
  running: { word: 'running', tone: 'busy' },
  stopped: { word: 'stopped', tone: 'warn' },
  ended: { word: 'ended', tone: 'good' },
  failed: { word: 'failed', tone: 'bad' },
  other: { word: 'no model in rounds', tone: 'calm' }
}

const ENDED_EARLY = { word: 'ended early', tone: 'warn' } as const

/** The page of a fit; its address has the id of round 0. A reload continues the fit. */
export function FitPage({ place }: { place: Place }) {
  return <OneFit key={place.id} id={place.id} />
}

function OneFit({ id }: { id: string }) {
  const shown = useFit(id)
  const { first, fit, state, error, rounds } = shown
  useHeadingAfter(state)
  if (first === undefined) {
    return error === undefined ? (
      <p className="loading">Reading the fit …</p>
    ) : (
      <Problem error={error} doing="Reading the fit" />
    )
  }
  const institutions = new Map(first.parts.map((part) => [part.peer_id, part.institution || part.node_id]))
  const nameOf = (site: string) => fit?.signed?.names[site] ?? institutions.get(site) ?? site
  const isEarly = state === 'ended' && fit !== undefined && earlyEndOf(rounds, fit.roster) !== undefined
  const { word, tone } = isEarly ? ENDED_EARLY : WORDS[state]
  return (
    <>
      <Title
        lead={
          <>
            <Badge tone={tone}>{word}</Badge> <code>{first.data_catalog_name}</code> · fitted in rounds · asked{' '}
            {moment(first.submitted_at)} · {plural(first.parts.length, 'institution')}
            {fit?.signed && ' · signed with your own key'}
          </>
        }
        actions={<Actions id={id} shown={shown} />}
      >
        {fit?.formula ?? questionName(first)}
      </Title>
      {state === 'other' ? (
        <Empty title="This question is no round 0 of a model">
          <a href={hrefTo('question', id)}>Open the question</a>
        </Empty>
      ) : (
        <>
          <Standing shown={shown} />
          {fit !== undefined && <AskedPanel asked={fit.asked} signed={fit.signed} />}
          <RoundsPanel shown={shown} nameOf={nameOf} />
          {fit !== undefined && rounds.length > 0 && (
            <FitResult fit={fit} rounds={rounds} isEnded={state === 'ended'} nameOf={nameOf} />
          )}
        </>
      )}
    </>
  )
}

function Actions({ id, shown }: { id: string; shown: Fit }) {
  const { state, stop, go } = shown
  if (state === 'running') {
    return (
      // The keys keep the buttons apart: a second press of the button that stops must not press the button that continues.
      <button key="stop" type="button" onClick={stop}>
        Stop the fit
      </button>
    )
  }
  if (state === 'stopped') {
    return (
      <button key="go" type="button" className="primary" onClick={go}>
        Go on with the fit
      </button>
    )
  }
  return state === 'ended' ? <a href={hrefTo('ask', '', { again: id })}>Change it and ask again</a> : null
}

/** The meaning of the state, and the possible actions. */
function Standing({ shown }: { shown: Fit }) {
  const { state, fit, rounds, error, go, again } = shown
  const last = rounds.at(-1)
  if (state === 'failed') return <Problem error={error} doing="Fitting the model" again={go} />
  if (state === 'running') {
    return (
      <p className="prose">
        This page carries the signed answers of each round to the next one. After a reload it goes on where it was. If
        the tab is closed, the fit stops; its page goes on with it.
      </p>
    )
  }
  if (state === 'stopped') {
    return (
      <Notice tone="warn" live>
        {last === undefined ? 'Stopped.' : `Stopped after round ${last.round}.`} No further round is asked. What
        institutions have answered is answered again with the same numbers and costs nothing.
      </Notice>
    )
  }
  const early = state === 'ended' && fit !== undefined ? earlyEndOf(rounds, fit.roster) : undefined
  if (early === undefined) return null
  return (
    <Notice tone="warn" live>
      <p>{early.words}</p>
      {early.again !== undefined && (
        <button type="button" onClick={again}>
          Ask round {early.again} again
        </button>
      )}
    </Notice>
  )
}
