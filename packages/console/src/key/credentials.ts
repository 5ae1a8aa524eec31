/** Credentials that the researcher pastes. They are checked before they are stored, since an invalid credential makes a request fail. */
import {
  AFFILIATION_TYPE,
  CODES,
  type Clock,
  CREDENTIAL_CHARACTERS_MAX,
  claimsIn,
  codeOf,
  isForOthers,
  openAffiliation,
  typeIn
} from '@stimnet/protocol'

/** Maximum number of credentials in one request; institutions refuse more. */
export const CREDENTIALS_MAX = 8

/** A credential that can be sent. */
export interface Credential {
  readonly text: string
  /** The issuer: a PeerId, or the URL of a visa issuer. */
  readonly by: string
  /** What the credential asserts. */
  readonly says: string
  /** Expiry, Unix time in ms; undefined if the credential has none. */
  readonly endsAtMs: number | undefined
  /** Whether the signature was verified here. The signature of a visa is verified by the institutions that know its issuer. */
  readonly checked: boolean
}

/** The pasted text as a credential, or the reason why it is not one. */
export type ReadCredential =
  | { readonly ok: true; readonly credential: Credential }
  | { readonly ok: false; readonly why: string }

/** Reads one credential per line, as `stimnet run` does. */
export function linesOf(text: string): string[] {
  const lines = text.split(/\s+/).filter((line) => line !== '')
  return [...new Set(lines)]
}

/** The errors in a pasted text, by line number; without a number if the text has only one line. */
export async function faultsIn(text: string, read: (line: string) => Promise<ReadCredential>): Promise<string[]> {
  const lines = text.split('\n').flatMap((line, at) => linesOf(line).map((word) => ({ word, at: at + 1 })))
  const answers = await Promise.all(lines.map(async ({ word, at }) => ({ at, answer: await read(word) })))
  const isOne = lines.length === 1
  return answers.flatMap(({ at, answer }) => (answer.ok ? [] : [isOne ? answer.why : `Line ${at}: ${answer.why}`]))
}

/** Reads a credential and checks that it is valid for the key now. */
export async function readCredential(
  text: string,
  { key, clock }: { readonly key: string; readonly clock: Clock }
): Promise<ReadCredential> {
  if (text.length > CREDENTIAL_CHARACTERS_MAX) return no('It is longer than any credential.')
  if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(text)) return no('It is not a JWT, which has three parts separated by dots.')
  const claims = claimsIn(text)
  if (Object.keys(claims).length === 0) return no('It cannot be read.')
  return typeIn(text) === AFFILIATION_TYPE
    ? readAffiliation(text, claims, { key, clock })
    : readVisa(text, claims, clock)
}

/**
 * The stored credentials that are valid now and addressed to one of the institutions asked. An institution would refuse a request
 * with any other credential.
 */
export function credentialsFor(
  targets: readonly string[],
  { credentials, nowMs }: { readonly credentials: readonly string[]; readonly nowMs: number }
): string[] {
  return credentials.filter((text) => {
    const { exp } = claimsIn(text)
    const holds = typeof exp !== 'number' || exp * 1_000 > nowMs
    return holds && targets.some((target) => !isForOthers(text, target))
  })
}

async function readAffiliation(
  text: string,
  claims: Record<string, unknown>,
  { key, clock }: { readonly key: string; readonly clock: Clock }
): Promise<ReadCredential> {
  if (claims.sub !== key) return no(`It is for another key: ${String(claims.sub).slice(0, 60)}.`)
  try {
    // The audience is checked by the institutions; here the credential is read as one of its audience would read it.
    const [self = ''] = [claims.aud ?? []].flat().map(String)
    const { institution, name, role, expiresAtMs } = await openAffiliation(text, { key, self, clock })
    return {
      ok: true,
      credential: { text, by: institution, says: `${name}, ${role}`, endsAtMs: expiresAtMs, checked: true }
    }
  } catch (error) {
    const code = codeOf(error)
    if (code === 'EXPIRED') return no('It has expired. Ask for a new one.')
    if (code === 'NOT_YET_VALID') return no('It is not valid yet. Is the clock of this machine correct?')
    return no(code === 'SIGNATURE_INVALID' ? 'Its signature is not valid.' : CODES[code].meaning)
  }
}

function readVisa(text: string, claims: Record<string, unknown>, clock: Clock): ReadCredential {
  const visa = claims.ga4gh_visa_v1
  const { iss, exp } = claims
  if (typeof visa !== 'object' || visa === null || typeof iss !== 'string') {
    return no('It is neither an institution’s credential (stimnet vouch) nor a GA4GH visa.')
  }
  if (typeof exp === 'number' && exp * 1_000 <= clock.now()) return no('It has expired. Ask for a new one.')
  const { type, value } = visa as { type?: unknown; value?: unknown }
  const says = `${String(type ?? 'visa').slice(0, 64)}: ${String(value ?? '').slice(0, 200)}`
  const endsAtMs = typeof exp === 'number' ? exp * 1_000 : undefined
  return { ok: true, credential: { text, by: iss.slice(0, 200), says, endsAtMs, checked: false } }
}

function no(why: string): ReadCredential {
  return { ok: false, why }
}
