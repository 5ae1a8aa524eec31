/** Checks of a request's envelope: signature, audience, freshness and carrier. The content is judged later, by `validate`. */
import {
  type Affiliation,
  type Clock,
  isForOthers,
  type Message,
  messages,
  type Opened,
  open,
  openAffiliation,
  openVisas,
  StimnetError,
  type Visa,
  type VisaIssuer,
  voucherOf
} from '@stimnet/protocol'

/** A request whose envelope is valid, with every credential in it that counts here. */
export interface CheckedRequest {
  readonly opened: Opened
  readonly request: Message<'JobRequest'>
  /** Affiliations that trusted institutions state for the key that signed. */
  readonly affiliations: readonly Affiliation[]
  /** Visas of configured issuers for the key that signed. */
  readonly visas: readonly Visa[]
}

/** The institutions and visa issuers whose credentials count here. Credentials of others are not read. */
export interface Trust {
  readonly institution: (peerId: string) => boolean
  readonly visaIssuers: ReadonlyMap<string, VisaIssuer>
  /** Until when affiliations of an institution for a key do not count, ms; undefined where it withdrew none. */
  readonly withdrawnAtMs: (institution: string, key: string) => number | undefined
}

/** The facts that checking depends on. */
export interface CheckFacts {
  readonly clock: Clock
  /** The clock for credentials: a request that waited for days must still be vouched for. */
  readonly credentialClock: Clock
  readonly self: string
  readonly trust: Trust
}

/** Credentials per request at most: each costs a signature check. */
const CREDENTIALS_MAX = 8

/**
 * Every target of a broadcast holds the same bytes. Only the peer that the request names as its carrier may bring them;
 * otherwise one target could bring them to another and take its answer. A request to a single target may leave the
 * carrier out,
 * since nobody else holds it. Throws CARRIER_MISMATCH.
 */
export function assertCarriedBy(peerId: string, { opened, request }: Pick<CheckedRequest, 'opened' | 'request'>): void {
  const isIts = request.carrier === peerId || (request.carrier === '' && opened.audience.length === 1)
  if (!isIts) throw new StimnetError('CARRIER_MISMATCH', `brought by ${peerId}`)
}

/**
 * Opens a sealed JobRequest. Throws what `open` throws; AUDIENCE_MISMATCH for a request without an audience, or whose
 * trusted credentials are all meant for other peers; TOO_LARGE for too many credentials; CREDENTIAL_WITHDRAWN; and what
 * `openAffiliation` and `openVisas` throw for an invalid credential of a trusted issuer.
 */
export async function check(sealed: Uint8Array, facts: CheckFacts): Promise<CheckedRequest> {
  const opened = await open(sealed, { type: 'job-request', clock: facts.clock, audience: facts.self })
  // A request without an audience could be carried to peers that its author never chose.
  if (opened.audience.length === 0) throw new StimnetError('AUDIENCE_MISMATCH', 'a request without an audience')
  const request = messages.JobRequest.decode(opened.body)
  const { institution, visaIssuers } = facts.trust
  const counted = request.credentials.filter((credential) => {
    const voucher = voucherOf(credential) ?? ''
    return institution(voucher) || visaIssuers.has(voucher)
  })
  // A broadcast may carry credentials for each peer. One that carries none for this peer was meant for others.
  const mine = counted.filter((credential) => !isForOthers(credential, facts.self))
  if (counted.length > 0 && mine.length === 0) throw new StimnetError('AUDIENCE_MISMATCH', 'credentials for others')
  const words = mine.filter((credential) => institution(voucherOf(credential) ?? ''))
  const visas = mine.filter((credential) => visaIssuers.has(voucherOf(credential) ?? ''))
  if (words.length + visas.length > CREDENTIALS_MAX) {
    throw new StimnetError('TOO_LARGE', 'a request with many credentials')
  }
  const expected = { key: opened.issuer, self: facts.self, clock: facts.credentialClock }
  const affiliations = await Promise.all(words.map((credential) => openAffiliation(credential, expected)))
  if (affiliations.some((one) => isWithdrawn(one, facts.trust))) {
    throw new StimnetError('CREDENTIAL_WITHDRAWN', 'a request')
  }
  return {
    opened,
    request,
    affiliations,
    visas: await openVisas(visas, { ...expected, issuers: visaIssuers })
  }
}

/** Whether the institution has withdrawn an affiliation since it signed it. */
export function isWithdrawn(
  { institution, key, issuedAtMs }: Affiliation,
  { withdrawnAtMs }: Pick<Trust, 'withdrawnAtMs'>
): boolean {
  return issuedAtMs <= (withdrawnAtMs(institution, key) ?? -1)
}
