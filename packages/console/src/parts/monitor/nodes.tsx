/** Institutions as a table, with the same content as the map. */
import { Table } from '../table.tsx'
import type { Node } from '@stimnet/sdk'
import { fromNow } from '../../words/time.ts'
import { Badge } from '../badge.tsx'

/** `home`: PeerId of the gateway's own peer. */
export function Nodes(props: { nodes: readonly Node[]; home: string; traffic: ReadonlyMap<string, number> }) {
  const { nodes, home, traffic } = props
  return (
    <Table
      label="Institutions"
      heads={['Institution', 'Peer', 'Connection', 'Scripts', 'Sandbox', { number: 'Your jobs' }]}
    >
      {nodes.map((node) => (
        <tr key={node.peer_id}>
          <th scope="row">{node.institution || 'name not known yet'}</th>
          <td>
            <span title={node.peer_id}>{node.node_id}</span>
          </td>
          <td>
            <Connection node={node} isHome={node.peer_id === home} />
          </td>
          <td>{node.languages.join(', ') || 'none'}</td>
          <td>{node.sandbox_grade}</td>
          <td className="number">{traffic.get(node.peer_id) ?? 0}</td>
        </tr>
      ))}
    </Table>
  )
}

function Connection({ node, isHome }: { node: Node; isHome: boolean }) {
  if (isHome) return <Badge>this peer</Badge>
  if (node.is_active) return <Badge tone="good">connected</Badge>
  return <Badge tone="warn">not connected, last seen {fromNow(node.last_seen)}</Badge>
}
