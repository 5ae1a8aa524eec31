/**
 * Who belongs together: a charter that its founders signed, and signed statements that admit and revoke. Members follow
 * from these alone, whoever carries them and in whatever order; every peer that has the same statements counts the same.
 */
import { z } from 'zod'
import { canonicalBytes, canonicalJson } from '../canonical.ts'
import type { Clock } from '../clock.ts'
import { open, seal } from '../evidence/envelope.ts'
import { StimnetError } from '../errors.ts'
import { isKeyId, sha256Hex } from '../ids.ts'
import { parseJson } from '../json.ts'
import { plainLine } from '../misleading.ts'
import type { Signer } from '../evidence/signer.ts'

const peerId = z.string().refine((text): boolean => isKeyId(text), 'not a PeerId')
const line = plainLine(200).min(1)

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

/** Revoked members that one statement can name as what it builds on; a statement has at most a few kilobytes. */
export const BUILT_ON_MAX = 64

const about = {
  charter: z.string(),
  peer: peerId,
  /** Whom the signer counted as revoked when it signed. */
  on: z.array(peerId).min(1).max(BUILT_ON_MAX).optional()
}
const statementSchema = z.discriminatedUnion('says', [
  z.strictObject({ says: z.literal('admit'), ...about, institution: line }),
  z.strictObject({ says: z.literal('revoke'), ...about, reason: z.string().max(500) }),
  // A founder's peer has counted the revocation. It is no vote: it tells later which of two revocations was first.
  z.strictObject({ says: z.literal('confirm'), ...about })
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
 * Who belongs, by the statements alone. Nobody who is revoked counts any more, not for those they once admitted either:
 * somebody else signs for these, or they are out too.
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
 * Who is out for good. One at a time, the best supported revocation first: from then on that key votes no more, so that
 * what it signs afterwards, under whatever date, puts nobody out. See docs/decisions/061.
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
      // Whoever has signed nothing takes nobody's vote or admission along: what follows stands as it was ranked.
      if (!members.has(peer) || !hasSigned.has(peer)) continue
      members = admitted(charter, statements, out)
      break
    }
  }
}

/** Nobody votes on themselves. */
function votersIn(members: ReadonlySet<string>, { peer, signers }: { peer: string; signers: Iterable<string> }) {
  return [...signers].filter((signer) => signer !== peer && members.has(signer))
}

interface Accused {
  readonly peer: string
  readonly voters: readonly string[]
}

interface Support {
  /** Founders, in the charter's order, who voted against that peer, confirmed its revocation or built on it. */
  readonly foundersBehind: (peer: string) => readonly number[]
  /** Who voted against anybody and said that this peer was out already. */
  readonly buildersOn: (peer: string) => ReadonlySet<string>
  readonly founders: readonly string[]
}

/**
 * Founders alone are counted: the charter fixes them, whereas colluding members can admit as many others as they like and
 * date that back.
 */
function supportOf(charter: Charter, statements: readonly SignedStatement[]): Support {
  const founders = charter.founders.map(({ peer }) => peer)
  const behind = new Map<string, Set<number>>()
  const builtOn = new Map<string, Set<string>>()
  for (const { signedBy, says } of statements) {
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
 * Most founders first; then most founders of whom none is accused; then what the voters of others build on; then the
 * charter's order, which nobody can choose.
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

/** Of two lists of numbers, below 0 where the first is smaller at the first place where they differ. */
function firstDifference(a: readonly number[], b: readonly number[]): number {
  for (const [at, value] of a.entries()) {
    const difference = value - (b[at] ?? value)
    if (difference !== 0) return difference
  }
  return 0
}

/** What some members have signed, and not yet enough of them. */
export interface PendingStatement extends Member {
  readonly says: 'admit' | 'revoke'
  /** Of the charter's `needed`. */
  readonly signatures: number
}

/** Admissions of those who do not belong and revocations of those who do, by their signatures that count. */
export function pendingOf(charter: Charter, statements: readonly SignedStatement[]): PendingStatement[] {
  const revoked = revokedOf(charter, statements)
  const members = admitted(charter, statements, revoked)
  const nameOf = naming(charter, statements, members)
  const signedBy = (says: 'admit' | 'revoke') =>
    [...signersByPeer(statements, says)].map(([peer, signers]) => ({
      ...{ says, peer },
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
  return (peer: string) => {
    const name = founders.get(peer) ?? named.get(peer) ?? ''
    // Under the name of a founder nobody else goes: then its PeerId has to do.
    return isNameOfFounder(charter, { peer, institution: name }) ? '' : name
  }
}

/** Whether an institution would go by the name of a founder that it is not. */
export function isNameOfFounder({ founders }: Charter, { peer, institution }: Member): boolean {
  return founders.some((founder) => founder.peer !== peer && spoken(founder.institution) === spoken(institution))
}

/** A name as it is heard: case, spaces and forms of letters make no other institution. */
function spoken(name: string): string {
  return name.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim()
}

/** Everybody who belonged at any time, whoever was revoked since: whose statements are kept. */
export function everMembersOf(charter: Charter, statements: readonly SignedStatement[]): ReadonlySet<string> {
  return admitted(charter, statements, new Set())
}

/** Grows from the founders by whoever has enough signatures of those who belong already; in an order of its own. */
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
  // A set is walked in the order in which it grows.
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
