/** Shared functions for the JWTs of a request: reading their unverified claims, and the error codes of invalid ones. */
import { base64url } from 'jose'

/** Maximum length of a credential, characters: enough for a few claims and a signature (an RSA signature has 342 characters). */
export const CREDENTIAL_CHARACTERS_MAX = 4_096

/** Maximum lifetime of a credential, days: a little over a year, because nobody asks the issuer whether it is still valid. */
export const LIFETIME_DAYS_MAX = 400

/** The unverified issuer of a credential, used to choose which credentials to verify; undefined if there is none. */
export function voucherOf(credential: string): string | undefined {
  const { iss } = claimsIn(credential)
  return typeof iss === 'string' ? iss : undefined
}

/** Whether a credential names an audience that does not include `self`. The claim is not verified. */
export function isForOthers(credential: string, self: string): boolean {
  const { aud } = claimsIn(credential)
  return aud !== undefined && ![aud].flat().includes(self)
}

/** The unverified claims of a credential; an empty object if it cannot be read. */
export function claimsIn(credential: string): Record<string, unknown> {
  return partOf(credential, 1)
}

/** The unverified `typ` header of a credential; undefined if it has none. */
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

/** The code for an error that `jwtVerify` threw; SIGNATURE_INVALID if no other code fits. */
export function codeOfJose(error: unknown): 'EXPIRED' | 'NOT_YET_VALID' | 'MALFORMED' | 'SIGNATURE_INVALID' {
  const { code, claim } = error as { code?: string; claim?: string }
  if (code === 'ERR_JWT_EXPIRED') return 'EXPIRED'
  if (code === 'ERR_JWT_CLAIM_VALIDATION_FAILED' && claim === 'nbf') return 'NOT_YET_VALID'
  return code === 'ERR_JWS_INVALID' || code === 'ERR_JWT_INVALID' ? 'MALFORMED' : 'SIGNATURE_INVALID'
}
