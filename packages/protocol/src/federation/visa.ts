/**
 * GA4GH Passport visas (specification 1.2): what an issuer that a peer pins says of a researcher. A peer checks them by keys
 * that it keeps; it asks nobody, so it takes Visa Document Tokens alone.
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

/** RSA with PKCS #1 v1.5 and ECDSA on P-256: what the GA4GH profile of OpenID Connect permits. */
const ALGORITHMS = { RSA: 'RS256', EC: 'ES256' } as const

/** An issuer whose visas count, and everything a peer knows of it. */
export interface VisaIssuer {
  /** As its visas name it in `iss`. */
  readonly issuer: string
  /** Its public keys, pinned. */
  readonly keys: JSONWebKeySet
  /** Organisations it may assert for (`source`); every one where empty. */
  readonly sources: readonly string[]
  /** Where it may say that somebody has a role, as domains; nowhere where empty. */
  readonly organisations: readonly string[]
  /** What it may grant access to; nothing where empty. */
  readonly datasets: readonly string[]
  /** Which of its users holds which key: `sub` to key id. For visas that name no key themselves. */
  readonly holders: Readonly<Record<string, string>>
}

/** What a visa asserts, once it holds. */
export interface Visa {
  readonly issuer: string
  /** AffiliationAndRole, ControlledAccessGrants and so on. */
  readonly type: string
  /** E.g. `faculty@med.example.org`, or the URL of a dataset. */
  readonly value: string
  /** URL of the organisation that asserts it. */
  readonly source: string
  /** self, peer, system, so or dac; empty where it does not say. */
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

/** Who uses a visa, where and when. */
export interface VisaUse {
  /** The key that signed the request. */
  readonly key: string
  /** The PeerId that checks. */
  readonly self: string
  readonly clock: Clock
  readonly issuers: ReadonlyMap<string, VisaIssuer>
}

interface Checked {
  readonly visa: Visa
  readonly conditions: unknown
}

/**
 * Checks every visa of one request. Throws TOO_LARGE, SIGNATURE_INVALID (also for another algorithm, an unknown critical
 * header, an issuer that is not pinned, a visa of somebody else), EXPIRED, NOT_YET_VALID, AUDIENCE_MISMATCH, MALFORMED, and
 * CONDITION_UNMET for one whose conditions no other visa of the request meets, or that nobody here can judge.
 */
export async function openVisas(visas: readonly string[], use: VisaUse): Promise<Visa[]> {
  const checked = await Promise.all(visas.map((visa) => openVisa(visa, use)))
  // What holds only under conditions is no ground for another to hold: two could hold each other up.
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

/** An issuer that is pinned for its own staff speaks for nobody else's, and for no dataset. Other types let nobody in. */
function mayAssert({ organisations, datasets }: VisaIssuer, type: string, value: string): boolean {
  if (type === 'ControlledAccessGrants') return datasets.includes(value)
  if (type === 'AffiliationAndRole') return organisations.includes(value.slice(value.lastIndexOf('@') + 1))
  return true
}

/** A visa is no secret: it counts for the key that it names, or that the peer knows its user by. */
function isHolder({ sub = '', cnf }: JWTPayload & { cnf?: unknown }, issuer: VisaIssuer, key: string): boolean {
  const holder = Object.hasOwn(issuer.holders, sub) ? issuer.holders[sub] : undefined
  if (cnf === undefined) return parseKeyId(key) === (holder ?? sub)
  // RFC 7800: bound to a key, by its id or itself. What it is bound to otherwise nobody here can judge.
  const { kid, jwk } = (typeof cnf === 'object' && cnf !== null ? cnf : {}) as { kid?: unknown; jwk?: unknown }
  if (kid !== undefined) return parseKeyId(key) === kid
  const bound = ed25519Schema.safeParse(jwk)
  return bound.success && parseKeyId(key) === keyIdOf(base64url.decode(bound.data.x))
}

async function verified(token: string, issuer: VisaIssuer, { self, clock }: VisaUse): Promise<JWTPayload> {
  const { payload, protectedHeader } = await byAnyKey(token, issuer, clock)
  const { typ } = protectedHeader
  // An access token of the same issuer is signed with the same keys.
  if (typ !== undefined && !/^(application\/)?(jwt|vnd\.ga4gh\.visa\+jwt)$/i.test(typ)) {
    throw new StimnetError('TYPE_MISMATCH', 'reading a visa')
  }
  // Visa Access Tokens hold for as long as their issuer says so when asked; nobody is asked here.
  if (payload.scope !== undefined && String(payload.scope).split(' ').includes('openid')) {
    throw new StimnetError('TYPE_MISMATCH', 'a visa that has to be asked about at its issuer')
  }
  if (payload.aud !== undefined && ![payload.aud].flat().includes(self)) {
    throw new StimnetError('AUDIENCE_MISMATCH', 'reading a visa')
  }
  const { iat = 0, exp = 0 } = payload
  if (iat * 1000 > clock.now() + LIMITS.clockSkewMs) throw new StimnetError('NOT_YET_VALID', 'reading a visa')
  // Nobody is asked whether it still holds.
  if (exp - iat > LIFETIME_DAYS_MAX * 86_400) throw new StimnetError('LIFETIME_TOO_LONG', 'reading a visa')
  return payload
}

/** With the key that its header names, or where it names none, or the issuer's have no names, with each in turn. */
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
      // Another may have signed it; what else is wrong with it is so whoever did.
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
