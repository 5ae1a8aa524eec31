/** The key of each account of this browser: its private half lies here as an object that signs and never shows its bytes. */
import { type OwnKey, StimnetError } from '@stimnet/protocol'
import { answerOf, inRoom } from './database.ts'
import { announceChange } from './news.ts'

/** How it came here. Only a key that was made without a copy is gone for good when the browser's data are cleared. */
export type Origin = 'made' | 'copied' | 'file'

/** A key as it is kept. */
export interface HeldKey extends OwnKey {
  readonly account: string
  readonly origin: Origin
  /** Unix time, ms. */
  readonly keptAtMs: number
  /** JWTs that go with each request that it signs. */
  readonly credentials: readonly string[]
}

/** Undefined where the account has none here. */
export function keyOf(account: string): Promise<HeldKey | undefined> {
  return inRoom('keys', 'readonly', (store) => answerOf<HeldKey | undefined>(store.get(account)))
}

/** Never replaces one: what it signed is known by its id. Throws KEY_UNSUPPORTED where this account has one already. */
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

/** Of that very key; nothing happens where another tab has put another in its place. */
export async function keepCredentials(held: HeldKey, credentials: readonly string[]): Promise<void> {
  await inRoom('keys', 'readwrite', async (store) => {
    const now = await answerOf<HeldKey | undefined>(store.get(held.account))
    if (now?.id === held.id) await answerOf(store.put({ ...now, credentials: [...credentials] }))
  })
  announceChange()
}

/** Afterwards nobody signs with it here. */
export async function forgetKey(account: string): Promise<void> {
  await inRoom('keys', 'readwrite', (store) => answerOf(store.delete(account)))
  announceChange()
}
