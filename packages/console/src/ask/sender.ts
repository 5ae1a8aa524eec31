/** Sending a question, by whoever signs it; sent twice, it is one. */
import { cryptographicRandom, systemClock, toHex } from '@stimnet/protocol'
import type { SignedRequest } from '@stimnet/sdk'
import { useRef } from 'react'
import type { HeldKey } from '../key/keys.ts'
import { goTo } from '../route.ts'
import { useSession } from '../session/session.tsx'
import type { About } from './about.ts'
import type { Draft } from './draft.ts'
import { sendSigned } from './send-signed.ts'
import { signableOf } from './signable.ts'
import { analysisOf, submissionOf } from './submission.ts'

/** `held`: the key that signs; undefined where the gateway does. */
export interface Question {
  readonly draft: Draft
  readonly about: About
  readonly reviewed: boolean
  readonly held: HeldKey | undefined
}

interface Sent {
  readonly text: string
  /** Of what the gateway signs: the key by which it knows it again. */
  readonly key: string
  /** Of what was signed here: the same bytes. */
  signed?: SignedRequest
}

const freshKey = () => toHex(cryptographicRandom.bytes(16))

/** The same draft sent twice, by a double click or after a lost answer, is one question. Goes to its page. */
export function useSender(): (question: Question) => Promise<void> {
  const { client } = useSession()
  const last = useRef<Sent>({ text: '', key: '' })
  return async ({ draft, about, reviewed, held }) => {
    const asked = about.asked.map(({ peer_id }) => peer_id)
    const submission = submissionOf(draft, about)
    const text = JSON.stringify([submission, reviewed, draft.person, held?.id, held && [asked, held.credentials]])
    if (last.current.text !== text) last.current = { text, key: freshKey() }
    const sent = last.current
    if (held) {
      const parts = { client, clock: systemClock, random: cryptographicRandom }
      const id = await sendSigned(parts, {
        ask: signableOf(draft, about, { reviewed }),
        shown: held,
        names: Object.fromEntries(about.asked.map((one) => [one.peer_id, one.institution || one.node_id])),
        again: sent.signed,
        signed: (request) => {
          sent.signed = request
        }
      })
      return goTo('question', id)
    }
    const [only] = asked
    const idempotencyKey = sent.key
    if (reviewed && only !== undefined) {
      const analysis = analysisOf(draft, about, only)
      return goTo('request', (await client.requestAnalysis(analysis, { idempotencyKey })).request_id)
    }
    goTo('question', (await client.submitBroadcast(submission, { idempotencyKey })).id)
  }
}
