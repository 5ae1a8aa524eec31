/**
 * Invitations to a federation: the code that a member hands to a newcomer, the proof that the newcomer has the code, and the two
 * phrases by which people verify that no third machine is between theirs.
 */
import { base64url, type CryptoKey } from 'jose'
import { z } from 'zod'
import { canonicalBytes } from '../canonical.ts'
import { StimnetError } from '../errors.ts'
import { isKeyId } from '../ids.ts'
import { parseJson } from '../json.ts'

const PREFIX = 'stimnet-invite-'
/** Maximum length of a code, characters: room for some addresses, and short enough to copy. */
const CODE_CHARACTERS_MAX = 2_048
/** Length of the secret and of each nonce, bytes. */
export const INVITE_BYTES = 16
/** The addresses that a peer dials. A code must not contain other addresses, or characters that control a terminal. */
const ADDRESS = /^\/(ip4|ip6|dns|dns4|dns6)\/[\w.:-]+\/tcp\/\d{1,5}(\/tls\/ws|\/wss|\/ws)?$/

const codeSchema = z.strictObject({
  /** The member that invites. */
  peer: z.string().refine((text): boolean => isKeyId(text), 'not a PeerId'),
  /** Multiaddrs, without PeerId, at which the member waits for the newcomer. */
  at: z.array(z.string().max(200).regex(ADDRESS)).min(1).max(4),
  /** Hash of the charter, hex. */
  charter: z.string().regex(/^[0-9a-f]{64}$/),
  /** 16 bytes, base64url, valid once. */
  secret: z.string().regex(/^[A-Za-z0-9_-]{22}$/),
  /** Unix time, s. */
  until: z.int().min(0).max(1e11)
})

/** The contents of an invitation's code. */
export type Invitation = z.output<typeof codeSchema>

/** The code of an invitation: one word without spaces, to be sent in a message. */
export function invitationCode(invitation: Invitation): string {
  return PREFIX + base64url.encode(canonicalBytes(codeSchema.parse(invitation)))
}

/** Reads a code. Throws PARAMETER_INVALID for an incomplete or invalid code. */
export function readInvitation(code: string): Invitation {
  const reason = 'This is no complete invitation code. It begins with stimnet-invite- and is one word.'
  try {
    const word = code.trim()
    if (!word.startsWith(PREFIX) || word.length > CODE_CHARACTERS_MAX) throw new Error('no code')
    const text = new TextDecoder('utf-8', { fatal: true }).decode(base64url.decode(word.slice(PREFIX.length)))
    return codeSchema.parse(parseJson(text))
  } catch (cause) {
    throw new StimnetError('PARAMETER_INVALID', 'reading an invitation', { reason, cause })
  }
}

/** The PeerIds of the two sides of an invitation, as proved by the Noise handshake. */
export interface InviteSides {
  readonly member: string
  readonly newcomer: string
}

type Bytes = Uint8Array<ArrayBuffer>

/** The proof that the newcomer has the secret. It is invalid for any other PeerId, member or commitment. */
export async function inviteProof(secret: Uint8Array, sides: InviteSides, commitment: Uint8Array): Promise<Uint8Array> {
  const message = bound('stimnet/invite-proof/1', [sides.member, sides.newcomer, base64url.encode(commitment)])
  return new Uint8Array(await crypto.subtle.sign('HMAC', await hmacKey(secret), message))
}

/** Whether a proof is valid, in constant time. */
export async function verifyInviteProof(
  secret: Uint8Array,
  sides: InviteSides,
  claim: { readonly commitment: Uint8Array; readonly proof: Uint8Array }
): Promise<boolean> {
  const message = bound('stimnet/invite-proof/1', [sides.member, sides.newcomer, base64url.encode(claim.commitment)])
  return crypto.subtle.verify('HMAC', await hmacKey(secret), claim.proof as Bytes, message)
}

/** The commitment to a nonce, which fixes it before the other side's nonce is known. */
export async function inviteCommitment(nonce: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', nonce as Bytes))
}

/**
 * The two phrases of an invitation. Both machines compute both phrases. Each machine shows one, which a person reads out, and asks
 * for the other.
 */
export interface InvitePhrases {
  /** The newcomer's machine shows this phrase; a person types it at the member's machine. */
  readonly newcomer: string
  /** The member's machine shows this phrase after the newcomer's phrase was typed there; a person types it at the newcomer's machine. */
  readonly member: string
}

/**
 * The phrases: three made-up words each, 48 bits. They follow from both PeerIds, the secret and both nonces. The newcomer commits to
 * its nonce before it knows the member's nonce, so nobody can search for a key with similar phrases: a machine in the middle has one
 * guess per attempt.
 */
export async function invitePhrases(
  secret: Uint8Array,
  sides: InviteSides,
  nonces: { readonly member: Uint8Array; readonly newcomer: Uint8Array }
): Promise<InvitePhrases> {
  const parts = [sides.member, sides.newcomer, base64url.encode(nonces.member), base64url.encode(nonces.newcomer)]
  const message = bound('stimnet/invite-phrases/2', parts)
  const hash = new Uint8Array(await crypto.subtle.sign('HMAC', await hmacKey(secret), message))
  const phraseAt = (start: number) =>
    [0, 2, 4].map((at) => wordOf(((hash[start + at] ?? 0) << 8) | (hash[start + at + 1] ?? 0))).join('-')
  return { newcomer: phraseAt(0), member: phraseAt(6) }
}

/** Whether a person typed this phrase. Letter case and unspoken characters are ignored. */
export function isPhrase(phrase: string, typed: string): boolean {
  return spoken(typed) === spoken(phrase)
}

function spoken(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z]+/g, ' ')
    .trim()
}

/** Sixteen consonants and four vowels that can be spoken in most languages. */
const CONSONANTS = 'bdfgklmnprstvzjw'
const VOWELS = 'aiou'

/** 16 bits as a word of five letters: consonant, vowel, consonant, vowel, consonant. */
function wordOf(bits: number): string {
  const consonant = (shift: number) => CONSONANTS[(bits >> shift) & 15] ?? ''
  const vowel = (shift: number) => VOWELS[(bits >> shift) & 3] ?? ''
  return consonant(12) + vowel(10) + consonant(6) + vowel(4) + consonant(0)
}

function bound(purpose: string, parts: readonly string[]): Bytes {
  return canonicalBytes([purpose, ...parts]) as Bytes
}

function hmacKey(secret: Uint8Array): Promise<CryptoKey> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  return crypto.subtle.importKey('raw', secret as Bytes, algorithm, false, ['sign', 'verify']) as Promise<CryptoKey>
}
