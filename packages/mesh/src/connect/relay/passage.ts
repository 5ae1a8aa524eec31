/** One direction of a circuit: the bytes that the relay holds, and the rate at which it passes them on. */
import type { Stream } from '@libp2p/interface'
import type { Clock } from '@stimnet/protocol'
import type { Bytes } from '../reading.ts'

const KiB = 1024
/** Maximum number of bytes that were read and not yet passed on. */
const UNSENT_BYTES_MAX = 128 * KiB
/**
 * Number of bytes that a sender may send ahead: the library's smallest window. Its largest window, 1 MiB, is too much for
 * each of hundreds of circuits.
 */
const WINDOW_BYTES_MAX = 256 * KiB
/** Time for which pieces are collected and then passed on as one piece, ms, while too many pieces arrive. */
const COLLECT_MS = 150

/** Members of the library's streams that are not in their interface. */
interface Inner {
  maxStreamWindowSize: number
  onData(bytes: Bytes): void
}

/** Dependencies of a passage. */
export interface PassageDeps {
  readonly clock: Clock
  /**
   * Whether another piece may be passed on now. Each piece becomes a frame at the other end and is answered by a frame, so
   * pieces have a rate limit: both ends count frames against their neighbour, which may be the relay, whoever caused them.
   */
  readonly mayPass: () => boolean
  /** Called when so many bytes wait that no more are read. */
  readonly filled?: () => void
}

/**
 * Reads from one stream only as much as the other stream accepts. Otherwise the library would queue bytes between the two
 * without limit.
 */
export class Passage {
  readonly #from: Stream
  readonly #to: Stream
  readonly #deps: PassageDeps
  #unsentBytes = 0
  #isFull = false
  #isCollecting = false
  readonly #closed = new AbortController()
  /** Whether something was passed on since the last look, and the number of looks since then at which bytes were waiting. */
  #hasMoved = false
  #looksInVain = 0

  constructor(from: Stream, to: Stream, deps: PassageDeps) {
    this.#from = from
    this.#to = to
    this.#deps = deps
    const inner = from as unknown as Inner
    inner.maxStreamWindowSize = WINDOW_BYTES_MAX
    // A copy, because waiting bytes would otherwise be parts of larger buffers, which hold several times as much.
    const read = inner.onData.bind(inner)
    inner.onData = (bytes) => read(bytes.slice())
    from.addEventListener('message', ({ data }) => this.#arrived(data.byteLength))
    from.addEventListener('close', () => this.#closed.abort(), { once: true })
    // The library stops listening at this point, so bytes that are held back must be passed on first.
    from.addEventListener('remoteCloseWrite', () => this.#release())
    const send = to.send.bind(to)
    to.send = (data) => {
      const { byteLength } = data
      const hasRoom = send(data)
      this.#sent(byteLength)
      return hasRoom
    }
  }

  /** Number of bytes that the relay holds. */
  get heldBytes(): number {
    return this.#from.readBufferLength + this.#unsentBytes + this.#to.writeBufferLength
  }

  /** Looks once, and returns the number of consecutive looks at which bytes were waiting and none had moved. */
  look(): number {
    this.#looksInVain = this.#hasMoved || this.heldBytes === 0 ? 0 : this.#looksInVain + 1
    this.#hasMoved = false
    return this.#looksInVain
  }

  #arrived(bytes: number): void {
    this.#unsentBytes += bytes
    if (!this.#isFull && this.#unsentBytes > UNSENT_BYTES_MAX) {
      this.#isFull = true
      this.#deps.filled?.()
    }
    if (!this.#isCollecting && !this.#deps.mayPass()) this.#collect()
    this.#steer()
  }

  #sent(bytes: number): void {
    this.#unsentBytes -= bytes
    this.#hasMoved = true
    if (this.#unsentBytes <= UNSENT_BYTES_MAX / 2) this.#isFull = false
    this.#steer()
  }

  #collect(): void {
    this.#isCollecting = true
    const passOn = () => {
      this.#isCollecting = false
      this.#steer()
    }
    this.#deps.clock.sleep(COLLECT_MS, this.#closed.signal).then(passOn, () => undefined)
  }

  #steer(): void {
    const mustWait = this.#isFull || this.#isCollecting
    if (mustWait && this.#from.readStatus === 'readable') this.#from.pause()
    if (!mustWait) this.#release()
  }

  #release(): void {
    if (this.#from.readStatus === 'paused') this.#from.resume()
  }
}
