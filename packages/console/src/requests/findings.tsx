/** What a program shows of files, network, processes and the like. */
import { Scroll } from '../parts/scroll.tsx'
import type { AnalysisRequest } from '@stimnet/sdk'
import { Notice } from '../parts/notice.tsx'
import { Seen } from '../parts/seen.tsx'

/** Null where nothing could be read out of it, which is not the same as nothing found. */
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
