/** The focus follows what takes the place of a pressed button: a screen reader goes on where its user is. */
import { useCallback, useEffect, useRef } from 'react'
import { focusHeading } from './frame/title.tsx'

/** The `ref` of what is there after each change of `turn`; only a focus that would be lost is moved. */
export function useFollowing(turn: unknown): (element: HTMLElement | null) => void {
  const place = useRef<HTMLElement>(null)
  const last = useRef(turn)
  useEffect(() => {
    if (last.current === turn) return
    last.current = turn
    if (isFocusLost()) place.current?.focus()
  }, [turn])
  return useCallback((element) => {
    if (element !== null) place.current = element
  }, [])
}

/** Where no such part is left: the page's heading. */
export function useHeadingAfter(turn: unknown): void {
  const last = useRef(turn)
  useEffect(() => {
    if (last.current === turn) return
    last.current = turn
    if (isFocusLost()) focusHeading()
  }, [turn])
}

function isFocusLost(): boolean {
  return document.activeElement === null || document.activeElement === document.body
}
