/** A word with a colour. The word alone has the full meaning. */
import type { ReactNode } from 'react'
import type { Tone } from '../words/state.ts'

/** A badge. */
export function Badge({ tone = 'calm', children }: { tone?: Tone; children: ReactNode }) {
  return <span className={`badge ${tone}`}>{children}</span>
}
