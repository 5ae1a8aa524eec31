/** Whether an ask is what it says: sealed, for us, fresh, by whom. What is in it is judged after. */
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

/** A request whose envelope holds, and every credential in it that counts here. */
export interface CheckedRequest {
  readonly opened: Opened
  readonly request: Message<'JobRequest'>
  /** What trusted institutions say of the key that signed. */
  readonly affiliations: readonly Affiliation[]
  /** What pinned issuers say of it. */
  readonly visas: readonly Visa[]
}

/** Whose word for a requester counts here; others' credentials are not read. */
export interface Trust {
  readonly institution: (peerId: string) => boolean
  readonly visaIssuers: ReadonlyMap<string, VisaIssuer>
}

/** What checking needs to know. */
export interface CheckFacts {
  readonly clock: Clock
  /** For credentials: what waited for days must still be vouched for. */
  readonly credentialClock: Clock
  readonly self: string
  readonly trust: Trust
}

/** Credentials of one request: each costs a signature check. */
const CREDENTIALS_MAX = 8

/**
 * Every target of a broadcast holds the same bytes: only the peer that the request names may bring them, or a target could
 * take another's answer. With a single target nobody else holds them. Throws CARRIER_MISMATCH.
 */
export function assertCarriedBy(peerId: string, { opened, request }: Pick<CheckedRequest, 'opened' | 'request'>): void {
  const isIts = request.carrier === peerId || (request.carrier === '' && opened.audience.length === 1)
  if (!isIts) throw new StimnetError('CARRIER_MISMATCH', `brought by ${peerId}`)
}

/**
 * Opens a sealed JobRequest. Throws what `open` throws, AUDIENCE_MISMATCH for a request addressed to anyone, and what
 * `openAffiliation` and `openVisas` throw for a credential of somebody trusted that does not hold.
 */
export async function check(sealed: Uint8Array, facts: CheckFacts): Promise<CheckedRequest> {
  const opened = await open(sealed, { type: 'job-request', clock: facts.clock, audience: facts.self })
  // A request to nobody in particular could be carried to peers that its author never chose.
  if (opened.audience.length === 0) throw new StimnetError('AUDIENCE_MISMATCH', 'a request without an audience')
  const request = messages.JobRequest.decode(opened.body)
  const { institution, visaIssuers } = facts.trust
  const counted = request.credentials.filter((credential) => {
    const voucher = voucherOf(credential) ?? ''
    return institution(voucher) || visaIssuers.has(voucher)
  })
  // A broadcast may bring one for each peer; one that has none for this peer was meant for others.
  const mine = counted.filter((credential) => !isForOthers(credential, facts.self))
  if (counted.length > 0 && mine.length === 0) throw new StimnetError('AUDIENCE_MISMATCH', 'credentials for others')
  const words = mine.filter((credential) => institution(voucherOf(credential) ?? ''))
  const visas = mine.filter((credential) => visaIssuers.has(voucherOf(credential) ?? ''))
  if (words.length + visas.length > CREDENTIALS_MAX) {
    throw new StimnetError('TOO_LARGE', 'a request with many credentials')
  }
  const expected = { key: opened.issuer, self: facts.self, clock: facts.credentialClock }
  return {
    opened,
    request,
    affiliations: await Promise.all(words.map((credential) => openAffiliation(credential, expected))),
    visas: await openVisas(visas, { ...expected, issuers: visaIssuers })
  }
}
