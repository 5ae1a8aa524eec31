/** Data that a page loads from the gateway. The last good answer is kept when a later attempt fails. */
import { type DependencyList, useCallback, useEffect, useRef, useState } from 'react'
import { useSession } from './session/session.tsx'

/** The last good answer, kept when a later attempt fails, and the latest error. */
export interface Loaded<T> {
  readonly value: T | undefined
  readonly error: unknown
  readonly loading: boolean
  reload(): void
}

/** Loads the data when `on` changes, after a sign-in, when a lost gateway returns, and every `everyMs` if that is given. */
export function useLoaded<T>(
  load: (signal: AbortSignal) => Promise<T>,
  on: DependencyList,
  { everyMs }: { everyMs?: number } = {}
): Loaded<T> {
  const { renewed } = useSession()
  const [state, setState] = useState<{ value?: T; error?: unknown; loading: boolean }>({ loading: true })
  const [turn, setTurn] = useState(0)
  const latest = useRef(load)
  latest.current = load
  // biome-ignore lint/correctness/useExhaustiveDependencies: the caller says what it depends on
  useEffect(() => {
    const gone = new AbortController()
    const run = async () => {
      try {
        const value = await latest.current(gone.signal)
        if (!gone.signal.aborted) setState({ value, loading: false })
      } catch (error) {
        if (!gone.signal.aborted) setState((last) => ({ ...last, error, loading: false }))
      }
    }
    setState((last) => ({ ...last, loading: true }))
    void run()
    const timer = everyMs === undefined ? undefined : setInterval(() => void (document.hidden || run()), everyMs)
    return () => {
      clearInterval(timer)
      gone.abort()
    }
  }, [...on, renewed, turn, everyMs])
  const reload = useCallback(() => setTurn((count) => count + 1), [])
  return { value: state.value, error: state.error, loading: state.loading, reload }
}
