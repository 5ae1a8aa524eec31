/** The digests that a peer knows: the newest of each member, until it expires, and the rule that decides to whom each may be passed on. */
import { createHash } from 'node:crypto'
import { type Clock, type Code, codeOf, messages } from '@stimnet/protocol'
import { type Digest, type DigestFacts, markOf, openDigest, SEQUENCE_STEP } from './digest.ts'

/**
 * Maximum number of digests kept; a federation has fewer members. In open mode anybody can make keys, so further peers are
 * not added.
 */
export const DIGESTS_MAX = 2_000
/** The content of a digest about its peer. */
const IGNORED_MAX = 2_000

/** What a digest says of its peer. */
type Said = Omit<DigestFacts, 'sequence'>

/** Options of a store. */
export interface StoreOptions {
  /** Most digests. Default: DIGESTS_MAX. */
  readonly most?: number
  /** Opens a digest, as `openDigest` does, which is the default. */
  readonly open?: typeof openDigest
}

/** The facts that decide which digests may be passed on to which peer. */
export interface Circle {
  readonly self: string
  /** Whether a peer may connect now. */
  readonly permits: (peerId: string) => boolean
  /** The id of the charter of this peer's federation; empty without one. */
  readonly charter: string
  readonly isMember: (peerId: string) => boolean
}

/** The outcome of judging a digest that another peer passed on. */
export type Verdict =
  | {
      readonly kind: 'kept'
      readonly digest: Digest
      /** Whether the digest contains anything new. Otherwise it only lasts longer than the previous digest. */
      readonly isNews: boolean
    }
  /** The digest is known, is older than the known digest, or is of a peer that is not permitted here or for which there is no room. */
  | { readonly kind: 'ignored' }
  /** The digest is not valid. */
  | { readonly kind: 'refused'; readonly code: Code }
  /** The peer signed another digest with the same number. The digest that arrived first is kept. */
  | { readonly kind: 'conflict'; readonly peerId: string }
  /**
   * The digest is an earlier digest of this peer itself and prevails over its present digest: this peer publishes a newer
   * one.
   */
  | { readonly kind: 'outdone' }

/** The known digests; one instance per peer. */
export class DigestStore {
  readonly #clock: Clock
  readonly #circle: Circle
  readonly #open: typeof openDigest
  /** Most digests kept. */
  readonly most: number
  readonly #digests = new Map<string, Digest>()
  /** The digests in the order of their marks. Their hash is computed in this order. */
  readonly #inOrder: Digest[] = []
  /** Marks of digests that were not kept, oldest first. */
  readonly #ignored = new Set<string>()
  readonly #inConflict = new Map<string, number>()
  #sequenceMin = 0
  /** Until then no digest expires, ms. */
  #expiresFirstMs = Number.POSITIVE_INFINITY

  constructor(clock: Clock, circle: Circle, { most = DIGESTS_MAX, open = openDigest }: StoreOptions = {}) {
    this.#clock = clock
    this.#circle = circle
    this.#open = open
    this.most = most
  }

  /** Maximum number of marks that `marksFor` returns: of the digests that are kept, and of those that are ignored. */
  get marksMax(): number {
    return this.most + IGNORED_MAX
  }

  /** The valid digests of permitted peers, this peer's own included, in the order of their marks. */
  all(): Digest[] {
    this.#forgetExpired()
    return this.#inOrder.filter(({ peerId }) => this.#isPermitted(peerId))
  }

  get(peerId: string): Digest | undefined {
    const digest = this.#digests.get(peerId)
    const isValid = digest !== undefined && digest.expiresAtMs > this.#clock.now() && this.#isPermitted(peerId)
    return isValid ? digest : undefined
  }

  /** Adds this peer's own digest. */
  put(own: Digest): void {
    this.#set(own)
  }

  /** The number for this peer's next digest: above every number of its earlier digests, as far as others have shown them. */
  nextSequence(): number {
    const last = this.#digests.get(this.#circle.self)?.sequence ?? 0
    return Math.max(this.#clock.now(), last + SEQUENCE_STEP, this.#sequenceMin)
  }

  /** Judges a digest that another peer passed on, and keeps it if it is valid and newer. */
  async offer(sealed: Uint8Array): Promise<Verdict> {
    const mark = markOf(sealed)
    if (this.has(mark)) return { kind: 'ignored' }
    try {
      const verdict = this.#judge(await this.#open(sealed, this.#clock))
      if (verdict.kind !== 'kept') this.#ignore(mark)
      return verdict
    } catch (error) {
      this.#ignore(mark)
      return { kind: 'refused', code: codeOf(error) }
    }
  }

  /** Judges ignored digests again, for example because their peer was not a member yet. */
  reconsider(): void {
    this.#ignored.clear()
  }

  /** All digests that may be passed on to a peer. */
  for(peerId: string): Digest[] {
    this.#forgetExpired()
    return this.#inOrder.filter((digest) => this.#isPermitted(digest.peerId) && this.#mayTell(digest, peerId))
  }

  /** Whether a digest is kept and may be passed on to a peer. */
  isFor(digest: Digest, peerId: string): boolean {
    return this.get(digest.peerId) === digest && this.#mayTell(digest, peerId)
  }

  /** The ignored digests need not be sent to this peer either. */
  ignored(): Iterable<string> {
    return this.#ignored
  }

  /** Whether a digest with this mark need not be requested. */
  has(mark: string): boolean {
    return this.#ignored.has(mark) || this.#inOrder[this.#placeOf(mark)]?.mark === mark
  }

  /**
   * Those of a peer's marks whose digests are to be requested. Most are known and come in order, so that each stands where the one before
   * leads; only where it does not, it is searched for.
   */
  unknown(marks: readonly string[]): string[] {
    let at = 0
    return marks.filter((mark) => {
      if (this.#inOrder[at]?.mark !== mark) at = this.#placeOf(mark)
      if (this.#inOrder[at]?.mark !== mark) return !this.#ignored.has(mark)
      at += 1
      return false
    })
  }

  #judge(digest: Digest): Verdict {
    const { peerId, sequence, mark } = digest
    const known = this.#digests.get(peerId)
    if (!this.#isPermitted(peerId) || known?.mark === mark) return { kind: 'ignored' }
    if (peerId === this.#circle.self) return this.#judgeOwn(sequence, known?.sequence ?? 0)
    if (!known && this.#isFull()) return { kind: 'ignored' }
    if (known?.sequence === sequence) return this.#conflict(peerId, sequence)
    if (known && sequence < known.sequence + SEQUENCE_STEP) return { kind: 'ignored' }
    const isNews = known === undefined || known.expiresAtMs <= this.#clock.now() || !saysSame(known, digest)
    this.#set(digest)
    return { kind: 'kept', digest, isNews }
  }

  #set(digest: Digest): void {
    const before = this.#digests.get(digest.peerId)
    if (before) this.#remove(before)
    this.#digests.set(digest.peerId, digest)
    const place = this.#placeOf(digest.mark)
    if (place === this.#inOrder.length) this.#inOrder.push(digest)
    else this.#inOrder.splice(place, 0, digest)
    this.#expiresFirstMs = Math.min(this.#expiresFirstMs, digest.expiresAtMs)
  }

  #remove({ peerId, mark }: Digest): void {
    this.#digests.delete(peerId)
    this.#inOrder.splice(this.#placeOf(mark), 1)
  }

  /** Only where many are kept, those of revoked peers and expired ones are left out of the count: it is asked of every newcomer. */
  #isFull(): boolean {
    return this.#digests.size >= this.most && this.all().length >= this.most
  }

  #forgetExpired(): void {
    const now = this.#clock.now()
    if (this.#expiresFirstMs > now) return
    for (const digest of this.#digests.values()) if (digest.expiresAtMs <= now) this.#remove(digest)
    this.#expiresFirstMs = Number.POSITIVE_INFINITY
    for (const { expiresAtMs } of this.#inOrder) this.#expiresFirstMs = Math.min(this.#expiresFirstMs, expiresAtMs)
  }

  /** The index of a mark in the order, or the index at which it would be inserted. */
  #placeOf(mark: string): number {
    let from = 0
    let to = this.#inOrder.length
    if ((this.#inOrder[to - 1]?.mark ?? '') < mark) return to
    while (from < to) {
      const middle = (from + to) >> 1
      if ((this.#inOrder[middle]?.mark ?? '') < mark) from = middle + 1
      else to = middle
    }
    return from
  }

  #judgeOwn(sequence: number, present: number): Verdict {
    if (sequence + SEQUENCE_STEP <= present) return { kind: 'ignored' }
    this.#sequenceMin = Math.max(this.#sequenceMin, sequence + SEQUENCE_STEP)
    return { kind: 'outdone' }
  }

  /** A conflict is reported once per number, so that a peer cannot fill the log with its conflicts. */
  #conflict(peerId: string, sequence: number): Verdict {
    if (this.#inConflict.get(peerId) === sequence) return { kind: 'ignored' }
    if (this.#inConflict.size >= DIGESTS_MAX) this.#inConflict.clear()
    this.#inConflict.set(peerId, sequence)
    return { kind: 'conflict', peerId }
  }

  /**
   * Whether a digest may be passed on to a peer: whether its own peer would send the digest to that peer. Lists of peers in
   * a configuration are not known to others, so a digest that may be passed on only because of such a list is sent only by
   * its own peer.
   */
  #mayTell(digest: Digest, to: string): boolean {
    const { self, charter, isMember } = this.#circle
    if (digest.peerId === self || digest.peerId === to || digest.open) return true
    return charter !== '' && digest.charter === charter && isMember(digest.peerId) && isMember(to)
  }

  #isPermitted(peerId: string): boolean {
    return peerId === this.#circle.self || this.#circle.permits(peerId)
  }

  #ignore(mark: string): void {
    const oldest = this.#ignored.size >= IGNORED_MAX ? this.#ignored.values().next().value : undefined
    if (oldest !== undefined) this.#ignored.delete(oldest)
    this.#ignored.add(mark)
  }
}

/** A hash over the marks of digests, which are in the order of their marks. */
export function rootOf(digests: readonly Digest[]): string {
  return createHash('sha256')
    .update(digests.map(({ mark }) => mark).join('\n'))
    .digest('hex')
}

/** Whether two digests of one peer have the same content. */
export function saysSame(one: Said, other: Said): boolean {
  const aboutOf = ({ about }: Said) => messages.HelloAnswer.encode(about)
  return (
    one.catalogsHash === other.catalogsHash &&
    one.charter === other.charter &&
    one.open === other.open &&
    one.addresses.join() === other.addresses.join() &&
    Buffer.compare(aboutOf(one), aboutOf(other)) === 0
  )
}
