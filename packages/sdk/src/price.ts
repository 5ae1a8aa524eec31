/** The price of a question in words: whether an answer with noise would be worth it, and what refusals have used up. */
import type { PrivacyCost, PrivacyPrice } from '@stimnet/api'

/** More of its range than this, and an answer says little about where in it people are. */
const RANGE_SHARE_MAX = 0.1

/** Whether nineteen answers of twenty may be off by more than a tenth of where they can lie; false where that is not told. */
export function isCoarse({ error_95: error, range }: PrivacyPrice['columns'][number]): boolean {
  return error !== null && range !== null && error > RANGE_SHARE_MAX * range
}

/** One sentence for each institution that has told how much of the allowance for refusals is used, as of its last answer. */
export function refusalsUsed({ peers }: PrivacyCost): string[] {
  return peers.flatMap(({ refusals, institution, node_id: nodeId, peer_id: peerId }) => {
    if (refusals === undefined || refusals === null) return []
    const { bits, bits_max: max } = refusals
    return [
      `Refusals and withheld numbers: ${bits} of ${max} bits used at ${institution || nodeId || peerId} in thirty days.`
    ]
  })
}
