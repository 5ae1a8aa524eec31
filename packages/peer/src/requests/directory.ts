/** The directory of known peers and the catalogs that they offer. */
import {
  type CatalogDescriptor,
  type Clock,
  isKeyId,
  type Message,
  messages,
  open,
  withoutMisleading,
  StimnetError,
  didYouMean
} from '@stimnet/protocol'
import type { Database } from '../store/database.ts'
import type { Sublevel } from '../store/level/level.ts'
import type { Links } from './links.ts'

/** A known peer. This peer itself has number 1, until it gets another key. */
export interface Neighbour {
  readonly number: number
  readonly peerId: string
  readonly nodeId: string
  readonly institution: string
  readonly version: string
  readonly sandbox: string
  /** Absent in entries stored before peers reported it. */
  readonly sandboxEngine?: string
  readonly sandboxGrade?: string
  readonly languages?: readonly string[]
  /** Names of the catalogs that the peer says it offers. */
  readonly catalogs: readonly string[]
  readonly lastSeenMs: number
}

/** A catalog and the peer that offers it. */
export interface FoundCatalog {
  readonly peerId: string
  readonly descriptor: CatalogDescriptor
}

/** The parts of a digest that the directory needs. */
export interface DigestSaid {
  readonly about: Message<'HelloAnswer'>
  /** The hash changes with every description of the peer's catalogs. */
  readonly catalogsHash: string
  readonly issuedAtMs: number
}

/** Dependencies of `Directory`. */
export interface DirectoryParts {
  readonly clock: Clock
  readonly database: Database
  readonly links: Links
  /** Peers that may be asked now: members known to the mesh, and this peer. */
  readonly members: () => readonly string[]
  /** Whether a peer may still connect here. A revoked peer is remembered for its name, but is not listed anywhere. */
  readonly isPermitted: (peerId: string) => boolean
  /** Whether the peer is connected or was recently reached. */
  readonly isReachable: (peerId: string) => boolean
  /**
   * The content of a valid digest of a peer to which no connection is kept; undefined without a digest. Other peers are
   * asked directly.
   */
  readonly digestOf: (peerId: string) => DigestSaid | undefined
  /** PeerIds that the DHT names as providers of a catalog. They are hints only. */
  readonly providers: (catalog: string, signal: AbortSignal) => Promise<readonly string[]>
}

/** Maximum time for one peer to list its catalogs, ms. A slower peer is left out. */
const ASK_MS = 5_000
/**
 * Like `ASK_MS`, for a peer that could not be reached at the last attempt, ms. It is short, so that a broadcast does not
 * wait for an offline peer.
 */
const DIAL_MS = 3_000
/**
 * Maximum number of peers that are remembered, far more than a federation has. Above it, the peer that was not seen for the
 * longest time is dropped.
 */
const NEIGHBOURS_MAX = 1_000
const NAMES_TOLD_MAX = 12
/** Time for which the catalogs of a peer are not requested again, ms. */
const OFFERS_KEPT_MS = 10_000
/**
 * Like `OFFERS_KEPT_MS`, if a digest of the peer says that its catalogs are unchanged, ms. Descriptions are signed for an
 * hour.
 */
const OFFERS_SAME_MS = 30 * 60_000
/** Maximum number of peers that are asked for their catalogs at the same time. */
const CONCURRENCY = 64
/** Maximum time for the DHT to name peers that are not known as members, ms. */
const HINT_MS = 1_500

/** The directory of a peer, stored in the database; one instance per peer. */
export class Directory {
  readonly #parts: DirectoryParts
  readonly #stored: Sublevel<Neighbour>
  readonly #neighbours = new Map<string, Neighbour>()
  readonly #offers = new Map<string, { catalogs: readonly FoundCatalog[]; askedAtMs: number; hash: string }>()

  private constructor(parts: DirectoryParts) {
    this.#parts = parts
    this.#stored = parts.database.json('neighbours')
  }

  static async open(parts: DirectoryParts, self: Omit<Neighbour, 'number' | 'lastSeenMs'>): Promise<Directory> {
    const directory = new Directory(parts)
    for await (const neighbour of directory.#stored.values()) directory.#neighbours.set(neighbour.peerId, neighbour)
    await directory.#remember({ ...self, lastSeenMs: parts.clock.now() })
    return directory
  }

  /** All known peers that may connect, including this peer, ordered by number. */
  neighbours(): Neighbour[] {
    const { isPermitted, links } = this.#parts
    return [...this.#neighbours.values()]
      .filter(({ peerId }) => peerId === links.self || isPermitted(peerId))
      .sort((a, b) => a.number - b.number)
  }

  /** The last description of a peer, even if it may no longer connect: it names peers that asked or answered earlier. */
  get(peerId: string): Neighbour | undefined {
    return this.#neighbours.get(peerId)
  }

  /**
   * Reads a peer's description of itself, sealed by that peer and just received from it. Returns the time at which it was
   * signed, Unix ms. The validity times in it are not checked: the peer itself delivered it, and a peer whose clock is wrong
   * should still be shown by its name.
   */
  async introduce(peerId: string, sealedHello: Uint8Array): Promise<number> {
    const opened = await open(sealedHello, {
      type: 'hello',
      issuer: peerId,
      clock: this.#parts.clock,
      atAnyTime: true
    })
    await this.#describe(peerId, messages.HelloAnswer.decode(opened.body), this.#parts.clock.now())
    return opened.issuedAtMs
  }

  /** Adds the content of a peer's digest. */
  async learn(peerId: string, { about, issuedAtMs }: DigestSaid): Promise<void> {
    await this.#describe(peerId, about, Math.min(issuedAtMs, this.#parts.clock.now()))
  }

  #describe(peerId: string, hello: Message<'HelloAnswer'>, lastSeenMs: number): Promise<void> {
    return this.#remember({
      peerId,
      nodeId: withoutMisleading(hello.nodeId.slice(0, 64)),
      institution: withoutMisleading(hello.institution.slice(0, 200)),
      version: withoutMisleading(hello.version.slice(0, 32)),
      sandbox: withoutMisleading(hello.sandbox.slice(0, 64)),
      sandboxEngine: hello.sandboxEngine.slice(0, 32),
      sandboxGrade: hello.sandboxGrade.slice(0, 32),
      languages: hello.languages.slice(0, 8).map((language) => language.slice(0, 32)),
      catalogs: hello.catalogs.slice(0, 256).map((name) => name.slice(0, 64)),
      lastSeenMs
    })
  }

  /** The PeerId for a node id or PeerId. Throws PEER_UNKNOWN for an unknown name, and for a name that two peers share. */
  resolve(name: string): string {
    if (isKeyId(name)) return name
    const named = this.neighbours().filter((neighbour) => neighbour.nodeId === name)
    const [only, second] = named
    if (only && !second) return only.peerId
    const shown = JSON.stringify(name.slice(0, 64))
    const reason = second
      ? `Several peers are called ${shown}: use one of the PeerIds ${named.map(({ peerId }) => peerId).join(', ')}.`
      : `No peer called ${shown} is known here${this.#namesInWords()}.${this.#namesInWords() === '' ? didYouMean(name, this.#names()) : ''}`
    throw StimnetError.told('PEER_UNKNOWN', reason)
  }

  #names(): string[] {
    return this.neighbours().flatMap(({ nodeId }) => (nodeId === '' ? [] : [nodeId]))
  }

  /** The known names for an error message, if there are few. */
  #namesInWords(): string {
    const names = this.#names()
    return names.length > 0 && names.length <= NAMES_TOLD_MAX ? `, but ${names.join(', ')}` : ''
  }

  /** Peers that state that they offer a catalog and may be asked, including this peer. */
  offering(catalog: string): Neighbour[] {
    return this.neighbours().filter(({ catalogs }) => catalogs.includes(catalog))
  }

  /**
   * Asks members, and the peers that the DHT names, for catalogs. Each answer is signed by its owner. A member to which no
   * connection is kept is not asked if its digest does not name the wanted catalog, or says that nothing has changed.
   */
  async search(
    query: { words: readonly string[]; name: string; includePrivate: boolean },
    signal: AbortSignal
  ): Promise<readonly FoundCatalog[]> {
    const hinted = query.name === '' ? [] : await this.#hints(query.name, signal)
    const candidates = [...new Set([...this.#parts.members(), ...hinted])]
    const waiting = candidates.filter((peerId) => query.name === '' || this.#mayOffer(peerId, query.name))
    const answers: (readonly FoundCatalog[])[] = waiting.map(() => [])
    const numbered = waiting.entries()
    const worker = async () => {
      for (const [at, peerId] of numbered) answers[at] = await this.#offersOf(peerId, signal)
    }
    await Promise.all(Array.from({ length: Math.min(CONCURRENCY, waiting.length) }, worker))
    return answers
      .flat()
      .filter(({ descriptor }) => query.name === '' || descriptor.name === query.name)
      .filter(({ descriptor }) => query.includePrivate || descriptor.accessLevel !== 'private')
      .filter(({ descriptor }) => fitsWords(descriptor, query.words))
  }

  /** False only if the peer's digest says so. The digest of this peer itself does not name its private catalogs. */
  #mayOffer(peerId: string, catalog: string): boolean {
    const digest = peerId === this.#parts.links.self ? undefined : this.#parts.digestOf(peerId)
    return digest?.about.catalogs.includes(catalog) ?? true
  }

  async #hints(name: string, signal: AbortSignal): Promise<readonly string[]> {
    try {
      return await this.#parts.providers(name, AbortSignal.any([signal, AbortSignal.timeout(HINT_MS)]))
    } catch {
      // The DHT only gives hints. The members are asked in any case.
      return []
    }
  }

  /** The catalogs of a peer, kept for some seconds, so that one busy searcher does not use up the peer's quota for others. */
  async #offersOf(peerId: string, signal: AbortSignal): Promise<readonly FoundCatalog[]> {
    const now = this.#parts.clock.now()
    const hash = this.#parts.digestOf(peerId)?.catalogsHash ?? ''
    const isThere = this.#parts.isReachable(peerId)
    const known = this.#offers.get(peerId)
    const isSame = isThere && hash !== '' && known?.hash === hash
    if (known && now - known.askedAtMs < (isSame ? OFFERS_SAME_MS : OFFERS_KEPT_MS)) return known.catalogs
    try {
      const withinMs = isThere ? ASK_MS : DIAL_MS
      const link = this.#parts.links.to(peerId)
      const sealed = await link.catalogs(
        { words: [], name: '' },
        AbortSignal.any([signal, AbortSignal.timeout(withinMs)])
      )
      const catalogs = await Promise.all(sealed.map((bytes) => this.#read(peerId, bytes)))
      this.#offers.delete(peerId)
      this.#offers.set(peerId, { catalogs, askedAtMs: now, hash })
      if (this.#offers.size > NEIGHBOURS_MAX) this.#offers.delete(this.#offers.keys().next().value ?? '')
      return catalogs
    } catch {
      // A peer that cannot be asked, or whose answer is not validly signed, counts as offering nothing.
      this.#offers.delete(peerId)
      return []
    }
  }

  async #read(peerId: string, sealed: Uint8Array): Promise<FoundCatalog> {
    const opened = await open(sealed, { type: 'catalog', issuer: peerId, clock: this.#parts.clock })
    const descriptor = messages.CatalogDescriptor.decode(opened.body)
    return { peerId, descriptor: { ...descriptor, title: withoutMisleading(descriptor.title) } }
  }

  async #remember(neighbour: Omit<Neighbour, 'number'>): Promise<void> {
    const known = this.#neighbours.get(neighbour.peerId)
    const highest = Math.max(0, ...[...this.#neighbours.values()].map(({ number }) => number))
    const remembered = { ...neighbour, number: known?.number ?? highest + 1 }
    this.#neighbours.set(neighbour.peerId, remembered)
    const forgotten = this.#neighbours.size > NEIGHBOURS_MAX ? this.#longestUnseen() : undefined
    if (forgotten) this.#neighbours.delete(forgotten.peerId)
    await this.#parts.database.commit(
      (draft) => {
        draft.put(this.#stored, neighbour.peerId, remembered)
        if (forgotten) draft.del(this.#stored, forgotten.peerId)
      },
      { sync: false }
    )
  }

  /** The other peer that was not seen for the longest time. This peer is never chosen, and keeps number 1. */
  #longestUnseen(): Neighbour | undefined {
    return [...this.#neighbours.values()]
      .filter(({ peerId }) => peerId !== this.#parts.links.self)
      .sort((a, b) => a.lastSeenMs - b.lastSeenMs)[0]
  }
}

/** Whether every word occurs in the catalog's name, title, description, data type, keywords or variables. */
export function fitsWords(descriptor: CatalogDescriptor, words: readonly string[]): boolean {
  const variables = descriptor.tables.flatMap((table) => table.variables)
  const text = [
    descriptor.name,
    descriptor.title,
    descriptor.description,
    descriptor.dataType,
    ...descriptor.keywords,
    ...variables.flatMap((variable) => [variable.name, variable.description])
  ]
    .join('\n')
    .toLowerCase()
  return words.every((word) => text.includes(word.toLowerCase()))
}
