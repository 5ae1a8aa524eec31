/**
 * Bounds on the frames of a connection that carries several streams (yamux), checked before libp2p reads them. The library
 * bounds the number of open streams. It does not bound how many streams a peer opens and resets, how often a peer requests a
 * reply, or the announced length of a frame, which is collected as a whole before it is checked.
 */
import type { Clock } from '@stimnet/protocol'
import { Quota } from './limits/quota.ts'

const HEADER_BYTES = 12
/** Maximum payload of a frame, bytes: the window of a stream, which no sender may exceed. */
export const PAYLOAD_BYTES_MAX = 1024 * 1024
/** Frames with fewer bytes are counted: their cost is that of the frame, not of its bytes. */
const SMALL_BYTES = 1024
const DATA = 0
const PING = 2
const SYN = 1

// There is no common bucket, so that the behaviour of one peer cannot end the connections of others.
/** Each request opens one stream; opening a stream takes some tenths of a millisecond. */
const OPENED = { perPeer: { burst: 1_000, perSecond: 300 } }
/** Keep-alives come twice a minute, and each is answered. */
const PINGS = { perPeer: { burst: 100, perSecond: 10 } }
const SMALL = { perPeer: { burst: 20_000, perSecond: 5_000 } }

/** Counts of the frames that began in a chunk of bytes. */
interface Begun {
  readonly opened: number
  readonly pings: number
  readonly small: number
}

/** Reads the headers of frames from the bytes of a connection as they arrive. */
export class MultiplexWatch {
  readonly #header = new Uint8Array(HEADER_BYTES)
  #headerBytes = 0
  #left = 0

  /** The counts of frames that began in these bytes, or the reason why they violate the bounds. */
  follow(bytes: Uint8Array): Begun | string {
    const begun = { opened: 0, pings: 0, small: 0 }
    for (let at = 0; at < bytes.length; ) {
      if (this.#left > 0) {
        const step = Math.min(this.#left, bytes.length - at)
        this.#left -= step
        at += step
        continue
      }
      const part = bytes.subarray(at, at + HEADER_BYTES - this.#headerBytes)
      this.#header.set(part, this.#headerBytes)
      this.#headerBytes += part.length
      at += part.length
      if (this.#headerBytes < HEADER_BYTES) break
      this.#headerBytes = 0
      const view = new DataView(this.#header.buffer)
      const [type, flags, length] = [view.getUint8(1), view.getUint16(2), view.getUint32(8)]
      if (type === DATA) {
        if (length > PAYLOAD_BYTES_MAX) return 'too large a frame'
        this.#left = length
      }
      if (type === PING) begun.pings += 1
      else if ((flags & SYN) !== 0) begun.opened += 1
      if (type !== DATA || length < SMALL_BYTES) begun.small += 1
    }
    return begun
  }
}

/** The rate limits for all peers of a node. */
export class MultiplexRates {
  readonly #opened: Quota
  readonly #pings: Quota
  readonly #small: Quota

  constructor(clock: Clock) {
    this.#opened = new Quota(OPENED, clock)
    this.#pings = new Quota(PINGS, clock)
    this.#small = new Quota(SMALL, clock)
  }

  /** The reason why a peer exceeds its rates; undefined if it does not. */
  take(peerId: string, { opened, pings, small }: Begun): string | undefined {
    if (!this.#opened.take(peerId, opened)) return 'too many streams opened'
    if (!this.#pings.take(peerId, pings)) return 'too many pings'
    return this.#small.take(peerId, small) ? undefined : 'too many small frames'
  }
}
