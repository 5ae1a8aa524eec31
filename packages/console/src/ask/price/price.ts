/** The price of the question on the form, requested before anything is spent. */
import { type PrivacyCost, STATISTICS } from '@stimnet/sdk'
import type { HeldKey } from '../../key/keys.ts'
import { useLoaded } from '../../load.ts'
import { useSession } from '../../session/session.tsx'
import type { About } from '../draft/about.ts'
import type { Draft } from '../draft/draft.ts'
import { missingIn } from '../draft/ready.ts'
import { submissionOf } from '../draft/submission.ts'

/** `free`: a script, which has no price here; its declared outputs state what it may release. `incomplete`: not a complete question yet. */
export type Price =
  | { readonly state: 'free' | 'incomplete' | 'asking' }
  | { readonly state: 'told'; readonly cost: PrivacyCost }
  | { readonly state: 'failed'; readonly error: unknown; readonly again: () => void }

const TYPING_MS = 400

/**
 * Requests the price again when the question has changed and the researcher has stopped typing. `own`: the researcher's key, if it
 * signs.
 */
export function usePrice(props: { draft: Draft; about: About | undefined; own: HeldKey | undefined }): Price {
  const { draft, about, own } = props
  const { client } = useSession()
  const isFree = draft.kind === 'script'
  const question = isFree || !about ? '' : questionOf({ draft, about, own })
  const loaded = useLoaded(
    async (signal) => {
      if (question === '') return undefined
      await new Promise((resolve) => setTimeout(resolve, TYPING_MS))
      signal.throwIfAborted()
      return { question, cost: await client.privacyCost(JSON.parse(question), { signal }) }
    },
    [client, question]
  )
  if (isFree) return { state: 'free' }
  if (question === '') return { state: 'incomplete' }
  if (loaded.error !== undefined && !loaded.loading) {
    return { state: 'failed', error: loaded.error, again: loaded.reload }
  }
  return loaded.value?.question === question ? { state: 'told', cost: loaded.value.cost } : { state: 'asking' }
}

/** The question as JSON; empty while the form is incomplete. */
function questionOf({ draft, about, own }: { draft: Draft; about: About; own: HeldKey | undefined }): string {
  const statistic = STATISTICS.find(({ name }) => name === draft.picked.name)
  if (missingIn(draft, statistic, about.variables, about.asked).length > 0) return ''
  const submission = submissionOf(draft, about)
  // A signed request names its targets, so the same targets are priced.
  const targets = about.asked.map(({ peer_id }) => peer_id)
  return JSON.stringify(own ? { ...submission, targets, key: own.id } : submission)
}
