/** The warning that the gateway shows an answer to another question. */
import { programWord } from '@stimnet/protocol'
import type { Broadcast } from '@stimnet/sdk'
import { Notice } from '../../parts/notice.tsx'
import { short } from '../../words/id.ts'
import type { SignedHere, Swapped } from './answer.ts'

/** Empty if every receipt belongs to the question. */
export function Swaps({ swapped }: { swapped: readonly Swapped[] }) {
  if (swapped.length === 0) return null
  return (
    <Notice tone="bad" live>
      <p>
        <strong>The gateway shows answers to another question.</strong> Institutions signed these answers, but none of
        them is for the question that this browser signed. They are left out of the result. Do not trust this gateway
        until its operator has explained it.
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

/** Empty if the gateway's title is the signed one. */
export function CalledOtherwise({ signed, shown }: { signed: SignedHere; shown: Broadcast }) {
  const ours = [signed.title, signed.catalog, programWord(signed.program)]
  const theirs = [shown.title, shown.data_catalog_name, shown.script_type]
  if (theirs.every((word, at) => word === ours[at])) return null
  return (
    <Notice tone="bad" live>
      <strong>The gateway describes this question differently.</strong> It shows “{shown.title || 'without a title'}”,
      of <code>{shown.data_catalog_name}</code>, {shown.script_type}. What this browser signed is shown below.
    </Notice>
  )
}
