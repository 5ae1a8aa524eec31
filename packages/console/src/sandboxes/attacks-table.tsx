/** The attacks with their outcomes. Output of the attacking programs is shown as text only. */
import type { SandboxAttack } from '@stimnet/sdk'
import { Badge } from '../parts/badge.tsx'
import { Table } from '../parts/table.tsx'
import { heldBy, OUTCOMES, toneOf } from './findings.ts'

/** One row per attack, in the order of the list. */
export function AttacksTable({ grade, attacks }: { grade: string; attacks: readonly SandboxAttack[] }) {
  return (
    <Table label={`Attacks on ${grade}`} heads={['Attack', 'What it tries', 'Outcome', 'By']}>
      {attacks.map((attack) => (
        <tr key={attack.id}>
          <th scope="row">
            {attack.title}
            <br />
            <code className="soft">{attack.id}</code>
          </th>
          <td>{attack.tries}</td>
          <td>
            <Badge tone={toneOf(attack)}>{OUTCOMES[attack.outcome].word}</Badge>
          </td>
          <td>{heldBy(attack)}</td>
        </tr>
      ))}
    </Table>
  )
}
