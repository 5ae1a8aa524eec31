/** What institutions vouch for, as somebody pasted it: read before it is kept, so that no request fails for it later. */
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

/** An institution checks no more of one request. */
export const CREDENTIALS_MAX = 8

/** One that can be sent. */
export interface Credential {
  readonly text: string
  /** Who vouches: a PeerId, or the address of a visa issuer. */
  readonly by: string
  /** For what. */
  readonly says: string
  /** Unix time, ms; undefined where it says none. */
  readonly endsAtMs: number | undefined
  /** Whether its signature was checked: a visa's is checked by the institutions that know its issuer. */
  readonly checked: boolean
}

/** What was pasted: a credential, or why it is none. */
export type ReadCredential =
  | { readonly ok: true; readonly credential: Credential }
  | { readonly ok: false; readonly why: string }

/** One a line, as in the file that `stimnet run` reads. */
export function linesOf(text: string): string[] {
  const lines = text.split(/\s+/).filter((line) => line !== '')
  return [...new Set(lines)]
}

/** What is wrong with a pasted text, line by line; with one line alone its number says nothing. */
export async function faultsIn(text: string, read: (line: string) => Promise<ReadCredential>): Promise<string[]> {
  const lines = text.split('\n').flatMap((line, at) => linesOf(line).map((word) => ({ word, at: at + 1 })))
  const answers = await Promise.all(lines.map(async ({ word, at }) => ({ at, answer: await read(word) })))
  const isOne = lines.length === 1
  return answers.flatMap(({ at, answer }) => (answer.ok ? [] : [isOne ? answer.why : `Line ${at}: ${answer.why}`]))
}

/** For that key, now. */
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

/** Of those kept, what holds now and is meant for one of them: any other would make an institution refuse the request. */
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
    // Whom it is for is for them to check; here it is read as one of them.
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
