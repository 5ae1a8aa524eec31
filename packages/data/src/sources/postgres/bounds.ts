/** Bounds on what a PostgreSQL server sends, counted before any of it is decoded. */
import type { EventEmitter } from 'node:events'

/** The socket of a connection, or its TLS. */
export interface Stream extends EventEmitter {
  destroy(): void
}

/** The connection of a client. It reports each decoded message as an event of the message's name. */
export interface Connection extends EventEmitter {
  /** With TLS it is another one once the event `sslconnect` has come. */
  readonly stream: Stream
}

/** The most that a server may send as one answer. */
export interface AnswerBounds {
  /** Bytes of all messages, those of a message that has only begun included. */
  readonly bytesMax: number
  readonly messagesMax: number
}

/** Bytes of rows that one answer can have, at most. */
export const BATCH_BYTES_MAX = 64 * 1024 * 1024
/** Messages that come beside rows, such as settings and notices. */
const MESSAGES_BESIDE_MAX = 1_000

/** What a server may send before it is asked anything: its settings. */
export const GREETING: AnswerBounds = {
  bytesMax: 1024 * 1024,
  messagesMax: MESSAGES_BESIDE_MAX
}
/** A result that is read as a whole, such as the names and types of columns. */
export const SMALL_RESULT: AnswerBounds = {
  bytesMax: 16 * 1024 * 1024,
  messagesMax: 100_000
}
/** A batch of rows: their bytes, and as much again for lengths and headers. */
export function batchBounds(rowsMax: number): AnswerBounds {
  return {
    bytesMax: 2 * BATCH_BYTES_MAX,
    messagesMax: rowsMax + MESSAGES_BESIDE_MAX
  }
}

/** Sets the bounds of the answer that comes next. What was sent before counts for it no more. */
export type Expect = (bounds: AnswerBounds) => void

/**
 * Counts all that a connection receives, before its decoder sees it. Calls `refuse`, which must not return, with the words for what
 * is too much: an answer, a message that says it is longer than its answer may be, all together, or a row with more or fewer cells
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

/** Bytes of a message's type and length, and of the length alone, which counts itself. */
const HEADER_BYTES = 5
const LENGTH_BYTES = 4

/** A reader of chunks that tells the bytes of each message as soon as its header is there; undefined for an impossible length. */
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
