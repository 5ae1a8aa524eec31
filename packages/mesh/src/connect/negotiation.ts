/**
 * Bounds on the bytes that are read before two ends agree on a protocol (multistream-select). The library reads a length
 * byte by byte until it ends, at 20 µs per byte and without yielding: a megabyte of 0xff from anybody stopped a peer for
 * seconds.
 */
import type {
  ConnectionEncrypter,
  ConnectionProtector,
  MessageStream,
  SecuredConnection,
  StreamMuxerFactory
} from '@libp2p/interface'
import type { Clock } from '@stimnet/protocol'
import type { Discipline } from './limits/discipline.ts'
import { ANSWERS, FrameWatch, GRAVE } from './limits/guarded.ts'
import { MultiplexRates, MultiplexWatch } from './multiplexed.ts'
import { Pulse } from './pulse.ts'
import { type Bytes, judgeReading } from './reading.ts'

/** Maximum length of a line of multistream-select, bytes without its length prefix. */
const LINE_BYTES_MAX = 1024
/** Maximum number of lines: the header, and refused proposals. Each proposal is answered, so their number must be bounded. */
const LINES_MAX = 16
const HEADER = '/multistream/1.0.0'
const NEWLINE = 0x0a

/** Reads the lines of a negotiation from the bytes of a stream as they arrive. */
export class NegotiationWatch {
  readonly #ends: (protocol: string) => boolean
  /** The bytes of the current line, with its length prefix. */
  #line: number[] = []
  #lines = 0

  /** `ends` decides whether a line is the last one. */
  constructor(ends: (protocol: string) => boolean) {
    this.#ends = ends
  }

  /**
   * The agreed protocol with the number of bytes read up to it; undefined if the negotiation continues; or the reason why
   * the bytes are not a negotiation.
   */
  follow(bytes: Uint8Array): { readonly protocol: string; readonly read: number } | undefined | string {
    for (const [at, byte] of bytes.entries()) {
      this.#line.push(byte)
      const head = lengthOf(this.#line)
      if (typeof head === 'string') return head
      if (head === undefined || this.#line.length < head.bytes + head.length) continue
      const text = this.#line.slice(head.bytes)
      // The library decodes and trims a line. Only lines that decoding and trimming leave unchanged are passed on.
      if (text.pop() !== NEWLINE || !text.every(isPrintable)) return 'a line that is no protocol'
      const protocol = String.fromCharCode(...text)
      this.#line = []
      this.#lines += 1
      if (this.#lines > LINES_MAX) return 'a negotiation that does not end'
      if (protocol !== HEADER && this.#ends(protocol)) return { protocol, read: at + 1 }
    }
    return undefined
  }
}

function isPrintable(byte: number): boolean {
  return byte > 0x20 && byte < 0x7f
}

/**
 * The length at the beginning of a line; undefined if the length is incomplete, or the reason for its refusal. Two bytes are
 * enough for any line.
 */
function lengthOf([first = 0, second]: readonly number[]) {
  if (first < 0x80) return first === 0 ? 'a line of nothing' : { bytes: 1, length: first }
  if (second === undefined) return undefined
  if (second >= 0x80) return 'a length that does not end'
  const length = (first & 0x7f) + (second << 7)
  return length > LINE_BYTES_MAX ? 'too long a line' : { bytes: 2, length }
}

/** The components that libp2p passes to the parts of a node. */
interface Components {
  readonly registrar: { getProtocols(): string[] }
}

/**
 * The negotiating parts of one node, each with its bounds: on a bare connection, on an encrypted connection and its frames,
 * and on each stream.
 */
export class Negotiations {
  readonly #discipline: Discipline
  /** The PeerId behind each encrypted connection. */
  readonly #peers = new WeakMap<object, string>()

  readonly #rates: MultiplexRates
  readonly #pulse: Pulse

  constructor(discipline: Discipline, clock: Clock, pulse = new Pulse()) {
    this.#discipline = discipline
    this.#pulse = pulse
    this.#rates = new MultiplexRates(clock)
  }

  /** libp2p calls a connection protector before anything else, so the bounds on a new connection are applied here. */
  protector(encryption: string): ConnectionProtector {
    return {
      protect: async (connection) => {
        this.#watch(connection, { ends: (line) => line === encryption })
        return connection
      }
    }
  }

  /** The encrypter, with bounds on the connections that it encrypts. */
  encrypter(inner: ConnectionEncrypter, muxer: string): ConnectionEncrypter {
    const watched = <S extends SecuredConnection>(secured: S): S => {
      const peer = secured.remotePeer.toString()
      this.#peers.set(secured.connection, peer)
      // If the handshake named the muxer, nothing is left to negotiate.
      if (!secured.streamMuxer) this.#watch(secured.connection, { ends: (line) => line === muxer, peer })
      return secured
    }
    const [inbound, outbound] = [inner.secureInbound.bind(inner), inner.secureOutbound.bind(inner)]
    inner.secureInbound = async (...args: Parameters<typeof inbound>) => watched(await inbound(...args))
    inner.secureOutbound = async (...args: Parameters<typeof outbound>) => watched(await outbound(...args))
    return inner
  }

  /** The muxer factory, with bounds on the frames of each connection and on the negotiation of each stream. */
  muxer(inner: StreamMuxerFactory, components: Components): StreamMuxerFactory {
    const create = inner.createStreamMuxer.bind(inner)
    inner.createStreamMuxer = (connection) => {
      this.#watchFrames(connection)
      const muxer = create(connection) as ReturnType<typeof create> & { onRemoteStream(stream: MessageStream): void }
      const peer = this.#peers.get(connection) ?? ''
      const isServed = (line: string) => components.registrar.getProtocols().includes(line)
      const [opened, arrived] = [muxer.createStream.bind(muxer), muxer.onRemoteStream.bind(muxer)]
      // The library delivers early streams to the first listener of its event, so another listener would miss them.
      muxer.onRemoteStream = (stream) => {
        this.#watch(stream, { ends: isServed, peer })
        arrived(stream)
      }
      muxer.createStream = async (options) => {
        const stream = await opened(options)
        // The other end repeats the accepted proposal.
        this.#watch(stream, { ends: (line) => line.startsWith('/'), peer, isAsking: true })
        return stream
      }
      return muxer
    }
    return inner
  }

  #watchFrames(connection: MessageStream): void {
    const peer = this.#peers.get(connection) ?? ''
    const watch = new MultiplexWatch()
    const heard = this.#pulse.watch(connection)
    judgeReading(connection, (bytes) => {
      if (connection.status !== 'open') return false
      heard()
      for (const chunk of bytes instanceof Uint8Array ? [bytes] : bytes) {
        const found = watch.follow(chunk)
        const fault = typeof found === 'string' ? found : this.#rates.take(peer, found)
        if (fault === undefined) continue
        connection.abort(new Error(fault))
        this.#discipline.mark(peer, fault, GRAVE)
        return false
      }
      return true
    })
  }

  #watch(stream: MessageStream, { ends, peer, isAsking }: Watched): void {
    let watch: NegotiationWatch | undefined = new NegotiationWatch(ends)
    let answer: FrameWatch | undefined
    const refuse = (why: string) => {
      stream.abort(new Error(why))
      if (peer) this.#discipline.mark(peer, why, GRAVE)
      return false
    }
    judgeReading(stream, (bytes) => {
      if (watch === undefined && (answer === undefined || answer.hasEnded)) return true
      if (stream.status !== 'open') return false
      let rest = bytesOf(bytes)
      if (watch !== undefined) {
        const found = watch.follow(rest)
        if (typeof found === 'string') return refuse(found)
        if (found === undefined) return true
        watch = undefined
        const bounds = isAsking ? ANSWERS[found.protocol] : undefined
        if (bounds !== undefined) answer = new FrameWatch(bounds)
        rest = rest.subarray(found.read)
      }
      const fault = answer?.follow(rest)
      return typeof fault === 'string' ? refuse(fault) : true
    })
  }
}

interface Watched {
  readonly ends: (line: string) => boolean
  /** The PeerId, if it is proved. */
  readonly peer?: string
  /** Whether this end opened the stream and reads an answer. */
  readonly isAsking?: boolean
}

function bytesOf(bytes: Bytes): Uint8Array {
  return bytes instanceof Uint8Array ? bytes : bytes.subarray()
}
