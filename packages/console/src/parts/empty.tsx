/** What is shown where nothing is yet: why, and what to do. */
import type { ReactNode } from 'react'

/** A heading, words, and perhaps a way on. */
export function Empty({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      <div>{children}</div>
    </div>
  )
}
