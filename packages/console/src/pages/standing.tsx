/** Code that may run here again without asking, and how to take that back. */
import { Scroll } from '../parts/scroll.tsx'
import type { StandingApproval } from '@stimnet/sdk'
import { useState } from 'react'
import { useLoaded } from '../load.ts'
import { Empty } from '../parts/empty.tsx'
import { Problem } from '../parts/problem.tsx'
import { Title } from '../parts/title.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { useSession } from '../session/session.tsx'
import { fromNow } from '../words/time.ts'

/** For stewards. */
export function StandingPage() {
  const { client } = useSession()
  const standing = useLoaded((signal) => client.standingApprovals({ signal }), [client])
  return (
    <>
      <Title lead="Exactly this code may run again without asking, within its terms.">Standing approvals</Title>
      <Waiting of={standing} doing="Reading the standing approvals">
        {(approvals) =>
          approvals.length === 0 ? (
            <Empty title="Nothing runs without asking">
              While approving a request, stewards can let the same code run again: so many times, for so many days.
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
  return (
    <Scroll label="Standing approvals" className="panel">
      <table>
        <thead>
          <tr>
            <th scope="col">Code</th>
            <th scope="col">Catalog</th>
            <th scope="col" className="number">
              Runs left
            </th>
            <th scope="col">Ends</th>
            <th scope="col">About</th>
            <th scope="col">For</th>
            <th scope="col">Parameters</th>
            <th scope="col">Agreed by</th>
            <th scope="col">
              <span className="hidden">Take back</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {approvals.map((one) => (
            <tr key={one.id}>
              <th scope="row">
                {one.script_type} <code title={one.code_hash}>{one.code_hash.slice(0, 12)}</code>
              </th>
              <td>
                <code>{one.data_catalog_name}</code>
              </td>
              <td className="number">{one.runs_left}</td>
              <td>{fromNow(one.expires_at)}</td>
              <td>{one.cohort === 'any' ? 'anybody' : 'the same cohort'}</td>
              <td>{one.requester === 'any' ? 'whoever asks' : 'the same requester'}</td>
              <td>
                {Object.keys(one.parameters).length === 0 ? (
                  'none'
                ) : (
                  <code className="long">{JSON.stringify(one.parameters)}</code>
                )}
              </td>
              <td>{one.approved_by.join(', ')}</td>
              <td>
                <TakeBack approval={one} changed={changed} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

/** Asked twice: what is taken back is not given again by a click. */
function TakeBack({ approval, changed }: { approval: StandingApproval; changed: () => void }) {
  const { client } = useSession()
  const [asked, setAsked] = useState(false)
  const [error, setError] = useState<unknown>()
  const revoke = () => client.revokeStanding(approval.id).then(changed, setError)
  return (
    <>
      <button type="button" className="danger" onClick={asked ? revoke : () => setAsked(true)}>
        {asked ? 'Yes, take it back' : 'Take back'}
      </button>
      {error !== undefined && <Problem error={error} doing="Taking it back" />}
    </>
  )
}
