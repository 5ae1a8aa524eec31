/** Output to a stream whose reader may go away, such as `head`. */
import type { Writable } from 'node:stream'
import { printableLines } from './table.ts'

/** Thrown at a write after the reader went away. The command ends then, without a message that nobody would read. */
export class ReaderGone extends Error {}

/** A function that writes to a stream. Throws ReaderGone from the first write on that the stream's reader cannot get. */
export type Output = (text: string) => void

/**
 * The same for a stream that people read at a terminal. Words of other institutions are in what is written: whatever the place that
 * writes them does, they cannot control the terminal.
 */
export function textTo(write: Output): Output {
  return (text) => write(printableLines(text))
}

/** Writes what it is given as it is. */
export function outputTo(stream: Writable): Output {
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
