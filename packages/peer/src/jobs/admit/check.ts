/** Checks of a request's envelope: signature, audience, freshness and carrier. `validate` judges the content later. */
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

/** A request whose envelope is valid, with every credential in it that is accepted here. */
export interface CheckedRequest {
  readonly opened: Opened
  readonly request: Message<'JobRequest'>
  /** Affiliations that trusted institutions state for the key that signed. */
  readonly affiliations: readonly Affiliation[]
  /** Visas of configured issuers for the key that signed. */
  readonly visas: readonly Visa[]
}

/** The institutions and visa issuers whose credentials are accepted here. Credentials of others are not read. */
export interface Trust {
  readonly institution: (peerId: string) => boolean
  readonly visaIssuers: ReadonlyMap<string, VisaIssuer>
  /** Time up to which affiliations of an institution for a key do not count, ms; undefined if the institution withdrew none. */
  readonly withdrawnAtMs: (institution: string, key: string) => number | undefined
}

/** The facts that checking depends on. */
export interface CheckFacts {
  readonly clock: Clock
  /** The clock for credentials: the credentials of a request that waited for days must still be valid. */
  readonly credentialClock: Clock
  readonly self: string
  readonly trust: Trust
}

/** Maximum number of credentials per request: each costs a signature check. */
const CREDENTIALS_MAX = 8

/**
 * Checks that the request was delivered by its carrier. Every target of a broadcast holds the same bytes. Only the peer that
 * the request names as its carrier may deliver them; otherwise one target could deliver them to another target and take its
 * answer. A request to a single target may omit the carrier, because nobody else holds it. Throws CARRIER_MISMATCH.
 */
export function assertCarriedBy(peerId: string, { opened, request }: Pick<CheckedRequest, 'opened' | 'request'>): void {
  const isIts = request.carrier === peerId || (request.carrier === '' && opened.audience.length === 1)
  if (!isIts) throw new StimnetError('CARRIER_MISMATCH', `brought by ${peerId}`)
}

/**
 * Opens a sealed JobRequest. Throws the errors of `open`; AUDIENCE_MISMATCH for a request without an audience, or whose
 * trusted credentials are all meant for other peers; TOO_LARGE for too many credentials; CREDENTIAL_WITHDRAWN; and the
 * errors of `openAffiliation` and `openVisas` for an invalid credential of a trusted issuer.
 */
export async function check(sealed: Uint8Array, facts: CheckFacts): Promise<CheckedRequest> {
  const opened = await open(sealed, { type: 'job-request', clock: facts.clock, audience: facts.self })
  // A request without an audience could be delivered to peers that its author never chose.
  if (opened.audience.length === 0) throw new StimnetError('AUDIENCE_MISMATCH', 'a request without an audience')
  const request = messages.JobRequest.decode(opened.body)
  const { institution, visaIssuers } = facts.trust
  const counted = request.credentials.filter((credential) => {
    const voucher = voucherOf(credential) ?? ''
    return institution(voucher) || visaIssuers.has(voucher)
  })
  // A broadcast may carry credentials for each peer. If none is for this peer, the request was meant for others.
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

/** Whether the institution has withdrawn an affiliation after signing it. */
export function isWithdrawn(
  { institution, key, issuedAtMs }: Affiliation,
  { withdrawnAtMs }: Pick<Trust, 'withdrawnAtMs'>
): boolean {
  return issuedAtMs <= (withdrawnAtMs(institution, key) ?? -1)
}
