/** Uses of files, network, processes and the like that were found in a program. */
import { Scroll } from '../parts/scroll.tsx'
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
    <Scroll label="What it uses">
      <table>
        <caption>What it uses</caption>
        <thead>
          <tr>
            <th scope="col" className="number">
              Line
            </th>
            <th scope="col">Kind</th>
            <th scope="col">As written</th>
          </tr>
        </thead>
        <tbody>
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
        </tbody>
      </table>
    </Scroll>
  )
}
