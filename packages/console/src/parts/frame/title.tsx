/** The title of a page, in the tab and as the heading that a screen reader reads. */
import { type ReactNode, useEffect, useRef } from 'react'

/** Sets the title of the tab. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · StimNet`
  }, [title])
}

/** A page's heading; takes the focus when the page is entered, so that a screen reader reads it. */
export function Title(props: { children: string; lead?: ReactNode; actions?: ReactNode }) {
  const { children, lead, actions } = props
  const heading = useRef<HTMLHeadingElement>(null)
  useTitle(children)
  useEffect(() => heading.current?.focus({ preventScroll: true }), [])
  return (
    <header className="title">
      <div>
        <h1 ref={heading} tabIndex={-1}>
          {children}
        </h1>
        {lead !== undefined && <p className="lead">{lead}</p>}
      </div>
      {actions !== undefined && <div className="actions">{actions}</div>}
    </header>
  )
}

/** Moves the focus to the page's heading, for use when the focused control disappears. */
export function focusHeading(): void {
  document.querySelector<HTMLElement>('main h1')?.focus()
}
