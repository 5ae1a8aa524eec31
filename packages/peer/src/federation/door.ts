/**
 * The door of an invitation: a mesh of its own, with this peer's key, that lets strangers connect and answers them one thing. The
 * peer's own mesh stays closed to them. It is open while `stimnet invite` waits, and the secret is nowhere but in its memory.
 */
import { createMesh, inviteExchange, type Mesh } from '@stimnet/mesh'
import {
  type Clock,
  type Invitation,
  inviteCommitment,
  invitePhrase,
  INVITE_BYTES,
  type Message,
  plainLine,
  type RandomSource,
  StimnetError,
  verifyInviteProof
} from '@stimnet/protocol'
import { MemoryLevel } from 'memory-level'

/** Somebody who has the code. Its PeerId is proved; the institution is its own statement. */
export interface Candidate {
  readonly peer: string
  readonly institution: string
  /** The phrase that its machine shows too. */
  readonly phrase: string
}

/** What an admitted newcomer gets. */
export interface Welcome {
  readonly charterJson: string
  readonly statements: readonly string[]
  readonly addresses: readonly string[]
}

/** Dependencies of `Door`. */
export interface DoorParts {
  readonly seed: Uint8Array
  /** Multiaddrs to listen on. */
  readonly listen: readonly string[]
  readonly secret: Uint8Array
  /** The end of the invitation, Unix ms. */
  readonly untilMs: number
  readonly clock: Clock
  readonly random: RandomSource
  /** Called for each newcomer that has proved to have the code, once its phrase is fixed. */
  readonly onCandidate: (candidate: Candidate) => void
}

/** Newcomers with the code at most. One is expected; the others are named to the operator. */
const CANDIDATES_MAX = 8

interface Asked {
  readonly institution: string
  readonly commitment: string
  readonly nonce: Uint8Array
  phrase?: string
  /** Whether it has read the decision. */
  isTold?: boolean
}

/** An open invitation. */
export class Door {
  readonly #parts: DoorParts
  readonly #mesh: Mesh
  readonly #asked = new Map<string, Asked>()
  #decision: { readonly admitted?: string; readonly welcome?: Welcome } | undefined

  private constructor(parts: DoorParts, mesh: Mesh) {
    this.#parts = parts
    this.#mesh = mesh
  }

  /** Opens the door. Throws ADDRESS_IN_USE, CONFIG_INVALID. */
  static async open(parts: DoorParts): Promise<Door> {
    const { seed: nodeSeed, listen, clock, random } = parts
    const store = new MemoryLevel<string, Uint8Array>({ valueEncoding: 'view' })
    const settings = { nodeSeed, listen, bootstrap: [], mdns: false, permits: () => true, answersOnly: true }
    const mesh = await createMesh(settings, { store: store as never, clock, random, events: SILENT })
    const door = new Door(parts, mesh)
    mesh.serve(inviteExchange, (ask, from) => door.#answer(ask, from))
    try {
      await mesh.start()
    } catch (error) {
      await mesh.stop()
      throw error
    }
    return door
  }

  /** Multiaddrs without PeerId at which it listens. */
  addresses(): string[] {
    return this.#mesh.addresses().map((address) => address.replace(/\/p2p\/[^/]+$/, ''))
  }

  /** Admits one newcomer; every other one is refused from now on. */
  admit(peer: string, welcome: Welcome): void {
    this.#decision = { admitted: peer, welcome }
  }

  /** Refuses everybody from now on. */
  refuse(): void {
    this.#decision = {}
  }

  /** Whether every newcomer has read the decision. */
  get isDone(): boolean {
    return [...this.#asked.values()].every(({ isTold, phrase }) => isTold === true || phrase === undefined)
  }

  close(): Promise<void> {
    return this.#mesh.stop()
  }

  async #answer(ask: Message<'InviteAsk'>, from: string): Promise<Message<'InviteAnswer'>> {
    const known = this.#asked.get(from)
    if (this.#decision) return this.#decided(from, known)
    if (this.#parts.clock.now() > this.#parts.untilMs) throw new StimnetError('EXPIRED', 'answering an invitation')
    if (known === undefined) return this.#begin(ask, from)
    if (ask.nonce.length === 0) {
      // Whoever could begin again could try nonces until the phrase looks like another's.
      if (hex(ask.commitment) !== known.commitment) throw new StimnetError('REQUEST_REPLAYED', `${from} begins again`)
      return answerOf({ nonce: known.nonce })
    }
    if (known.phrase === undefined) await this.#reveal(ask.nonce, from, known)
    return answerOf({ nonce: known.nonce })
  }

  #decided(from: string, known: Asked | undefined): Message<'InviteAnswer'> {
    const { admitted, welcome } = this.#decision ?? {}
    if (known) known.isTold = true
    if (known === undefined || admitted !== from || welcome === undefined) {
      throw new StimnetError('NOT_PERMITTED', `${from} was not admitted`)
    }
    return answerOf({ ...welcome, nonce: known.nonce, admitted: true })
  }

  async #begin(ask: Message<'InviteAsk'>, from: string): Promise<Message<'InviteAnswer'>> {
    const sides = { member: this.#mesh.peerId, newcomer: from }
    const isValid = await verifyInviteProof(this.#parts.secret, sides, ask)
    if (!isValid || ask.commitment.length !== 32) throw new StimnetError('SIGNATURE_INVALID', `${from} has no proof`)
    const institution = plainLine(200).min(1).safeParse(ask.institution)
    if (!institution.success) throw new StimnetError('PARAMETER_INVALID', `${from} has no name`)
    const other = this.#asked.get(from)
    if (other) throw new StimnetError('BUSY', `${from} asks twice at once`)
    if (this.#asked.size >= CANDIDATES_MAX) throw new StimnetError('BUSY', 'too many have this invitation')
    const nonce = this.#parts.random.bytes(INVITE_BYTES)
    this.#asked.set(from, { institution: institution.data, commitment: hex(ask.commitment), nonce })
    return answerOf({ nonce })
  }

  async #reveal(nonce: Uint8Array, from: string, known: Asked): Promise<void> {
    if (nonce.length !== INVITE_BYTES || hex(await inviteCommitment(nonce)) !== known.commitment) {
      throw new StimnetError('SIGNATURE_INVALID', `${from} reveals another nonce`)
    }
    const sides = { member: this.#mesh.peerId, newcomer: from }
    const phrase = await invitePhrase(this.#parts.secret, sides, { member: known.nonce, newcomer: nonce })
    if (known.phrase !== undefined) return
    known.phrase = phrase
    this.#parts.onCandidate({ peer: from, institution: known.institution, phrase })
  }
}

function answerOf(
  said: Partial<Pick<Message<'InviteAnswer'>, 'nonce' | 'admitted'> & Welcome>
): Message<'InviteAnswer'> {
  const { nonce = new Uint8Array(), admitted = false, charterJson = '', statements = [], addresses = [] } = said
  return { nonce, admitted, charterJson, statements: [...statements], addresses: [...addresses] }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

const nothing = () => undefined
/** A mesh without a log: the command says what matters. */
export const SILENT = {
  peerConnected: nothing,
  denied: nothing,
  shutOut: nothing,
  peerDisconnected: nothing,
  refused: nothing,
  served: nothing,
  unexpected: nothing
}

/** The code's contents for a door. */
export function invitationOf(
  parts: Pick<DoorParts, 'secret' | 'untilMs'>,
  about: Pick<Invitation, 'peer' | 'at' | 'charter'>
): Invitation {
  const secret = Buffer.from(parts.secret).toString('base64url')
  return { ...about, secret, until: Math.floor(parts.untilMs / 1000) }
}
