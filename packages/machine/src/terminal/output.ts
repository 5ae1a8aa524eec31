/** Output to a stream whose reader may close it, such as `head`. */
import type { Writable } from 'node:stream'
import { printableLines } from './table.ts'

/** Thrown by a write after the reader has closed the stream. The command then ends without a message, which nobody would read. */
export class ReaderGone extends Error {}

/** A function that writes to a stream. It throws ReaderGone once the reader has closed the stream. */
export type Output = (text: string) => void

/**
 * Returns an output for a terminal, in which control characters are replaced. The output may contain text from other institutions, which
 * must not be able to control the terminal.
 */
export function textTo(write: Output): Output {
  return (text) => write(printableLines(text))
}

/** Returns an output that writes text unchanged. */
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
