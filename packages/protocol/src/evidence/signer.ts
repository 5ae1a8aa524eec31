/** Signing keys: generated, or imported from their secret bytes. The platform holds the private key and does not reveal it. */
import { base64url, CompactSign, type CryptoKey } from 'jose'
import { StimnetError } from '../errors.ts'
import { type KeyId, keyIdOf } from '../ids.ts'

/** The `typ` header of every JWS of StimNet, which tells it apart from other tokens. */
export const HEADER_TYPE = 'stimnet+jws'

/** A function that signs with a private key, and the key's id. The private key itself is not accessible. */
export interface Signer {
  readonly id: KeyId
  /** Signs the payload as a compact JWS. */
  sign(payload: Uint8Array): Promise<string>
  /**
   * Returns the bare 64-byte signature, for foreign formats that are not JWS. The signed bytes must begin with a label of that format,
   * so that they can never be read as a JWS, which begins with its header in base64url.
   */
  signBytes(bytes: Uint8Array): Promise<Uint8Array>
}

/** A private key that the platform holds and does not reveal. A browser can store this object in IndexedDB. */
export interface OwnKey {
  readonly id: KeyId
  /** Not extractable; it can only sign. */
  readonly key: CryptoKey
}

/** The fixed prefix of a PKCS#8 Ed25519 private key (RFC 8410), before the 32 bytes of the key. */
const PKCS8_PREFIX = Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20)

/** Generates a key. Its secret bytes exist only inside the platform, so it cannot be copied. */
export async function makeKey(): Promise<OwnKey> {
  const pair = await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])
  if (!('publicKey' in pair)) throw new StimnetError('KEY_UNSUPPORTED', 'a key of one half')
  const bytes = await crypto.subtle.exportKey('raw', pair.publicKey)
  return { id: keyIdOf(new Uint8Array(bytes)), key: pair.privateKey }
}

/** The key with these 32 secret bytes. Throws KEY_UNSUPPORTED. */
export async function keyFromSeed(seed: Uint8Array): Promise<OwnKey> {
  if (seed.length !== 32) throw new StimnetError('KEY_UNSUPPORTED', 'an Ed25519 private key has 32 bytes')
  const pkcs8 = new Uint8Array(PKCS8_PREFIX.length + 32)
  pkcs8.set(PKCS8_PREFIX)
  pkcs8.set(seed, PKCS8_PREFIX.length)
  const exportable = await crypto.subtle.importKey('pkcs8', pkcs8, 'Ed25519', true, ['sign'])
  const jwk = await crypto.subtle.exportKey('jwk', exportable)
  const key = await crypto.subtle.importKey('pkcs8', pkcs8, 'Ed25519', false, ['sign'])
  pkcs8.fill(0)
  return { id: keyIdOf(base64url.decode(jwk.x ?? '')), key }
}

/** A signer for a key that the platform holds. */
export function signerFromKey({ id, key }: OwnKey): Signer {
  return {
    id,
    sign: (payload) =>
      new CompactSign(payload).setProtectedHeader({ alg: 'Ed25519', kid: id, typ: HEADER_TYPE }).sign(key),
    signBytes: async (bytes) =>
      new Uint8Array(await crypto.subtle.sign('Ed25519', key, bytes as Uint8Array<ArrayBuffer>))
  }
}

/** A signer from the 32 secret bytes of an Ed25519 key. Throws KEY_UNSUPPORTED for another length. */
export async function signerFromSeed(seed: Uint8Array): Promise<Signer> {
  return signerFromKey(await keyFromSeed(seed))
}
