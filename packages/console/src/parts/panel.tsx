/** A part of a page with a heading of its own. */
import { type ReactNode, useId } from 'react'

/** A section named by its heading. */
export function Panel(props: { title: string; hint?: ReactNode; aside?: ReactNode; children: ReactNode }) {
  const id = useId()
  const { title, hint, aside, children } = props
  return (
    <section className="panel" aria-labelledby={id}>
      <div className="panel-head">
        <h2 id={id}>{title}</h2>
        {aside}
      </div>
      {hint !== undefined && <p className="hint">{hint}</p>}
      {children}
    </section>
  )
}
