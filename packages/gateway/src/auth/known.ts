/** Preconditions of routes: an account, and a request of that account. */
import { StimnetError } from '@stimnet/protocol'
import type { Account, GatewayPeer, OwnRequest } from '../peer.ts'

/** Returns the account. Throws UNAUTHENTICATED if there is none. */
export function known(account: Account | null): Account {
  if (!account) throw new StimnetError('UNAUTHENTICATED', 'serving an account')
  return account
}

/** Returns the account of a person. `what`: an action that programs with an API key may not take. Throws NOT_PERMITTED, UNAUTHENTICATED. */
export function person(account: Account | null, what: string): Account {
  const asked = known(account)
  if (!asked.byKey) return asked
  const reason = `Log in to ${what}: an API key cannot.`
  throw new StimnetError('NOT_PERMITTED', reason, { reason })
}

/** Whether a text could be the id of a request; for any other text there is no request. */
export function isRequestId(text: string): boolean {
  return /^[A-Za-z0-9_-]{1,64}$/.test(text)
}

/** The account's request with this id. Throws JOB_UNKNOWN, the same for a missing request and for one of another account. */
export async function findRequest(peer: GatewayPeer, id: string, account: Account): Promise<OwnRequest> {
  const found = isRequestId(id) ? await peer.request(id, account) : null
  if (!found) throw new StimnetError('JOB_UNKNOWN', 'reading a request')
  return found
}
