/** Bytes of a stream, judged before whoever reads it gets them. */
import type { MessageStream } from '@libp2p/interface'
import type { Uint8ArrayList } from 'uint8arraylist'

/** Bytes as the library hands them on. */
export type Bytes = Uint8Array | Uint8ArrayList

/** What the library's streams have beside their interface: where bytes come in, and those that came early. */
interface Inner {
  onData(data: Bytes): void
  readonly readBuffer: Uint8ArrayList
}

/** Bytes for which `judge` says no reach nobody; false where those that came early were refused. */
export function judgeReading(stream: MessageStream, judge: (bytes: Bytes) => boolean): boolean {
  const inner = stream as unknown as Inner
  if (!judge(inner.readBuffer)) return false
  const pass = inner.onData.bind(inner)
  inner.onData = (bytes) => {
    if (judge(bytes)) pass(bytes)
  }
  return true
}
