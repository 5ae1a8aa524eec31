/** The keys that follow from a peer's own key: custodial keys of accounts, and secrets of the peer. */
import { hkdfSync } from 'node:crypto'
import { type Signer, signerFromSeed } from '@stimnet/protocol'

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
