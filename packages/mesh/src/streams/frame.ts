/**
 * Frames on a stream: an unsigned varint length of at most four bytes, then the bytes.
 *
 * A question is one frame holding one message. An answer is a frame whose first byte says what follows:
 * 0x00, then the message; or 0x01, then a code of `CODES` in ASCII. Never a text: an error's text can carry a patient.
 */
import type { Stream } from '@libp2p/interface'
import { lpStream } from '@libp2p/utils'
import { type Code, StimnetError } from '@stimnet/protocol'
import { decode as decodeVarint } from 'uint8-varint'
import type { Uint8ArrayList } from 'uint8arraylist'
import { EndlessLengthError, receivedCode } from './fault.ts'

const ANSWERED = 0
const REFUSED = 1
/** Four bytes of seven bits name 256 MiB, far more than any frame. */
const LENGTH_BYTES_MAX = 4
/** Room beside the frame for what follows it in the same packet. */
const SLACK_BYTES = 64 * 1024
/** No code is longer. */
const CODE_BYTES_MAX = 64

/** Reads and writes whole frames; a longer one is refused before its bytes are read. */
export interface Frames {
  read(options: { signal: AbortSignal }): Promise<Uint8Array>
  write(bytes: Uint8Array, options: { signal: AbortSignal }): Promise<void>
}

/**
 * Must be called in the same turn in which the stream was got: bytes that arrive earlier are kept for the first
 * listener, and end-of-stream is not told twice. Reading throws TOO_LARGE as libp2p's errors; see `fault.ts`.
 */
export function framesOf(stream: Stream, frameBytesMax: number, bufferBytesMax = frameBytesMax + SLACK_BYTES): Frames {
  const lengthPrefixed = lpStream(stream, {
    maxDataLength: frameBytesMax,
    maxBufferSize: bufferBytesMax,
    lengthDecoder: decodeLength
  })
  return {
    // A copy: messages keep their bytes as views, and the network's buffer is used again.
    read: async (options) => (await lengthPrefixed.read(options)).slice(),
    write: (bytes, options) => lengthPrefixed.write(bytes, options)
  }
}

/** Without the guard a prefix of endless 0xff is read byte by byte for seconds, past every timeout. */
export function decodeLength(bytes: Uint8ArrayList): number {
  if (bytes.byteLength > LENGTH_BYTES_MAX) throw new EndlessLengthError('the length prefix does not end')
  return decodeVarint(bytes)
}

/** The bytes an answer frame needs beside its message. */
export const ANSWER_BYTES_MORE = 1 + CODE_BYTES_MAX

/** An answer: 0x00 and the message. */
export function answerFrame(message: Uint8Array): Uint8Array {
  const frame = new Uint8Array(1 + message.length)
  frame[0] = ANSWERED
  frame.set(message, 1)
  return frame
}

/** A refusal: 0x01 and the code, in ASCII. */
export function refusalFrame(code: Code): Uint8Array {
  return Uint8Array.of(REFUSED, ...new TextEncoder().encode(code))
}

/** The message inside an answer frame. Throws the code it carries, or MALFORMED. */
export function openAnswer(frame: Uint8Array, doing: string): Uint8Array {
  if (frame[0] === ANSWERED) return frame.subarray(1)
  if (frame[0] !== REFUSED || frame.length > 1 + CODE_BYTES_MAX) throw new StimnetError('MALFORMED', doing)
  const code = String.fromCharCode(...frame.subarray(1))
  throw new StimnetError(receivedCode(code), `${doing}: the peer says ${receivedCode(code)}`)
}
