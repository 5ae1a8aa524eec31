/** Whether an answer answers the question that this browser signed, whatever the gateway says that it answers. */
import { type Clock, StimnetError, systemClock } from '@stimnet/protocol'
import {
  type Broadcast,
  readSignedRequest,
  type SignedQuestion,
  type VerifiedBroadcast,
  verifyAndPool
} from '@stimnet/sdk'
import type { AskedHere } from '../../key/asked.ts'
import { agrees } from './agrees.ts'

/** What was signed here, by the gateway's name for it or by its hash. */
export type FindAsked = (by: { readonly id: string } | { readonly hash: string }) => Promise<AskedHere | undefined>

/** A receipt that holds, and is of another request than the one that it is shown for. */
export interface Swapped {
  readonly peerId: string
  readonly institution: string
  readonly requestHash: string
  /** The title of the question of this browser that it does answer; undefined where it is none of them. */
  readonly other: string | undefined
}

/** A question as it was signed here, with what the page called each PeerId then. */
export interface SignedHere extends SignedQuestion {
  readonly names: Readonly<Record<string, string>>
}

/** What the page shows, and how far it can be trusted. */
export interface CheckedAnswer {
  readonly verified: VerifiedBroadcast
  /** Whether the gateway shows the same. */
  readonly agrees: boolean
  /** The question as it was signed here; undefined where that it answers this question is the gateway's word. */
  readonly question: SignedHere | undefined
  /** The parts that are left out of the result. */
  readonly swapped: readonly Swapped[]
}

/** A question's page, and the signed question with which its answer is compared. */
export interface Holding {
  /** The id of the question whose page it is; the id in the answer is not trusted. */
  readonly id: string
  readonly find: FindAsked
  readonly clock?: Clock
}

/** Throws SIGNATURE_INVALID where what this browser remembers was changed. */
export async function checkAnswer(
  shown: Broadcast,
  { id, find, clock = systemClock }: Holding
): Promise<CheckedAnswer> {
  const all = await verifyAndPool(shown, { clock })
  const asked = (await find({ id })) ?? (await answeredBy(all, find))
  if (!asked) return { verified: all, agrees: agrees(all, shown), question: undefined, swapped: [] }
  const question = await questionIn(asked, clock)
  const own = await verifyAndPool(shown, {
    requestHash: question.hash,
    peers: question.targets,
    outputs: question.outputs,
    asked: { program: question.program, contract: question.contract },
    clock
  })
  const verified = { ...own, parts: own.parts.map((part) => named(part, asked)) }
  const swapped = await swappedIn(all, { question, asked, find })
  return { verified, agrees: agrees(verified, shown), question: { ...question, names: asked.names }, swapped }
}

/** What was signed, read from the remembered bytes themselves. */
export async function questionIn({ hash, text }: AskedHere, clock: Clock = systemClock): Promise<SignedQuestion> {
  const question = await readSignedRequest(text, { clock })
  if (question.hash !== hash) throw new StimnetError('SIGNATURE_INVALID', 'a remembered question with another hash')
  return question
}

/** The gateway's answer to the submission may have been lost: then the receipts say which question it was. */
async function answeredBy({ parts }: VerifiedBroadcast, find: FindAsked): Promise<AskedHere | undefined> {
  const hashes = new Set(parts.flatMap(({ receipt }) => receipt?.receipt.requestHash ?? []))
  for (const hash of hashes) {
    const asked = await find({ hash })
    if (asked) return asked
  }
  return undefined
}

async function swappedIn(
  { parts }: VerifiedBroadcast,
  { question, asked, find }: { question: SignedQuestion; asked: AskedHere; find: FindAsked }
): Promise<Swapped[]> {
  const others = parts.flatMap((part) => {
    const requestHash = part.receipt?.receipt.requestHash ?? question.hash
    return requestHash === question.hash ? [] : [{ ...named(part, asked), requestHash }]
  })
  return Promise.all(
    others.map(async ({ peerId, institution, requestHash }) => {
      const other = await find({ hash: requestHash })
      const title = other && (await questionIn(other)).title
      return { peerId, institution, requestHash, other: title === '' ? 'without a title' : title }
    })
  )
}

/** By the name under which the page showed it when it was signed for. */
function named<T extends { readonly peerId: string; readonly institution: string }>(part: T, { names }: AskedHere): T {
  const institution = Object.hasOwn(names, part.peerId) ? names[part.peerId] : undefined
  return institution === undefined ? part : { ...part, institution }
}
