/** What a page asks the gateway for: loaded, loaded again, and never thrown away because a later try failed. */
import { type DependencyList, useCallback, useEffect, useRef, useState } from 'react'
import { useSession } from './session/session.tsx'

/** The last good answer stays when a later one fails. */
export interface Loaded<T> {
  readonly value: T | undefined
  readonly error: unknown
  readonly loading: boolean
  reload(): void
}

/** Loads when `on` changes, after a sign-in or a lost gateway's return, and every so often where `everyMs` says so. */
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
