/** What is wider than its place scrolls sideways, and can then be reached and scrolled without a mouse. */
import { type ReactNode, useLayoutEffect, useRef, useState } from 'react'

/** `label` says what scrolls, where something does. */
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
  // Before the first paint: nobody finds it scrolling and out of reach.
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
