/** A peer's signed digest: its description of itself, its addresses and a hash of its catalogs, for members to pass on. */
import { createHash } from 'node:crypto'
import {
  assertInTime,
  type Clock,
  type Message,
  messages,
  open,
  type Signer,
  StimnetError,
  seal
} from '@stimnet/protocol'

/** Maximum size of a digest, bytes: room for the names of a hundred catalogs and some addresses. */
export const DIGEST_BYTES_MAX = 8 * 1024
/** Time for which a digest is passed on, ms. After it, a peer that has left is forgotten. */
export const DIGEST_LIFETIME_MS = 3 * 3_600_000
/** Minimum distance between two sequence numbers of one peer, so that no peer can keep all others busy with its updates. */
export const SEQUENCE_STEP = 10_000
/**
 * Maximum time by which a sequence number may be ahead of the clock: the allowed clock difference plus the steps after some
 * quick restarts.
 */
const AHEAD_MS_MAX = 2 * 60_000
const ADDRESSES_MAX = 8
const ADDRESS_CHARACTERS_MAX = 256

/** An opened digest. */
export interface Digest {
  readonly peerId: string
  readonly sequence: number
  readonly about: Message<'HelloAnswer'>
  readonly addresses: readonly string[]
  readonly catalogsHash: string
  /** The charter of the federation whose members may receive the digest. If empty, only the peer itself passes on the digest. */
  readonly charter: string
  /** Whether everybody may receive the digest. */
  readonly open: boolean
  readonly issuedAtMs: number
  readonly expiresAtMs: number
  /** Identifies the digest: the first 8 bytes of its SHA-256, hex. */
  readonly mark: string
  readonly sealed: Uint8Array
}

/** The content of a peer's digest about itself. */
export type DigestFacts = Pick<Digest, 'sequence' | 'about' | 'addresses' | 'catalogsHash' | 'charter' | 'open'>

/**
 * Signs a digest. Throws TOO_LARGE if its catalogs have too many or too long names; the peer is then found in the same way
 * as peers without a digest.
 */
export async function sealDigest(
  facts: DigestFacts,
  { signer, clock }: { signer: Signer; clock: Clock }
): Promise<Digest> {
  const addresses = facts.addresses.slice(0, ADDRESSES_MAX)
  const body = messages.PeerDigest.encode({ ...facts, addresses: [...addresses] })
  const sealed = await seal({ type: 'digest', body, signer, clock, lifetimeMs: DIGEST_LIFETIME_MS })
  if (sealed.bytes.length > DIGEST_BYTES_MAX) throw new StimnetError('TOO_LARGE', 'sealing the digest of this peer')
  const { issuedAtMs, expiresAtMs, bytes } = sealed
  return { ...facts, addresses, peerId: signer.id, issuedAtMs, expiresAtMs, mark: markOf(bytes), sealed: bytes }
}

/**
 * Opens a digest that any peer passed on. Throws TOO_LARGE, MALFORMED, KEY_UNSUPPORTED, SIGNATURE_INVALID, TYPE_MISMATCH,
 * EXPIRED, NOT_YET_VALID, LIFETIME_TOO_LONG.
 */
export async function openDigest(sealed: Uint8Array, clock: Clock): Promise<Digest> {
  const digest = await readDigest(sealed, clock)
  assertDigestInTime(digest, clock)
  return digest
}

/** Like `openDigest`, but without comparing the digest's times with the clock, so that the result stays true. */
export async function readDigest(sealed: Uint8Array, clock: Clock): Promise<Digest> {
  if (sealed.length > DIGEST_BYTES_MAX) throw new StimnetError('TOO_LARGE', 'opening a digest')
  const { issuer, body, issuedAtMs, expiresAtMs } = await open(sealed, { type: 'digest', clock, atAnyTime: true })
  const { sequence, about, addresses, catalogsHash, charter, open: isOpen } = messages.PeerDigest.decode(body)
  const isSound =
    Number.isSafeInteger(sequence) &&
    sequence > 0 &&
    addresses.length <= ADDRESSES_MAX &&
    addresses.every((address) => address.length <= ADDRESS_CHARACTERS_MAX)
  if (!about || !isSound) throw new StimnetError('MALFORMED', `opening a digest of ${issuer}`)
  if (expiresAtMs - issuedAtMs > DIGEST_LIFETIME_MS)
    throw new StimnetError('LIFETIME_TOO_LONG', `opening a digest of ${issuer}`)
  const facts = { sequence, about, addresses, catalogsHash: catalogsHash.slice(0, 64), charter, open: isOpen }
  return { ...facts, peerId: issuer, issuedAtMs, expiresAtMs, mark: markOf(sealed), sealed }
}

/** Throws NOT_YET_VALID or EXPIRED for a digest that is not valid now. */
export function assertDigestInTime(digest: Digest, clock: Clock): void {
  assertInTime(digest, { type: 'digest', clock })
  if (digest.sequence > clock.now() + AHEAD_MS_MAX)
    throw new StimnetError('NOT_YET_VALID', `opening a digest of ${digest.peerId}`)
}

/** The mark of a sealed digest. */
export function markOf(sealed: Uint8Array): string {
  return createHash('sha256').update(sealed).digest('hex').slice(0, 16)
}
