/**
 * Requests to relay and the resulting circuits: how many each member may have, how often it may ask, and which circuit is
 * ended first.
 */
import type { Stream } from '@libp2p/interface'
import type { Clock } from '@stimnet/protocol'
import type { RelayBounds } from '../../mesh.ts'
import { Quota } from '../limits/quota.ts'
import { Passage } from './passage.ts'

/** Maximum number of circuits that one peer may have opened. The library allows the dialling side the same number. */
const CIRCUITS_OF_PEER_MAX = 64
/** Maximum number of streams of one peer, over all of its connections: its circuits, and streams that only one side has ended. */
export const STREAMS_OF_PEER_MAX = CIRCUITS_OF_PEER_MAX + 8
/**
 * Maximum number of circuits from one peer to another. The reached peer keeps eight connections with a peer, so additional
 * circuits are useless, and would take the places of others: a connection to a peer has room for 240 circuits. The oldest
 * circuit is ended first, because it may be left over from a changed network.
 */
const CIRCUITS_OF_PAIR_MAX = 12
/** Maximum time for the request on a new stream, ms. It should follow at once. */
const FIRST_MS_MAX = 5_000
/** Maximum time for the requesting peer to read a refusal and to end the stream, ms. */
const CLOSING_MS_MAX = 10_000
/** Maximum number of bytes held for all circuits together. With overhead, they take about twice as much memory. */
const HELD_BYTES_MAX = 32 * 1024 * 1024
/**
 * Number of consecutive looks, `LOOK_MS` apart, at which bytes of a circuit waited and none moved, before the circuit is
 * ended.
 */
const VAIN_LOOKS_MAX = 3
export const LOOK_MS = 10_000

/** A peer that dials a hidden peer dials again when the circuit breaks, at growing intervals, and at once for a request. */
const OF_PAIR = { burst: 40, perSecond: 1 }
/** After a restart of the relay, a peer dials all peers that are hidden behind it. */
const OF_DIALLER = { burst: 200, perSecond: 5 }
/** After its own restart, a hidden peer is dialled by all others. It refuses a higher rate (see `Arrivals`). */
const OF_TARGET = { burst: 600, perSecond: 50 }
/**
 * Rate of pieces that are passed on to one peer, through all circuits. Together with collected pieces, a peer gets at most
 * 3,600 frames per second from a relay, and answers with as many: fewer than the 5,000 at which one would disconnect the
 * other (`MultiplexRates`).
 */
const PIECES = { burst: 5_000, perSecond: 2_000 }

/** A stream on which a peer requests to be relayed. */
export interface Hop {
  readonly stream: Stream
  readonly from: string
  /** Whether the relay request has arrived. */
  hasAsked: boolean
  /** The PeerId of the other end, from the request until it is refused or the circuit ends. */
  to: string | null
  /** Both directions, once the other end has accepted. */
  passages: readonly Passage[]
}

/** The streams of all peers that request to be relayed. */
export class Hops {
  readonly #bounds: Pick<RelayBounds, 'circuitsMax'>
  readonly #clock: Clock
  readonly #hops = new Set<Hop>()
  readonly #ofPair: Quota
  readonly #ofDialler: Quota
  readonly #ofTarget: Quota
  readonly #pieces: Quota

  constructor(bounds: Pick<RelayBounds, 'circuitsMax'>, clock: Clock) {
    this.#bounds = bounds
    this.#clock = clock
    this.#ofPair = new Quota({ perPeer: OF_PAIR }, clock)
    this.#ofDialler = new Quota({ perPeer: OF_DIALLER }, clock)
    this.#ofTarget = new Quota({ perPeer: OF_TARGET }, clock)
    this.#pieces = new Quota({ perPeer: PIECES }, clock)
  }

  /**
   * Registers a stream on which a request is awaited; undefined if the peer has too many streams. A silent stream takes no
   * circuit from anybody.
   */
  begin(stream: Stream, from: string): Hop | undefined {
    if (this.#of(from).length >= STREAMS_OF_PEER_MAX) return undefined
    const hop: Hop = { stream, from, hasAsked: false, to: null, passages: [] }
    this.#hops.add(hop)
    this.#endIn(FIRST_MS_MAX, hop, () => !hop.hasAsked)
    stream.addEventListener('close', () => this.#hops.delete(hop), {
      once: true
    })
    return hop
  }

  /** Whether the requested circuit may be opened. From then on, it counts as a circuit. */
  admits(hop: Hop, to: string): boolean {
    const { from } = hop
    const circuits = this.#circuits()
    if (from === to || circuits.length >= this.#bounds.circuitsMax) return false
    const own = circuits.filter((other) => other.from === from)
    const ofPair = own.filter((other) => other.to === to)
    if (own.length >= CIRCUITS_OF_PEER_MAX && ofPair.length < CIRCUITS_OF_PAIR_MAX) return false
    if (!this.#ofPair.take(`${from} ${to}`) || !this.#ofDialler.take(from) || !this.#ofTarget.take(to)) return false
    const [oldest] = ofPair
    if (oldest && ofPair.length >= CIRCUITS_OF_PAIR_MAX) oldest.stream.abort(new Error('too many circuits to one peer'))
    hop.to = to
    return true
  }

  /**
   * Joins both ends when the other end has accepted on this stream. Returns false if the requesting peer has gone in the
   * meantime.
   */
  join(hop: Hop, other: Stream): boolean {
    const { stream, from, to } = hop
    if (stream.status !== 'open' || to === null) return false
    const filled = () => this.makeRoom()
    const passage = (one: Stream, two: Stream, whom: string) =>
      new Passage(one, two, {
        clock: this.#clock,
        mayPass: () => this.#pieces.take(whom),
        filled
      })
    hop.passages = [passage(stream, other, to), passage(other, stream, from)]
    // The library joins the streams only after another message to the requesting peer, and would forget this stream if that
    // message fails.
    stream.addEventListener('close', ({ error }) => error && other.abort(error), { once: true })
    return true
  }

  /** Ends the stream of a request that led to no circuit. The library would leave the stream open. */
  async endRefused(hop: Hop): Promise<void> {
    hop.to = null
    this.#endIn(CLOSING_MS_MAX, hop, () => true)
    const signal = AbortSignal.timeout(CLOSING_MS_MAX)
    await hop.stream.close({ signal }).catch((error) => hop.stream.abort(error as Error))
  }

  /** The circuits whose other end has accepted. */
  get openCount(): number {
    return this.#circuits().filter(({ passages }) => passages.length > 0).length
  }

  /** Ends circuits that have not moved for long although bytes are waiting. */
  look(): void {
    for (const { stream, passages } of [...this.#hops]) {
      const looks = Math.max(0, ...passages.map((passage) => passage.look()))
      if (looks >= VAIN_LOOKS_MAX) stream.abort(new Error('nothing moved for long'))
    }
    this.makeRoom()
  }

  /**
   * Ends circuits while too many bytes are held. Each time, the circuit that holds the most bytes is ended, of the peer
   * whose circuits hold the most.
   */
  makeRoom(): void {
    for (;;) {
      const held = this.#circuits().map((hop) => ({
        hop,
        pair: pairOf(hop),
        bytes: heldOf(hop)
      }))
      if (sum(held) <= HELD_BYTES_MAX) return
      const pairs = [...Map.groupBy(held, ({ pair }) => pair).values()]
      const [largest = []] = pairs.sort((a, b) => sum(b) - sum(a))
      const [fullest] = largest.sort((a, b) => b.bytes - a.bytes)
      fullest?.hop.stream.abort(new Error('the relay holds too much'))
      // Aborting the stream removes the circuit, so the loop ends.
      if (fullest) this.#hops.delete(fullest.hop)
    }
  }

  #circuits(): Hop[] {
    return [...this.#hops].filter(({ to }) => to !== null)
  }

  #of(from: string): Hop[] {
    return [...this.#hops].filter((hop) => hop.from === from)
  }

  #endIn(ms: number, { stream }: Hop, isDue: () => boolean): void {
    if (stream.status !== 'open') return
    const closed = new AbortController()
    stream.addEventListener('close', () => closed.abort(), { once: true })
    const end = () => {
      if (isDue()) stream.abort(new Error('a request to relay that does not go on'))
    }
    this.#clock.sleep(ms, closed.signal).then(end, () => undefined)
  }
}

function pairOf({ from, to }: Hop): string {
  return [from, to ?? ''].sort().join(' ')
}

function heldOf({ passages }: Hop): number {
  return passages.reduce((bytes, { heldBytes }) => bytes + heldBytes, 0)
}

function sum(held: readonly { readonly bytes: number }[]): number {
  return held.reduce((all, { bytes }) => all + bytes, 0)
}
