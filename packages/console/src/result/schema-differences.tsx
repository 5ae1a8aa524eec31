/** The differences between catalogs that prevented a question from being sent. */
import type { Broadcast } from '@stimnet/sdk'
import { Notice } from '../parts/notice.tsx'
import { hrefTo } from '../route.ts'

/** Empty if the catalogs do not differ. */
export function SchemaDifferences({ broadcast }: { broadcast: Broadcast }) {
  const differences = broadcast.schema?.differences ?? []
  if (differences.length === 0) return null
  const names = new Map(broadcast.parts.map((part) => [part.peer_id, part.institution]))
  return (
    <Notice tone="bad">
      <p>
        <strong>The institutions describe variables differently, so nothing was sent.</strong>{' '}
        <a href={hrefTo('ask')}>Map the differences</a>, or leave some institutions out.
      </p>
      <ul>
        {differences.map(({ site, variable, field, expected, found }) => (
          <li key={`${site} ${variable} ${field}`}>
            {names.get(site) ?? site}: {field} of <code>{variable}</code> is “{found}”, not “{expected}”.
          </li>
        ))}
      </ul>
    </Notice>
  )
}
