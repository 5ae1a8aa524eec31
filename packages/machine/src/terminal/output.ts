/** Output to a stream whose reader may go away, such as `head`. */
import type { Writable } from 'node:stream'

/** Thrown at a write after the reader went away. The command ends then, without a message that nobody would read. */
export class ReaderGone extends Error {}

/** A function that writes to a stream. Throws ReaderGone from the first write on that the stream's reader cannot get. */
export function outputTo(stream: Writable): (text: string) => void {
  let isGone = false
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    isGone = true
  })
  return (text) => {
    if (isGone) throw new ReaderGone('the reader of the output is gone')
    stream.write(text)
  }
}
