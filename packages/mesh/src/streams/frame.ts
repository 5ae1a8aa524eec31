/**
 * Frames on a stream: an unsigned varint length of at most four bytes, then the bytes.
 *
 * A request is one frame with one message. The first byte of an answer frame states what follows: 0x00, then the message; or
 * 0x01, then a code of `CODES` in ASCII. No other text is sent, because the text of an error can contain patient data.
 */
import type { Stream } from '@libp2p/interface'
import { lpStream } from '@libp2p/utils'
import { type Code, StimnetError } from '@stimnet/protocol'
import { decode as decodeVarint } from 'uint8-varint'
import type { Uint8ArrayList } from 'uint8arraylist'
import { EndlessLengthError, receivedCode } from './fault.ts'

const ANSWERED = 0
const REFUSED = 1
/** Maximum length of a length prefix. Four bytes with seven bits each can express 256 MiB, far more than any frame. */
const LENGTH_BYTES_MAX = 4
/** Buffer space beside the frame, for bytes that follow it in the same packet. */
const SLACK_BYTES = 64 * 1024
/** Maximum length of a code. */
const CODE_BYTES_MAX = 64

/** Reads and writes whole frames. A frame that is too long is refused before its bytes are read. */
export interface Frames {
  read(options: { signal: AbortSignal }): Promise<Uint8Array>
  write(bytes: Uint8Array, options: { signal: AbortSignal }): Promise<void>
}

/**
 * Frames on a stream. This function must be called in the tick in which the stream was received: early bytes are kept for
 * the first listener, and the end of the stream is reported only once. For a frame that is too long, reading throws an error
 * of libp2p, which `fault.ts` translates into TOO_LARGE.
 */
export function framesOf(stream: Stream, frameBytesMax: number, bufferBytesMax = frameBytesMax + SLACK_BYTES): Frames {
  const lengthPrefixed = lpStream(stream, {
    maxDataLength: frameBytesMax,
    maxBufferSize: bufferBytesMax,
    lengthDecoder: decodeLength
  })
  return {
    // A copy, because decoded messages keep views of these bytes, and the network reuses its buffer.
    read: async (options) => (await lengthPrefixed.read(options)).slice(),
    write: (bytes, options) => lengthPrefixed.write(bytes, options)
  }
}

/** Decodes a length prefix. Without the check, an endless prefix of 0xff would be read byte by byte, past every timeout. */
export function decodeLength(bytes: Uint8ArrayList): number {
  if (bytes.byteLength > LENGTH_BYTES_MAX) throw new EndlessLengthError('the length prefix does not end')
  return decodeVarint(bytes)
}

/** The maximum number of bytes that an answer frame needs in addition to its message. */
export const ANSWER_BYTES_MORE = 1 + CODE_BYTES_MAX

/** The frame of an answer: 0x00 and the message. */
export function answerFrame(message: Uint8Array): Uint8Array {
  const frame = new Uint8Array(1 + message.length)
  frame[0] = ANSWERED
  frame.set(message, 1)
  return frame
}

/** The frame of a refusal: 0x01 and the code in ASCII. */
export function refusalFrame(code: Code): Uint8Array {
  return Uint8Array.of(REFUSED, ...new TextEncoder().encode(code))
}

/** The message in an answer frame. Throws the code that a refusal carries, or MALFORMED. */
export function openAnswer(frame: Uint8Array, doing: string): Uint8Array {
  if (frame[0] === ANSWERED) return frame.subarray(1)
  if (frame[0] !== REFUSED || frame.length > 1 + CODE_BYTES_MAX) throw new StimnetError('MALFORMED', doing)
  const code = String.fromCharCode(...frame.subarray(1))
  throw new StimnetError(receivedCode(code), `${doing}: the peer says ${receivedCode(code)}`)
}
