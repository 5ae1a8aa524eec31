/** The peer's own Ed25519 key: created once and kept in a file that only its user can read. */
import { hkdfSync } from 'node:crypto'
import { existsSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { keyFileOf, type RandomSource, type Signer, StimnetError, seedIn, signerFromSeed } from '@stimnet/protocol'
import { makeFolder, readPrivate } from './private.ts'

/**
 * Reads a key file, or creates one with mode 0600. Throws CONFIG_INVALID for an unsafe or unreadable file, and where the
 * key is gone but the database of its peer is there.
 */
export async function loadOrCreateSeed(path: string, random: RandomSource): Promise<Uint8Array> {
  const existing = await readSeed(path)
  if (existing) return existing
  const lost = keyLostText(dirname(path))
  if (lost !== undefined) throw new StimnetError('CONFIG_INVALID', lost, { reason: lost })
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
  if (!seed) {
    const what = 'is damaged: a key file is one line of 64 hexadecimal digits. Put back its copy'
    throw new StimnetError('CONFIG_INVALID', `${path} ${what}`)
  }
  return seed
}

/** The name of the key file in a peer's folder. */
export const KEY_FILE = 'identity.key'

/**
 * What to do where a peer's folder has a database and no key; undefined elsewhere. With a new key, the peer would be another
 * institution to all others, and its log and receipts would be those of a stranger.
 */
export function keyLostText(dataDir: string): string | undefined {
  const key = join(dataDir, KEY_FILE)
  if (existsSync(key) || !existsSync(join(dataDir, 'db', 'CURRENT'))) return undefined
  const lost = `${key} is missing, and the database beside it belongs to that key`
  return `${lost}: put the key back from its copy (chmod 600). If there is none, see “A lost key” in docs/operating.md`
}

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
