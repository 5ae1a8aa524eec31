/** Uses of files, network, processes and the like that were found in a program. */
import { Table } from '../parts/table.tsx'
import type { AnalysisRequest } from '@stimnet/sdk'
import { Notice } from '../parts/notice.tsx'
import { Seen } from '../parts/seen.tsx'

/** `findings`: null if the program could not be parsed, which does not mean that it is harmless. */
export function Findings({ findings }: { findings: AnalysisRequest['review'] }) {
  if (findings === null)
    return <p className="hint">There is no automatic review for this kind of program: read all of it.</p>
  if (findings.length === 0)
    return <Notice tone="good">No use of files, network, processes and the like was found.</Notice>
  return (
    <Table caption="What it uses" heads={[{ number: 'Line' }, 'Kind', 'As written']}>
      {findings.map(({ kind, what, line, cell }) => (
        <tr key={`${cell} ${line} ${kind} ${what}`}>
          <td className="number">{cell === null ? line : `cell ${cell}, ${line}`}</td>
          <td>{kind}</td>
          <td>
            <code>
              <Seen>{what}</Seen>
            </code>
          </td>
        </tr>
      ))}
    </Table>
  )
}
