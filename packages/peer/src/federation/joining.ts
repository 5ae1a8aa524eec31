/**
 * The newcomer's side of an invitation: sends requests to the inviting member, and verifies the answers before anything is
 * stored.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMesh, inviteExchange, type Mesh, wayOutReason } from '@stimnet/mesh'
import {
  type Clock,
  type Code,
  codeOf,
  INVITE_BYTES,
  type Invitation,
  inviteCommitment,
  invitePhrases,
  inviteProof,
  type Member,
  type RandomSource,
  StimnetError
} from '@stimnet/protocol'
import { MemoryLevel } from 'memory-level'
import type { WayOutSettings } from '../config/way-out.ts'
import type { PeerEvents } from '../events.ts'
import { SILENT, type Welcome } from './door.ts'
import { Federation } from './federation.ts'

/** Dependencies of `askToJoin`. */
export interface JoinParts {
  readonly seed: Uint8Array
  readonly institution: string
  /** How connections leave this network. Default: directly. */
  readonly wayOut?: WayOutSettings
  readonly clock: Clock
  readonly random: RandomSource
  /** Ends the wait for the member's operator. */
  readonly signal: AbortSignal
  /** Called with the phrase that is to be read out to the member's operator. Called again if the door required a new attempt. */
  readonly onPhrase: (phrase: string) => void
  /** Called once if the member does not answer at the first attempt. */
  readonly onBusy?: () => void
}

/** A welcome that nobody has confirmed yet, and the address at which the member was reached. */
export interface Welcomed extends Welcome {
  readonly reachedAt: string
  /** The phrase that the member's machine shows to its operator. It must be typed here before the welcome is believed. */
  readonly memberPhrase: string
}

const CONNECT_MS = 10_000
const ASK_MS = 10_000
/** Interval of asking whether the operator has decided, ms. */
const EVERY_MS = 1_000
/** First wait before another attempt, ms. It doubles up to `RETRY_MS_MAX`. */
const RETRY_MS = 250
const RETRY_MS_MAX = 4_000
/** Maximum number of attempts at one request: somewhat more than half a minute. */
const TRIES_MAX = 14
/** Maximum number of attempts with a new nonce. A door that requires more may be searching for a phrase. */
const ATTEMPTS_MAX = 4
/** Maximum number of attempts to reach the door: less than two seconds if nobody listens there. */
const REACH_TRIES_MAX = 4

/**
 * Sends the request of an invitation and waits for the decision. Throws PEER_UNREACHABLE; SIGNATURE_INVALID for a code that
 * is not the member's present code; EXPIRED; NOT_PERMITTED if the operator did not confirm this peer; BUSY after many
 * attempts. Anybody who made the code can answer in this way: nothing in the answer may be believed before a person has
 * typed `memberPhrase`.
 */
export async function askToJoin(invitation: Invitation, parts: JoinParts): Promise<Welcomed> {
  const { seed: nodeSeed, clock, random, wayOut = {} } = parts
  const store = new MemoryLevel<string, Uint8Array>({ valueEncoding: 'view' })
  const permits = (peerId: string) => peerId === invitation.peer
  const settings = { ...wayOut, nodeSeed, listen: [], bootstrap: [], mdns: false, permits }
  const mesh = await createMesh(settings, { store: store as never, clock, random, events: SILENT })
  try {
    await mesh.start()
    const reachedAt = await persist(parts, { codes: UNREACHED, triesMax: REACH_TRIES_MAX }, () =>
      reach(mesh, invitation, parts.signal)
    )
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const welcomed = await converse(mesh, invitation, parts)
      if (welcomed !== undefined) return { ...welcomed, reachedAt }
    }
    throw new StimnetError('BUSY', 'using an invitation that is forgotten again and again')
  } finally {
    await mesh.stop()
  }
}

/** Connects to the first address that answers. Noise proves that the peer there is the one that the code names. */
async function reach(mesh: Mesh, { at, peer }: Invitation, signal: AbortSignal): Promise<string> {
  let last: unknown
  let outside: string | undefined
  for (const address of at) {
    try {
      await mesh.connect(`${address}/p2p/${peer}`, {
        signal: AbortSignal.any([signal, AbortSignal.timeout(CONNECT_MS)])
      })
      return address
    } catch (error) {
      last = error
      outside ??= wayOutReason(error)
    }
  }
  const advice = outside === undefined ? 'Does its stimnet invite still wait?' : `From here, ${outside}.`
  const reason = `The member that invited cannot be reached at ${at.join(', ')}. ${advice}`
  throw new StimnetError('PEER_UNREACHABLE', 'using an invitation', { reason, cause: last })
}

/** Makes one attempt; undefined if the door has forgotten it, for example because the connection was lost for seconds. */
async function converse(
  mesh: Mesh,
  invitation: Invitation,
  parts: JoinParts
): Promise<(Welcome & { memberPhrase: string }) | undefined> {
  const { institution, random, clock, signal } = parts
  const secret = new Uint8Array(Buffer.from(invitation.secret, 'base64url'))
  const sides = { member: invitation.peer, newcomer: mesh.peerId }
  // A nonce is used in only one attempt: a member that knew it before choosing its own nonce could search for a phrase.
  const nonce = random.bytes(INVITE_BYTES)
  const commitment = await inviteCommitment(nonce)
  const first = { institution, commitment, proof: await inviteProof(secret, sides, commitment) }
  const ask = (question: typeof first & { nonce?: Uint8Array }) =>
    persist(parts, { codes: PASSING, triesMax: TRIES_MAX }, async () => {
      // The door ends connections that wait too long before sending their proof.
      if (!mesh.connected().includes(invitation.peer)) await reach(mesh, invitation, signal)
      return mesh.ask(inviteExchange, invitation.peer, question, {
        signal: AbortSignal.any([signal, AbortSignal.timeout(ASK_MS)])
      })
    })
  const { nonce: theirs } = await ask(first)
  if (theirs.length !== INVITE_BYTES) throw new StimnetError('MALFORMED', 'reading the answer to an invitation')
  try {
    // The nonce is sent only after the member's nonce has arrived: until then, nobody may be able to compute the phrases.
    let answer = await ask({ ...first, nonce })
    const phrases = await invitePhrases(secret, sides, { member: theirs, newcomer: nonce })
    parts.onPhrase(phrases.newcomer)
    while (!answer.admitted) {
      await clock.sleep(EVERY_MS, signal)
      answer = await ask({ ...first, nonce })
    }
    const { charterJson, statements, addresses } = answer
    return { charterJson, statements, addresses, memberPhrase: phrases.member }
  } catch (error) {
    if (codeOf(error) !== 'REQUEST_REPLAYED') throw error
    await clock.sleep(EVERY_MS, signal)
    return undefined
  }
}

/** Codes of temporary conditions: the door answers many peers, or ended the connection. */
const PASSING: readonly Code[] = ['BUSY', 'INTERRUPTED', 'DEADLINE']
const UNREACHED: readonly Code[] = [...PASSING, 'PEER_UNREACHABLE']

/** Tries again, with growing waits, while the code is one of the given codes. */
async function persist<T>(
  { clock, signal, onBusy }: JoinParts,
  { codes, triesMax }: { readonly codes: readonly Code[]; readonly triesMax: number },
  work: () => Promise<T>
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (error) {
      if (!codes.includes(codeOf(error)) || tries >= triesMax || signal.aborted) throw error
      if (tries === 1 && codeOf(error) === 'BUSY') onBusy?.()
      await clock.sleep(Math.min(RETRY_MS * 2 ** (tries - 1), RETRY_MS_MAX), signal)
    }
  }
}

/** The facts that follow from a verified welcome. */
export interface Joined {
  readonly federation: string
  readonly founders: readonly Member[]
  readonly members: number
  /** The inviting member. */
  readonly invitedBy: Member
  /** Whether the newcomer is already a member; otherwise, how many of the needed members have signed. */
  readonly isMember: boolean
  readonly signatures: number
  readonly needed: number
  /** The valid statements of the welcome. */
  readonly statements: readonly string[]
}

/**
 * Verifies in a temporary folder that a welcome matches its code: the charter is the one that the code names and every
 * founder has signed it, and the inviting member is a member under this charter and has signed for this peer. Only people
 * can tell whether the code is from the right institution. Throws SIGNATURE_INVALID, CONFIG_INVALID.
 */
export async function verifyWelcome(
  welcome: Welcome,
  expected: {
    readonly invitation: Invitation
    readonly self: string
    readonly clock: Clock
    readonly events: PeerEvents
  }
): Promise<Joined> {
  const { invitation, self, clock, events } = expected
  const folder = await mkdtemp(join(tmpdir(), 'stimnet-join-'))
  try {
    const charterFile = join(folder, 'charter.json')
    await writeFile(charterFile, welcome.charterJson, { mode: 0o600 })
    const federation = await Federation.open({ charterFile, folder: join(folder, 'federation'), clock, events })
    const invalid = (why: string) => new StimnetError('SIGNATURE_INVALID', `the welcome of ${invitation.peer}: ${why}`)
    if (federation.id !== invitation.charter) throw invalid('another charter than the invitation names')
    await federation.merge(welcome.statements)
    const invitedBy = federation.members().find(({ peer }) => peer === invitation.peer)
    if (invitedBy === undefined) throw invalid('it is no member by this charter')
    const signed = federation.pending().find(({ says, peer }) => says === 'admit' && peer === self)
    const isMember = federation.isMember(self)
    if (!isMember && signed === undefined) throw invalid('it has not signed for this peer')
    const { name, needed, founders } = federation.charter
    const signatures = signed?.signatures ?? needed
    const { statements } = await federation.answer({ charter: federation.id, digest: '', statements: [] })
    const members = federation.members().length
    return { federation: name, founders, members, invitedBy, isMember, signatures, needed, statements }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** A sentence for a code that ended an invitation; undefined for other codes. */
export function whyNotJoined(error: unknown): string | undefined {
  return REASONS[codeOf(error)]
}

const REASONS: Readonly<Record<string, string>> = {
  SIGNATURE_INVALID:
    'The code is not that of the invitation that waits there now, or what came back is not what the code names. Nothing was changed: ask for a new code.',
  EXPIRED: 'The invitation has expired. Ask for a new one.',
  BUSY: 'Others keep the door busy: somebody floods it, or several have the code. Tell the member, and ask for a new code.',
  NOT_PERMITTED:
    'The member did not confirm this peer: the phrases differed, or somebody else was admitted with this code. Ask the member, by a channel that you trust, and for a new code.'
}
