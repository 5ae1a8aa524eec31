/** What an answer with noise would cost at each institution, and how far off it would be: asked before anything is spent. */
import { STATISTICS } from '@stimnet/sdk'
import { useDeferredValue } from 'react'
import type { HeldKey } from '../key/keys.ts'
import { useLoaded } from '../load.ts'
import { Problem } from '../parts/problem.tsx'
import { useSession } from '../session/session.tsx'
import type { About } from './about.ts'
import { CostTable } from './cost-table.tsx'
import type { Draft } from './draft.ts'
import { missingIn } from './ready.ts'
import { submissionOf } from './submission.ts'

/** Asks again when the question has changed and nobody typed for a moment. `own`: the key that signs, where the gateway does not. */
export function Cost(props: { draft: Draft; about: About; own: HeldKey | undefined }) {
  const { draft, about, own } = props
  const statistic = STATISTICS.find(({ name }) => name === draft.picked.name)
  const isWhole = missingIn(draft, statistic).length === 0
  const submission = submissionOf(draft, about)
  // A signature names whom it is for: what is priced is the same request to the same institutions.
  const targets = about.asked.map(({ peer_id }) => peer_id)
  const question = JSON.stringify(own ? { ...submission, targets, key: own.id } : submission)
  const asked = useDeferredValue(isWhole ? question : '')
  if (asked === '') return <p className="hint">The cost is told as soon as the question is complete.</p>
  return <Told key={asked} question={asked} />
}

const TYPING_MS = 400

function Told({ question }: { question: string }) {
  const { client } = useSession()
  const cost = useLoaded(
    async (signal) => {
      await new Promise((resolve) => setTimeout(resolve, TYPING_MS))
      signal.throwIfAborted()
      return client.privacyCost(JSON.parse(question), { signal })
    },
    [client, question]
  )
  if (cost.error !== undefined) return <Problem error={cost.error} doing="Asking for the cost" again={cost.reload} />
  if (!cost.value) return <p className="loading">Asking what it would cost …</p>
  return (
    <div role="status">
      <CostTable cost={cost.value} />
    </div>
  )
}
