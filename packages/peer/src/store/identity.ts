/** The keys that are derived from a peer's own key: custodial keys of accounts, and secrets of the peer. */
import { hkdfSync } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { loadOrCreateSeed, readSeed } from '@stimnet/machine'
import { type RandomSource, type Signer, StimnetError, signerFromSeed } from '@stimnet/protocol'

/** The name of the key file in a peer's folder. */
export const KEY_FILE = 'identity.key'

/**
 * The instructions if a peer's folder has a database but no key; otherwise undefined. With a new key, the peer would be
 * another institution to all others, and its log and receipts would belong to a stranger.
 */
export function keyLostText(dataDir: string): string | undefined {
  const key = join(dataDir, KEY_FILE)
  if (existsSync(key) || !existsSync(join(dataDir, 'db', 'CURRENT'))) return undefined
  const lost = `${key} is missing, and the database beside it belongs to that key`
  return `${lost}: put the key back from its copy (chmod 600). If there is none: stimnet identity replace`
}

/**
 * The key of a peer's folder, which is created if there is none. Throws CONFIG_INVALID for an unsafe or unreadable file, and
 * if the key is gone but the database of its peer exists.
 */
export async function loadOrCreateKey(dataDir: string, random: RandomSource): Promise<Uint8Array> {
  const lost = keyLostText(dataDir)
  if (lost !== undefined) throw StimnetError.told('CONFIG_INVALID', lost)
  return loadOrCreateSeed(join(dataDir, KEY_FILE), random)
}

/** The PeerId of the key in a peer's folder; undefined if there is no key. Throws CONFIG_INVALID as `readSeed` does. */
export async function peerIdIn(dataDir: string): Promise<string | undefined> {
  const seed = await readSeed(join(dataDir, KEY_FILE))
  return seed && (await signerFromSeed(seed)).id
}

/**
 * The custodial key of an account without a key of its own, derived from the peer's key and the account's name, so that
 * nothing more must be stored. Requests signed with it state `custody: gateway`.
 */
export function custodialSigner(nodeSeed: Uint8Array, account: string): Promise<Signer> {
  const seed = hkdfSync('sha256', nodeSeed, 'stimnet/custody/1', account, 32)
  return signerFromSeed(new Uint8Array(seed))
}

/** Maximum number of custodial keys kept in memory: deriving a key costs more than signing with it. */
const SIGNERS_MAX = 256

/** Custodial keys by account; recently used keys are kept in memory. */
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

/** Derives a secret of this peer from its key, for example for access tokens. Each name gives a different secret. */
export function derivedSecret(nodeSeed: Uint8Array, name: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', nodeSeed, 'stimnet/secret/1', name, 32))
}
