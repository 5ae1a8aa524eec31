/** The serving side of exchanges: each request is counted, bounded, read, passed to its handler and answered on its stream. */
import type { Connection, Libp2p, Stream } from '@libp2p/interface'
import { type Code, StimnetError } from '@stimnet/protocol'
import type { Discipline } from '../connect/limits/discipline.ts'
import type { Admission, Exchange } from '../exchanges/exchange.ts'
import { errorOf, faultCodeOf } from './fault.ts'
import { answerFrame, type Frames, framesOf, refusalFrame } from './frame.ts'
import type { Handler, MeshDeps } from '../mesh.ts'
import { Quota } from '../connect/limits/quota.ts'
import { unlessAborted } from '../connect/unless-aborted.ts'
import { abortStream, endOf, finish } from './stream.ts'

/** Maximum time for a request to arrive completely, ms. */
const READ_MS_MAX = 5_000
/** Maximum time for the peer to read the answer and close its side, ms. */
const FINISH_MS_MAX = 5_000

/** Dependencies of serving. */
export interface Serving {
  readonly node: Libp2p
  readonly deps: MeshDeps
  readonly permits: (peerId: string) => boolean
  /** Whether a peer has a proof, if strangers are answered. Peers without a proof are counted separately. */
  readonly isProved: (peerId: string) => boolean
  readonly discipline: Discipline
  /** Called with each peer that sends a request. */
  readonly used: (peerId: string) => void
  /** Aborted when the mesh stops. */
  readonly stopping: AbortSignal
}

/**
 * Admission to one exchange: refuses peers that are not permitted, exceed their quota, or exceed the number of simultaneous
 * requests.
 */
export class Doorman {
  readonly #serving: Serving
  readonly #atOnceMax: number
  readonly #ofPeerMax: number
  readonly #quota: Quota
  /** Requests in progress per peer. One peer cannot take all places with requests that it does not complete. */
  readonly #ofPeer = new Map<string, number>()
  #inside = 0

  constructor(serving: Serving, admission: Admission) {
    this.#serving = serving
    this.#atOnceMax = admission.atOnceMax
    this.#ofPeerMax = admission.ofPeerMax ?? admission.atOnceMax / 2
    this.#quota = new Quota(admission.quota, serving.deps.clock)
  }

  /** Runs `work` if the peer is admitted. Throws FORBIDDEN or BUSY. */
  async admit<T>(from: string, work: () => Promise<T>): Promise<T> {
    if (!this.#serving.permits(from)) throw new StimnetError('FORBIDDEN', `answering ${from}`)
    if (this.#inside >= this.#atOnceMax) throw new StimnetError('BUSY', `answering ${from}: too many at once`)
    const own = this.#ofPeer.get(from) ?? 0
    if (own >= this.#ofPeerMax) throw new StimnetError('BUSY', `answering ${from}: too many of its at once`)
    if (!this.#quota.take(from)) throw new StimnetError('BUSY', `answering ${from}: over its quota`)
    this.#inside += 1
    this.#ofPeer.set(from, own + 1)
    try {
      return await work()
    } finally {
      this.#inside -= 1
      const left = (this.#ofPeer.get(from) ?? 1) - 1
      if (left > 0) this.#ofPeer.set(from, left)
      else this.#ofPeer.delete(from)
    }
  }
}

/** Registers the handler of one exchange with the node. */
export function serve<Q, A>(serving: Serving, exchange: Exchange<Q, A>, handler: Handler<Q, A>): void {
  const { events } = serving.deps
  const doorman = new Doorman(serving, exchange)
  const ofUnproved = exchange.unproved ? new Doorman(serving, exchange.unproved) : doorman

  async function answer(stream: Stream, connection: Connection): Promise<void> {
    // Must be called before any await; see `framesOf`.
    const frames = framesOf(stream, exchange.questionBytesMax)
    const signal = AbortSignal.any([endOf(stream), serving.stopping])
    const from = connection.remotePeer.toString()
    serving.used(from)
    const startedAt = performance.now()
    let code: Code | 'OK' = 'OK'
    let frame: Uint8Array
    try {
      frame = await (serving.isProved(from) ? doorman : ofUnproved).admit(from, () => frameFor(frames, from, signal))
    } catch (error) {
      code = faultCodeOf(error)
      if (code === 'INTERNAL') events.unexpected(errorOf(error), `answering ${exchange.id}`)
      events.refused(from, exchange.id, code)
      frame = refusalFrame(code)
    }
    events.served(exchange.id, performance.now() - startedAt, code)
    await send(stream, frames, frame, signal)
  }

  async function frameFor(frames: Frames, from: string, signal: AbortSignal): Promise<Uint8Array> {
    const read = AbortSignal.any([signal, AbortSignal.timeout(READ_MS_MAX)])
    const bytes = await frames.read({ signal: read }).catch((error: unknown) => {
      // A request that is too large or not complete in time counts against the peer; a broken stream does not.
      const code = faultCodeOf(error)
      if (code === 'TOO_LARGE' || code === 'DEADLINE') serving.discipline.mark(from, `${exchange.id}: ${code}`)
      throw error
    })
    const question = exchange.question.decode(bytes)
    const work = AbortSignal.any([signal, AbortSignal.timeout(exchange.deadlineMs)])
    const message = exchange.answer.encode(await unlessAborted(handler(question, from, work), work))
    if (message.length > exchange.answerBytesMax) throw new StimnetError('TOO_LARGE', `answering ${exchange.id}`)
    return answerFrame(message)
  }

  void register(serving, exchange, answer)
}

async function send(stream: Stream, frames: Frames, frame: Uint8Array, signal: AbortSignal): Promise<void> {
  try {
    await frames.write(frame, { signal: AbortSignal.any([signal, AbortSignal.timeout(FINISH_MS_MAX)]) })
    await finish(stream, FINISH_MS_MAX)
  } catch (error) {
    abortStream(stream, error)
  }
}

/** Additional streams per connection, for streams that the asking side has ended but this side has not. */
const CLOSING_STREAMS = 8

/** Registers the handler for the streams of an exchange. */
export async function register(
  serving: Serving,
  exchange: Pick<Exchange<never, never>, 'id' | 'streamsPerConnectionMax' | 'mayBeRelayed'>,
  handler: (stream: Stream, connection: Connection) => Promise<void>
): Promise<void> {
  try {
    await serving.node.handle(exchange.id, handler, {
      maxInboundStreams: exchange.streamsPerConnectionMax + CLOSING_STREAMS,
      runOnLimitedConnection: exchange.mayBeRelayed ?? false
    })
  } catch (error) {
    serving.deps.events.unexpected(errorOf(error), `serving ${exchange.id}`)
  }
}
