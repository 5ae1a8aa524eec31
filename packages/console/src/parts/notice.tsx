/** A message in a box. */
import type { ReactNode } from 'react'
import type { Tone } from '../words/state.ts'

/** `live`: screen readers announce the message when it appears. */
export function Notice({ tone, live = false, children }: { tone: Tone; live?: boolean; children: ReactNode }) {
  return (
    <div className={`notice ${tone}`} {...(live ? { role: 'status' } : {})}>
      {children}
    </div>
  )
}
