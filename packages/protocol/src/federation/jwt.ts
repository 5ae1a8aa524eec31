/** What the JWTs that travel with a request have in common: whose they say they are, and which code a bad one is. */
import { base64url } from 'jose'

/** A few claims and a signature (RSA's has 342 characters); more than that is something else. */
export const CREDENTIAL_CHARACTERS_MAX = 4_096

/** An institution's word for somebody holds for a year and a bit at most: nobody is asked whether it still does. */
export const LIFETIME_DAYS_MAX = 400

/** Who vouches, as the credential says itself; for choosing which ones to check at all. Undefined where it says nothing. */
export function voucherOf(credential: string): string | undefined {
  const { iss } = claimsIn(credential)
  return typeof iss === 'string' ? iss : undefined
}

/** Whether a credential says whom it is for, and that this is somebody else. */
export function isForOthers(credential: string, self: string): boolean {
  const { aud } = claimsIn(credential)
  return aud !== undefined && ![aud].flat().includes(self)
}

/** What a credential says, unchecked; nothing where it cannot be read. */
export function claimsIn(credential: string): Record<string, unknown> {
  return partOf(credential, 1)
}

/** What kind of token it says it is, unchecked; undefined where it says nothing. */
export function typeIn(credential: string): string | undefined {
  const { typ } = partOf(credential, 0)
  return typeof typ === 'string' ? typ : undefined
}

function partOf(credential: string, at: 0 | 1): Record<string, unknown> {
  if (credential.length > CREDENTIAL_CHARACTERS_MAX) return {}
  try {
    const part: unknown = JSON.parse(new TextDecoder().decode(base64url.decode(credential.split('.')[at] ?? '')))
    return typeof part === 'object' && part !== null ? { ...part } : {}
  } catch {
    return {}
  }
}

/** Our code for what `jwtVerify` threw; SIGNATURE_INVALID where none says more. */
export function codeOfJose(error: unknown): 'EXPIRED' | 'NOT_YET_VALID' | 'MALFORMED' | 'SIGNATURE_INVALID' {
  const { code, claim } = error as { code?: string; claim?: string }
  if (code === 'ERR_JWT_EXPIRED') return 'EXPIRED'
  if (code === 'ERR_JWT_CLAIM_VALIDATION_FAILED' && claim === 'nbf') return 'NOT_YET_VALID'
  return code === 'ERR_JWS_INVALID' || code === 'ERR_JWT_INVALID' ? 'MALFORMED' : 'SIGNATURE_INVALID'
}
