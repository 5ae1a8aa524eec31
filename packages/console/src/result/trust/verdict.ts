/** The trust in an answer, in words: what the institutions signed, and what only the gateway states. */
import { CODES } from '@stimnet/protocol'
import type { VerifiedPart } from '@stimnet/sdk'
import { plural } from '../../words/number.ts'
import type { Tone } from '../../words/state.ts'
import type { CheckedAnswer } from './answer.ts'

/** The verdict as shown above the evidence. */
export interface Verdict {
  readonly tone: Tone
  readonly head: string
  readonly words: string
  /** The question that is answered; undefined if no receipt is valid. */
  readonly about: string | undefined
  /** The institutions that are not in the result, with the reasons. */
  readonly left: readonly { readonly peerId: string; readonly name: string; readonly why: string }[]
}

/** `given`: number of receipts that came with the answer. */
export function verdictOf({ verified, agrees, question }: CheckedAnswer, given: number): Verdict {
  const { parts } = verified
  const holding = parts.filter((part) => part.verified).length
  const left = parts.filter((part) => !part.verified)
  // If the gateway signed the question, only the gateway states which question was refused.
  const isProven = question !== undefined && left.every(hasRefused)
  const named = left.map((part) => ({
    peerId: part.peerId,
    name: part.institution || part.peerId,
    why: whyLeft(part, question !== undefined)
  }))
  if (given === 0) {
    const words = isProven
      ? 'Each institution refused and signed the refusal: nothing ran, and nothing was released.'
      : 'Only the gateway states that nothing ran.'
    return { tone: 'calm', head: 'There is no receipt.', words, about: undefined, left: named }
  }
  return {
    tone: toneOf({ isWrong: !agrees || holding < given, isWhole: left.length === 0 || isProven }),
    head: `${holding} of ${given} receipts verified.`,
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
  if (!parts.some(({ verified }) => verified)) return 'Nothing shown here is an answer to this question.'
  if (parts.every(({ output }) => output === null)) return 'Nothing was released, and each institution signed that.'
  const checked =
    'This browser checked each institution’s signature and hashes, and pooled the result again from the signed parts only.'
  return agrees
    ? `${checked} The gateway shows the same.`
    : `${checked} The gateway’s own result differs: trust what is shown here.`
}

function aboutOf(question: CheckedAnswer['question']): string {
  if (!question) return 'Only the gateway states which question this answers.'
  return `This answers the question that this browser signed: each of these receipts names it. It was signed for ${plural(question.targets.length, 'institution')}.`
}

/** Whether the refusal is final. After a refusal that allows a retry, the institution may have answered the question sent again. */
function hasRefused({ decision }: VerifiedPart): boolean {
  return decision?.allowed === false && decision.code !== undefined && !CODES[decision.code].retry
}

function whyLeft(part: VerifiedPart, isSignedHere: boolean): string {
  const { receipt, decision, code } = part
  if (hasRefused(part)) {
    return isSignedHere
      ? `it refused and signed the refusal (${code}).`
      : `it signed a refusal (${code}); only the gateway states of which question.`
  }
  if (code === 'PEER_UNKNOWN') return 'this browser did not ask this institution.'
  if (decision?.allowed) return 'it accepted the question, but there is no receipt.'
  if (receipt === undefined && code === 'SIGNATURE_INVALID')
    return 'its receipt is not valid, or answers another question.'
  return `no receipt. Only the gateway states the reason (${code ?? 'no code'}).`
}
