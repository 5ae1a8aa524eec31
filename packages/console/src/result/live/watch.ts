/** Follows a question live until it ends, over broken streams, new sign-ins and restarts of the gateway. */
import { CODES, codeOf, StimnetError } from '@stimnet/protocol'
import type { Broadcast } from '@stimnet/sdk'
import { useEffect, useState } from 'react'
import { useSession } from '../../session/session.tsx'

/** The last known state; it stays if the stream breaks. */
export interface Watched {
  readonly broadcast: Broadcast | undefined
  /** Whether the stream is broken and is being reconnected. */
  readonly broken: boolean
  /** The error after which the stream was not reconnected. */
  readonly error: unknown
}

const AGAIN_MS = 2_000

/** Follows a question while the page is open. */
export function useBroadcast(id: string): Watched {
  const { client, renewed } = useSession()
  const [watched, setWatched] = useState<Watched>({ broadcast: undefined, broken: false, error: undefined })
  // biome-ignore lint/correctness/useExhaustiveDependencies: a sign-in or the gateway's return begins anew
  useEffect(() => {
    const gone = new AbortController()
    const { signal } = gone
    const follow = async (): Promise<void> => {
      try {
        for await (const broadcast of client.watchBroadcast(id, { signal })) {
          if (broadcast.id !== id) throw another()
          setWatched({ broadcast, broken: false, error: undefined })
        }
      } catch (error) {
        if (signal.aborted) return
        if (!CODES[codeOf(error)].retry) return setWatched((last) => ({ ...last, broken: false, error }))
        setWatched((last) => ({ ...last, broken: true }))
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
        if (!signal.aborted) return follow()
      }
    }
    void follow()
    return () => gone.abort()
  }, [client, id, renewed])
  return watched
}

function another(): StimnetError {
  const reason = 'The gateway answered with a question other than the one on this page. Do not trust this gateway.'
  return new StimnetError('SIGNATURE_INVALID', 'an answer with another number', { reason })
}
