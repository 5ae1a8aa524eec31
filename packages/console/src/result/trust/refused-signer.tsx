/** Advice shown if an institution does not know the signer. */
import type { Broadcast } from '@stimnet/sdk'
import { Notice } from '../../parts/notice.tsx'
import { hrefTo } from '../../route.ts'
import { adviceOf } from './advice.ts'

/** Empty if no institution refused for this reason. */
export function RefusedSigner({ broadcast, own }: { broadcast: Broadcast; own: boolean }) {
  const advice = adviceOf(broadcast.parts, { own })
  if (advice.length === 0) return null
  return (
    <Notice tone="warn" live>
      {advice.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      <a href={hrefTo('key')}>{own ? 'Your key, to copy its id' : 'Make a key of your own'}</a>
    </Notice>
  )
}
