/** How far an answer can be trusted, in words: what institutions signed, and what is the gateway's word alone. */
import { CODES } from '@stimnet/protocol'
import type { VerifiedPart } from '@stimnet/sdk'
import { plural } from '../../words/number.ts'
import type { Tone } from '../../words/state.ts'
import type { CheckedAnswer } from './answer.ts'

/** As it stands above the evidence. */
export interface Verdict {
  readonly tone: Tone
  readonly head: string
  readonly words: string
  /** Which question it answers; undefined where nothing of it holds. */
  readonly about: string | undefined
  /** Who is not in the result, and why. */
  readonly left: readonly { readonly peerId: string; readonly name: string; readonly why: string }[]
}

/** `given`: receipts that came with the answer. */
export function verdictOf({ verified, agrees, question }: CheckedAnswer, given: number): Verdict {
  const { parts } = verified
  const holding = parts.filter((part) => part.verified).length
  const left = parts.filter((part) => !part.verified)
  // Of a question that the gateway signed, which one was refused is its word as well.
  const isProven = question !== undefined && left.every(hasRefused)
  const named = left.map((part) => ({
    peerId: part.peerId,
    name: part.institution || part.peerId,
    why: whyLeft(part, question !== undefined)
  }))
  if (given === 0) {
    const words = isProven
      ? 'Each refused, and signed that: nothing ran, and nothing was released.'
      : 'That nothing ran is the gateway’s word.'
    return { tone: 'calm', head: 'No institution gave a receipt.', words, about: undefined, left: named }
  }
  return {
    tone: toneOf({ isWrong: !agrees || holding < given, isWhole: left.length === 0 || isProven }),
    head: `${holding} of ${given} receipts hold.`,
    words: wordsOf(verified.parts, agrees),
    about: holding === 0 ? undefined : aboutOf(question),
    left: named
  }
}

function toneOf({ isWrong, isWhole }: { isWrong: boolean; isWhole: boolean }): Tone {
  if (isWrong) return 'bad'
  return isWhole ? 'good' : 'warn'
}

function wordsOf(parts: readonly VerifiedPart[], agrees: boolean): string {
  if (!parts.some(({ verified }) => verified)) return 'Nothing that is shown here is an answer to this question.'
  if (parts.every(({ output }) => output === null)) return 'Nothing was released, and each of them signed that.'
  const checked =
    'This browser checked each institution’s signature and hashes, and pooled the result again from the signed parts alone.'
  return agrees
    ? `${checked} It is what the gateway shows.`
    : `${checked} It differs from what the gateway says: trust what is shown here.`
}

function aboutOf(question: CheckedAnswer['question']): string {
  if (!question) return 'The gateway says which question it answers.'
  return `This answers the question that this browser signed: each of these receipts names it. It was signed for ${plural(question.targets.length, 'institution')}.`
}

/** For good: what may be taken when it is sent again could have been answered after all. */
function hasRefused({ decision }: VerifiedPart): boolean {
  return decision?.allowed === false && decision.code !== undefined && !CODES[decision.code].retry
}

function whyLeft(part: VerifiedPart, isSignedHere: boolean): string {
  const { receipt, decision, code } = part
  if (hasRefused(part)) {
    return isSignedHere
      ? `it refused, and signed that (${code}).`
      : `it signed a refusal (${code}); of which question is the gateway’s word.`
  }
  if (code === 'PEER_UNKNOWN') return 'this browser asked nobody of that key.'
  if (decision?.allowed) return 'it took the question, and no receipt of it is here.'
  if (receipt === undefined && code === 'SIGNATURE_INVALID')
    return 'its receipt does not hold, or answers another question.'
  return `no receipt. Why (${code ?? 'no code'}) is the gateway’s word.`
}
