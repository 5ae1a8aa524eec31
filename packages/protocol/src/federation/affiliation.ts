/**
 * Affiliation credentials: JWTs in which an institution vouches that a key belongs to a researcher with this name and role, until
 * the JWT expires. A peer needs only the institution's PeerId to verify one.
 */
import { base64url, type CryptoKey, importJWK, jwtVerify } from 'jose'
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import { StimnetError } from '../errors.ts'
import { type KeyId, parseKeyId, publicKeyOf } from '../ids.ts'
import { CREDENTIAL_CHARACTERS_MAX, codeOfJose, LIFETIME_DAYS_MAX, voucherOf } from './jwt.ts'
import { LIMITS } from '../limits.ts'
import type { Signer } from '../evidence/signer.ts'

/** The `typ` header of an affiliation credential. */
export const AFFILIATION_TYPE = 'stimnet-affiliation+jwt'
const DAY_S = 24 * 3_600

/** The contents of a verified affiliation credential. */
export interface Affiliation {
  /** The PeerId of the institution that vouches. */
  readonly institution: KeyId
  /** The researcher's key. */
  readonly key: KeyId
  readonly name: string
  /** The role in the institution's own words, such as researcher, student or clinician. */
  readonly role: string
  readonly issuedAtMs: number
  readonly expiresAtMs: number
}

const claimsSchema = z.object({
  iss: z.string(),
  sub: z.string(),
  name: z.string().min(1).max(200),
  role: z.string().min(1).max(64),
  iat: z.number(),
  exp: z.number()
})

/** Options of `vouch`. */
export interface VouchOptions {
  /** The institution's peer. */
  readonly signer: Signer
  /** The researcher's key id. */
  readonly key: string
  readonly name: string
  readonly role: string
  readonly lifetimeDays: number
  /** PeerIds of the peers that may accept the credential. Default: all. */
  readonly audience?: readonly string[]
  readonly clock: Clock
}

/**
 * Signs a credential. Throws KEY_UNSUPPORTED for an invalid key id, LIFETIME_TOO_LONG for a lifetime of more than 400 days or not
 * above 0, and PARAMETER_INVALID for a name or role of the wrong length.
 */
export async function vouch(options: VouchOptions): Promise<string> {
  const { signer, clock, lifetimeDays, audience } = options
  if (!(lifetimeDays > 0 && lifetimeDays <= LIFETIME_DAYS_MAX)) {
    throw new StimnetError('LIFETIME_TOO_LONG', 'vouching for somebody')
  }
  const iat = Math.floor(clock.now() / 1000)
  const claims = {
    iss: signer.id,
    sub: parseKeyId(options.key),
    name: options.name,
    role: options.role,
    iat,
    nbf: iat,
    exp: iat + Math.round(lifetimeDays * DAY_S),
    ...(audience && audience.length > 0 ? { aud: [...audience] } : {})
  }
  if (!claimsSchema.safeParse(claims).success) {
    throw StimnetError.told('PARAMETER_INVALID', 'A name has 1 to 200 characters, a role 1 to 64.')
  }
  const encode = (value: object) => base64url.encode(JSON.stringify(value))
  const input = `${encode({ alg: 'EdDSA', typ: AFFILIATION_TYPE, kid: signer.id })}.${encode(claims)}`
  const signature = await signer.signBytes(new TextEncoder().encode(input))
  return `${input}.${base64url.encode(signature)}`
}

/**
 * Verifies a credential for the key that uses it. Throws TOO_LARGE, KEY_UNSUPPORTED, SIGNATURE_INVALID (also for another algorithm,
 * an unknown critical header or another key's credential), EXPIRED, NOT_YET_VALID, AUDIENCE_MISMATCH, MALFORMED and
 * LIFETIME_TOO_LONG.
 */
export async function openAffiliation(
  credential: string,
  expected: { readonly key: string; readonly self: string; readonly clock: Clock }
): Promise<Affiliation> {
  if (credential.length > CREDENTIAL_CHARACTERS_MAX) throw new StimnetError('TOO_LARGE', 'reading a credential')
  const institution = parseKeyId(voucherOf(credential) ?? '')
  const claims = claimsSchema.safeParse((await verified(credential, institution, expected)).payload)
  if (!claims.success) throw new StimnetError('MALFORMED', 'reading a credential', { cause: claims.error })
  const { sub, name, role, iat, exp } = claims.data
  if (exp - iat > LIFETIME_DAYS_MAX * DAY_S) throw new StimnetError('LIFETIME_TOO_LONG', 'reading a credential')
  // A credential dated in the future could end later than its maximum lifetime permits.
  if (iat * 1000 > expected.clock.now() + LIMITS.clockSkewMs) {
    throw new StimnetError('NOT_YET_VALID', 'reading a credential')
  }
  if (sub !== expected.key) throw new StimnetError('SIGNATURE_INVALID', "somebody else's credential")
  return { institution, key: parseKeyId(sub), name, role, issuedAtMs: iat * 1000, expiresAtMs: exp * 1000 }
}

async function verified(credential: string, institution: KeyId, { self, clock }: { self: string; clock: Clock }) {
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: base64url.encode(publicKeyOf(institution)) }
  const key = (await importJWK(jwk, 'EdDSA')) as CryptoKey
  try {
    const result = await jwtVerify(credential, key, {
      algorithms: ['EdDSA'],
      typ: AFFILIATION_TYPE,
      issuer: institution,
      requiredClaims: ['sub', 'iat', 'nbf', 'exp'],
      clockTolerance: LIMITS.clockSkewMs / 1000,
      currentDate: new Date(clock.now())
    })
    const { aud } = result.payload
    if (aud !== undefined && ![aud].flat().includes(self)) {
      throw new StimnetError('AUDIENCE_MISMATCH', 'reading a credential')
    }
    return result
  } catch (cause) {
    if (cause instanceof StimnetError) throw cause
    throw new StimnetError(codeOfJose(cause), 'reading a credential', { cause })
  }
}
