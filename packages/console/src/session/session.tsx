/** The session: the account, the client, and whether the gateway still answers and accepts the token. */
import { type Client, createClient } from '@stimnet/sdk'
import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useState } from 'react'
import { flushSync } from 'react-dom'
import { type Account, accountOf } from './account.ts'
import { watchedFetch } from './connection.ts'
import { takeReturned } from './returned.ts'
import { ofTab } from './storage.ts'

/** The session as pages use it. */
export interface Session {
  readonly client: Client
  /** Null if nobody is signed in. */
  readonly account: Account | null
  /** Whether the gateway no longer accepts the token. The user signs in again and stays on the page. */
  readonly expired: boolean
  /** Whether the last request to the gateway failed. */
  readonly lost: boolean
  /** Number of sign-ins and of returns of the gateway. When it changes, interrupted work is started again. */
  readonly renewed: number
  /** The error of a login by a provider; undefined if none was started or if it succeeded. */
  readonly refused: unknown
  signIn(name: string, password: string): Promise<void>
  signOut(): void
}

const TOKEN = 'stimnet-token'
/** Maximum time that signing out waits for the gateway, ms. */
const SIGN_OUT_MS = 2_000
const Context = createContext<Session | null>(null)

/** The current session. */
export function useSession(): Session {
  const session = use(Context)
  if (!session) throw new Error('outside of a session')
  return session
}

/** The signed-in account. Pages are rendered only if there is one. */
export function useAccount(): Account {
  const { account } = useSession()
  if (!account) throw new Error('nobody is signed in')
  return account
}

/** Keeps the token in this tab only, until the tab is closed. */
export function SessionProvider({ children }: { children: ReactNode }) {
  const [token, setToken] = useState(() => ofTab.get(TOKEN))
  const [expired, setExpired] = useState(false)
  const [lost, setLost] = useState(false)
  const [leaving, setLeaving] = useState(false)
  const [renewed, setRenewed] = useState(0)
  const [refused, setRefused] = useState<unknown>()
  const answered = useCallback(() => setLost(false), [])
  const client = useMemo(() => {
    const fetch = watchedFetch((input, init) => globalThis.fetch(input, init), {
      answered,
      unreachable: () => setLost(true),
      tokenRefused: () => setExpired(true)
    })
    const stored = ofTab.get(TOKEN)
    return createClient({ url: location.origin, fetch, ...(stored === null ? {} : { token: stored }) })
  }, [answered])
  useReturn(lost, client, () => setRenewed((count) => count + 1))
  const take = useCallback(
    (fresh: string) => {
      const before = token === null ? null : accountOf(token)?.name
      // The page shows data of another account, so it is reloaded.
      if (before !== null && before !== accountOf(fresh)?.name) return startAnew(fresh)
      ofTab.set(TOKEN, fresh)
      setToken(fresh)
      setExpired(false)
      setRefused(undefined)
      setRenewed((count) => count + 1)
    },
    [token]
  )
  useReturnedLogin(client, take, setRefused)
  const session = useMemo<Session>(
    () => ({
      client,
      expired,
      lost,
      renewed,
      refused,
      account: token === null ? null : accountOf(token),
      signIn: async (name, password) => take(await client.authenticate(name, password)),
      // The tab forgets the token, whether or not the gateway receives the sign-out.
      signOut: () => {
        // Abort the requests of the pages first: with the revoked token they would be refused.
        flushSync(() => setLeaving(true))
        void client
          .signOut({ signal: AbortSignal.timeout(SIGN_OUT_MS) })
          .catch(() => undefined)
          .finally(() => startAnew(null))
      }
    }),
    [client, token, expired, lost, renewed, refused, take]
  )
  return <Context value={session}>{leaving ? <p role="status">Signing out …</p> : children}</Context>
}

/** Redeems the code from a provider's redirect, once. */
function useReturnedLogin(client: Client, take: (token: string) => void, refuse: (error: unknown) => void): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the browser comes back once, as the page opens
  useEffect(() => {
    const returned = takeReturned(location.hash)
    if (returned === undefined) return
    // The code can be used only once, so it is removed from the URL and the history.
    history.replaceState(null, '', '#/')
    if (returned.ok) client.redeemLogin(returned.code, returned.verifier).then(take, refuse)
    else refuse(returned.error)
  }, [])
}

/** Reloads the page with the token, as in a new tab. */
function startAnew(token: string | null): void {
  ofTab.clear()
  if (token !== null) ofTab.set(TOKEN, token)
  location.hash = ''
  location.reload()
}

const LOOK_AGAIN_MS = 2_000

/** While the gateway is unreachable, polls it; calls `back` once when it answers. */
function useReturn(lost: boolean, client: Client, back: () => void): void {
  useEffect(() => {
    if (!lost) return
    const look = () =>
      client.health().then(
        () => back(),
        () => undefined
      )
    const timer = setInterval(look, LOOK_AGAIN_MS)
    return () => clearInterval(timer)
  }, [lost, client, back])
}
