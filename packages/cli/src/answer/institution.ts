/** The name under which an answer shows an institution. */
import type { Broadcast } from '@stimnet/sdk'

/** What each institution is called, by its PeerId: as the pooled answer names it, which tells two of one name apart. */
export function institutionIn({ pooled, parts }: Pick<Broadcast, 'pooled' | 'parts'>): (site: string) => string {
  return (site) => {
    const part = parts.find(({ peer_id }) => peer_id === site)
    return pooled?.institutions?.[site] || part?.institution || part?.node_id || site
  }
}
