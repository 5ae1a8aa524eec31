/** Identifiers of keys, jobs and catalogs. They are parsed once, on input; afterwards the type is trusted. */
import { base58btc } from 'multiformats/bases/base58'
import { StimnetError } from './errors.ts'

declare const brand: unique symbol
type Branded<B extends string> = string & { readonly [brand]: B }

/** An Ed25519 public key as libp2p writes it (12D3Koo…). PeerIds and researchers' key ids have this same form. */
export type KeyId = Branded<'KeyId'>
/** The id of a job: 32 hexadecimal digits. */
export type JobId = Branded<'JobId'>

// A PeerId of an Ed25519 key is the identity multihash of a protobuf: 0x00 0x24 | 0x08 0x01 0x12 0x20 | 32 bytes.
const KEY_PREFIX = Uint8Array.of(0x00, 0x24, 0x08, 0x01, 0x12, 0x20)

/**
 * The y coordinate of every point of small order, little endian, without the sign bit of x. With such a public key, a
 * signature can verify although nobody made it with a private key (RFC 8032, 5.1; libsodium refuses the same points).
 */
const SMALL_ORDER = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'
])
const SIGN_BIT = 0x80

/** Throws KEY_UNSUPPORTED for weak keys: points of small order, and encodings with y of 2^255 - 19 or more. */
function assertSound(publicKey: Uint8Array): void {
  // Uint8Array.from copies; `slice` of a Buffer would return a view of the same bytes.
  const y = Uint8Array.from(publicKey)
  y[31] = (y[31] ?? 0) & ~SIGN_BIT
  // Each of these nineteen values is a second encoding of a smaller y.
  const isSecondSpelling = y[31] === 0x7f && (y[0] ?? 0) >= 0xed && y.subarray(1, 31).every((byte) => byte === 0xff)
  if (isSecondSpelling || SMALL_ORDER.has(toHex(y))) throw new StimnetError('KEY_UNSUPPORTED', 'a weak public key')
}

/** The key id of a raw Ed25519 public key. Throws KEY_UNSUPPORTED. */
export function keyIdOf(publicKey: Uint8Array): KeyId {
  if (publicKey.length !== 32) throw new StimnetError('KEY_UNSUPPORTED', 'a public key has 32 bytes')
  assertSound(publicKey)
  const bytes = new Uint8Array(KEY_PREFIX.length + 32)
  bytes.set(KEY_PREFIX)
  bytes.set(publicKey, KEY_PREFIX.length)
  // A PeerId is base58btc without the multibase prefix 'z'.
  return base58btc.encode(bytes).slice(1) as KeyId
}

/** The raw public key in a key id. Throws KEY_UNSUPPORTED unless the text is the canonical spelling of a sound key. */
export function publicKeyOf(text: string): Uint8Array {
  if (text.length > 60) throw new StimnetError('KEY_UNSUPPORTED', 'reading a key id')
  let bytes: Uint8Array
  try {
    bytes = base58btc.decode(`z${text}`)
  } catch (cause) {
    throw new StimnetError('KEY_UNSUPPORTED', 'reading a key id', { cause })
  }
  const fits = bytes.length === KEY_PREFIX.length + 32 && KEY_PREFIX.every((byte, i) => bytes[i] === byte)
  if (!fits) throw new StimnetError('KEY_UNSUPPORTED', 'reading a key id')
  const publicKey = bytes.slice(KEY_PREFIX.length)
  assertSound(publicKey)
  return publicKey
}

/** Checks a key id from outside and returns it. Throws KEY_UNSUPPORTED. */
export function parseKeyId(text: string): KeyId {
  return keyIdOf(publicKeyOf(text))
}

/** Whether a text from outside is the canonical spelling of an Ed25519 key id. */
export function isKeyId(text: string): text is KeyId {
  // Most texts given to this function are not key ids. Comparing the fixed prefix in base58 rejects them cheaply.
  if (!text.startsWith('12D3Koo')) return false
  try {
    publicKeyOf(text)
    return true
  } catch {
    return false
  }
}

/**
 * The id of the job that a request becomes at one peer. It is a hash of issuer, nonce and serving peer, so that nobody can claim
 * another requester's id first, and both sides know it before the peer answers.
 */
export async function jobIdOf(request: { issuer: string; nonce: Uint8Array; servingPeer: string }): Promise<JobId> {
  const text = `stimnet/job/1\n${request.issuer}\n${toHex(request.nonce)}\n${request.servingPeer}`
  return (await sha256Hex(new TextEncoder().encode(text))).slice(0, 32) as JobId
}

/**
 * Whether a text is a valid name of a catalog, table or variable: letters, digits, underscore and hyphen, at most 64 characters,
 * beginning with a letter.
 */
export function isName(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(text)
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Bytes as lower-case hexadecimal. */
export function toHex(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bytes.length; i++) text += HEX[bytes[i] ?? 0]
  return text
}

/** SHA-256 as lower-case hexadecimal. */
export async function sha256Hex(bytes: Uint8Array): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)))
}
