/** Checks the bytes of a stream before its reader gets them. */
import type { MessageStream } from '@libp2p/interface'
import type { Uint8ArrayList } from 'uint8arraylist'

/** Bytes as libp2p passes them on. */
export type Bytes = Uint8Array | Uint8ArrayList

/**
 * Members of libp2p's streams that are not in their interface: the input of bytes, and the buffer of bytes that arrived
 * early.
 */
interface Inner {
  onData(data: Bytes): void
  readonly readBuffer: Uint8ArrayList
}

/** Drops all bytes that `judge` refuses. Returns false if bytes that had already arrived were refused. */
export function judgeReading(stream: MessageStream, judge: (bytes: Bytes) => boolean): boolean {
  const inner = stream as unknown as Inner
  if (!judge(inner.readBuffer)) return false
  const pass = inner.onData.bind(inner)
  inner.onData = (bytes) => {
    if (judge(bytes)) pass(bytes)
  }
  return true
}
