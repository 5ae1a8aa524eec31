/** Three ways to put a key into this browser: generate it, generate it with a copy to save, or import a key file. Nothing is sent. */
import {
  type Clock,
  keyFileOf,
  keyFromSeed,
  makeKey,
  type OwnKey,
  type RandomSource,
  StimnetError,
  seedIn
} from '@stimnet/protocol'
import type { HeldKey, Origin } from './keys.ts'

/** A key file has 65 characters. */
const KEY_FILE_BYTES_MAX = 1_024

/** The account that the key will belong to. */
export interface Keeping {
  readonly account: string
  readonly clock: Clock
}

/** Generates a key without a copy: its private bytes exist nowhere outside the browser's key store, and the page cannot read them. */
export async function freshKey(keeping: Keeping): Promise<HeldKey> {
  return heldOf(await makeKey(), 'made', keeping)
}

/** Generates a key together with the text of its key file, to be saved at once: the bytes cannot be read from the browser later. */
export async function freshKeyWithCopy(
  keeping: Keeping & { readonly random: RandomSource }
): Promise<{ readonly held: HeldKey; readonly file: string }> {
  const seed = keeping.random.bytes(32)
  const own = await keyFromSeed(seed)
  const file = keyFileOf(seed)
  seed.fill(0)
  return { held: heldOf(own, 'copied', keeping), file }
}

/** Imports a key file made by `stimnet key`. Throws MALFORMED for any other file. */
export async function keyOfFile(file: Pick<Blob, 'size' | 'text'>, keeping: Keeping): Promise<HeldKey> {
  const seed = file.size > KEY_FILE_BYTES_MAX ? undefined : seedIn(await file.text())
  if (!seed) {
    const reason = 'This is not a key file. A key file, as made by stimnet key, has one line of 64 hexadecimal digits.'
    throw new StimnetError('MALFORMED', 'reading a key file', { reason })
  }
  const own = await keyFromSeed(seed)
  seed.fill(0)
  return heldOf(own, 'file', keeping)
}

function heldOf(own: OwnKey, origin: Origin, { account, clock }: Keeping): HeldKey {
  return { ...own, account, origin, keptAtMs: clock.now(), credentials: [] }
}
