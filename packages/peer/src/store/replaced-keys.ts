/** The keys that a peer had before its present key, by PeerId. The peer no longer accepts them. */
import { StimnetError } from '@stimnet/protocol'
import type { Database } from './database.ts'
import { KEY_FILE } from './identity.ts'
import type { Sublevel } from './level/level.ts'

/** The name of the sublevel. */
export const REPLACED_KEYS = 'replaced-keys'

/** The facts about the replacement of a key. */
export interface ReplacedKey {
  readonly atMs: number
  /** The PeerId of the key that replaced it. */
  readonly by: string
}

/** The replaced keys of a peer, by PeerId. */
export function replacedKeys(database: Database): Sublevel<ReplacedKey> {
  return database.json<ReplacedKey>(REPLACED_KEYS)
}

/**
 * The PeerIds of the replaced keys. Throws CONFIG_INVALID if `self` is one of them: with an old key put back, the peer would
 * sign for this institution with a key that others may have.
 */
export async function replacedPeers(database: Database, self: string): Promise<ReadonlySet<string>> {
  const replaced = new Set(await replacedKeys(database).keys().all())
  if (!replaced.has(self)) return replaced
  const reason = `${KEY_FILE} is a key that this peer has replaced: put the present one back, or run stimnet identity replace to come to the end of a replacement that was cut short`
  throw StimnetError.told('CONFIG_INVALID', reason)
}
