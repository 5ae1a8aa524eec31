/** The state of each institution's receipt. */
import type { CheckedAnswer } from './answer.ts'

/** `other`: the receipt is valid but belongs to another question. */
export type Standing = 'holds' | 'broken' | 'other'

/** The states by PeerId. */
export function standingsOf({ verified, swapped }: Pick<CheckedAnswer, 'verified' | 'swapped'>): Map<string, Standing> {
  const others = new Set(swapped.map(({ peerId }) => peerId))
  return new Map(
    verified.parts.map((part) => [part.peerId, others.has(part.peerId) ? 'other' : part.verified ? 'holds' : 'broken'])
  )
}
