/** The peer's own Ed25519 key: created once and kept in a file that only its user can read. */
import { hkdfSync } from 'node:crypto'
import { open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { keyFileOf, type RandomSource, type Signer, StimnetError, seedIn, signerFromSeed } from '@stimnet/protocol'
import { makeFolder, readPrivate } from './private.ts'

/** Reads a key file, or creates one with mode 0600. Throws CONFIG_INVALID for an unsafe or unreadable file. */
export async function loadOrCreateSeed(path: string, random: RandomSource): Promise<Uint8Array> {
  const existing = await readSeed(path)
  if (existing) return existing
  await makeFolder(dirname(path))
  const seed = random.bytes(32)
  // 'wx': of two processes that start together, only one can create the key.
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(keyFileOf(seed))
    await file.sync()
  } finally {
    await file.close()
  }
  return seed
}

/** The seed in a key file; undefined where there is none. Throws CONFIG_INVALID as `loadOrCreateSeed`. */
export async function readSeed(path: string): Promise<Uint8Array | undefined> {
  const text = await readPrivate(path)
  if (text === undefined) return undefined
  const seed = seedIn(text)
  if (!seed) throw new StimnetError('CONFIG_INVALID', `${path} is not a key file`)
  return seed
}

/** The name of the key file in a peer's folder. */
export const KEY_FILE = 'identity.key'

/** The PeerId of the key in a peer's folder; undefined where there is none. Throws CONFIG_INVALID as `readSeed`. */
export async function peerIdIn(dataDir: string): Promise<string | undefined> {
  const seed = await readSeed(join(dataDir, KEY_FILE))
  return seed && (await signerFromSeed(seed)).id
}

/**
 * The custodial key of an account without a key of its own, derived from the peer's key and the account's name, so that
 * nothing
 * more must be stored. Requests signed with it state `custody: gateway`.
 */
export function custodialSigner(nodeSeed: Uint8Array, account: string): Promise<Signer> {
  const seed = hkdfSync('sha256', nodeSeed, 'stimnet/custody/1', account, 32)
  return signerFromSeed(new Uint8Array(seed))
}

/** Custodial keys kept in memory: making one costs more than signing with it. */
const SIGNERS_MAX = 256

/** Custodial keys by account; recently used ones are kept in memory. */
export function custodialSigners(nodeSeed: Uint8Array): (account: string) => Promise<Signer> {
  const made = new Map<string, Promise<Signer>>()
  return (account) => {
    const signer = made.get(account) ?? custodialSigner(nodeSeed, account)
    // Moves the key to the end of the order in which keys are forgotten.
    made.delete(account)
    if (made.size >= SIGNERS_MAX) made.delete(made.keys().next().value ?? '')
    made.set(account, signer)
    return signer
  }
}

/** Derives a secret of this peer from its key, for example for access tokens. Each name gives another secret. */
export function derivedSecret(nodeSeed: Uint8Array, name: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', nodeSeed, 'stimnet/secret/1', name, 32))
}
