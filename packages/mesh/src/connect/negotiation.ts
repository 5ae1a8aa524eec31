/**
 * Bounds for what is read before two ends agree on a protocol (multistream-select). The library reads a length byte by byte for as
 * long as none ends, twenty microseconds for each and without a pause: a megabyte of 0xff from anybody stopped a peer for seconds.
 */
import type {
  ConnectionEncrypter,
  ConnectionProtector,
  MessageStream,
  SecuredConnection,
  StreamMuxerFactory
} from '@libp2p/interface'
import type { Clock } from '@stimnet/protocol'
import type { Discipline } from './discipline.ts'
import { ANSWER_BYTES_MAX, FrameWatch, GRAVE } from './guarded.ts'
import { MultiplexRates, MultiplexWatch } from './multiplexed.ts'
import { type Bytes, judgeReading } from './reading.ts'

/** A line, its length not counted; multistream-select has no longer ones. */
const LINE_BYTES_MAX = 1024
/** The header, and a protocol for each that was refused; whoever proposes on and on is answered on and on. */
const LINES_MAX = 16
const HEADER = '/multistream/1.0.0'
const NEWLINE = 0x0a

/** Follows the lines of a negotiation through bytes as they come. */
export class NegotiationWatch {
  readonly #ends: (protocol: string) => boolean
  /** Of the line that has begun, its length included. */
  #line: number[] = []
  #lines = 0

  /** `ends`: whether this line is the last. */
  constructor(ends: (protocol: string) => boolean) {
    this.#ends = ends
  }

  /** The protocol and how many of these bytes led to it, nothing yet, or why they are no negotiation. */
  follow(bytes: Uint8Array): { readonly protocol: string; readonly read: number } | undefined | string {
    for (const [at, byte] of bytes.entries()) {
      this.#line.push(byte)
      const head = lengthOf(this.#line)
      if (typeof head === 'string') return head
      if (head === undefined || this.#line.length < head.bytes + head.length) continue
      const text = this.#line.slice(head.bytes)
      // The library decodes and trims a line. Only lines of which that cannot make another one are let through.
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

/** Undefined where it has not ended; two bytes name more than a line may have. */
function lengthOf([first = 0, second]: readonly number[]) {
  if (first < 0x80) return first === 0 ? 'a line of nothing' : { bytes: 1, length: first }
  if (second === undefined) return undefined
  if (second >= 0x80) return 'a length that does not end'
  const length = (first & 0x7f) + (second << 7)
  return length > LINE_BYTES_MAX ? 'too long a line' : { bytes: 2, length }
}

/** What the library makes parts of a node with. */
interface Components {
  readonly registrar: { getProtocols(): string[] }
}

/** The parts of one node that negotiate, each with its bounds: on a bare connection, on an encrypted one and its frames, and on each stream. */
export class Negotiations {
  readonly #discipline: Discipline
  /** Whose an encrypted connection is. */
  readonly #peers = new WeakMap<object, string>()

  readonly #rates: MultiplexRates

  constructor(discipline: Discipline, clock: Clock) {
    this.#discipline = discipline
    this.#rates = new MultiplexRates(clock)
  }

  /** Where others put a key of their own before everything else, the bounds of a bare connection stand. */
  protector(encryption: string): ConnectionProtector {
    return {
      protect: async (connection) => {
        this.#watch(connection, { ends: (line) => line === encryption })
        return connection
      }
    }
  }

  /** Of the same encrypter. */
  encrypter(inner: ConnectionEncrypter, muxer: string): ConnectionEncrypter {
    const watched = <S extends SecuredConnection>(secured: S): S => {
      const peer = secured.remotePeer.toString()
      this.#peers.set(secured.connection, peer)
      // Where the muxer was named in the handshake nothing is left to agree on.
      if (!secured.streamMuxer) this.#watch(secured.connection, { ends: (line) => line === muxer, peer })
      return secured
    }
    const [inbound, outbound] = [inner.secureInbound.bind(inner), inner.secureOutbound.bind(inner)]
    inner.secureInbound = async (...args: Parameters<typeof inbound>) => watched(await inbound(...args))
    inner.secureOutbound = async (...args: Parameters<typeof outbound>) => watched(await outbound(...args))
    return inner
  }

  /** Of the same factory. */
  muxer(inner: StreamMuxerFactory, components: Components): StreamMuxerFactory {
    const create = inner.createStreamMuxer.bind(inner)
    inner.createStreamMuxer = (connection) => {
      this.#watchFrames(connection)
      const muxer = create(connection) as ReturnType<typeof create> & { onRemoteStream(stream: MessageStream): void }
      const peer = this.#peers.get(connection) ?? ''
      const isServed = (line: string) => components.registrar.getProtocols().includes(line)
      const [opened, arrived] = [muxer.createStream.bind(muxer), muxer.onRemoteStream.bind(muxer)]
      // By the event itself the library tells whether anybody listens: a listener more would lose early streams.
      muxer.onRemoteStream = (stream) => {
        this.#watch(stream, { ends: isServed, peer })
        arrived(stream)
      }
      muxer.createStream = async (options) => {
        const stream = await opened(options)
        // Of what was proposed the other end repeats what it takes.
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
    judgeReading(connection, (bytes) => {
      if (connection.status !== 'open') return false
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
      if (watch === undefined && answer === undefined) return true
      if (stream.status !== 'open') return false
      let rest = bytesOf(bytes)
      if (watch !== undefined) {
        const found = watch.follow(rest)
        if (typeof found === 'string') return refuse(found)
        if (found === undefined) return true
        watch = undefined
        const bytesMax = isAsking ? ANSWER_BYTES_MAX[found.protocol] : undefined
        if (bytesMax !== undefined) answer = new FrameWatch(bytesMax)
        rest = rest.subarray(found.read)
      }
      const fault = answer?.follow(rest)
      return typeof fault === 'string' ? refuse(fault) : true
    })
  }
}

interface Watched {
  readonly ends: (line: string) => boolean
  /** Whose it is, where that is proved. */
  readonly peer?: string
  /** This end asks, and reads an answer. */
  readonly isAsking?: boolean
}

function bytesOf(bytes: Bytes): Uint8Array {
  return bytes instanceof Uint8Array ? bytes : bytes.subarray()
}
