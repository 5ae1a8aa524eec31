/** What went wrong, for people: the code's meaning, what the gateway said beside it, what to do. */
import { CODES, codeOf, StimnetError } from '@stimnet/protocol'
import { ApiError } from '@stimnet/sdk'

/** A problem as it is shown. */
export interface Told {
  readonly code: string
  readonly sentence: string
  /** Field by field. */
  readonly fields: readonly { readonly field: string; readonly message: string }[]
  readonly retry: boolean
  /** By this the operator finds it. */
  readonly incident: string | undefined
}

const OWN: Readonly<Record<string, string>> = {
  PEER_UNREACHABLE: 'The gateway does not answer. The console tries again until it does.',
  UNAUTHENTICATED: 'Your sign-in has ended. Sign in again to continue here.',
  CREDENTIALS_INVALID: 'User name or password is wrong.',
  RATE_LIMITED: 'Too many requests in one minute. Wait a moment, then try again.'
}

/** Never throws, whatever was thrown. */
export function tell(error: unknown): Told {
  const code = codeOf(error)
  const api = error instanceof ApiError ? error : undefined
  const { meaning, retry } = CODES[code]
  // What this page itself found says more than its code, where it says anything.
  const own = error instanceof StimnetError && error.reason !== meaning ? error.reason : undefined
  const reason = api?.reason ?? own
  return {
    code,
    sentence: reason ?? OWN[code] ?? meaning,
    fields: api?.fields ?? [],
    retry,
    incident: api?.incident
  }
}
