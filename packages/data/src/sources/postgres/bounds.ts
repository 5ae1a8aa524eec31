/** Bounds on the data that a PostgreSQL server sends, counted before any of the data are decoded. */
import type { EventEmitter } from 'node:events'

/** The TCP or TLS socket of a connection. */
export interface Stream extends EventEmitter {
  destroy(): void
}

/** The connection of a client. It emits each decoded message as an event with the message's name. */
export interface Connection extends EventEmitter {
  /** With TLS, the stream is replaced before the event `sslconnect`. */
  readonly stream: Stream
}

/** The maximum amount that a server may send as one answer. */
export interface AnswerBounds {
  /** Maximum bytes of all messages, including a message that has only begun. */
  readonly bytesMax: number
  readonly messagesMax: number
}

/** Maximum bytes of rows in one answer. */
export const BATCH_BYTES_MAX = 64 * 1024 * 1024
/** Maximum number of messages other than rows, such as settings and notices. */
const MESSAGES_BESIDE_MAX = 1_000

/** Bounds for the messages that a server sends before the first query: its settings. */
export const GREETING: AnswerBounds = {
  bytesMax: 1024 * 1024,
  messagesMax: MESSAGES_BESIDE_MAX
}
/** Bounds for a result that is read as a whole, such as the names and types of columns. */
export const SMALL_RESULT: AnswerBounds = {
  bytesMax: 16 * 1024 * 1024,
  messagesMax: 100_000
}
/** Bounds for a batch of rows: twice the bytes of the rows, to include lengths and headers. */
export function batchBounds(rowsMax: number): AnswerBounds {
  return {
    bytesMax: 2 * BATCH_BYTES_MAX,
    messagesMax: rowsMax + MESSAGES_BESIDE_MAX
  }
}

/** Sets the bounds for the next answer, and resets the counts. */
export type Expect = (bounds: AnswerBounds) => void

/**
 * Counts all bytes that a connection receives before they are decoded. Calls `refuse`, which must not return, with the reason if an answer
 * is too large, a message declares more bytes than its answer may have, the total is too large, or a row has a different number of cells
 * than the result has columns.
 */
export function boundAnswers(
  connection: Connection,
  {
    bytesMax,
    hasTls,
    refuse
  }: {
    readonly bytesMax: number
    readonly hasTls: boolean
    refuse(why: string): never
  }
): Expect {
  let bounds = GREETING
  let [bytes, messages, total, cells] = [0, 0, 0, 0]
  const count = countMessages((length) => {
    if (length === undefined) return refuse('it does not speak the protocol of PostgreSQL')
    bytes += length
    messages += 1
    total += length
    if (bytes > bounds.bytesMax || messages > bounds.messagesMax) refuse('it sends more than it was asked for')
    if (total > bytesMax) refuse('it sends more than megabytes_max')
  })
  const listen = () => connection.stream.prependListener('data', count)
  if (hasTls) connection.once('sslconnect', listen)
  else listen()
  connection.prependListener('rowDescription', ({ fields }: { fields: readonly unknown[] }) => {
    cells = fields.length
  })
  connection.prependListener('dataRow', ({ fields }: { fields: readonly unknown[] }) => {
    if (fields.length !== cells) refuse('a row has not as many cells as the result has columns')
  })
  return (next) => {
    bounds = next
    bytes = 0
    messages = 0
  }
}

/** Bytes of a message's type and length, and of the length field alone. The length includes the length field itself. */
const HEADER_BYTES = 5
const LENGTH_BYTES = 4

/**
 * Returns a reader of chunks that reports the number of bytes of each message as soon as its header is complete, or undefined for an
 * impossible length.
 */
function countMessages(begins: (bytes: number | undefined) => void): (chunk: Uint8Array) => void {
  const header = new DataView(new ArrayBuffer(HEADER_BYTES))
  let known = 0
  let left = 0
  return (chunk) => {
    for (let at = 0; at < chunk.length; ) {
      if (left > 0) {
        const body = Math.min(left, chunk.length - at)
        left -= body
        at += body
        continue
      }
      header.setUint8(known, chunk[at] ?? 0)
      known += 1
      at += 1
      if (known < HEADER_BYTES) continue
      known = 0
      const length = header.getUint32(1)
      begins(length < LENGTH_BYTES ? undefined : length + 1)
      left = length - LENGTH_BYTES
    }
  }
}
