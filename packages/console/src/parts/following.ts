/** Moves the focus to the content that replaces a pressed button, so that a screen reader continues there. */
import { useCallback, useEffect, useRef } from 'react'
import { focusHeading } from './frame/title.tsx'

/** A `ref` for the content shown after each change of `turn`. The focus moves only if it would be lost otherwise. */
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

/** Moves the focus to the page's heading after each change of `turn`, if the focus would be lost otherwise. */
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
