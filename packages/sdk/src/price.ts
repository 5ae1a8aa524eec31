/** The price of a question in words: whether an answer with noise would be usable, and how much of the refusal allowance is used. */
import type { PrivacyCost, PrivacyPrice } from '@stimnet/api'

/** Maximum error as a share of the range. With a larger error, an answer says little about where people are within the range. */
const RANGE_SHARE_MAX = 0.1

/** Whether the 95 % error exceeds a tenth of the range of possible answers; false if error or range are unknown. */
export function isCoarse({ error_95: error, range }: PrivacyPrice['columns'][number]): boolean {
  return error !== null && range !== null && error > RANGE_SHARE_MAX * range
}

/** One sentence for each institution that discloses how much of the refusal allowance is used, as of its last answer. */
export function refusalsUsed({ peers, data_catalog_name: catalog }: PrivacyCost): string[] {
  return peers.flatMap(({ refusals, institution, node_id: nodeId, peer_id: peerId }) => {
    if (refusals === undefined || refusals === null) return []
    const { bits, bits_max: max } = refusals
    return [
      `Refusals and withheld numbers: ${bits} of ${max} bits used for ${catalog} at ${institution || nodeId || peerId} in thirty days.`
    ]
  })
}
