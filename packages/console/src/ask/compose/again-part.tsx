/** Opens an earlier question on the form and lists the parts that the form cannot show. */
import type { Broadcast, FoundCatalog } from '@stimnet/sdk'
import { useEffect, useState } from 'react'
import { useLoaded } from '../../load.ts'
import { Answers } from '../../parts/answers.tsx'
import { Notice } from '../../parts/notice.tsx'
import { Problem } from '../../parts/problem.tsx'
import { goTo } from '../../route.ts'
import { useSession } from '../../session/session.tsx'
import { questionName } from '../../words/question/question.ts'
import { sharedVariables } from '../../words/variable.ts'
import { draftOf } from '../draft/again.ts'
import { type Draft, isComposed } from '../draft/draft.ts'

/** `id`: the question to open; null if there is none. A form that has content is overwritten only after confirmation. */
export function Again(props: {
  id: string | null
  draft: Draft
  catalogs: readonly FoundCatalog[]
  open: (draft: Draft) => void
}) {
  const { id, draft, catalogs, open } = props
  const { client } = useSession()
  const asked = useLoaded(async (signal) => (id === null ? undefined : client.broadcast(id, { signal })), [client, id])
  const [lost, setLost] = useState<readonly string[]>([])
  const found = asked.value?.id === id ? asked.value : undefined
  const take = (broadcast: Broadcast) => {
    if (!broadcast.asked) return
    const holders = catalogs.filter(({ name }) => name === broadcast.asked?.data_catalog_name)
    const again = draftOf(broadcast.asked, sharedVariables(holders))
    open(again.draft)
    setLost(again.lost)
    // Remove the id from the URL, so that a reload keeps later changes.
    goTo('ask')
  }
  const isFree = !isComposed(draft)
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the question has come
  useEffect(() => {
    if (found && isFree) take(found)
  }, [found])
  return (
    <>
      {id !== null && asked.error !== undefined && <Problem error={asked.error} doing="Reading the question" />}
      {found?.asked && !isFree && (
        <fieldset className="asks">
          <p>Open “{questionName(found)}” in place of what you composed? Your present question will be lost.</p>
          <Answers yes="Yes, open it" no="Keep mine" agree={() => take(found)} keep={() => goTo('ask')} />
        </fieldset>
      )}
      {lost.length > 0 && (
        <Notice tone="warn" live>
          Some parts of the question do not fit on the form and were left out. {lost.join(' ')}
        </Notice>
      )}
    </>
  )
}
