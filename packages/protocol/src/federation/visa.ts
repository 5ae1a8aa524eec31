/**
 * Verification of GA4GH Passport visas (specification 1.2): statements of pinned issuers about a researcher. A peer verifies
 * them with the issuers' keys in its configuration. It does not ask the issuer, so it accepts only Visa Document Tokens.
 */
import {
  base64url,
  decodeProtectedHeader,
  importJWK,
  type JSONWebKeySet,
  type JWK,
  type JWTPayload,
  jwtVerify
} from 'jose'
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import { StimnetError } from '../errors.ts'
import { keyIdOf, parseKeyId } from '../ids.ts'
import { CREDENTIAL_CHARACTERS_MAX, codeOfJose, LIFETIME_DAYS_MAX, voucherOf } from './jwt.ts'
import { LIMITS } from '../limits.ts'
import { areMet, conditionsSchema } from './visa-conditions.ts'

/** The algorithms that the GA4GH profile of OpenID Connect permits: RSA with PKCS #1 v1.5, and ECDSA on P-256. */
const ALGORITHMS = { RSA: 'RS256', EC: 'ES256' } as const

/** An issuer in a peer's configuration whose visas are accepted. */
export interface VisaIssuer {
  /** The `iss` claim of its visas. */
  readonly issuer: string
  /** The issuer's pinned public keys. */
  readonly keys: JSONWebKeySet
  /** Organisations (`source`) in whose name the issuer may make assertions. Empty: all. */
  readonly sources: readonly string[]
  /** Domains of the organisations in which the issuer may assert roles. Empty: none. */
  readonly organisations: readonly string[]
  /** Datasets to which the issuer may grant access. Empty: none. */
  readonly datasets: readonly string[]
  /** Key ids of the issuer's users by `sub`, for visas that do not name a key. */
  readonly holders: Readonly<Record<string, string>>
}

/** The assertion of a verified visa. */
export interface Visa {
  readonly issuer: string
  /** The type of the visa: AffiliationAndRole, ControlledAccessGrants and so on. */
  readonly type: string
  /** The asserted value, for example `faculty@med.example.org`, or the URL of a dataset. */
  readonly value: string
  /** URL of the organisation that makes the assertion. */
  readonly source: string
  /** The kind of authority: self, peer, system, so or dac; empty if the visa does not state it. */
  readonly by: string
  readonly expiresAtMs: number
}

const text = z.string().min(1).max(1_024)
const ed25519Schema = z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string().max(64) })

const assertionSchema = z.object({
  type: text,
  asserted: z.number().int().positive(),
  value: text,
  source: text,
  by: z.string().max(64).default(''),
  conditions: z.unknown().optional()
})

/** The request and the peer for which visas are verified. */
export interface VisaUse {
  /** The key that signed the request. */
  readonly key: string
  /** The PeerId of the verifying peer. */
  readonly self: string
  readonly clock: Clock
  readonly issuers: ReadonlyMap<string, VisaIssuer>
}

interface Checked {
  readonly visa: Visa
  readonly conditions: unknown
}

/**
 * Verifies all visas of one request. Throws TOO_LARGE, SIGNATURE_INVALID (also for another algorithm, an unknown critical header, an
 * issuer that is not pinned, an assertion that the issuer may not make, a visa of somebody else), TYPE_MISMATCH, EXPIRED,
 * NOT_YET_VALID, LIFETIME_TOO_LONG, AUDIENCE_MISMATCH, MALFORMED, and CONDITION_UNMET for a visa whose conditions cannot be judged
 * or are not met by another visa of the request.
 */
export async function openVisas(visas: readonly string[], use: VisaUse): Promise<Visa[]> {
  const checked = await Promise.all(visas.map((visa) => openVisa(visa, use)))
  // A visa with conditions cannot support another visa: two such visas could otherwise support each other.
  const grounds = checked.filter(({ conditions }) => conditions === undefined).map(({ visa }) => visa)
  for (const { conditions } of checked) {
    if (conditions === undefined) continue
    const parsed = conditionsSchema.safeParse(conditions)
    if (!parsed.success || !areMet(parsed.data, grounds)) throw new StimnetError('CONDITION_UNMET', 'reading a visa')
  }
  return checked.map(({ visa }) => visa)
}

async function openVisa(token: string, use: VisaUse): Promise<Checked> {
  if (token.length > CREDENTIAL_CHARACTERS_MAX) throw new StimnetError('TOO_LARGE', 'reading a visa')
  const issuer = use.issuers.get(voucherOf(token) ?? '')
  if (!issuer) throw new StimnetError('SIGNATURE_INVALID', 'a visa of an issuer that is not pinned')
  const payload = await verified(token, issuer, use)
  const assertion = assertionSchema.safeParse(payload.ga4gh_visa_v1)
  if (!assertion.success) throw new StimnetError('MALFORMED', 'reading a visa', { cause: assertion.error })
  const { asserted, conditions, type, value, source, by } = assertion.data
  if (asserted * 1000 > use.clock.now() + LIMITS.clockSkewMs) throw new StimnetError('NOT_YET_VALID', 'reading a visa')
  if (issuer.sources.length > 0 && !issuer.sources.includes(source)) {
    throw new StimnetError('SIGNATURE_INVALID', 'a visa for an organisation that its issuer may not assert for')
  }
  if (!mayAssert(issuer, type, value)) {
    throw new StimnetError('SIGNATURE_INVALID', 'a visa that its issuer has no say in')
  }
  if (!isHolder(payload, issuer, use.key)) throw new StimnetError('SIGNATURE_INVALID', "somebody else's visa")
  const expiresAtMs = (payload.exp ?? 0) * 1000
  return { visa: { issuer: issuer.issuer, type, value, source, by, expiresAtMs }, conditions }
}

/** Whether the issuer may assert this role or grant. Visas of other types are accepted because they give no access. */
function mayAssert({ organisations, datasets }: VisaIssuer, type: string, value: string): boolean {
  if (type === 'ControlledAccessGrants') return datasets.includes(value)
  if (type === 'AffiliationAndRole') return organisations.includes(value.slice(value.lastIndexOf('@') + 1))
  return true
}

/** Whether the visa belongs to the key. Visas are not secret, so the visa or the peer's configuration must name the key. */
function isHolder({ sub = '', cnf }: JWTPayload & { cnf?: unknown }, issuer: VisaIssuer, key: string): boolean {
  const holder = Object.hasOwn(issuer.holders, sub) ? issuer.holders[sub] : undefined
  if (cnf === undefined) return parseKeyId(key) === (holder ?? sub)
  // RFC 7800: a visa can be bound to a key id or to a key. Any other binding cannot be judged and is refused.
  const { kid, jwk } = (typeof cnf === 'object' && cnf !== null ? cnf : {}) as { kid?: unknown; jwk?: unknown }
  if (kid !== undefined) return parseKeyId(key) === kid
  const bound = ed25519Schema.safeParse(jwk)
  return bound.success && parseKeyId(key) === keyIdOf(base64url.decode(bound.data.x))
}

async function verified(token: string, issuer: VisaIssuer, { self, clock }: VisaUse): Promise<JWTPayload> {
  const { payload, protectedHeader } = await byAnyKey(token, issuer, clock)
  const { typ } = protectedHeader
  // The issuer signs access tokens with the same keys, so other types of token must be refused.
  if (typ !== undefined && !/^(application\/)?(jwt|vnd\.ga4gh\.visa\+jwt)$/i.test(typ)) {
    throw new StimnetError('TYPE_MISMATCH', 'reading a visa')
  }
  // A Visa Access Token is valid only as long as its issuer confirms it, and a peer does not ask issuers.
  if (payload.scope !== undefined && String(payload.scope).split(' ').includes('openid')) {
    throw new StimnetError('TYPE_MISMATCH', 'a visa that has to be asked about at its issuer')
  }
  if (payload.aud !== undefined && ![payload.aud].flat().includes(self)) {
    throw new StimnetError('AUDIENCE_MISMATCH', 'reading a visa')
  }
  const { iat = 0, exp = 0 } = payload
  if (iat * 1000 > clock.now() + LIMITS.clockSkewMs) throw new StimnetError('NOT_YET_VALID', 'reading a visa')
  // The issuer is not asked whether the visa is still valid, so the lifetime is bounded.
  if (exp - iat > LIFETIME_DAYS_MAX * 86_400) throw new StimnetError('LIFETIME_TOO_LONG', 'reading a visa')
  return payload
}

/** Verifies with the key that the header names. If the header or a key of the issuer has no `kid`, all such keys are tried. */
async function byAnyKey(token: string, issuer: VisaIssuer, clock: Clock) {
  let failure: unknown = new Error('its issuer has no such key')
  for (const key of keysFor(token, issuer)) {
    const algorithm = key.kty === 'RSA' ? ALGORITHMS.RSA : ALGORITHMS.EC
    try {
      return await jwtVerify(token, await importJWK(key, algorithm), {
        algorithms: [algorithm],
        issuer: issuer.issuer,
        requiredClaims: ['sub', 'iat', 'exp'],
        clockTolerance: LIMITS.clockSkewMs / 1000,
        currentDate: new Date(clock.now())
      })
    } catch (cause) {
      // Another key may have signed the visa. Any other error does not depend on the key.
      failure = cause
      if (codeOfJose(cause) !== 'SIGNATURE_INVALID') break
    }
  }
  throw new StimnetError(codeOfJose(failure), 'reading a visa', { cause: failure })
}

function keysFor(token: string, { keys }: VisaIssuer): JWK[] {
  let kid: unknown
  try {
    kid = decodeProtectedHeader(token).kid
  } catch (cause) {
    throw new StimnetError('MALFORMED', 'reading a visa', { cause })
  }
  return keys.keys.filter((key) => kid === undefined || key.kid === undefined || key.kid === kid)
}
