/** Statements signed by an Ed25519 key (`seal`), and their verification with the key's id alone (`open`). */
import { base64url, type CryptoKey, compactVerify, importJWK } from 'jose'
import type { Clock } from '../clock.ts'
import { StimnetError } from '../errors.ts'
import { type KeyId, parseKeyId, publicKeyOf, sha256Hex } from '../ids.ts'
import { LIMITS } from '../limits.ts'
import { HEADER_TYPE, type Signer } from './signer.ts'
import { messages } from '../wire/wire.ts'

/** The domain of every statement. Signatures for another domain are refused. */
export const DOMAIN = 'stimnet/1'

/** The types of statements with the maximum validity of each, ms. */
const SEALED_TYPES = {
  'job-request': LIMITS.requestLifetimeMsMax,
  cancel: LIMITS.requestLifetimeMsMax,
  decision: Number.POSITIVE_INFINITY,
  'job-result': Number.POSITIVE_INFINITY,
  charter: Number.POSITIVE_INFINITY,
  membership: Number.POSITIVE_INFINITY,
  catalog: 24 * 3_600_000,
  hello: 24 * 3_600_000,
  digest: 24 * 3_600_000
} as const

/** A type of statement. */
export type SealedType = keyof typeof SEALED_TYPES

/** Whether the key made this signature over the bytes; see `Signer.signBytes`. Throws KEY_UNSUPPORTED. */
export async function verifyBytes(claim: {
  readonly signedBy: string
  readonly bytes: Uint8Array
  readonly signature: Uint8Array
}): Promise<boolean> {
  const key = await verificationKey(parseKeyId(claim.signedBy))
  const [signature, bytes] = [claim.signature, claim.bytes] as [Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>]
  return crypto.subtle.verify('Ed25519', key, signature, bytes)
}

/** Options of `seal`: the contents, audience and validity of a statement. */
export interface SealOptions {
  readonly type: SealedType
  readonly body: Uint8Array
  readonly signer: Signer
  readonly clock: Clock
  /** PeerIds of the intended readers; empty or absent: anyone. */
  readonly audience?: readonly string[]
  readonly lifetimeMs: number
  /** 16 bytes. Default: random. Set only for golden vectors. */
  readonly nonce?: Uint8Array
}

/** A statement that was just signed, with the fields that `open` returns, so that it need not be verified. */
export interface Sealed extends Opened {
  /** A compact JWS in ASCII. */
  readonly bytes: Uint8Array
}

/** Signs `body` as a statement of `type`. Throws TOO_LARGE if the statement exceeds the limit of an envelope. */
export async function seal(options: SealOptions): Promise<Sealed> {
  const { type, body, clock, signer } = options
  const issuedAtMs = clock.now()
  const said = {
    issuer: parseKeyId(signer.id),
    audience: [...(options.audience ?? [])],
    issuedAtMs,
    expiresAtMs: issuedAtMs + options.lifetimeMs,
    nonce: options.nonce ?? crypto.getRandomValues(new Uint8Array(16)),
    body
  }
  const payload = messages.Statement.encode({ domain: DOMAIN, type, ...said })
  const bytes = new TextEncoder().encode(await signer.sign(payload))
  if (bytes.length > LIMITS.envelopeBytesMax) throw new StimnetError('TOO_LARGE', `sealing a ${type}`)
  return { ...said, bytes, hash: await sha256Hex(bytes) }
}

/** A statement whose signature, type, audience and times were checked. */
export interface Opened {
  readonly issuer: KeyId
  readonly audience: readonly string[]
  readonly issuedAtMs: number
  readonly expiresAtMs: number
  readonly nonce: Uint8Array
  readonly body: Uint8Array
  /** SHA-256 of the JWS, hex. Decisions and receipts refer to the statement by this hash. */
  readonly hash: string
}

/** Options of `open`: the requirements on a statement. */
export interface OpenOptions {
  readonly type: SealedType
  readonly clock: Clock
  /** The statement is refused unless it was signed for this PeerId or for anyone. */
  readonly audience?: string
  /** The statement is refused unless this key signed it. */
  readonly issuer?: string
  /** Does not compare the statement's times with the clock. For evidence that is read later, such as a receipt in a file. */
  readonly atAnyTime?: boolean
}

// Importing a key takes longer than a verification, and the same keys occur again. A full cache drops its oldest key.
const keyCache = new Map<string, Promise<CryptoKey>>()
const KEY_CACHE_MAX = 1_000

function verificationKey(id: KeyId): Promise<CryptoKey> {
  const cached = keyCache.get(id)
  if (cached) return cached
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: base64url.encode(publicKeyOf(id)) }
  const key = importJWK(jwk, 'Ed25519') as Promise<CryptoKey>
  if (keyCache.size >= KEY_CACHE_MAX) keyCache.delete(keyCache.keys().next().value ?? '')
  keyCache.set(id, key)
  return key
}

/**
 * Verifies the signature over the exact bytes received, and only then decodes the statement. Throws TOO_LARGE, MALFORMED,
 * KEY_UNSUPPORTED, SIGNATURE_INVALID, TYPE_MISMATCH, AUDIENCE_MISMATCH, EXPIRED, NOT_YET_VALID, LIFETIME_TOO_LONG.
 * It does not detect replays; the receiver's store does.
 */
export async function open(jws: Uint8Array, options: OpenOptions): Promise<Opened> {
  if (jws.length > LIMITS.envelopeBytesMax) throw new StimnetError('TOO_LARGE', `opening a ${options.type}`)
  const { payload, kid } = await verify(jws, options.type)
  const statement = messages.Statement.decode(payload)
  const fail = (code: 'MALFORMED' | 'TYPE_MISMATCH' | 'AUDIENCE_MISMATCH' | 'SIGNATURE_INVALID'): never => {
    throw new StimnetError(code, `opening a ${options.type}`)
  }
  if (statement.domain !== DOMAIN || statement.type !== options.type) fail('TYPE_MISMATCH')
  if (statement.issuer !== kid || (options.issuer !== undefined && options.issuer !== kid)) fail('SIGNATURE_INVALID')
  if (statement.nonce.length !== 16) fail('MALFORMED')
  if (
    options.audience !== undefined &&
    statement.audience.length > 0 &&
    !statement.audience.includes(options.audience)
  ) {
    fail('AUDIENCE_MISMATCH')
  }
  assertInTime(statement, options)
  return {
    issuer: kid,
    audience: statement.audience,
    issuedAtMs: statement.issuedAtMs,
    expiresAtMs: statement.expiresAtMs,
    nonce: statement.nonce.slice(),
    body: statement.body.slice(),
    hash: await sha256Hex(jws)
  }
}

/**
 * Whether the JWS has the canonical spelling. The signature covers the texts of header and payload, but not the text of the
 * signature itself: base64 has spare bits, and decoders tolerate padding, blanks and a byte order mark. A statement is identified by
 * its hash, so it must have exactly one spelling.
 */
function hasOneSpelling(jws: Uint8Array): boolean {
  const text = new TextDecoder().decode(jws)
  const signature = text.slice(text.lastIndexOf('.') + 1)
  return text.length === jws.length && base64url.encode(base64url.decode(signature)) === signature
}

interface Verified {
  readonly payload: Uint8Array
  readonly kid: KeyId
}

/**
 * Recently verified statements by their exact text. A valid signature stays valid, and the same statement is opened when it is sent,
 * admitted and run. Audience and times are checked every time. A full cache drops its oldest entry.
 */
const verifiedLately = new Map<string, Verified>()
const VERIFIED_MAX = 512
/**
 * Maximum length of a cached statement, characters. Longer ones are rare; the limit bounds the cache to about 8 million characters
 * (16 MiB).
 */
const VERIFIED_CHARACTERS_MAX = 16 * 1024

async function verify(jws: Uint8Array, type: string): Promise<Verified> {
  if (jws.length > VERIFIED_CHARACTERS_MAX) return verifyAnew(jws, type)
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(jws)
  const known = verifiedLately.get(text)
  if (known) return known
  const verified = await verifyAnew(jws, type)
  if (verifiedLately.size >= VERIFIED_MAX) verifiedLately.delete(verifiedLately.keys().next().value ?? '')
  verifiedLately.set(text, verified)
  return verified
}

async function verifyAnew(jws: Uint8Array, type: string): Promise<Verified> {
  let kid: KeyId | undefined
  try {
    const { payload } = await compactVerify(
      jws,
      (header) => {
        if (header.typ !== HEADER_TYPE) throw new StimnetError('TYPE_MISMATCH', `opening a ${type}`)
        if (typeof header.kid !== 'string') throw new StimnetError('KEY_UNSUPPORTED', `opening a ${type}`)
        kid = parseKeyId(header.kid)
        return verificationKey(kid)
      },
      { algorithms: ['Ed25519'] }
    )
    if (kid === undefined) throw new StimnetError('KEY_UNSUPPORTED', `opening a ${type}`)
    if (!hasOneSpelling(jws)) throw new StimnetError('MALFORMED', `reading the spelling of a ${type}`)
    return { payload, kid }
  } catch (cause) {
    if (cause instanceof StimnetError) throw cause
    const malformed = (cause as { code?: string }).code === 'ERR_JWS_INVALID'
    throw new StimnetError(malformed ? 'MALFORMED' : 'SIGNATURE_INVALID', `opening a ${type}`, { cause })
  }
}

/** Throws MALFORMED, LIFETIME_TOO_LONG, NOT_YET_VALID or EXPIRED for a statement that is not valid now. */
export function assertInTime(
  statement: Pick<Opened, 'issuedAtMs' | 'expiresAtMs'>,
  options: Pick<OpenOptions, 'type' | 'clock' | 'atAnyTime'>
): void {
  const { issuedAtMs, expiresAtMs } = statement
  const now = options.clock.now()
  const lifetime = expiresAtMs - issuedAtMs
  if (!Number.isFinite(issuedAtMs) || Number.isNaN(expiresAtMs) || lifetime < 0) {
    throw new StimnetError('MALFORMED', `reading the times of a ${options.type}`)
  }
  if (lifetime > SEALED_TYPES[options.type]) throw new StimnetError('LIFETIME_TOO_LONG', `opening a ${options.type}`)
  if (options.atAnyTime) return
  if (issuedAtMs > now + LIMITS.clockSkewMs) throw new StimnetError('NOT_YET_VALID', `opening a ${options.type}`)
  if (expiresAtMs < now - LIMITS.clockSkewMs) throw new StimnetError('EXPIRED', `opening a ${options.type}`)
}
