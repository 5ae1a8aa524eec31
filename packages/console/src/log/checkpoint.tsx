/** The size of the log, its witnesses, and whether the checkpoint verifies. */
import { openCheckpoint, toHex } from '@stimnet/protocol'
import type { Attested, AuditVerification } from '@stimnet/sdk'
import { useState } from 'react'
import { useLoaded } from '../load.ts'
import { Notice } from '../parts/notice.tsx'
import { Panel } from '../parts/panel.tsx'
import { Problem } from '../parts/problem.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { useSession } from '../session/session.tsx'
import { count, plural } from '../words/number.ts'
import { moment } from '../words/time.ts'

/** The signatures are checked in this browser. */
export function CheckpointPanel() {
  const { client } = useSession()
  const state = useLoaded(
    async (signal) => {
      const [{ peer_id: peer }, note, nodes] = await Promise.all([
        client.health({ signal }),
        client.auditCheckpoint({ signal }),
        client.nodes({ signal })
      ])
      const names = new Map(nodes.map((node) => [node.peer_id, node.institution || node.node_id]))
      return { note, names, checkpoint: await openCheckpoint(note, { peer }) }
    },
    [client]
  )
  return (
    <Panel
      title="State of the log"
      hint="Signed by this institution and by the members listed below. What they have attested cannot be changed unnoticed."
      aside={<Checks attested={state.reload} />}
    >
      <Waiting of={state} doing="Reading the newest checkpoint">
        {({ checkpoint, note, names }) => (
          <>
            <Notice tone={checkpoint.witnesses.length === 0 ? 'calm' : 'good'}>
              The signature is valid: {plural(checkpoint.size, 'record')}, {attestedBy(checkpoint.witnesses.length)}.
            </Notice>
            {checkpoint.witnesses.length > 0 && (
              <ul className="notes">
                {checkpoint.witnesses.map(({ peer, atMs }) => (
                  <li key={peer}>
                    {names.get(peer) ?? peer}, {moment(new Date(atMs).toISOString())}
                  </li>
                ))}
              </ul>
            )}
            <p>
              Root <code>{toHex(checkpoint.root)}</code>
            </p>
            <details>
              <summary>The checkpoint as a signed note</summary>
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached without a mouse */}
              <pre className="note" tabIndex={0}>
                {note}
              </pre>
            </details>
          </>
        )}
      </Waiting>
    </Panel>
  )
}

function attestedBy(members: number): string {
  return members === 0 ? 'no other member has attested it yet' : `attested by ${plural(members, 'member')}`
}

type Told =
  | { readonly kind: 'verified'; readonly found: AuditVerification }
  | { readonly kind: 'attested'; readonly by: readonly Attested[] }

function Checks({ attested }: { attested: () => void }) {
  const { client } = useSession()
  const [told, setTold] = useState<Told>()
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  const run = async (work: () => Promise<Told>) => {
    setBusy(true)
    setError(undefined)
    await work().then(setTold, setError)
    setBusy(false)
  }
  const verify = async (): Promise<Told> => ({ kind: 'verified', found: await client.verifyAudit() })
  const gather = async (): Promise<Told> => {
    const by = await client.gatherWitnesses()
    attested()
    return { kind: 'attested', by }
  }
  return (
    <div className="stack">
      <div className="actions">
        <button type="button" disabled={busy} onClick={() => run(verify)}>
          Check the log
        </button>
        <button type="button" disabled={busy} onClick={() => run(gather)}>
          Have members attest it
        </button>
      </div>
      {told !== undefined && <Answer told={told} />}
      {error !== undefined && <Problem error={error} doing="Asking" />}
    </div>
  )
}

function Answer({ told }: { told: Told }) {
  if (told.kind === 'attested') {
    const good = told.by.filter(({ attested }) => attested).length
    return (
      <Notice tone={good === told.by.length && good > 0 ? 'good' : 'warn'} live>
        {good} of {plural(told.by.length, 'connected member')} attested it.
      </Notice>
    )
  }
  const { ok, records, broken_at: brokenAt, why } = told.found
  return (
    <Notice tone={ok ? 'good' : 'bad'} live>
      {ok ? `Complete: all ${count(records ?? 0)} records are unchanged.` : `Broken at record ${brokenAt}: ${why}`}
    </Notice>
  )
}
