/**
 * The rounds of a model: the question, the institutions that have answered, the verified receipts, the released numbers, and the estimates
 * that follow from them.
 */
import { MODEL_ROUNDS_MAX } from '@stimnet/protocol'
import { Badge } from '../parts/badge.tsx'
import { Panel } from '../parts/panel.tsx'
import { LiveParts } from '../result/live/live-parts.tsx'
import type { Standing } from '../result/trust/standings.ts'
import { verdictOf } from '../result/trust/verdict.ts'
import { hrefTo } from '../route.ts'
import { measured } from '../words/number.ts'
import type { FitRound } from './carry.ts'
import { amountInWords, ReleasedNumbers, releasedIn } from './released.tsx'
import type { Fit } from './use-fit.ts'

interface PanelProps {
  readonly shown: Pick<Fit, 'fit' | 'rounds' | 'awaited'>
  readonly nameOf: (site: string) => string
}

/** The finished rounds, then the round that is awaited. */
export function RoundsPanel({ shown, nameOf }: PanelProps) {
  const { fit, rounds, awaited } = shown
  const isAwaited = awaited !== undefined && !rounds.some(({ round }) => round === awaited.round)
  return (
    <Panel
      title="Rounds"
      hint="Each institution computes the next estimates from the signed answers of all to the round before. Neither this page nor the gateway can choose any of them."
    >
      <ol className="rounds" aria-label="Rounds">
        {rounds.map((round) => (
          <li key={round.round}>
            <Finished round={round} nameOf={nameOf} signed={fit?.signed} />
          </li>
        ))}
        {isAwaited && (
          <li>
            <article className="round" aria-label={nameOfRound(awaited.round)}>
              <header>
                <h3>{nameOfRound(awaited.round)}</h3>
                <Badge tone="busy">asked</Badge>
              </header>
              <p className="soft">{startInWords(awaited.round)}</p>
              <LiveParts parts={awaited.broadcast.parts} gone={NOBODY} standings={NO_STANDINGS} />
            </article>
          </li>
        )}
      </ol>
    </Panel>
  )
}

const NOBODY: ReadonlySet<string> = new Set()
const NO_STANDINGS: ReadonlyMap<string, Standing> = new Map()

function nameOfRound(round: number): string {
  return round === 0 ? 'Round 0' : `Round ${round} of at most ${MODEL_ROUNDS_MAX}`
}

function startInWords(round: number): string {
  return round === 0
    ? 'Each institution fits the model to its own people.'
    : `All institutions evaluate the model at the estimates that follow from round ${round - 1}.`
}

function Finished(props: { round: FitRound; nameOf: PanelProps['nameOf']; signed: NonNullable<Fit['fit']>['signed'] }) {
  const { round, nameOf, signed } = props
  const { broadcast, verified, missing } = round
  const given = broadcast.parts.filter(({ receipt }) => receipt !== null).length
  const verdict = verdictOf({ verified, agrees: round.agrees, question: signed, swapped: [] }, given)
  const released = releasedIn(verified)
  const [first] = released
  return (
    <article className="round" aria-label={nameOfRound(round.round)}>
      <header>
        <h3>{nameOfRound(round.round)}</h3>
        <Badge tone={missing.length > 0 ? 'warn' : verdict.tone}>{verdict.head}</Badge>
        {!round.agrees && <Badge tone="bad">the gateway shows something else</Badge>}
      </header>
      <p className="soft">
        {startInWords(round.round)} {changeInWords(round)}
      </p>
      {missing.length > 0 && (
        <ul>
          {missing.map(({ site, code }) => (
            <li key={site}>
              {nameOf(site)} is not in it: {code}.{' '}
              {broadcast.parts.find(({ peer_id }) => peer_id === site)?.reason ?? ''}
            </li>
          ))}
        </ul>
      )}
      {first !== undefined && (
        <details>
          <summary>What was released in round {round.round}</summary>
          <p className="hint">{amountInWords(first)}</p>
          <ReleasedNumbers all={released} nameOf={nameOf} />
        </details>
      )}
      <p className="soft">
        <a href={hrefTo('question', broadcast.id)}>The question of the round, with the evidence of each receipt</a>
      </p>
    </article>
  )
}

/** The change of the estimates after a round, in words. */
function changeInWords({ change, missing }: FitRound): string {
  if (change === null || missing.length > 0) return ''
  return `After it the estimates move by at most ${measured(change)} of a standard error.`
}
