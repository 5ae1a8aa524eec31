/** The mesh of a peer over the network in memory: the same questions, bounds and codes as over libp2p, without connections of bytes. */
import {
  type AskOptions,
  chooseNeighbours,
  type Exchange,
  type Follower,
  type FollowHandler,
  type FollowOptions,
  followExchange,
  type Handler,
  type Mesh,
  type MeshDeps,
  type MeshSettings,
  Quota,
  rankOf,
  type Reach
} from '@stimnet/mesh'
import { codeOf, type Encodable, StimnetError } from '@stimnet/protocol'
import type { Network } from './network.ts'

const NEIGHBOURS = 24
/** Interval at which a peer connects to neighbours that it has lost, ms. */
const UPKEEP_MS = 5_000
const REOPEN_MS = 100
const REOPEN_MS_MAX = 15_000
const OPEN_MS_MAX = 10_000
/** Time for the way there and back, added to the deadline of an exchange, ms. */
const TRAVEL_MS_MAX = 2_000

interface Served {
  readonly exchange: Exchange<unknown, unknown>
  readonly handler: Handler<unknown, unknown>
  readonly quota: Quota
}

interface Session {
  readonly peerId: string
  broken: AbortController
  bell: AbortController
}

/** One peer's mesh. */
export class MemoryMesh implements Mesh {
  readonly peerId: string
  isUp = false
  readonly #network: Network
  readonly #settings: MeshSettings
  readonly #deps: MeshDeps
  readonly #served = new Map<string, Served>()
  readonly #known: Set<string>
  readonly #live = new Set<string>()
  readonly #missed = new Set<string>()
  readonly #sessions = new Set<Session>()
  readonly #stopping = new AbortController()
  #follow: FollowHandler | undefined
  #connected: (peerId: string) => void = () => undefined

  /** `known` are the members that it remembers from before it was started. */
  constructor(peerId: string, settings: MeshSettings, deps: MeshDeps, network: Network, known: Set<string>) {
    this.peerId = peerId
    this.#settings = settings
    this.#deps = deps
    this.#network = network
    this.#known = known
  }

  start(connected: (peerId: string) => void = () => undefined): Promise<void> {
    this.#connected = connected
    this.isUp = true
    this.#network.add(this)
    void this.#keepUp()
    return Promise.resolve()
  }

  addresses(): string[] {
    return [`/memory/${this.peerId.slice(-8)}/p2p/${this.peerId}`]
  }

  reach(): Reach {
    return { direct: { addresses: this.addresses(), isReached: this.#live.size > 0 }, relays: [], relaying: null }
  }

  announce(): void {
    // Digests carry the names of catalogs.
  }

  findProviders(): Promise<string[]> {
    return Promise.resolve([])
  }

  members(): string[] {
    return [...this.#known].filter((peerId) => this.#settings.permits(peerId))
  }

  connected(): string[] {
    return [...this.#live]
  }

  lastSeen(peerId: string): number | null {
    return this.#live.has(peerId) ? this.#deps.clock.now() : null
  }

  keeps(peerId: string): boolean {
    return this.#neighbours().has(peerId)
  }

  isReachable(peerId: string): boolean {
    if (this.#live.has(peerId)) return true
    return this.#known.has(peerId) && this.#settings.permits(peerId) && !this.keeps(peerId) && !this.#missed.has(peerId)
  }

  learn(peerId: string): void {
    if (peerId !== this.peerId && this.#settings.permits(peerId)) this.#known.add(peerId)
  }

  addressesOf(peerId: string): string[] {
    return this.#known.has(peerId) ? [`/memory/${peerId.slice(-8)}/p2p/${peerId}`] : []
  }

  async ask<Q, A>(
    exchange: Exchange<Q, A>,
    peerId: string,
    question: Encodable<Q>,
    { signal }: AskOptions
  ): Promise<A> {
    const bytes = exchange.question.encode(question)
    if (bytes.length > exchange.questionBytesMax) throw new StimnetError('TOO_LARGE', `asking ${exchange.id}`)
    // Deadlines are kept in simulated time below, and not by the signals of real time, which would depend on this machine.
    if (signal.aborted && (signal.reason as Error).name !== 'TimeoutError') throw signal.reason
    const late = new AbortController()
    const cancel = this.#network.time.after(exchange.deadlineMs + TRAVEL_MS_MAX, () => late.abort())
    try {
      // Whoever is asked may be gone before it answers.
      const answering = this.#askOnce(exchange.id, peerId, { bytes, deadlineMs: exchange.deadlineMs })
      const answer = await unlessAborted(answering, AbortSignal.any([this.#stopping.signal, late.signal]))
      return exchange.answer.decode(answer)
    } catch (error) {
      if (late.signal.aborted) throw new StimnetError('DEADLINE', `asking ${peerId} ${exchange.id}`)
      if (codeOf(error) === 'PEER_UNREACHABLE') this.#missed.add(peerId)
      throw error
    } finally {
      cancel()
    }
  }

  serve<Q, A>(exchange: Exchange<Q, A>, handler: Handler<Q, A>): void {
    const quota = new Quota(exchange.quota, this.#deps.clock)
    this.#served.set(exchange.id, { exchange, handler, quota } as unknown as Served)
  }

  follow(peerId: string, options: FollowOptions): Follower {
    const session: Session = { peerId, broken: new AbortController(), bell: new AbortController() }
    this.#sessions.add(session)
    const closed = new AbortController()
    let isOpen = false
    const signal = AbortSignal.any([closed.signal, this.#stopping.signal])
    const setOpen = (open: boolean) => {
      isOpen = open
      options.onState?.(open)
    }
    const running = this.#keepFollowing(session, options, signal, setOpen).finally(() => this.#sessions.delete(session))
    return {
      peerId,
      isOpen: () => isOpen,
      reopen: () => session.broken.abort(),
      close: () => {
        closed.abort()
        return running
      }
    }
  }

  serveFollow(handler: FollowHandler): void {
    this.#follow = handler
  }

  async connect(target: string): Promise<string> {
    const peerId = target.split('/').at(-1) ?? target
    const way = { kind: 'connect', bytes: 0, deadlineMs: OPEN_MS_MAX }
    const other = await this.#network.travel(this, peerId, way)
    const isWelcome = this.#settings.permits(peerId) && other.#settings.permits(this.peerId)
    if (!isWelcome) throw new StimnetError('INTERRUPTED', `connecting to ${peerId}`)
    this.#met(peerId)
    other.#met(this.peerId)
    return peerId
  }

  disconnect(peerId: string): Promise<void> {
    this.lost(peerId)
    this.#network.at(peerId)?.lost(this.peerId)
    return Promise.resolve()
  }

  async permitsChanged(): Promise<void> {
    const isStranger = (peerId: string) => !this.#settings.permits(peerId)
    for (const peerId of [...this.#known].filter(isStranger)) this.#known.delete(peerId)
    await Promise.all([...this.#live].filter(isStranger).map((peerId) => this.disconnect(peerId)))
  }

  stop(): Promise<void> {
    if (!this.isUp) return Promise.resolve()
    this.#stopping.abort(new StimnetError('INTERRUPTED', 'the mesh stops'))
    for (const peerId of this.#live) this.#network.at(peerId)?.lost(this.peerId)
    this.isUp = false
    return Promise.resolve()
  }

  /** The machine is gone. Nobody is told. */
  kill(): void {
    this.isUp = false
    this.#network.gone(this.peerId)
  }

  /** The connection is gone. */
  lost(peerId: string): void {
    this.broke(peerId)
    if (this.#live.delete(peerId)) this.#deps.events.peerDisconnected(peerId)
  }

  /** Streams to the peer broke; it is there again. */
  broke(peerId: string): void {
    for (const session of this.#sessions) if (session.peerId === peerId) session.broken.abort()
  }

  async #askOnce(
    kind: string,
    peerId: string,
    { bytes, deadlineMs }: { bytes: Uint8Array; deadlineMs: number }
  ): Promise<Uint8Array> {
    const other = await this.#network.travel(this, peerId, { kind, bytes: bytes.length, deadlineMs })
    this.#missed.delete(peerId)
    if (this.#network.isDoubled()) void other.#answer(kind, this, bytes).catch(() => undefined)
    const answer = await other.#answer(kind, this, bytes)
    await this.#network.travel(other, this.peerId, { kind, bytes: answer.length, deadlineMs })
    return answer
  }

  async #answer(id: string, from: MemoryMesh, bytes: Uint8Array): Promise<Uint8Array> {
    const served = this.#served.get(id)
    if (!this.#settings.permits(from.peerId)) throw new StimnetError('FORBIDDEN', `answering ${from.peerId}`)
    if (!served) throw new StimnetError('UNIMPLEMENTED', id)
    if (!served.quota.take(from.peerId)) throw new StimnetError('BUSY', `answering ${from.peerId}`)
    const { exchange, handler } = served
    let said: Encodable<unknown>
    try {
      said = await handler(exchange.question.decode(bytes), from.peerId, this.#stopping.signal)
    } catch (error) {
      // What crosses the wire is a code.
      if (codeOf(error) === 'INTERNAL') this.#deps.events.unexpected(error, `answering ${id}`)
      throw new StimnetError(codeOf(error), `${this.peerId} answers ${id}`)
    }
    const answer = exchange.answer.encode(said)
    if (answer.length > exchange.answerBytesMax) throw new StimnetError('TOO_LARGE', `answering ${id}`)
    if (!this.isUp) return new Promise(() => undefined)
    this.#network.onAnswered({ exchange: id, from, to: this, question: bytes, answer })
    return answer
  }

  async #keepFollowing(
    session: Session,
    options: FollowOptions,
    signal: AbortSignal,
    setOpen: (open: boolean) => void
  ) {
    const { clock } = this.#deps
    let wait = REOPEN_MS
    while (!signal.aborted) {
      session.broken = new AbortController()
      session.bell = new AbortController()
      try {
        await this.#readEvents(session, options, AbortSignal.any([signal, session.broken.signal]), () => {
          wait = REOPEN_MS
          setOpen(true)
        })
      } catch {
        setOpen(false)
      }
      await clock.sleep(wait, AbortSignal.any([signal, session.bell.signal])).catch(() => undefined)
      wait = Math.min(wait * 2, REOPEN_MS_MAX)
    }
  }

  async #readEvents(session: Session, options: FollowOptions, signal: AbortSignal, onOpen: () => void): Promise<void> {
    const ask = followExchange.question.encode(await options.ask())
    const way = { kind: followExchange.id, bytes: ask.length, deadlineMs: OPEN_MS_MAX }
    const other = await this.#network.travel(this, session.peerId, way)
    if (!other.#settings.permits(this.peerId)) throw new StimnetError('FORBIDDEN', `following ${session.peerId}`)
    if (!other.#follow) throw new StimnetError('UNIMPLEMENTED', followExchange.id)
    onOpen()
    const ended = new AbortController()
    const events = other.#follow(followExchange.question.decode(ask), this.peerId, ended.signal)[Symbol.asyncIterator]()
    try {
      for (;;) {
        const next = await unlessAborted(events.next(), signal)
        if (next.done) return
        const event = followExchange.answer.encode(next.value)
        if (!other.isUp) throw new StimnetError('INTERRUPTED', `following ${session.peerId}`)
        this.#network.onEvent(other, this, event)
        await this.#network.travel(other, this.peerId, { ...way, bytes: event.length })
        if (signal.aborted) return
        await options.onEvent(followExchange.answer.decode(event))
      }
    } finally {
      ended.abort()
    }
  }

  #neighbours(): ReadonlySet<string> {
    const most = this.#settings.neighbours ?? NEIGHBOURS
    const isWell = (peerId: string) => !this.#missed.has(peerId)
    const candidates = this.members().map((peerId) => ({
      peerId,
      rank: rankOf(this.peerId, peerId),
      isWell: isWell(peerId)
    }))
    return chooseNeighbours(candidates, most)
  }

  async #keepUp(): Promise<void> {
    const { signal } = this.#stopping
    for (const address of this.#settings.bootstrap) this.#known.add(address.split('/').at(-1) ?? '')
    this.#known.delete(this.peerId)
    while (!signal.aborted) {
      const wanted = [...this.#neighbours()].filter((peerId) => !this.#live.has(peerId))
      await Promise.allSettled(wanted.map((peerId) => this.connect(peerId).catch(() => this.#missed.add(peerId))))
      await this.#deps.clock.sleep(UPKEEP_MS, signal).catch(() => undefined)
    }
  }

  #met(peerId: string): void {
    this.#known.add(peerId)
    this.#missed.delete(peerId)
    if (this.#live.has(peerId)) return
    this.#live.add(peerId)
    for (const session of this.#sessions) if (session.peerId === peerId) session.bell.abort()
    this.#deps.events.peerConnected(peerId)
    this.#connected(peerId)
  }
}

/** Rejects when the signal aborts, whatever becomes of the promise. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(new StimnetError('INTERRUPTED', 'the stream broke'))
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
