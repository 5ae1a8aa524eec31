/** Describes an error for people: the meaning of its code, the gateway's reason, and advice. */
import { CODES, codeOf, StimnetError } from '@stimnet/protocol'
import { ApiError } from '@stimnet/sdk'

/** An error as it is shown. */
export interface Told {
  readonly code: string
  readonly sentence: string
  /** Invalid fields of the request, with the reasons. */
  readonly fields: readonly { readonly field: string; readonly message: string }[]
  readonly retry: boolean
  /** Id by which the operator finds the error in the log. */
  readonly incident: string | undefined
}

const OWN: Readonly<Record<string, string>> = {
  PEER_UNREACHABLE: 'The gateway does not answer. The console tries again until it does.',
  UNAUTHENTICATED: 'Your sign-in has ended. Sign in again to continue here.',
  CREDENTIALS_INVALID: 'User name or password is wrong.',
  RATE_LIMITED: 'Too many requests in one minute. Wait a moment, then try again.'
}

/** Describes any thrown value; never throws. */
export function tell(error: unknown): Told {
  const code = codeOf(error)
  const api = error instanceof ApiError ? error : undefined
  const { meaning, retry } = CODES[code]
  // A reason that this page itself found is more specific than the meaning of its code.
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
