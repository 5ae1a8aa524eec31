/** What a page is called: in the tab, and for a screen reader where one arrives. */
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

/** Where the page begins: whoever's control has gone goes on from there. */
export function focusHeading(): void {
  document.querySelector<HTMLElement>('main h1')?.focus()
}
