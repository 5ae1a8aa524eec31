/** The newcomer's side of an invitation: asks the member that invited, and verifies what it gets before anything is kept. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMesh, inviteExchange, type Mesh } from '@stimnet/mesh'
import {
  type Clock,
  codeOf,
  INVITE_BYTES,
  type Invitation,
  inviteCommitment,
  invitePhrase,
  inviteProof,
  type RandomSource,
  StimnetError
} from '@stimnet/protocol'
import { MemoryLevel } from 'memory-level'
import type { PeerEvents } from '../events.ts'
import { SILENT, type Welcome } from './door.ts'
import { Federation } from './federation.ts'

/** Dependencies of `askToJoin`. */
export interface JoinParts {
  readonly seed: Uint8Array
  readonly institution: string
  readonly clock: Clock
  readonly random: RandomSource
  /** Ends the wait for the member's operator. */
  readonly signal: AbortSignal
  /** Called once, with the phrase that the member's machine shows too. */
  readonly onPhrase: (phrase: string) => void
}

/** A welcome, and the address at which the member was reached. */
export interface Welcomed extends Welcome {
  readonly reachedAt: string
}

const CONNECT_MS = 10_000
const ASK_MS = 10_000
/** Interval of asking whether the operator has decided, ms. */
const EVERY_MS = 1_000

/**
 * Asks with an invitation and waits for the decision. Throws PEER_UNREACHABLE; SIGNATURE_INVALID for a code that is not the
 * member's present one, EXPIRED, NOT_PERMITTED where the operator did not confirm this peer, REQUEST_REPLAYED where this peer
 * has asked with the code before.
 */
export async function askToJoin(invitation: Invitation, parts: JoinParts): Promise<Welcomed> {
  const { seed: nodeSeed, clock, random } = parts
  const store = new MemoryLevel<string, Uint8Array>({ valueEncoding: 'view' })
  const permits = (peerId: string) => peerId === invitation.peer
  const settings = { nodeSeed, listen: [], bootstrap: [], mdns: false, permits }
  const mesh = await createMesh(settings, { store: store as never, clock, random, events: SILENT })
  try {
    await mesh.start()
    const reachedAt = await reach(mesh, invitation, parts.signal)
    return { ...(await converse(mesh, invitation, parts)), reachedAt }
  } finally {
    await mesh.stop()
  }
}

/** Connects to the first address that answers. Noise proves that it is the peer that the code names. */
async function reach(mesh: Mesh, { at, peer }: Invitation, signal: AbortSignal): Promise<string> {
  let last: unknown
  for (const address of at) {
    try {
      await mesh.connect(`${address}/p2p/${peer}`, {
        signal: AbortSignal.any([signal, AbortSignal.timeout(CONNECT_MS)])
      })
      return address
    } catch (error) {
      last = error
    }
  }
  const reason = `The member that invited cannot be reached at ${at.join(', ')}. Does its stimnet invite still wait?`
  throw new StimnetError('PEER_UNREACHABLE', 'using an invitation', { reason, cause: last })
}

async function converse(mesh: Mesh, invitation: Invitation, parts: JoinParts): Promise<Welcome> {
  const { institution, random, clock, signal } = parts
  const secret = new Uint8Array(Buffer.from(invitation.secret, 'base64url'))
  const sides = { member: invitation.peer, newcomer: mesh.peerId }
  const nonce = random.bytes(INVITE_BYTES)
  const commitment = await inviteCommitment(nonce)
  const first = { institution, commitment, proof: await inviteProof(secret, sides, commitment) }
  const ask = (question: typeof first & { nonce?: Uint8Array }) =>
    mesh.ask(inviteExchange, invitation.peer, question, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(ASK_MS)])
    })
  const { nonce: theirs } = await ask(first)
  if (theirs.length !== INVITE_BYTES) throw new StimnetError('MALFORMED', 'reading the answer to an invitation')
  // Not before the member's nonce is here: until then, nobody may be able to compute the phrase.
  let answer = await ask({ ...first, nonce })
  parts.onPhrase(await invitePhrase(secret, sides, { member: theirs, newcomer: nonce }))
  while (!answer.admitted) {
    await clock.sleep(EVERY_MS, signal)
    answer = await ask({ ...first, nonce })
  }
  return { charterJson: answer.charterJson, statements: answer.statements, addresses: answer.addresses }
}

/** What follows from a welcome that was verified. */
export interface Joined {
  readonly federation: string
  readonly members: number
  /** Whether the newcomer is a member already; otherwise, how many of the needed members have signed. */
  readonly isMember: boolean
  readonly signatures: number
  readonly needed: number
  /** The statements of the welcome that are valid. */
  readonly statements: readonly string[]
}

/**
 * Verifies a welcome in a temporary folder: the charter is the one that the code names and every founder has signed it, the member
 * that invited is a member by it, and has signed for this peer. Throws SIGNATURE_INVALID, CONFIG_INVALID.
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
    if (!federation.isMember(invitation.peer)) throw invalid('it is no member by this charter')
    const signed = federation.pending().find(({ says, peer }) => says === 'admit' && peer === self)
    const isMember = federation.isMember(self)
    if (!isMember && signed === undefined) throw invalid('it has not signed for this peer')
    const { name, needed } = federation.charter
    const signatures = signed?.signatures ?? needed
    const { statements } = await federation.answer({ charter: federation.id, digest: '', statements: [] })
    return { federation: name, members: federation.members().length, isMember, signatures, needed, statements }
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
  NOT_PERMITTED:
    'The member did not confirm this peer: the phrases differed, or somebody else was admitted with this code. Ask the member, by a channel that you trust, and for a new code.',
  REQUEST_REPLAYED: 'This peer has used the code before. Ask for a new one.'
}
