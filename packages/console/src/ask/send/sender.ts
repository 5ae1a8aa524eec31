/** Sends a question that the gateway or the researcher's key signs, at most once. */
import { cryptographicRandom, systemClock, toHex } from '@stimnet/protocol'
import type { Client } from '@stimnet/sdk'
import type { HeldKey } from '../../key/keys.ts'
import { goTo } from '../../route.ts'
import { keepFit } from '../../session/fits.ts'
import { useSession } from '../../session/session.tsx'
import type { About } from '../draft/about.ts'
import type { Draft } from '../draft/draft.ts'
import { sendSigned } from './send-signed.ts'
import { forgetSent, isOutcomeUnknown, type Sent, storedSent, storeSent } from './sent.ts'
import { signableOf } from './signable.ts'
import { analysisOf, isFitInRounds, submissionOf } from '../draft/submission.ts'

/** `held`: the key that signs; undefined if the gateway signs. */
export interface Question {
  readonly draft: Draft
  readonly about: About
  readonly reviewed: boolean
  readonly held: HeldKey | undefined
}

/** Sends questions and knows the outcome of an earlier attempt. */
export interface Sender {
  /** Sends the question and opens its page. The same draft, sent twice by a double click or after a lost answer, is one question. */
  send(question: Question): Promise<void>
  /** Whether the same question was sent before and the gateway did not answer. */
  mayBeTaken(question: Question): boolean
}

/** The sent question is stored in the tab, so that it survives a reload like the form. */
export function useSender(): Sender {
  const { client } = useSession()
  return {
    mayBeTaken: (question) => {
      const last = storedSent()
      return last?.mayBeTaken === true && last.text === textOf(question)
    },
    send: async (question) => {
      const text = textOf(question)
      const last = storedSent()
      const sent = last?.text === text ? last : { text, key: toHex(cryptographicRandom.bytes(16)), mayBeTaken: false }
      try {
        const [page, id] = await hand(client, question, sent)
        forgetSent()
        // Sending round 0 of a model also confirms the rounds that follow from it.
        if (page === 'fit') keepFit(id, { isRunning: true, rounds: [] })
        goTo(page, id)
      } catch (error) {
        const now = storedSent() ?? sent
        storeSent({ ...now, mayBeTaken: sent.mayBeTaken || isOutcomeUnknown(error) })
        throw error
      }
    }
  }
}

/** Sends the question and returns the page and id to open. */
async function hand(client: Client, question: Question, sent: Sent): Promise<readonly [page: string, id: string]> {
  const { draft, about, reviewed, held } = question
  storeSent({ ...sent, mayBeTaken: true })
  const page = isFitInRounds(draft, about) ? 'fit' : 'question'
  if (held) return [page, await handSigned(client, { ...question, held }, sent)]
  const { key: idempotencyKey } = sent
  const [only] = about.asked
  if (reviewed && only !== undefined) {
    const analysis = analysisOf(draft, about, only.peer_id)
    return ['request', (await client.requestAnalysis(analysis, { idempotencyKey })).request_id]
  }
  return [page, (await client.submitBroadcast(submissionOf(draft, about), { idempotencyKey })).id]
}

function handSigned(client: Client, question: Question & { held: HeldKey }, sent: Sent): Promise<string> {
  const { draft, about, reviewed, held } = question
  const parts = { client, clock: systemClock, random: cryptographicRandom }
  return sendSigned(parts, {
    ask: signableOf(draft, about, { reviewed }),
    shown: held,
    names: Object.fromEntries(about.asked.map((one) => [one.peer_id, one.institution || one.node_id])),
    again: sent.signed,
    signed: (signed) => storeSent({ ...sent, signed, mayBeTaken: true })
  })
}

/** Everything that identifies the question as text. Any change makes it a different question. */
function textOf({ draft, about, reviewed, held }: Question): string {
  const asked = about.asked.map(({ peer_id }) => peer_id)
  return JSON.stringify([
    submissionOf(draft, about),
    ...[reviewed, draft.person, held?.id, held && [asked, held.credentials]]
  ])
}
