/** A login by a provider: what is kept while the browser is away, and what it brings back. */
import { isCode, StimnetError } from '@stimnet/protocol'
import { placeOf } from '../route.ts'
import { type Kept, ofTab } from './storage.ts'

const VERIFIER = 'stimnet-login'

/** What came back: a code with the secret that redeems it, or why there is none. */
export type Returned =
  | { readonly ok: true; readonly code: string; readonly verifier: string }
  | { readonly ok: false; readonly error: StimnetError }

/** Keeps the secret in this tab alone. */
export function keepVerifier(verifier: string, kept: Pick<Kept, 'set'> = ofTab): void {
  kept.set(VERIFIER, verifier)
}

/** Undefined for an address that nobody comes back by. A code serves once, and so does the secret. */
export function takeReturned(hash: string, kept: Pick<Kept, 'get' | 'remove'> = ofTab): Returned | undefined {
  const { query } = placeOf(hash)
  const code = query.get('login_code')
  const refused = query.get('login_error')
  if (code === null && refused === null) return undefined
  const verifier = kept.get(VERIFIER)
  kept.remove(VERIFIER)
  if (code !== null && verifier !== null) return { ok: true, code, verifier }
  // A code without our secret was begun by somebody else: it must not sign anybody in here.
  const why = refused !== null && isCode(refused) ? refused : 'LOGIN_REFUSED'
  return { ok: false, error: new StimnetError(why, 'coming back from a login provider') }
}
