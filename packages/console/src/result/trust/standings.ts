/** How the receipt of each institution stands. */
import type { CheckedAnswer } from './answer.ts'

/** `other`: it holds, and answers another question. */
export type Standing = 'holds' | 'broken' | 'other'

/** By PeerId. */
export function standingsOf({ verified, swapped }: Pick<CheckedAnswer, 'verified' | 'swapped'>): Map<string, Standing> {
  const others = new Set(swapped.map(({ peerId }) => peerId))
  return new Map(
    verified.parts.map((part) => [part.peerId, others.has(part.peerId) ? 'other' : part.verified ? 'holds' : 'broken'])
  )
}
