/** Watches the connection to the gateway: whether the gateway answers, and whether it accepts the token. */

/** The events of the connection. */
export interface ConnectionEvents {
  answered(): void
  unreachable(): void
  tokenRefused(): void
}

type Fetch = (input: string, init?: RequestInit) => Promise<Response>

/** Wraps `fetch` to report `ConnectionEvents`. An aborted request does not count as a failure. */
export function watchedFetch(fetch: Fetch, events: ConnectionEvents): Fetch {
  return async (input, init) => {
    try {
      const response = await fetch(input, init)
      events.answered()
      if (carriesToken(init) && (await refusesToken(response))) events.tokenRefused()
      return response
    } catch (error) {
      if (!init?.signal?.aborted) events.unreachable()
      throw error
    }
  }
}

/** Whether the token was rejected: it is invalid, or its account is locked. */
async function refusesToken(response: Response): Promise<boolean> {
  if (response.status !== 403) return response.status === 401
  const problem: unknown = await response
    .clone()
    .json()
    .catch(() => undefined)
  return (problem as { code?: unknown } | undefined)?.code === 'ACCOUNT_LOCKED'
}

function carriesToken(init: RequestInit | undefined): boolean {
  return new Headers(init?.headers).has('authorization')
}
