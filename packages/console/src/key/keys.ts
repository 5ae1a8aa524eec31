/** The key of each account in this browser. The private key is a non-extractable CryptoKey: it can sign, but its bytes cannot be read. */
import { type OwnKey, StimnetError } from '@stimnet/protocol'
import { answerOf, inRoom } from './database.ts'
import { announceChange } from './news.ts'

/**
 * The origin of the key: generated, generated with a copy, or imported. A key without a copy is lost when the browser's data are
 * cleared.
 */
export type Origin = 'made' | 'copied' | 'file'

/** A key as this browser stores it. */
export interface HeldKey extends OwnKey {
  readonly account: string
  readonly origin: Origin
  /** Time at which the key was stored, Unix time, ms. */
  readonly keptAtMs: number
  /** Credentials (JWTs) that are sent with each request that the key signs. */
  readonly credentials: readonly string[]
}

/** The account's key; undefined if it has none in this browser. */
export function keyOf(account: string): Promise<HeldKey | undefined> {
  return inRoom('keys', 'readonly', (store) => answerOf<HeldKey | undefined>(store.get(account)))
}

/** Stores a new key. Throws KEY_UNSUPPORTED if the account already has a key, since signed questions refer to its id. */
export async function keepKey(held: HeldKey): Promise<void> {
  await inRoom('keys', 'readwrite', async (store) => {
    if (await answerOf<HeldKey | undefined>(store.get(held.account))) {
      const reason = 'This account has a key in this browser already, perhaps made in another tab.'
      throw new StimnetError('KEY_UNSUPPORTED', 'keeping a second key', { reason })
    }
    await answerOf(store.add(held))
  })
  announceChange()
}

/** Changes the credentials of the key. Does nothing if another tab has replaced the key. */
export async function keepCredentials(held: HeldKey, credentials: readonly string[]): Promise<void> {
  await inRoom('keys', 'readwrite', async (store) => {
    const now = await answerOf<HeldKey | undefined>(store.get(held.account))
    if (now?.id === held.id) await answerOf(store.put({ ...now, credentials: [...credentials] }))
  })
  announceChange()
}

/** Deletes the key from this browser. */
export async function forgetKey(account: string): Promise<void> {
  await inRoom('keys', 'readwrite', (store) => answerOf(store.delete(account)))
  announceChange()
}
