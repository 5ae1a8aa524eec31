/** A container for content wider than the page. It scrolls sideways, and can be focused and scrolled from the keyboard. */
import { type ReactNode, useLayoutEffect, useRef, useState } from 'react'

/** `label`: the name of the content, announced if it scrolls. */
export function Scroll({
  label,
  className = '',
  children
}: {
  label: string
  className?: string
  children: ReactNode
}) {
  const place = useRef<HTMLElement>(null)
  const [overflows, setOverflows] = useState(false)
  // Before the first paint, so that scrolling content is never out of reach of the keyboard.
  useLayoutEffect(() => {
    const element = place.current
    if (!element) return
    const look = () => setOverflows(element.scrollWidth > element.clientWidth)
    look()
    const observer = new ResizeObserver(look)
    observer.observe(element)
    for (const child of element.children) observer.observe(child)
    return () => observer.disconnect()
  }, [])
  return (
    <section ref={place} className={`scroll ${className}`} {...(overflows ? { tabIndex: 0, 'aria-label': label } : {})}>
      {children}
    </section>
  )
}
