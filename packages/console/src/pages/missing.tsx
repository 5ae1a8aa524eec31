/** An address that leads nowhere, or where this account may not go. */
import { Empty } from '../parts/empty.tsx'
import { Title } from '../parts/title.tsx'
import { hrefTo } from '../route.ts'

/** Says so, and leads back. */
export function Missing() {
  return (
    <>
      <Title>There is no such page</Title>
      <Empty title="Nothing to see at this address">
        It may be for another role than yours. <a href={hrefTo('')}>Back to the mesh</a>
      </Empty>
    </>
  )
}
