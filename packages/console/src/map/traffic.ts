/** The traffic on the map: jobs of the account's own questions that have not ended. */
import type { Broadcast } from '@stimnet/sdk'
import { hasEnded } from '../words/state.ts'

/** Jobs under way by PeerId. */
export function trafficOf(broadcasts: readonly Broadcast[]): ReadonlyMap<string, number> {
  const moving = new Map<string, number>()
  for (const { parts } of broadcasts) {
    for (const part of parts) {
      if (!hasEnded(part.state)) moving.set(part.peer_id, (moving.get(part.peer_id) ?? 0) + 1)
    }
  }
  return moving
}
