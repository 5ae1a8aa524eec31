/** Login by an identity provider: the secret that the tab stores during the redirect, and the result of the redirect. */
import { isCode, StimnetError } from '@stimnet/protocol'
import { placeOf } from '../route.ts'
import { type Kept, ofTab } from './storage.ts'

const VERIFIER = 'stimnet-login'

/** The result of the redirect: a code with the secret that redeems it, or the error. */
export type Returned =
  | { readonly ok: true; readonly code: string; readonly verifier: string }
  | { readonly ok: false; readonly error: StimnetError }

/** Stores the secret in this tab. */
export function keepVerifier(verifier: string, kept: Pick<Kept, 'set'> = ofTab): void {
  kept.set(VERIFIER, verifier)
}

/** Reads the result from the URL; undefined if the URL is not that of a redirect. A code and its secret can be used once. */
export function takeReturned(hash: string, kept: Pick<Kept, 'get' | 'remove'> = ofTab): Returned | undefined {
  const { query } = placeOf(hash)
  const code = query.get('login_code')
  const refused = query.get('login_error')
  if (code === null && refused === null) return undefined
  const verifier = kept.get(VERIFIER)
  kept.remove(VERIFIER)
  if (code !== null && verifier !== null) return { ok: true, code, verifier }
  // A code without a stored secret belongs to a login that somebody else started, and must not sign anybody in here.
  const why = refused !== null && isCode(refused) ? refused : 'LOGIN_REFUSED'
  return { ok: false, error: new StimnetError(why, 'coming back from a login provider') }
}
