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
  /** The gateway no longer accepts the token: the user signs in again and stays on the page. */
  readonly expired: boolean
  /** The last request to the gateway failed. */
  readonly lost: boolean
  /** Counts sign-ins and returns of the gateway: whatever was interrupted begins anew when it changes. */
  readonly renewed: number
  /** Why a login by a provider did not come through; undefined where none was begun, or it did. */
  readonly refused: unknown
  signIn(name: string, password: string): Promise<void>
  signOut(): void
}

const TOKEN = 'stimnet-token'
/** How long signing out waits for the gateway, ms. */
const SIGN_OUT_MS = 2_000
const Context = createContext<Session | null>(null)

/** The session. */
export function useSession(): Session {
  const session = use(Context)
  if (!session) throw new Error('outside of a session')
  return session
}

/** The account of whoever is signed in; pages are shown to nobody else. */
export function useAccount(): Account {
  const { account } = useSession()
  if (!account) throw new Error('nobody is signed in')
  return account
}

/** Keeps the token for as long as the tab is open, in this tab alone. */
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
      // The page shows data of another account: reload it.
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
      // Whether or not the gateway hears it: this tab forgets the token.
      signOut: () => {
        // Requests of the pages end with them: with a token that has ended they would be refused.
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

/** Redeems the code with which a provider's page sent the browser back, once. */
function useReturnedLogin(client: Client, take: (token: string) => void, refuse: (error: unknown) => void): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the browser comes back once, as the page opens
  useEffect(() => {
    const returned = takeReturned(location.hash)
    if (returned === undefined) return
    // The code has served; it need not stay in the address and the history.
    history.replaceState(null, '', '#/')
    if (returned.ok) client.redeemLogin(returned.code, returned.verifier).then(take, refuse)
    else refuse(returned.error)
  }, [])
}

/** Reloads the page with that token, as in a new tab. */
function startAnew(token: string | null): void {
  ofTab.clear()
  if (token !== null) ofTab.set(TOKEN, token)
  location.hash = ''
  location.reload()
}

const LOOK_AGAIN_MS = 2_000

/** While the gateway is lost, looks for it; `back` once when it answers again. */
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
