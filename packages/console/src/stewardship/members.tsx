/** The members of the federation and whether they are connected. */
import type { Membership } from '@stimnet/sdk'
import { Badge } from '../parts/badge.tsx'
import { Notice } from '../parts/notice.tsx'
import { Panel } from '../parts/panel.tsx'
import { Table } from '../parts/table.tsx'

/** A table of members, and a sentence about how to admit and revoke members. */
export function Members({ membership }: { membership: Membership }) {
  const { federation, open, members } = membership
  return (
    <Panel title={federation ?? 'Who may connect'} hint={hintOf(membership)}>
      {open && <Notice tone="warn">Everybody may connect (mesh.open). Use this for synthetic data only.</Notice>}
      <Table label="Members" heads={['Institution', 'PeerId', 'Connection', 'Audit log']}>
        {members.map(({ peer_id: peerId, institution, connected, self, log_disputed_by: disputedBy }) => (
          <tr key={peerId}>
            <th scope="row">{institution || 'name not known yet'}</th>
            <td>
              <code className="long">{peerId}</code>
            </td>
            <td>
              {self ? (
                <Badge>this peer</Badge>
              ) : (
                <Badge tone={connected ? 'good' : 'warn'}>{connected ? 'connected' : 'not connected'}</Badge>
              )}
            </td>
            <td>
              {disputedBy.length > 0 && (
                <>
                  <Badge tone="bad">changed</Badge> It does not continue what{' '}
                  {disputedBy.map((id) => nameOf(id, members)).join(', ')} attested.
                </>
              )}
            </td>
          </tr>
        ))}
      </Table>
    </Panel>
  )
}

function nameOf(peerId: string, members: Membership['members']): string {
  const member = members.find(({ peer_id }) => peer_id === peerId)
  return member?.self ? 'this peer' : member?.institution || peerId
}

function hintOf({ federation, open, signatures_needed: needed }: Membership): string {
  if (open) return 'The peers that are connected now.'
  if (federation === null) return 'There is no charter: mesh.peers in the configuration lists who may connect.'
  return `${needed} members must sign to admit or to revoke a member (stimnet federation admit, stimnet federation revoke).`
}
