/** Input of one line that a person types in answer to a prompt. */
import { createInterface } from 'node:readline'
import { printableLines } from './table.ts'

/**
 * Asks on standard error, since standard output is for answers. Returns an empty text if the input ends or Ctrl-C is pressed. Ctrl-C also
 * triggers the process's SIGINT handlers, as it does outside of a prompt.
 */
export async function askLine(question: string, signal: AbortSignal): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  const close = () => lines.close()
  signal.addEventListener('abort', close, { once: true })
  try {
    const answer = await new Promise<string | undefined>((resolve) => {
      lines.once('close', () => resolve(undefined))
      // In a terminal, Ctrl-C is delivered to this interface and not to the process.
      lines.once('SIGINT', () => {
        process.emit('SIGINT')
        close()
      })
      lines.question(printableLines(question), resolve)
    })
    if (answer === undefined) process.stderr.write('\n')
    return answer ?? ''
  } finally {
    signal.removeEventListener('abort', close)
    lines.close()
  }
}
