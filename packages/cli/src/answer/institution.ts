/** Names of institutions in answers. */
import type { Broadcast } from '@stimnet/sdk'

/**
 * Returns the name of an institution by PeerId. Names of the pooled answer are preferred, since they distinguish institutions with the same
 * name.
 */
export function institutionIn({ pooled, parts }: Pick<Broadcast, 'pooled' | 'parts'>): (site: string) => string {
  return (site) => {
    const part = parts.find(({ peer_id }) => peer_id === site)
    return pooled?.institutions?.[site] || part?.institution || part?.node_id || site
  }
}
