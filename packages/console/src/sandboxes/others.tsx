/** Sandbox engines that this peer does not use, with their requirements. */
import type { Sandboxes } from '@stimnet/sdk'
import { Badge } from '../parts/badge.tsx'
import { Panel } from '../parts/panel.tsx'
import { Table } from '../parts/table.tsx'

/** The other engines, weakest first. */
export function OtherEngines({ others, configured }: { others: Sandboxes['others']; configured: string }) {
  return (
    <Panel
      title="Engines not used"
      hint={`State of this machine when the peer started; sandbox.engine is ${configured}. The grades are ordered from weak to strong.`}
    >
      <Table label="Engines not used" heads={['Grade', 'How it isolates', 'On this machine', 'What it needs']}>
        {others.map(({ grade, holds, here, how_to: howTo }) => (
          <tr key={grade}>
            <th scope="row">{grade}</th>
            <td>{holds}</td>
            <td>
              <Badge>{here ? 'available' : 'not available'}</Badge>
            </td>
            <td>{here ? 'Only to be chosen in the configuration.' : howTo}</td>
          </tr>
        ))}
      </Table>
    </Panel>
  )
}
