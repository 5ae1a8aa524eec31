/** The choice of the members to which a peer keeps connections, if there are more members than it may keep. */
import { createHash } from 'node:crypto'

/** A member that can be chosen. */
export interface Candidate {
  readonly peerId: string
  /** Its rank in the order of this peer; see `rankOf`. */
  readonly rank: number
  /** Whether the member could be reached at the last attempt. */
  readonly isWell: boolean
}

/**
 * A number for a pair of peers, the same on both sides. Each peer prefers the pairs with the lowest numbers, so its choice
 * is random but does not change when others join and leave, and two peers often choose each other.
 */
export function rankOf(one: string, other: string): number {
  const pair = one < other ? `${one} ${other}` : `${other} ${one}`
  return createHash('sha256').update(pair).digest().readUIntBE(0, 6)
}

/**
 * The PeerIds to keep connections to. Up to `most` members: all of them. Above it, half of `most` by rank, because about as
 * many others choose this peer; members that could not be reached are tried in addition, so that they do not take the places
 * of others.
 */
export function chooseNeighbours(candidates: readonly Candidate[], most: number): ReadonlySet<string> {
  if (candidates.length <= most) return new Set(candidates.map(({ peerId }) => peerId))
  const half = Math.ceil(most / 2)
  const chosen = { well: [] as string[], ill: [] as string[] }
  for (const { peerId, isWell } of [...candidates].sort((a, b) => a.rank - b.rank)) {
    const kind = isWell ? chosen.well : chosen.ill
    if (kind.length < half) kind.push(peerId)
    if (chosen.well.length >= half) break
  }
  return new Set([...chosen.well, ...chosen.ill])
}
