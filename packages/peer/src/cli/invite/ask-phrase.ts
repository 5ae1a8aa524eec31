/** The question for a phrase. */
import type { Io } from '@stimnet/machine'

/** Empty lines in a row after which nobody seems to sit there. */
const EMPTY_MAX = 10

/** What a person types. An empty line is no phrase, so it is asked for again. */
export async function askPhrase(question: string, io: Io, signal: AbortSignal = io.signal): Promise<string> {
  for (let tries = 0; tries < EMPTY_MAX && !signal.aborted; tries++) {
    const typed = (await io.ask?.(question, signal)) ?? ''
    if (typed.trim() !== '') return typed
  }
  return ''
}
