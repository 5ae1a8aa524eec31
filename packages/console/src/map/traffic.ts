/** The traffic on the map: unfinished jobs of the account's own questions. */
import type { Broadcast } from '@stimnet/sdk'
import { hasEnded } from '../words/state.ts'

/** Number of unfinished jobs by PeerId. */
export function trafficOf(broadcasts: readonly Broadcast[]): ReadonlyMap<string, number> {
  const moving = new Map<string, number>()
  for (const { parts } of broadcasts) {
    for (const part of parts) {
      if (!hasEnded(part.state)) moving.set(part.peer_id, (moving.get(part.peer_id) ?? 0) + 1)
    }
  }
  return moving
}
