/**
 * Who belongs together: a charter that its founders signed, and signed statements that admit and revoke. Members follow
 * from these alone, whoever carries them and in whatever order; every peer that has the same statements counts the same.
 */
import { z } from 'zod'
import { canonicalBytes, canonicalJson } from './canonical.ts'
import type { Clock } from './clock.ts'
import { open, seal } from './envelope.ts'
import { StimnetError } from './errors.ts'
import { isKeyId, sha256Hex } from './ids.ts'
import type { Signer } from './signer.ts'

const peerId = z.string().refine((text): boolean => isKeyId(text), 'not a PeerId')
const line = z.string().min(1).max(200)

/** Founders and members of one federation: institutions, not people. */
export const MEMBERS_MAX = 256

/** What the founders agree on. */
export const charterSchema = z
  .strictObject({
    name: line,
    purpose: z.string().max(4_000).default(''),
    founders: z
      .array(z.strictObject({ peer: peerId, institution: line }))
      .min(1)
      .max(64),
    /** Members who must sign to admit or to revoke. */
    needed: z.int().min(1).max(64)
  })
  .refine(({ founders }) => new Set(founders.map(({ peer }) => peer)).size === founders.length, {
    path: ['founders'],
    error: 'A founder is named twice.'
  })
  .refine(({ founders, needed }) => needed <= Math.max(1, founders.length - 1), {
    path: ['needed'],
    error: 'More signatures than there are other founders: nobody could ever be revoked.'
  })
/** What the founders agree on. */
export type Charter = z.output<typeof charterSchema>

/** A charter with its founders' signatures, as a file holds it. */
export const signedCharterSchema = z.strictObject({
  charter: charterSchema,
  /** Compact JWS, one of each founder. */
  signatures: z.array(z.string().max(16_384)).max(64)
})
/** A charter with its founders' signatures. */
export type SignedCharter = z.output<typeof signedCharterSchema>

const statementSchema = z.discriminatedUnion('says', [
  z.strictObject({ says: z.literal('admit'), charter: z.string(), peer: peerId, institution: line }),
  z.strictObject({ says: z.literal('revoke'), charter: z.string(), peer: peerId, reason: z.string().max(500) })
])
/** What one member says of one institution. */
export type Statement = z.output<typeof statementSchema>

/** A statement whose signature was checked. */
export interface SignedStatement {
  readonly signedBy: string
  readonly says: Statement
  readonly issuedAtMs: number
  /** The compact JWS it came as. */
  readonly jws: string
}

/** One institution that belongs to the federation. */
export interface Member {
  readonly peer: string
  readonly institution: string
}

const EVIDENCE_MS = 50 * 365 * 24 * 3_600_000

/** The name of a charter: nobody admits to another federation by mistake. */
export function charterId(charter: Charter): Promise<string> {
  return sha256Hex(canonicalBytes(charterSchema.parse(charter)))
}

/** One founder's signature under a charter. */
export async function signCharter(charter: Charter, options: { signer: Signer; clock: Clock }): Promise<string> {
  if (!charter.founders.some(({ peer }) => peer === options.signer.id)) {
    throw new StimnetError('NOT_PERMITTED', 'signing a charter as somebody who founds nothing')
  }
  return textOf(await seal({ type: 'charter', body: canonicalBytes(charter), lifetimeMs: EVIDENCE_MS, ...options }))
}

/** The founders that have not signed yet. Throws SIGNATURE_INVALID for a signature of anybody else or of another charter. */
export async function missingFounders(signed: SignedCharter, clock: Clock): Promise<Member[]> {
  const expected = canonicalJson(signed.charter)
  const present = new Set<string>()
  for (const signature of signed.signatures) {
    const opened = await open(bytesOf(signature), { type: 'charter', clock, atAnyTime: true })
    if (new TextDecoder().decode(opened.body) !== expected) {
      throw new StimnetError('SIGNATURE_INVALID', 'a signature under another charter')
    }
    present.add(opened.issuer)
  }
  const strangers = [...present].filter((peer) => !signed.charter.founders.some((founder) => founder.peer === peer))
  if (strangers.length > 0) throw new StimnetError('SIGNATURE_INVALID', 'a signature of somebody who founds nothing')
  return signed.charter.founders.filter(({ peer }) => !present.has(peer))
}

/** One member's word on an institution. */
export async function signStatement(says: Statement, options: { signer: Signer; clock: Clock }): Promise<string> {
  const body = canonicalBytes(statementSchema.parse(says))
  return textOf(await seal({ type: 'membership', body, lifetimeMs: EVIDENCE_MS, ...options }))
}

/** Checks a statement. Throws what `open` throws, MALFORMED, and TYPE_MISMATCH for one about another federation. */
export async function openStatement(
  jws: string,
  expected: { charter: string; clock: Clock }
): Promise<SignedStatement> {
  const opened = await open(bytesOf(jws), { type: 'membership', clock: expected.clock, atAnyTime: true })
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(opened.body))
  } catch (cause) {
    throw new StimnetError('MALFORMED', 'reading a statement about a member', { cause })
  }
  const parsed = statementSchema.safeParse(value)
  if (!parsed.success) throw new StimnetError('MALFORMED', 'reading a statement', { cause: parsed.error })
  if (parsed.data.charter !== expected.charter)
    throw new StimnetError('TYPE_MISMATCH', 'a statement of another federation')
  return { signedBy: opened.issuer, says: parsed.data, issuedAtMs: opened.issuedAtMs, jws }
}

/**
 * Who belongs, by the statements alone. A revocation counts when enough others signed it who ever belonged; nobody who is
 * revoked counts any more, not for those they once admitted either: somebody else signs for these, or they are out too.
 */
export function membersOf(charter: Charter, statements: readonly SignedStatement[]): Member[] {
  const members = admitted(charter, statements, revokedBy(charter, statements))
  const nameOf = naming(charter, statements, members)
  return [...members].slice(0, MEMBERS_MAX).map((peer) => ({ peer, institution: nameOf(peer) }))
}

/** What some members have signed, and not yet enough of them. */
export interface PendingStatement extends Member {
  readonly says: Statement['says']
  /** Of the charter's `needed`. */
  readonly signatures: number
}

/** Admissions of those who do not belong and revocations of those who do, by their signatures that count. */
export function pendingOf(charter: Charter, statements: readonly SignedStatement[]): PendingStatement[] {
  const revoked = revokedBy(charter, statements)
  const members = admitted(charter, statements, revoked)
  const nameOf = naming(charter, statements, members)
  const admissions = [...signersByPeer(statements, 'admit')]
    .filter(([peer]) => !members.has(peer) && !revoked.has(peer))
    .map(([peer, signers]) => ({ says: 'admit' as const, peer, by: [...signers].filter((one) => members.has(one)) }))
  const revocations = [...revokersByPeer(charter, statements)]
    .filter(([peer]) => members.has(peer))
    .map(([peer, by]) => ({ says: 'revoke' as const, peer, by }))
  return [...admissions, ...revocations]
    .filter(({ by }) => by.length > 0)
    .map(({ says, peer, by }) => ({ says, peer, institution: nameOf(peer), signatures: by.length }))
}

function revokedBy(charter: Charter, statements: readonly SignedStatement[]): ReadonlySet<string> {
  const revokers = [...revokersByPeer(charter, statements)]
  return new Set(revokers.filter(([, signers]) => signers.length >= charter.needed).map(([peer]) => peer))
}

/** Whose revocations count: others who ever belonged. */
function revokersByPeer(charter: Charter, statements: readonly SignedStatement[]): Map<string, string[]> {
  const isEver = everMembersOf(charter, statements)
  const revokers = new Map<string, string[]>()
  for (const [target, signers] of signersByPeer(statements, 'revoke')) {
    revokers.set(
      target,
      [...signers].filter((peer) => peer !== target && isEver.has(peer))
    )
  }
  return revokers
}

function naming(charter: Charter, statements: readonly SignedStatement[], members: ReadonlySet<string>) {
  const named = namesOf(statements, members)
  const founders = new Map(charter.founders.map(({ peer, institution }) => [peer, institution]))
  return (peer: string) => founders.get(peer) ?? named.get(peer) ?? ''
}

/** Everybody who belonged at any time, whoever was revoked since: whose statements count for anything. */
export function everMembersOf(charter: Charter, statements: readonly SignedStatement[]): ReadonlySet<string> {
  return admitted(charter, statements, new Set())
}

/** Grows from the founders until nobody more has enough signatures of those who belong already; in an order of its own. */
function admitted(
  charter: Charter,
  statements: readonly SignedStatement[],
  out: ReadonlySet<string>
): ReadonlySet<string> {
  const members = new Set(charter.founders.map(({ peer }) => peer).filter((peer) => !out.has(peer)))
  const asked = [...signersByPeer(statements, 'admit')].filter(([peer]) => !out.has(peer)).sort(byFirst)
  for (let grew = true; grew; ) {
    grew = false
    for (const [peer, signers] of asked) {
      if (members.has(peer)) continue
      if ([...signers].filter((signer) => members.has(signer)).length < charter.needed) continue
      members.add(peer)
      grew = true
    }
  }
  return members
}

function signersByPeer(statements: readonly SignedStatement[], says: Statement['says']): Map<string, Set<string>> {
  const signers = new Map<string, Set<string>>()
  for (const { says: said, signedBy } of statements) {
    if (said.says !== says) continue
    signers.set(said.peer, (signers.get(said.peer) ?? new Set()).add(signedBy))
  }
  return signers
}

/** What most members who admitted it call it: one of them cannot give it another's name. */
function namesOf(statements: readonly SignedStatement[], members: ReadonlySet<string>): Map<string, string> {
  const signers = new Map<string, Map<string, Set<string>>>()
  for (const { says, signedBy } of statements) {
    if (says.says !== 'admit' || !members.has(signedBy)) continue
    const names = signers.get(says.peer) ?? new Map<string, Set<string>>()
    signers.set(says.peer, names.set(says.institution, (names.get(says.institution) ?? new Set()).add(signedBy)))
  }
  const most = (names: Map<string, Set<string>>) =>
    [...names].sort(byFirst).reduce((best, one) => (one[1].size > best[1].size ? one : best))[0]
  return new Map([...signers].map(([peer, names]) => [peer, most(names)]))
}

function byFirst<T>([a]: readonly [string, T], [b]: readonly [string, T]): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
