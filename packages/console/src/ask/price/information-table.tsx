/** The information about each variable that a question without noise would release, per institution. */
import { type InformationPrice, type PrivacyCost, refusalsUsed } from '@stimnet/sdk'
import { Badge } from '../../parts/badge.tsx'
import { Table } from '../../parts/table.tsx'
import { rough } from '../../words/number.ts'
import type { PricedPeer } from './noise.ts'
import { RefusingRow } from './refusing-row.tsx'

/** In bits about each person's value, of which a catalog releases at most half. Screen readers announce the table when it arrives. */
export function InformationTable({ cost }: { cost: PrivacyCost }) {
  return (
    <div role="status" className="stack">
      <Table
        label="What it discloses"
        caption="What the answer discloses, in bits about each person’s value. The same question again costs nothing."
        heads={['Institution', 'Variable', { number: 'Bits' }, { number: 'At most' }]}
      >
        {cost.peers.map((peer) => (
          <Rows key={peer.peer_id} peer={peer} />
        ))}
      </Table>
      {refusalsUsed(cost).map((sentence) => (
        <p key={sentence} className="hint">
          {sentence}
        </p>
      ))}
    </div>
  )
}

function Rows({ peer }: { peer: PricedPeer }) {
  if (peer.information === null) return <RefusingRow peer={peer} columns={3} />
  const name = peer.institution || peer.node_id
  if (peer.information.length === 0) {
    return (
      <tr>
        <th scope="row">{name}</th>
        <td colSpan={3}>no counted variable</td>
      </tr>
    )
  }
  return peer.information.map((told) => <Told key={told.variable} name={name} told={told} />)
}

function Told({ name, told }: { name: string; told: InformationPrice }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{told.variable}</td>
      <td className="number">
        {rough(told.bits)} {told.bits > told.bits_max && <Badge tone="bad">too much</Badge>}
      </td>
      <td className="number">{rough(told.bits_max)}</td>
    </tr>
  )
}
