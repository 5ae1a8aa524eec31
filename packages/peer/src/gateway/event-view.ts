/** The events of the node, for stewards, auditors and operators. */
import type { GatewayPeer } from '@stimnet/gateway'
import type { EventFeed } from '../monitor/feed.ts'
import { assertAuditor } from './audit-view.ts'

/** The gateway's methods for events. */
export function eventMethods({ feed }: { readonly feed: EventFeed }): Pick<GatewayPeer, 'events' | 'watchEvents'> {
  return {
    events: (account, options) => {
      assertAuditor(account)
      return feed.recent(options)
    },
    watchEvents: (account, after, signal) => {
      assertAuditor(account)
      return feed.watch(after, signal)
    }
  }
}
