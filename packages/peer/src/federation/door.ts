/**
 * The door of an invitation: a separate mesh with this peer's key that lets strangers connect and answers only the
 * invitation exchange. The peer's own mesh stays closed to strangers. The door is open while `stimnet invite` waits, and the
 * secret exists only in its memory.
 */
import { createMesh, inviteExchange, type Mesh } from '@stimnet/mesh'
import {
  type Clock,
  type Invitation,
  inviteCommitment,
  INVITE_BYTES,
  type InvitePhrases,
  invitePhrases,
  type Message,
  plainName,
  type RandomSource,
  StimnetError,
  verifyInviteProof
} from '@stimnet/protocol'
import { MemoryLevel } from 'memory-level'

/** A peer that has the code. Its PeerId is proved; the institution is its own statement. */
export interface Holder {
  readonly peer: string
  readonly institution: string
}

/** A holder of the code whose phrases are fixed. */
export interface Candidate extends Holder {
  readonly phrases: InvitePhrases
}

/** The data that an admitted newcomer receives. */
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
  /** Web servers in front of a WebSocket listener, whose last X-Forwarded-For address is believed. */
  readonly trustedProxies?: readonly string[]
  readonly secret: Uint8Array
  /** The end of the invitation, Unix ms. */
  readonly untilMs: number
  readonly clock: Clock
  readonly random: RandomSource
  /** Called for each PeerId that has proved to have the code, before its phrases are fixed. */
  readonly onHolder: (holder: Holder) => void
  /** Called when the phrases of a holder are fixed, and again if the holder began again: then only the last phrases count. */
  readonly onCandidate: (candidate: Candidate) => void
  /** Called when a holder is turned away for the first time because others take all places or attempts. */
  readonly onFull: () => void
}

/** Maximum number of simultaneous holders of the code. One is expected; the others are named to the operator. */
const HOLDERS_MAX = 8
/** Maximum number of attempts of all holders until the invitation ends. Each attempt is one guess at a phrase of 48 bits. */
const ATTEMPTS_MAX = 256
/** Maximum time from a proof to the nonce, ms. An honest newcomer needs one round trip. */
const REVEAL_MS_MAX = 10_000

interface Asked {
  readonly institution: string
  readonly commitment: string
  readonly nonce: Uint8Array
  phrases?: InvitePhrases
  /** Whether the newcomer has read the decision. */
  isTold?: boolean
}

/** An open invitation. */
export class Door {
  readonly #parts: DoorParts
  readonly #mesh: Mesh
  readonly #asked = new Map<string, Asked>()
  readonly #closing = new AbortController()
  #attempts = 0
  #wasFull = false
  #decision: { readonly admitted?: string; readonly welcome?: Welcome } | undefined

  private constructor(parts: DoorParts, mesh: Mesh) {
    this.#parts = parts
    this.#mesh = mesh
  }

  /** Opens the door. Throws ADDRESS_IN_USE, CONFIG_INVALID. */
  static async open(parts: DoorParts): Promise<Door> {
    const { seed: nodeSeed, listen, trustedProxies = [], clock, random } = parts
    const store = new MemoryLevel<string, Uint8Array>({ valueEncoding: 'view' })
    let door: Door | undefined
    const answersOnly = { isProved: (peer: string) => door?.hasProved(peer) ?? false }
    const settings = { nodeSeed, listen, trustedProxies, bootstrap: [], mdns: false, permits: () => true, answersOnly }
    const mesh = await createMesh(settings, { store: store as never, clock, random, events: SILENT })
    door = new Door(parts, mesh)
    const opened = door
    mesh.serve(inviteExchange, (ask, from) => opened.#answer(ask, from))
    try {
      await mesh.start()
    } catch (error) {
      await mesh.stop()
      throw error
    }
    return opened
  }

  /** Multiaddrs without PeerId at which the door listens. */
  addresses(): string[] {
    return this.#mesh.addresses().map((address) => address.replace(/\/p2p\/[^/]+$/, ''))
  }

  /** Admits one newcomer. From now on, every other newcomer is refused. */
  admit(peer: string, welcome: Welcome): void {
    this.#decision = { admitted: peer, welcome }
  }

  /** Refuses everybody from now on. */
  refuse(): void {
    this.#decision = {}
  }

  /** Whether a peer has proved that it knows the code, and has not been dropped because it sent no nonce in time. */
  hasProved(peer: string): boolean {
    return this.#asked.has(peer)
  }

  /** Whether every newcomer has read the decision. */
  get isDone(): boolean {
    return [...this.#asked.values()].every(({ isTold, phrases }) => isTold === true || phrases === undefined)
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#mesh.stop()
  }

  async #answer(ask: Message<'InviteAsk'>, from: string): Promise<Message<'InviteAnswer'>> {
    const known = this.#asked.get(from)
    if (this.#decision) return this.#decided(from, known)
    if (this.#parts.clock.now() > this.#parts.untilMs) throw new StimnetError('EXPIRED', 'answering an invitation')
    if (ask.nonce.length === 0) return this.#begin(ask, from)
    // The peer was forgotten, or has begun again since. It must begin again with another nonce.
    if (known === undefined || hex(ask.commitment) !== known.commitment) {
      throw new StimnetError('REQUEST_REPLAYED', `${from} reveals a nonce that nobody waits for`)
    }
    if (known.phrases === undefined) await this.#reveal(ask.nonce, from, known)
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

  /** Accepts a proof. The same proof gets the same answer again, so that a lost answer costs nothing. */
  async #begin(ask: Message<'InviteAsk'>, from: string): Promise<Message<'InviteAnswer'>> {
    const sides = { member: this.#mesh.peerId, newcomer: from }
    const isValid = await verifyInviteProof(this.#parts.secret, sides, ask)
    if (!isValid || ask.commitment.length !== 32) throw new StimnetError('SIGNATURE_INVALID', `${from} has no proof`)
    const commitment = hex(ask.commitment)
    const known = this.#asked.get(from)
    if (known?.commitment === commitment) return answerOf({ nonce: known.nonce })
    const institution = plainName(200).safeParse(ask.institution)
    if (!institution.success) throw new StimnetError('PARAMETER_INVALID', `${from} has no name that can be shown`)
    const isFull = known === undefined && this.#asked.size >= HOLDERS_MAX
    if (isFull || this.#attempts >= ATTEMPTS_MAX) {
      if (!this.#wasFull) this.#parts.onFull()
      this.#wasFull = true
      throw new StimnetError('BUSY', 'too many have this invitation')
    }
    this.#attempts += 1
    const nonce = this.#parts.random.bytes(INVITE_BYTES)
    const asked: Asked = { institution: institution.data, commitment, nonce }
    this.#asked.set(from, asked)
    if (known === undefined) this.#parts.onHolder({ peer: from, institution: asked.institution })
    void this.#expectNonce(from, asked)
    return answerOf({ nonce })
  }

  /** Forgets a holder that does not reveal its nonce in time, so that its place is free for others. */
  async #expectNonce(from: string, asked: Asked): Promise<void> {
    const isOver = await this.#parts.clock.sleep(REVEAL_MS_MAX, this.#closing.signal).then(
      () => true,
      () => false
    )
    if (!isOver || asked.phrases !== undefined || this.#asked.get(from) !== asked) return
    this.#asked.delete(from)
    await this.#mesh.disconnect(from).catch(() => undefined)
  }

  async #reveal(nonce: Uint8Array, from: string, known: Asked): Promise<void> {
    if (nonce.length !== INVITE_BYTES || hex(await inviteCommitment(nonce)) !== known.commitment) {
      throw new StimnetError('SIGNATURE_INVALID', `${from} reveals another nonce`)
    }
    const sides = { member: this.#mesh.peerId, newcomer: from }
    const phrases = await invitePhrases(this.#parts.secret, sides, { member: known.nonce, newcomer: nonce })
    if (known.phrases !== undefined || this.#asked.get(from) !== known) return
    known.phrases = phrases
    this.#parts.onCandidate({ peer: from, institution: known.institution, phrases })
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
/** A mesh without a log: the command prints what matters. */
export const SILENT = {
  peerConnected: nothing,
  denied: nothing,
  shutOut: nothing,
  peerDisconnected: nothing,
  refused: nothing,
  served: nothing,
  unexpected: nothing
}

/** The content of the code for a door. */
export function invitationOf(
  parts: Pick<DoorParts, 'secret' | 'untilMs'>,
  about: Pick<Invitation, 'peer' | 'at' | 'charter'>
): Invitation {
  const secret = Buffer.from(parts.secret).toString('base64url')
  return { ...about, secret, until: Math.floor(parts.untilMs / 1000) }
}
