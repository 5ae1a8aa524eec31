/** Bounds on the streams that libp2p itself reads, above all those of the DHT. They are checked before libp2p decodes a byte. */
import { RELAY_V2_HOP_CODEC, RELAY_V2_STOP_CODEC } from '@libp2p/circuit-relay-v2'
import type { Connection, PeerId, Stream, StreamHandler, StreamHandlerOptions } from '@libp2p/interface'
import type { Clock } from '@stimnet/protocol'
import type { Discipline } from './discipline.ts'
import { Quota } from './quota.ts'
import { judgeReading } from '../reading.ts'

const KiB = 1024
/** Maximum length of a length prefix. Four bytes with seven bits each can express 256 MiB. */
const LENGTH_BYTES_MAX = 4
/** Maximum number of unread bytes of answers per stream. A peer that asks without reading would otherwise fill the memory. */
const UNREAD_BYTES_MAX = 256 * KiB
/** Number of marks for behaviour that no honest peer shows. */
export const GRAVE = 5

/** The largest frame of each libp2p protocol that consists of frames, bytes. Honest peers send smaller frames. */
const FRAME_BYTES_MAX: Readonly<Record<string, number>> = {
  '/stimnet/kad/1.0.0': 64 * KiB,
  '/stimnet/id/1.0.0': 16 * KiB,
  '/stimnet/id/push/1.0.0': 16 * KiB,
  [RELAY_V2_HOP_CODEC]: 4 * KiB,
  [RELAY_V2_STOP_CODEC]: 4 * KiB
}
/** Protocols of a relay: after one frame, a stream carries data that the two ends encrypted. */
const ONE_FRAME: ReadonlySet<string> = new Set([RELAY_V2_HOP_CODEC, RELAY_V2_STOP_CODEC])
/**
 * The largest frame of an answer of each protocol, bytes. An answer of the DHT can list every member that the other side
 * knows.
 */
export const ANSWER_BYTES_MAX: Readonly<Record<string, number>> = {
  ...FRAME_BYTES_MAX,
  '/stimnet/kad/1.0.0': 1024 * KiB
}
/** The ping protocol returns all bytes that it receives, 32 bytes at a time. Its bytes are counted as frames of that size. */
const PING_PROTOCOL = '/stimnet/ping/1.0.0'
const PING_BYTES = 32
/** Rate of frames from one peer. A DHT search sends a few frames to a peer, an announcement sends one per term. */
const FRAMES = { perPeer: { burst: 600, perSecond: 60 }, total: { burst: 6_000, perSecond: 600 } }

/** Reads the length prefixes of frames from the bytes of a stream as they arrive. */
export class FrameWatch {
  readonly #bytesMax: number
  #framesLeft: number
  #length = 0
  #lengthBytes = 0
  #left = 0

  /** After `framesMax` frames, nothing more is read. */
  constructor(bytesMax: number, framesMax = Number.POSITIVE_INFINITY) {
    this.#bytesMax = bytesMax
    this.#framesLeft = framesMax
  }

  /** Whether all frames that are to be read have arrived. */
  get hasEnded(): boolean {
    return this.#framesLeft === 0 && this.#left === 0
  }

  /** The number of frames that began in these bytes, or the reason why they violate the bounds. */
  follow(bytes: Uint8Array): number | string {
    let begun = 0
    for (let at = 0; at < bytes.length && !this.hasEnded; ) {
      if (this.#left > 0) {
        const step = Math.min(this.#left, bytes.length - at)
        this.#left -= step
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
      if (this.#length > this.#bytesMax) return 'too large a frame'
      this.#left = this.#length
      this.#length = 0
      this.#lengthBytes = 0
      this.#framesLeft -= 1
      begun += 1
    }
    return begun
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

/** Maximum number of frames that are read on a stream of the protocol. */
export function framesMaxOf(protocol: string): number {
  return ONE_FRAME.has(protocol) ? 1 : Number.POSITIVE_INFINITY
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
    const bytesMax = FRAME_BYTES_MAX[protocol]
    if (bytesMax === undefined && protocol !== PING_PROTOCOL) return handle(protocol, handler, options)
    const guarded = (stream: Stream, connection: Connection) => {
      const from = connection.remotePeer.toString()
      const isUncounted = protocol === RELAY_V2_STOP_CODEC && isRelay(connection.remotePeer)
      const guard = {
        watch: bytesMax === undefined ? new PingWatch() : new FrameWatch(bytesMax, framesMaxOf(protocol)),
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
