/**
 * Membership of a federation: a charter signed by its founders, and signed statements that admit and revoke institutions. The
 * members follow from these alone: every peer with the same statements computes the same members, whoever delivered the statements
 * and in whatever order.
 */
import { z } from 'zod'
import { canonicalBytes, canonicalJson } from '../canonical.ts'
import type { Clock } from '../clock.ts'
import { open, seal } from '../evidence/envelope.ts'
import { StimnetError } from '../errors.ts'
import { isKeyId, sha256Hex } from '../ids.ts'
import { parseJson } from '../json.ts'
import { LIMITS } from '../limits.ts'
import { looksOf, plainLine } from '../misleading.ts'
import type { Signer } from '../evidence/signer.ts'
import { LIFETIME_DAYS_MAX } from './jwt.ts'

const peerId = z.string().refine((text): boolean => isKeyId(text), 'not a PeerId')
const line = plainLine(200).min(1)

/** Maximum number of members of a federation, founders included. Members are institutions, not people. */
export const MEMBERS_MAX = 256

/** A charter: the terms on which the founders agree. */
export const charterSchema = z
  .strictObject({
    name: line,
    purpose: z.string().max(4_000).default(''),
    founders: z
      .array(z.strictObject({ peer: peerId, institution: line }))
      .min(1)
      .max(64),
    /** Number of members who must sign to admit or to revoke an institution. */
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
/** A charter, parsed. */
export type Charter = z.output<typeof charterSchema>

/** A charter with its founders' signatures, as it is stored in a file. */
export const signedCharterSchema = z.strictObject({
  charter: charterSchema,
  /** Compact JWS, one per founder. */
  signatures: z.array(z.string().max(16_384)).max(64)
})
/** A charter with its founders' signatures, parsed. */
export type SignedCharter = z.output<typeof signedCharterSchema>

/** Maximum number of revoked members that one statement can name in `on`. It keeps a statement to a few kilobytes. */
export const BUILT_ON_MAX = 64

const about = {
  charter: z.string(),
  peer: peerId,
  /** The members that the signer counted as revoked when it signed. */
  on: z.array(peerId).min(1).max(BUILT_ON_MAX).optional()
}
const statementSchema = z.discriminatedUnion('says', [
  z.strictObject({ says: z.literal('admit'), ...about, institution: line }),
  z.strictObject({ says: z.literal('revoke'), ...about, reason: z.string().max(500) }),
  // A founder's peer confirms that it counted the revocation. This is not a vote, but helps to decide which revocation came first.
  z.strictObject({ says: z.literal('confirm'), ...about }),
  // The signer withdraws every affiliation that it has signed so far for the key of a person. This needs no votes.
  z.strictObject({ says: z.literal('withdraw'), charter: about.charter, peer: peerId })
])
/** A statement of one member about an institution, or about the key of a person for whom it vouched. */
export type Statement = z.output<typeof statementSchema>

/** A statement with a verified signature. */
export interface SignedStatement {
  readonly signedBy: string
  readonly says: Statement
  readonly issuedAtMs: number
  /** The compact JWS of the statement. */
  readonly jws: string
}

/** A member of the federation: an institution and the PeerId of its peer. */
export interface Member {
  readonly peer: string
  readonly institution: string
}

/** The nominal validity of signatures on charters and statements, ms. Their times are not compared with the clock. */
const EVIDENCE_MS = 50 * 365 * 24 * 3_600_000

/** The hash by which statements name their charter, so that a statement cannot be used in another federation. */
export function charterId(charter: Charter): Promise<string> {
  return sha256Hex(canonicalBytes(charterSchema.parse(charter)))
}

/** Signs a charter as one founder. Throws NOT_PERMITTED if the signer is not a founder. */
export async function signCharter(charter: Charter, options: { signer: Signer; clock: Clock }): Promise<string> {
  if (!charter.founders.some(({ peer }) => peer === options.signer.id)) {
    throw new StimnetError('NOT_PERMITTED', 'signing a charter as somebody who founds nothing')
  }
  const sealed = await seal({ type: 'charter', body: canonicalBytes(charter), lifetimeMs: EVIDENCE_MS, ...options })
  return textOf(sealed.bytes)
}

/** The founders that have not signed yet. Throws SIGNATURE_INVALID for a signature of a non-founder or under another charter. */
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

/** Signs a statement of one member about an institution. */
export async function signStatement(says: Statement, options: { signer: Signer; clock: Clock }): Promise<string> {
  const body = canonicalBytes(statementSchema.parse(says))
  return textOf((await seal({ type: 'membership', body, lifetimeMs: EVIDENCE_MS, ...options })).bytes)
}

/** Verifies a statement. Throws the errors of `open`, MALFORMED, and TYPE_MISMATCH for a statement of another federation. */
export async function openStatement(
  jws: string,
  expected: { charter: string; clock: Clock }
): Promise<SignedStatement> {
  const opened = await open(bytesOf(jws), { type: 'membership', clock: expected.clock, atAnyTime: true })
  let value: unknown
  try {
    value = parseJson(new TextDecoder('utf-8', { fatal: true }).decode(opened.body))
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
 * The members, computed from the charter and the statements alone. Signatures of a revoked member do not count, not even for members
 * that it admitted earlier: those need signatures of others to remain members.
 */
export function membersOf(
  charter: Charter,
  statements: readonly SignedStatement[],
  revoked: ReadonlySet<string> = revokedOf(charter, statements)
): Member[] {
  const members = admitted(charter, statements, revoked)
  const nameOf = naming(charter, statements, members)
  return [...members].slice(0, MEMBERS_MAX).map((peer) => ({ peer, institution: nameOf(peer) }))
}

/**
 * The revoked PeerIds. Revocations are applied one at a time, the best supported one first. A revoked key has no vote in the
 * following revocations, so it cannot revoke others afterwards, whatever date it writes. See docs/decisions/061.
 */
export function revokedOf(charter: Charter, statements: readonly SignedStatement[]): ReadonlySet<string> {
  const votes = [...signersByPeer(statements, 'revoke')].sort(byFirst)
  const support = supportOf(charter, statements)
  const hasSigned = new Set(statements.map(({ signedBy }) => signedBy))
  const out = new Set<string>()
  for (let members = admitted(charter, statements, out); ; ) {
    const accused = votes
      .filter(([peer]) => !out.has(peer))
      .map(([peer, signers]) => ({ peer, voters: votersIn(members, { peer, signers }) }))
      .filter(({ voters }) => voters.length >= charter.needed)
    if (accused.length === 0) return out
    for (const { peer } of rankedBySupport(accused, { support, members })) {
      out.add(peer)
      // If the revoked peer signed nothing, no other vote or admission changes, so the ranking of the remaining revocations stays valid.
      if (!members.has(peer) || !hasSigned.has(peer)) continue
      members = admitted(charter, statements, out)
      break
    }
  }
}

/** The signers that are members. A member has no vote about itself. */
function votersIn(members: ReadonlySet<string>, { peer, signers }: { peer: string; signers: Iterable<string> }) {
  return [...signers].filter((signer) => signer !== peer && members.has(signer))
}

interface Accused {
  readonly peer: string
  readonly voters: readonly string[]
}

interface Support {
  /** Positions in the charter of the founders who voted to revoke the peer, confirmed its revocation or named it in `on`. */
  readonly foundersBehind: (peer: string) => readonly number[]
  /** Signers of any revocation that names the peer in `on`, that is, as revoked already. */
  readonly buildersOn: (peer: string) => ReadonlySet<string>
  readonly founders: readonly string[]
}

/**
 * The support of each revocation, counted in founders only. The charter fixes the founders, whereas colluding members can admit any
 * number of others and backdate the admissions.
 */
function supportOf(charter: Charter, statements: readonly SignedStatement[]): Support {
  const founders = charter.founders.map(({ peer }) => peer)
  const behind = new Map<string, Set<number>>()
  const builtOn = new Map<string, Set<string>>()
  for (const { signedBy, says } of statements) {
    if (says.says === 'withdraw') continue
    const at = founders.indexOf(signedBy)
    const countedOut = [...(says.on ?? []), ...(says.says === 'admit' ? [] : [says.peer])]
    if (at >= 0) for (const peer of countedOut) behind.set(peer, (behind.get(peer) ?? new Set()).add(at))
    if (says.says !== 'revoke') continue
    for (const peer of says.on ?? []) builtOn.set(peer, (builtOn.get(peer) ?? new Set()).add(signedBy))
  }
  return {
    founders,
    foundersBehind: (peer) => [...(behind.get(peer) ?? [])].sort((a, b) => a - b),
    buildersOn: (peer) => builtOn.get(peer) ?? new Set()
  }
}

/**
 * Ranks the pending revocations by these criteria in turn: most founders in support; most founders in support who are not accused
 * themselves; most votes of other pending revocations that build on it; the order of founders in the charter, which nobody can
 * choose.
 */
function rankedBySupport(
  accused: readonly Accused[],
  { support, members }: { support: Support; members: ReadonlySet<string> }
): Accused[] {
  const isAccused = new Set(accused.map(({ peer }) => peer))
  const votes = new Map<string, number>()
  for (const { voters } of accused) for (const voter of voters) votes.set(voter, (votes.get(voter) ?? 0) + 1)
  const ranked = accused.map((one) => {
    const behind = support.foundersBehind(one.peer).filter((at) => {
      const founder = support.founders[at] ?? ''
      return founder !== one.peer && members.has(founder)
    })
    const unaccused = behind.filter((at) => !isAccused.has(support.founders[at] ?? ''))
    const builders = support.buildersOn(one.peer)
    const builtOn =
      [...builders].reduce((sum, builder) => sum + (votes.get(builder) ?? 0), 0) -
      one.voters.filter((voter) => builders.has(voter)).length
    return { one, behind, rank: [behind.length, unaccused.length, builtOn] }
  })
  ranked.sort((a, b) => firstDifference(b.rank, a.rank) || firstDifference(a.behind, b.behind))
  return ranked.map(({ one }) => one)
}

/** Compares two lists at the first position where they differ: below 0 if `a` is smaller there; 0 if they do not differ. */
function firstDifference(a: readonly number[], b: readonly number[]): number {
  for (const [at, value] of a.entries()) {
    const difference = value - (b[at] ?? value)
    if (difference !== 0) return difference
  }
  return 0
}

/** A statement that has some of the signatures that it needs. */
export interface PendingStatement extends Member {
  readonly says: 'admit' | 'revoke'
  /** Number of signatures so far; the charter's `needed` are required. */
  readonly signatures: number
}

/** Admissions of non-members and revocations of members that have at least one valid signature of a member. */
export function pendingOf(charter: Charter, statements: readonly SignedStatement[]): PendingStatement[] {
  const revoked = revokedOf(charter, statements)
  const members = admitted(charter, statements, revoked)
  const nameOf = naming(charter, statements, members)
  const signedBy = (says: 'admit' | 'revoke') =>
    [...signersByPeer(statements, says)].map(([peer, signers]) => ({
      says,
      peer,
      by: votersIn(members, { peer, signers })
    }))
  const admissions = signedBy('admit').filter(({ peer }) => !members.has(peer) && !revoked.has(peer))
  const revocations = signedBy('revoke').filter(({ peer }) => members.has(peer))
  return [...admissions, ...revocations]
    .filter(({ by }) => by.length > 0)
    .map(({ says, peer, by }) => ({ says, peer, institution: nameOf(peer), signatures: by.length }))
}

function naming(charter: Charter, statements: readonly SignedStatement[], members: ReadonlySet<string>) {
  const named = namesOf(statements, members)
  const founders = new Map(charter.founders.map(({ peer, institution }) => [peer, institution]))
  const isFounders = namesTaken(charter.founders.filter(({ peer }) => members.has(peer)))
  return (peer: string) => {
    const name = founders.get(peer) ?? named.get(peer) ?? ''
    // Nobody else may have a founder's name until the founder is revoked; then its institution may return with another key. A member
    // whose name is not accepted has an empty name and is shown by its PeerId.
    return isFounders({ peer, institution: name }) ? '' : name
  }
}

/** Whether an institution has the name of a founder, or a similar-looking one, without being that founder. */
export function isNameOfFounder({ founders }: Charter, institution: Member): boolean {
  return isNameOfOther(founders, institution)
}

/** Whether an institution has the name of a member, or a similar-looking one, without being that member. */
export function isNameOfOther(members: readonly Member[], institution: Member): boolean {
  return namesTaken(members)(institution)
}

/** Returns a function that answers `isNameOfOther` for many names. */
function namesTaken(members: readonly Member[]): (institution: Member) => boolean {
  const peers = new Map<string, Set<string>>()
  for (const { peer, institution } of members) {
    for (const look of looksOf(institution)) peers.set(look, (peers.get(look) ?? new Set()).add(peer))
  }
  return ({ peer, institution }) =>
    looksOf(institution).some((look) => [...(peers.get(look) ?? [])].some((other) => other !== peer))
}

/** Time for which a withdrawal has effect, ms: until every credential that was signed before it has expired. */
const WITHDRAWN_MS = LIFETIME_DAYS_MAX * 24 * 3_600_000 + LIMITS.clockSkewMs

/** Whether a statement is a withdrawal that no longer has any effect. */
export function isPast({ says, issuedAtMs }: SignedStatement, nowMs: number): boolean {
  return says.says === 'withdraw' && issuedAtMs + WITHDRAWN_MS < nowMs
}

/** For each institution and key, the time of the last withdrawal, ms. Affiliations that the institution signed until then do not count. */
export function withdrawalsOf(
  statements: readonly SignedStatement[]
): (institution: string, key: string) => number | undefined {
  const latest = new Map<string, number>()
  for (const { signedBy, says, issuedAtMs } of statements) {
    if (says.says !== 'withdraw') continue
    const name = `${signedBy} ${says.peer}`
    latest.set(name, Math.max(issuedAtMs, latest.get(name) ?? 0))
  }
  return (institution, key) => latest.get(`${institution} ${key}`)
}

/** All peers that have ever been members, revoked ones included. Their statements are kept. */
export function everMembersOf(charter: Charter, statements: readonly SignedStatement[]): ReadonlySet<string> {
  return admitted(charter, statements, new Set())
}

/**
 * The members if the peers in `out` are revoked: the founders, and repeatedly every peer with enough signatures of members. Founders
 * come first, in the charter's order, then the others sorted by PeerId.
 */
function admitted(
  charter: Charter,
  statements: readonly SignedStatement[],
  out: ReadonlySet<string>
): ReadonlySet<string> {
  const signedFor = new Map<string, string[]>()
  for (const [peer, signers] of signersByPeer(statements, 'admit')) {
    if (out.has(peer)) continue
    for (const signer of signers) signedFor.set(signer, [...(signedFor.get(signer) ?? []), peer])
  }
  const founders = charter.founders.map(({ peer }) => peer).filter((peer) => !out.has(peer))
  const members = new Set(founders)
  const signatures = new Map<string, number>()
  // Iterating over a set also visits the members that are added meanwhile.
  for (const member of members) {
    for (const peer of signedFor.get(member) ?? []) {
      const count = (signatures.get(peer) ?? 0) + 1
      signatures.set(peer, count)
      if (count >= charter.needed) members.add(peer)
    }
  }
  return new Set([...founders, ...[...members].sort()])
}

function signersByPeer(statements: readonly SignedStatement[], says: Statement['says']): Map<string, Set<string>> {
  const signers = new Map<string, Set<string>>()
  for (const { says: said, signedBy } of statements) {
    if (said.says !== says) continue
    signers.set(said.peer, (signers.get(said.peer) ?? new Set()).add(signedBy))
  }
  return signers
}

/** For each peer, the name given by most of the members who admitted it, so that a single member cannot change the name. */
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
