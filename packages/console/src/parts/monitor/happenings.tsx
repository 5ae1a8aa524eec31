/** Recent events of this peer, for its operators. Alerts are marked. */
import type { NodeEvent } from '@stimnet/sdk'
import { useLoaded } from '../../load.ts'
import { useSession } from '../../session/session.tsx'
import { short } from '../../words/id.ts'
import { fromNow } from '../../words/time.ts'
import { Badge } from '../badge.tsx'
import { Panel } from '../panel.tsx'
import { Table } from '../table.tsx'
import { Waiting } from '../waiting.tsx'

const LOOK_MS = 3_000
const SHOWN = 12

/** Newest first. The audit log has all events that are stored. */
export function Happenings() {
  const { client } = useSession()
  const events = useLoaded((signal) => client.events({ limit: SHOWN, signal }), [client], { everyMs: LOOK_MS })
  return (
    <Panel title="Events" hint="The newest events since this peer started. The audit log keeps a permanent record.">
      <Waiting of={events} doing="Reading the events">
        {(found) => (found.length === 0 ? <p className="soft">No events yet.</p> : <List events={found} />)}
      </Waiting>
    </Panel>
  )
}

function List({ events }: { events: readonly NodeEvent[] }) {
  return (
    <Table label="Events" heads={['What', 'Who', 'Job', 'Detail', 'When']}>
      {events.map((event) => (
        <tr key={event.sequence}>
          <th scope="row">
            {event.kind} {event.alert && <Badge tone="bad">alert</Badge>}
          </th>
          <td>
            <code title={event.actor}>{short(event.actor)}</code>
          </td>
          <td>
            <code title={event.job_id}>{short(event.job_id)}</code>
          </td>
          <td>{[event.code, event.detail].filter((text) => text !== '').join(': ')}</td>
          <td>{fromNow(event.at)}</td>
        </tr>
      ))}
    </Table>
  )
}
