/** Standing approvals: code that may run here again without asking, and a button that withdraws the approval. */
import { withoutMisleading } from '@stimnet/protocol'
import type { StandingApproval } from '@stimnet/sdk'
import { useEffect, useRef, useState } from 'react'
import { useLoaded } from '../load.ts'
import { Empty } from '../parts/empty.tsx'
import { Panel } from '../parts/panel.tsx'
import { Problem } from '../parts/problem.tsx'
import { Table } from '../parts/table.tsx'
import { Seen } from '../parts/seen.tsx'
import { Title } from '../parts/frame/title.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { hrefTo } from '../route.ts'
import { useSession } from '../session/session.tsx'
import { allowedInWords } from '../words/question/allowed.ts'
import { fromNow } from '../words/time.ts'

/** Shown to stewards. */
export function StandingPage() {
  const { client } = useSession()
  const standing = useLoaded((signal) => client.standingApprovals({ signal }), [client])
  return (
    <>
      <Title lead="Code that may run again without a new decision, within the terms that stewards set.">
        Standing approvals
      </Title>
      <Waiting of={standing} doing="Reading the standing approvals">
        {(approvals) =>
          approvals.length === 0 ? (
            <Empty title="There are no standing approvals">
              When stewards approve a request, they can let the same code run again a number of times within a number of
              days.
            </Empty>
          ) : (
            <List approvals={approvals} changed={standing.reload} />
          )
        }
      </Waiting>
    </>
  )
}

function List({ approvals, changed }: { approvals: readonly StandingApproval[]; changed: () => void }) {
  const [asking, setAsking] = useState<StandingApproval>()
  const gone = () => {
    setAsking(undefined)
    changed()
  }
  return (
    <>
      <Table
        label="Standing approvals"
        panel
        heads={[
          'Code',
          'Catalog',
          { number: 'Runs left' },
          'Ends',
          'About',
          'For',
          'Parameters',
          'Agreed by',
          { hidden: 'Withdraw' }
        ]}
      >
        {approvals.map((one) => (
          <tr key={one.id}>
            <th scope="row">
              <Code approval={one} />
            </th>
            <td>
              <code>{one.data_catalog_name}</code>
            </td>
            <td className="number">{one.runs_left}</td>
            <td>{fromNow(one.expires_at)}</td>
            <td>{one.cohort === 'any' ? 'any cohort' : 'the same cohort'}</td>
            <td>{one.requester === 'any' ? 'any requester' : 'the same requester'}</td>
            <td>
              <Parameters approval={one} />
            </td>
            <td>{one.approved_by.join(', ')}</td>
            <td>
              <button type="button" className="danger" onClick={() => setAsking(one)}>
                Withdraw …
              </button>
            </td>
          </tr>
        ))}
      </Table>
      {asking !== undefined && (
        <TakeBack key={asking.id} approval={asking} gone={gone} keep={() => setAsking(undefined)} />
      )}
    </>
  )
}

/** Longer than a double click, ms: its second click must not confirm, wherever the button has moved. */
const ANSWERED_AFTER_MS = 700

/** The confirmation. Its button is not in the position of the first one. */
function TakeBack(props: { approval: StandingApproval; gone: () => void; keep: () => void }) {
  const { approval, gone, keep } = props
  const { client } = useSession()
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(true)
  const kept = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    kept.current?.focus()
    const timer = setTimeout(() => setBusy(false), ANSWERED_AFTER_MS)
    return () => clearTimeout(timer)
  }, [])
  const revoke = async () => {
    setBusy(true)
    try {
      await client.revokeStanding(approval.id)
      gone()
    } catch (caught) {
      setError(caught)
      setBusy(false)
    }
  }
  return (
    <Panel
      title={`Withdraw ${titleOf(approval)}?`}
      hint="Jobs that were already admitted under it still run; all later ones wait for stewards."
    >
      {error !== undefined && <Problem error={error} doing="Withdrawing it" />}
      <div className="actions">
        <button ref={kept} type="button" onClick={keep}>
          Keep it
        </button>
        <button type="button" className="danger" disabled={busy} onClick={revoke}>
          Yes, end it now
        </button>
      </div>
    </Panel>
  )
}

function titleOf({ analysis_title: title, script_type: type, code_hash: hash }: StandingApproval): string {
  return title === null ? `${type} ${hash.slice(0, 12)}` : withoutMisleading(title)
}

function Code({ approval }: { approval: StandingApproval }) {
  const { request_id: id, code_hash: hash, script_type: type } = approval
  return (
    <>
      {id === null ? titleOf(approval) : <a href={hrefTo('request', id)}>{titleOf(approval)}</a>}
      <br />
      <span className="soft">
        {type} <code title={hash}>{hash.slice(0, 12)}</code>
      </span>
    </>
  )
}

/** A parameter without terms keeps the value that was approved. */
function Parameters({ approval: { parameters } }: { approval: StandingApproval }) {
  const words = Object.entries(parameters).map((one) => allowedInWords(...one))
  return words.length === 0 ? 'as approved' : <Seen>{words.join('; ')}</Seen>
}
