/** A word with a colour; the word alone says it too. */
import type { ReactNode } from 'react'
import type { Tone } from '../words/state.ts'

/** A badge. */
export function Badge({ tone = 'calm', children }: { tone?: Tone; children: ReactNode }) {
  return <span className={`badge ${tone}`}>{children}</span>
}
