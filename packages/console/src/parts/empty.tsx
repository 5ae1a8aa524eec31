/** A placeholder where there is no content yet: the reason, and the next step. */
import type { ReactNode } from 'react'

/** A heading, an explanation, and optionally a link. */
export function Empty({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      <div>{children}</div>
    </div>
  )
}
