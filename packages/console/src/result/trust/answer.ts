/** Checks that an answer belongs to a question that this browser signed, whatever the gateway claims. */
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

/** Finds a question signed in this browser, by the gateway's id or by its hash. */
export type FindAsked = (by: { readonly id: string } | { readonly hash: string }) => Promise<AskedHere | undefined>

/** A valid receipt that is shown with a question but belongs to another request. */
export interface Swapped {
  readonly peerId: string
  readonly institution: string
  readonly requestHash: string
  /** The title of this browser's question that the receipt does belong to; undefined if there is none. */
  readonly other: string | undefined
}

/** A question as it was signed here, with the names that the page showed for PeerIds at that time. */
export interface SignedHere extends SignedQuestion {
  readonly names: Readonly<Record<string, string>>
}

/** The verified answer, and how far it can be trusted. */
export interface CheckedAnswer {
  readonly verified: VerifiedBroadcast
  /** Whether the gateway shows the answer that was verified. */
  readonly agrees: boolean
  /** The question as it was signed here; undefined if only the gateway states which question is answered. */
  readonly question: SignedHere | undefined
  /** The receipts of other requests; their parts are left out of the result. */
  readonly swapped: readonly Swapped[]
}

/** The id of a question's page, and the store in which the signed question is found. */
export interface Holding {
  /** The id of the question whose page it is; the id in the answer is not trusted. */
  readonly id: string
  readonly find: FindAsked
  readonly clock?: Clock
}

/** Verifies an answer and compares it with the signed question. Throws SIGNATURE_INVALID if the stored question was changed. */
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

/** The question, read from the stored signed bytes. Throws SIGNATURE_INVALID if they do not match the hash. */
export async function questionIn({ hash, text }: AskedHere, clock: Clock = systemClock): Promise<SignedQuestion> {
  const question = await readSignedRequest(text, { clock })
  if (question.hash !== hash) throw new StimnetError('SIGNATURE_INVALID', 'a remembered question with another hash')
  return question
}

/** Finds the question by the receipts, for the case that the gateway's answer to the submission was lost. */
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

/** The part with the institution's name that the page showed when the question was signed. */
function named<T extends { readonly peerId: string; readonly institution: string }>(part: T, { names }: AskedHere): T {
  const institution = Object.hasOwn(names, part.peerId) ? names[part.peerId] : undefined
  return institution === undefined ? part : { ...part, institution }
}
