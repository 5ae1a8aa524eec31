/**
 * The spread of digests. New digests are sent at once to a few neighbours, which pass them on. In addition, each peer
 * regularly compares its digests with one other peer, to make up for missed messages. A peer sends a bounded number of
 * messages, however many members there are.
 */
import { type Clock, type Message, type messages, type RandomSource, randomUnit, StimnetError } from '@stimnet/protocol'
import type { PeerEvents } from '../events.ts'
import { DIGEST_LIFETIME_MS, type Digest, sealDigest } from './digest.ts'
import { DIGESTS_MAX, type DigestStore, rootOf, saysSame } from './store.ts'

/** The request message and the answer before encoding. */
type Ask = Parameters<typeof messages.DigestsAsk.encode>[0]
type Answer = Message<'DigestsAnswer'>

/**
 * Number of neighbours that get news at once. Each passes the news on to as many others, so that a few steps reach all peers but about one
 * in e⁵ (150).
 */
const TOLD_AT_ONCE = 5
/** Wait before news are passed on, ms, so that the news of many peers are sent together. */
const NEWS_MS = 250
/** First wait between two comparisons, ms. It doubles while nothing is new. */
const COMPARE_MS = 1_000
const COMPARE_MS_MAX = 30_000
/** Number of comparisons between two comparisons with a member that is not connected. The latter rejoin a mesh that was split. */
const COMPARISONS_PER_VISIT = 4
/** Maximum number of digests in one message. */
export const IN_MESSAGE_MAX = 64
/** Maximum bytes of digests in one message. */
const BYTES_IN_MESSAGE_MAX = 512 * 1024
const MARK_BYTES = 8
/** Maximum number of messages of one comparison, in addition to the messages for everything that a store keeps. */
const MESSAGES_MORE = 8
/** Invalid digests in one message after which the rest is not read. */
const REFUSED_MAX = 4
/** Refusals that are not the fault of the peer that passes a digest on: the digest expired on the way, or a clock is wrong. */
const IN_TIME: ReadonlySet<string> = new Set(['EXPIRED', 'NOT_YET_VALID'])
const ASK_MS = 10_000
const MINUTE_MS = 60_000

/** Dependencies of `Spread`. */
export interface SpreadParts {
  readonly store: DigestStore
  readonly clock: Clock
  readonly random: RandomSource
  readonly events: PeerEvents
  readonly self: string
  /** The current content of this peer's digest. */
  readonly facts: () => Pick<Digest, 'about' | 'addresses' | 'catalogsHash' | 'charter' | 'open'>
  readonly sign: Parameters<typeof sealDigest>[1]
  readonly ask: (peerId: string, question: Ask, signal: AbortSignal) => Promise<Answer>
  /** The connected peers. */
  readonly connected: () => readonly string[]
  /** Members with which digests can be compared, connected or not. */
  readonly members: () => readonly string[]
  /** Called for each digest that is kept, one after the other. */
  readonly onKept: (digest: Digest) => Promise<void>
}

/** Spreads digests. A peer has one instance. */
export class Spread {
  readonly #parts: SpreadParts
  readonly #stopping = new AbortController()
  readonly #news = new Map<string, { readonly digest: Digest; readonly from: string }>()
  readonly #complainedAtMs = new Map<string, number>()
  #isTelling = false
  /** Whether others hold an earlier digest of this peer that prevails over its present digest. */
  #isOutdone = false
  #compareNow = new AbortController()
  #quietRounds = 0
  #work: Promise<unknown> = Promise.resolve()

  constructor(parts: SpreadParts) {
    this.#parts = parts
  }

  /** Publishes this peer's digest, and compares with others until `stop`. */
  start(): void {
    this.#work = this.#run()
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new StimnetError('INTERRUPTED', 'the digests are spread no more'))
    await this.#work
  }

  /** Compares digests with a peer that connected. */
  async met(peerId: string): Promise<void> {
    await this.#compare(peerId)
  }

  /** Judges ignored digests again, because the members have changed. */
  membersChanged(): void {
    this.#parts.store.reconsider()
    this.#hurry()
  }

  /** Publishes a new digest soon, because this peer has other addresses. */
  readdressed(): void {
    this.#hurry()
  }

  /** Answers another peer. Throws MALFORMED for a message with too many digests or marks. */
  async answer(ask: Message<'DigestsAsk'>, from: string): Promise<Parameters<typeof messages.DigestsAnswer.encode>[0]> {
    const { store } = this.#parts
    const wanted = new Set(marksIn(ask.wanted, store.marksMax))
    await this.#merge(ask.digests, from)
    const passable = ask.root === '' && wanted.size === 0 ? [] : store.for(from)
    const root = ask.root === '' ? '' : rootOf(passable)
    const isDifferent = ask.root !== root
    const digests = wanted.size === 0 ? [] : fitting(passable.filter(({ mark }) => wanted.has(mark)))
    // What this peer ignores need not be sent to it either.
    const marks = isDifferent ? marksOut([...passable.map(({ mark }) => mark), ...store.ignored()]) : new Uint8Array()
    return { root, marks, digests }
  }

  async #run(): Promise<void> {
    const { clock, random } = this.#parts
    const signal = this.#stopping.signal
    for (let round = 0; !signal.aborted; round++) {
      this.#compareNow = new AbortController()
      try {
        await this.#publishWhenDue()
        const partner = this.#partner(round)
        const isNew = partner !== undefined && (await this.#compare(partner))
        this.#quietRounds = isNew ? 0 : this.#quietRounds + 1
      } catch (error) {
        this.#parts.events.unexpected(error, 'spreading digests')
      }
      const wholeMs = Math.min(COMPARE_MS_MAX, COMPARE_MS * 2 ** Math.min(this.#quietRounds, 16))
      const waitMs = wholeMs * (0.5 + randomUnit(random) / 2)
      await clock.sleep(waitMs, AbortSignal.any([signal, this.#compareNow.signal])).catch(() => {})
    }
  }

  #hurry(): void {
    this.#quietRounds = 0
    this.#compareNow.abort()
  }

  /**
   * Publishes a new digest when the old one has used a third of its lifetime, and when this peer has other addresses or its digest was
   * superseded. A digest that only lasts longer is not sent as news: other peers get it at their next comparison, within minutes, and the
   * old digest is valid for hours.
   */
  async #publishWhenDue(): Promise<void> {
    const { store, facts, sign, clock, self } = this.#parts
    const last = store.get(self)
    const now = facts()
    const isSame = last !== undefined && last.addresses.join() === now.addresses.join() && !this.#isOutdone
    if (isSame && clock.now() - last.issuedAtMs < DIGEST_LIFETIME_MS / 3) return
    store.reconsider()
    const isNews = last === undefined || this.#isOutdone || !saysSame(last, now)
    this.#isOutdone = false
    const own = await sealDigest({ ...now, sequence: store.nextSequence() }, sign)
    store.put(own)
    if (isNews) this.#tell(own, self)
  }

  #partner(round: number): string | undefined {
    const { connected, members, self } = this.#parts
    const near = connected()
    if (near.length > 0 && round % COMPARISONS_PER_VISIT < COMPARISONS_PER_VISIT - 1) return this.#oneOf(near)
    const isNear = new Set(near)
    return this.#oneOf(members().filter((peerId) => peerId !== self && !isNear.has(peerId))) ?? this.#oneOf(near)
  }

  #oneOf<T>(all: readonly T[]): T | undefined {
    return all[Math.floor(randomUnit(this.#parts.random) * all.length)]
  }

  /** Exchanges the digests that either side lacks. Returns true if there was news for this peer. */
  async #compare(peerId: string): Promise<boolean> {
    const { store } = this.#parts
    try {
      const root = rootOf(store.for(peerId))
      const first = await this.#ask(peerId, { root, digests: [], wanted: new Uint8Array() })
      if (first.root === root) return false
      const marks = marksIn(first.marks, store.marksMax)
      const theirs = new Set(marks)
      let lacking = store.for(peerId).filter(({ mark }) => !theirs.has(mark))
      const wanted = [...new Set(store.unknown(marks))]
      let isNew = false
      const messagesMax = Math.ceil(store.most / IN_MESSAGE_MAX) + MESSAGES_MORE
      for (let sent = 0; sent < messagesMax && lacking.length + wanted.length > 0; sent++) {
        // While the last message was answered, a digest may have been replaced, and its peer revoked.
        lacking = lacking.filter((digest) => store.isFor(digest, peerId))
        const digests = fitting(lacking)
        lacking = lacking.slice(Math.max(1, digests.length))
        const asked = marksOut(wanted.splice(0, IN_MESSAGE_MAX))
        const answer = await this.#ask(peerId, { root: '', digests, wanted: asked })
        isNew = (await this.#merge(answer.digests, peerId)) || isNew
      }
      return isNew
    } catch {
      // The peer is gone, is busy, or has a version without digests. Another peer is asked in the next round.
      return false
    }
  }

  #ask(peerId: string, question: Ask): Promise<Answer> {
    return this.#parts.ask(peerId, question, AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(ASK_MS)]))
  }

  /** Keeps the given digests. Returns true if there was news. Throws MALFORMED for too many digests. */
  async #merge(sealed: readonly Uint8Array[], from: string): Promise<boolean> {
    if (sealed.length > IN_MESSAGE_MAX) {
      this.#complain(from, 'MALFORMED')
      throw new StimnetError('MALFORMED', `${from} passes on ${sealed.length} digests at once`)
    }
    let refused = 0
    let isNew = false
    for (const bytes of sealed) {
      const verdict = await this.#parts.store.offer(bytes)
      if (verdict.kind === 'kept') {
        if (verdict.isNews) this.#tell(verdict.digest, from)
        isNew ||= verdict.isNews
        await this.#parts.onKept(verdict.digest)
      } else if (verdict.kind === 'outdone') {
        this.#isOutdone = true
        this.#hurry()
      } else if (verdict.kind === 'conflict') {
        this.#parts.events.alert({ kind: 'digest-conflict', actor: verdict.peerId, detail: `passed on by ${from}` })
      } else if (verdict.kind === 'refused' && !IN_TIME.has(verdict.code)) {
        this.#complain(from, verdict.code)
        refused += 1
        if (refused >= REFUSED_MAX) break
      }
    }
    return isNew
  }

  /** Raises one alert per peer and minute, so that no peer can fill the log. */
  #complain(from: string, detail: string): void {
    const now = this.#parts.clock.now()
    if (now - (this.#complainedAtMs.get(from) ?? 0) < MINUTE_MS) return
    if (this.#complainedAtMs.size >= DIGESTS_MAX) this.#complainedAtMs.clear()
    this.#complainedAtMs.set(from, now)
    this.#parts.events.alert({ kind: 'digest-refused', actor: from, detail })
  }

  /** Passes new digests on after a short wait. */
  #tell(digest: Digest, from: string): void {
    this.#news.set(digest.peerId, { digest, from })
    if (this.#isTelling) return
    this.#isTelling = true
    void this.#tellSoon()
  }

  async #tellSoon(): Promise<void> {
    const { clock, connected, store } = this.#parts
    await clock.sleep(NEWS_MS, this.#stopping.signal).catch(() => {})
    this.#isTelling = false
    if (this.#stopping.signal.aborted) return
    const news = [...this.#news.values()]
    this.#news.clear()
    const rest = [...connected()]
    for (let told = 0; told < TOLD_AT_ONCE && rest.length > 0; told++) {
      const [peerId = ''] = rest.splice(Math.floor(randomUnit(this.#parts.random) * rest.length), 1)
      const fresh = news.filter(
        ({ digest, from }) => from !== peerId && digest.peerId !== peerId && store.isFor(digest, peerId)
      )
      const digests = fitting(fresh.map(({ digest }) => digest))
      if (digests.length > 0) void this.#ask(peerId, { root: '', digests, wanted: new Uint8Array() }).catch(() => {})
    }
  }
}

/** The first digests that fit into one message, sealed. */
function fitting(digests: readonly Digest[]): Uint8Array[] {
  const taken: Uint8Array[] = []
  let bytes = 0
  for (const { sealed } of digests.slice(0, IN_MESSAGE_MAX)) {
    bytes += sealed.length
    if (bytes > BYTES_IN_MESSAGE_MAX) break
    taken.push(sealed)
  }
  return taken
}

/** Throws MALFORMED. */
function marksIn(bytes: Uint8Array, most: number): string[] {
  if (bytes.length % MARK_BYTES !== 0 || bytes.length > most * MARK_BYTES) {
    throw new StimnetError('MALFORMED', `reading the marks of digests in ${bytes.length} bytes`)
  }
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')
  return hex.match(/.{16}/g) ?? []
}

function marksOut(marks: readonly string[]): Uint8Array {
  return Uint8Array.from(Buffer.from(marks.join(''), 'hex'))
}
