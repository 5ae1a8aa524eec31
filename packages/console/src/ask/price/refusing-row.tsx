/** An institution that would refuse the question, in a table of prices. */
import { Badge } from '../../parts/badge.tsx'
import type { PricedPeer } from './noise.ts'

/** `columns`: the number of columns beside that of the institution. */
export function RefusingRow({ peer, columns }: { peer: PricedPeer; columns: number }) {
  return (
    <tr>
      <th scope="row">{peer.institution || peer.node_id}</th>
      <td colSpan={columns}>
        <Badge tone="warn">would refuse</Badge> {peer.reason ?? peer.code}
      </td>
    </tr>
  )
}
