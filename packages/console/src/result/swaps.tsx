/** Said above all else: what is shown under a question's name is the answer to another. */
import { Notice } from '../parts/notice.tsx'
import { short } from '../words/id.ts'
import type { Swapped } from './answer.ts'

/** Nothing where each receipt names the question. */
export function Swaps({ swapped }: { swapped: readonly Swapped[] }) {
  if (swapped.length === 0) return null
  return (
    <Notice tone="bad" live>
      <p>
        <strong>The gateway shows answers to another question.</strong> Institutions signed them, and none of these
        names what this browser signed. They are left out of the result. Do not trust this gateway until its operator
        has explained it.
      </p>
      <ul>
        {swapped.map(({ peerId, institution, requestHash, other }) => (
          <li key={peerId}>
            {institution || peerId}:{' '}
            {other === undefined ? 'a request that this browser does not know' : `your question “${other}”`},{' '}
            <code>{short(requestHash)}</code>
          </li>
        ))}
      </ul>
    </Notice>
  )
}
