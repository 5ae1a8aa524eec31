/** The prompt for a phrase. */
import type { Io } from '@stimnet/machine'

/** Number of consecutive empty lines after which nobody seems to be present. */
const EMPTY_MAX = 10

/** The text that a person types. An empty line is not a phrase, so the prompt is repeated. */
export async function askPhrase(question: string, io: Io, signal: AbortSignal = io.signal): Promise<string> {
  for (let tries = 0; tries < EMPTY_MAX && !signal.aborted; tries++) {
    const typed = (await io.ask?.(question, signal)) ?? ''
    if (typed.trim() !== '') return typed
  }
  return ''
}
