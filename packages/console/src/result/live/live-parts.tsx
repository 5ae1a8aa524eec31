/** The part of each institution, updated live: its state, the reason, and whether the institution is connected. */
import type { BroadcastPart } from '@stimnet/sdk'
import { Badge } from '../../parts/badge.tsx'
import { wordsOfPart } from '../../words/state.ts'
import { fromNow } from '../../words/time.ts'
import type { Standing } from '../trust/standings.ts'

/** `gone`: PeerIds that are not connected now. */
export function LiveParts(props: {
  parts: readonly BroadcastPart[]
  gone: ReadonlySet<string>
  standings: ReadonlyMap<string, Standing>
}) {
  const { parts, gone, standings } = props
  return (
    <ul className="live" aria-label="Institutions">
      {parts.map((part) => (
        <li key={part.peer_id}>
          <Part part={part} isGone={gone.has(part.peer_id)} standing={standings.get(part.peer_id)} />
        </li>
      ))}
    </ul>
  )
}

function Part(props: { part: BroadcastPart; isGone: boolean; standing: Standing | undefined }) {
  const { part, isGone, standing } = props
  const { word, meaning, tone } = wordsOfPart(part)
  return (
    <article className={`live-part ${tone}`}>
      <header>
        <strong>{part.institution || part.node_id}</strong>
        <Badge tone={tone}>{word}</Badge>
      </header>
      <p className="soft">{part.state === 'completed' ? meaning : (part.reason ?? meaning)}</p>
      {part.state === 'running' && <progress aria-label="Progress" value={part.progress || undefined} max={1} />}
      <p className="live-foot">
        {part.code !== null && <span className="code">{part.code}</span>}
        {standing === 'holds' && <Badge tone="good">receipt verified</Badge>}
        {standing === 'other' && <Badge tone="bad">receipt of another question</Badge>}
        {standing === 'broken' && part.receipt !== null && <Badge tone="bad">receipt not valid</Badge>}
        {isGone && <Badge tone="warn">not connected now</Badge>}
        {part.engine !== null && (
          <span className="soft">
            {part.engine === 'node'
              ? 'computed by the peer'
              : `ran in ${part.engine}, isolation ${part.sandbox_grade ?? 'unknown'}`}
          </span>
        )}
        <span className="soft">{fromNow(part.updated_at)}</span>
      </p>
      {part.warnings.map((warning) => (
        <p key={warning} className="hint">
          {warning}
        </p>
      ))}
    </article>
  )
}
