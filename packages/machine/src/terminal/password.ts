/** Input of a password: one line from standard input, not echoed on a terminal. */
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import type { Io } from './arguments.ts'

/** Reads a password. Returns an empty text if the input ends at once. */
export async function readPassword(io: Io): Promise<string> {
  const { stdin } = process
  if (stdin.isTTY) io.err('Password: ')
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: stdin, output: silent, terminal: stdin.isTTY === true })
  try {
    for await (const line of lines) return line
    return ''
  } finally {
    lines.close()
    if (stdin.isTTY) io.err('\n')
  }
}
