/** Bounds on the streams that libp2p itself reads, above all those of the DHT. They are checked before libp2p decodes a byte. */
import { RELAY_V2_HOP_CODEC, RELAY_V2_STOP_CODEC } from '@libp2p/circuit-relay-v2'
import type { Connection, PeerId, Stream, StreamHandler, StreamHandlerOptions } from '@libp2p/interface'
import type { Clock } from '@stimnet/protocol'
import type { Discipline } from './discipline.ts'
import { type Judge, judgeAnswer, judgeIdentify, judgeQuestion } from './messages.ts'
import { Quota } from './quota.ts'
import { judgeReading } from '../reading.ts'

const KiB = 1024
/** Maximum length of a length prefix. Four bytes with seven bits each can express 256 MiB. */
const LENGTH_BYTES_MAX = 4
/** Maximum number of unread bytes of answers per stream. A peer that asks without reading would otherwise fill the memory. */
const UNREAD_BYTES_MAX = 256 * KiB
/** Number of marks for behaviour that no honest peer shows. */
export const GRAVE = 5

/** Bounds on the frames of one direction of a protocol. */
export interface FrameBounds {
  /** The largest frame, bytes. */
  readonly bytesMax: number
  /** Maximum number of frames. Default: any number. */
  readonly framesMax?: number
  /** Whether bytes after the last frame are a violation. Otherwise they are not read here. */
  readonly isWhole?: boolean
  /** Judges the contents of each frame before the library decodes it. Default: they are not judged. */
  readonly judge?: Judge
}

const IDENTIFY: FrameBounds = { bytesMax: 8 * KiB, framesMax: 1, isWhole: true, judge: judgeIdentify }
/** After one frame, a stream of a relay carries data that the two ends encrypted. */
const RELAY: FrameBounds = { bytesMax: 4 * KiB, framesMax: 1 }

/**
 * The bounds on questions of each libp2p protocol that consists of frames. Honest peers send less, whatever others told
 * them, because only what a peer itself decides may be held against it.
 */
const QUESTIONS: Readonly<Record<string, FrameBounds>> = {
  // An announcement has the few addresses of its peer.
  '/stimnet/kad/1.0.0': { bytesMax: 8 * KiB, judge: judgeQuestion },
  '/stimnet/id/1.0.0': IDENTIFY,
  '/stimnet/id/push/1.0.0': IDENTIFY,
  [RELAY_V2_HOP_CODEC]: RELAY,
  [RELAY_V2_STOP_CODEC]: RELAY
}
/** The bounds on answers. An answer of the DHT names up to 122 peers, each with up to 2,118 bytes. */
export const ANSWERS: Readonly<Record<string, FrameBounds>> = {
  ...QUESTIONS,
  '/stimnet/kad/1.0.0': { bytesMax: 256 * KiB, framesMax: 1, isWhole: true, judge: judgeAnswer }
}
/** The ping protocol returns all bytes that it receives, 32 bytes at a time. Its bytes are counted as frames of that size. */
const PING_PROTOCOL = '/stimnet/ping/1.0.0'
const PING_BYTES = 32
/** Rate of frames from one peer. A DHT search sends a few frames to a peer, an announcement sends one per term. */
const FRAMES = { perPeer: { burst: 600, perSecond: 60 }, total: { burst: 6_000, perSecond: 600 } }

/** Reads the length prefixes of frames from the bytes of a stream as they arrive, and judges each frame. */
export class FrameWatch {
  readonly #bounds: FrameBounds
  #framesLeft: number
  #length = 0
  #lengthBytes = 0
  #left = 0
  /** The bytes of the current frame, if frames are judged. */
  #frame: Uint8Array[] = []

  constructor(bounds: FrameBounds) {
    this.#bounds = bounds
    this.#framesLeft = bounds.framesMax ?? Number.POSITIVE_INFINITY
  }

  /** Whether nothing more is to be read. */
  get hasEnded(): boolean {
    return this.#isThrough && this.#bounds.isWhole !== true
  }

  get #isThrough(): boolean {
    return this.#framesLeft === 0 && this.#left === 0
  }

  /** The number of frames that began in these bytes, or the reason why they violate the bounds. */
  follow(bytes: Uint8Array): number | string {
    let begun = 0
    for (let at = 0; at < bytes.length && !this.hasEnded; ) {
      if (this.#isThrough) return 'more frames than there are'
      if (this.#left > 0) {
        const step = Math.min(this.#left, bytes.length - at)
        const fault = this.#continues(bytes.subarray(at, at + step))
        if (fault !== undefined) return fault
        at += step
        continue
      }
      const byte = bytes[at] ?? 0
      at += 1
      this.#length += (byte & 0x7f) * 2 ** (7 * this.#lengthBytes)
      this.#lengthBytes += 1
      if (byte >= 0x80) {
        if (this.#lengthBytes >= LENGTH_BYTES_MAX) return 'a length that does not end'
        continue
      }
      if (this.#length > this.#bounds.bytesMax) return 'too large a frame'
      this.#left = this.#length
      this.#length = 0
      this.#lengthBytes = 0
      this.#framesLeft -= 1
      begun += 1
    }
    return begun
  }

  /** Reads bytes of the current frame. Returns the reason why it violates the bounds, once all of it is there. */
  #continues(bytes: Uint8Array): string | undefined {
    const { judge } = this.#bounds
    this.#left -= bytes.length
    if (judge === undefined) return undefined
    // A copy, because the arriving bytes are a view into a larger buffer.
    this.#frame.push(bytes.slice())
    if (this.#left > 0) return undefined
    const frame = Buffer.concat(this.#frame)
    this.#frame = []
    return judge(frame)
  }
}

/** Counts the pings of a stream. */
class PingWatch {
  readonly hasEnded = false
  #bytes = 0

  follow(bytes: Uint8Array): number {
    const before = Math.floor(this.#bytes / PING_BYTES)
    this.#bytes += bytes.length
    return Math.floor(this.#bytes / PING_BYTES) - before
  }
}

interface Registrar {
  handle(protocol: string, handler: StreamHandler, options?: StreamHandlerOptions): Promise<void>
}

/** Dependencies of `guardStreams`. */
interface GuardDeps {
  readonly clock: Clock
  readonly discipline: Discipline
  /**
   * Whether the peer is a relay of this peer. Its STOP requests are caused by other peers, so their number is not the
   * relay's fault; see `Arrivals`.
   */
  readonly isRelay?: (peerId: PeerId) => boolean
}

/** Applies the bounds to every handler that is registered from now on. This function must be called before the node starts. */
export function guardStreams(node: object, { clock, discipline, isRelay = () => false }: GuardDeps): void {
  const { registrar } = (node as { components: { registrar: Registrar } }).components
  const frames = new Quota(FRAMES, clock)
  const handle = registrar.handle.bind(registrar)
  registrar.handle = (protocol, handler, options) => {
    const bounds = QUESTIONS[protocol]
    if (bounds === undefined && protocol !== PING_PROTOCOL) return handle(protocol, handler, options)
    const guarded = (stream: Stream, connection: Connection) => {
      const from = connection.remotePeer.toString()
      const isUncounted = protocol === RELAY_V2_STOP_CODEC && isRelay(connection.remotePeer)
      const guard = {
        watch: bounds === undefined ? new PingWatch() : new FrameWatch(bounds),
        take: (count: number) => isUncounted || frames.take(from, count),
        bad: (why: string, marks: number) => discipline.mark(from, why, marks)
      }
      if (guardStream(stream, guard)) return handler(stream, connection)
    }
    return handle(protocol, guarded, options)
  }
}

interface Guard {
  readonly watch: Pick<FrameWatch, 'follow' | 'hasEnded'>
  take(count: number): boolean
  bad(why: string, marks: number): void
}

/** Applies the bounds to one stream. Returns false if the stream had to be aborted at once. */
function guardStream(stream: Stream, { watch, take, bad }: Guard): boolean {
  const refuse = (why: string, marks: number) => {
    stream.abort(new Error(why))
    bad(why, marks)
    return false
  }
  return judgeReading(stream, (bytes) => {
    if (watch.hasEnded) return true
    if (stream.status !== 'open') return false
    const found = watch.follow(bytes.subarray())
    if (typeof found === 'string') return refuse(found, GRAVE)
    if (stream.writeBufferLength > UNREAD_BYTES_MAX) return refuse('answers that are not read', GRAVE)
    return take(found) || refuse('too many questions', 1)
  })
}
