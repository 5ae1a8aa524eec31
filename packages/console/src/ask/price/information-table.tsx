/** What a question without noise tells of each variable, institution by institution. */
import type { InformationPrice, PrivacyCost } from '@stimnet/sdk'
import { Badge } from '../../parts/badge.tsx'
import { Scroll } from '../../parts/scroll.tsx'
import { rough } from '../../words/number.ts'

/** Bits of the value of a person, of which a catalog tells at most half: read out when it is told. */
export function InformationTable({ cost }: { cost: PrivacyCost }) {
  return (
    <div role="status" className="stack">
      <Scroll label="What it tells">
        <table>
          <caption>
            What it tells, in bits of the value of each person; the same question again tells nothing more
          </caption>
          <thead>
            <tr>
              <th scope="col">Institution</th>
              <th scope="col">Variable</th>
              <th scope="col" className="number">
                Tells
              </th>
              <th scope="col" className="number">
                Of at most
              </th>
            </tr>
          </thead>
          <tbody>
            {cost.peers.map((peer) => (
              <Rows key={peer.peer_id} name={peer.institution || peer.node_id} peer={peer} />
            ))}
          </tbody>
        </table>
      </Scroll>
    </div>
  )
}

function Rows({ name, peer }: { name: string; peer: PrivacyCost['peers'][number] }) {
  if (peer.information === null) {
    return (
      <tr>
        <th scope="row">{name}</th>
        <td colSpan={3}>
          <Badge tone="warn">would refuse</Badge> {peer.reason ?? peer.code}
        </td>
      </tr>
    )
  }
  if (peer.information.length === 0) {
    return (
      <tr>
        <th scope="row">{name}</th>
        <td colSpan={3}>nothing that counts</td>
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
