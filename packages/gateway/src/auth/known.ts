/** What a route needs to be there: an account, and a request of its own. */
import { StimnetError } from '@stimnet/protocol'
import type { Account, GatewayPeer, OwnRequest } from '../peer.ts'

/** Throws UNAUTHENTICATED. */
export function known(account: Account | null): Account {
  if (!account) throw new StimnetError('UNAUTHENTICATED', 'serving an account')
  return account
}

/** What a person does themselves, and no program with a key. `what` says it. Throws NOT_PERMITTED, UNAUTHENTICATED. */
export function person(account: Account | null, what: string): Account {
  const asked = known(account)
  if (!asked.byKey) return asked
  const reason = `Log in to ${what}: an API key cannot.`
  throw new StimnetError('NOT_PERMITTED', reason, { reason })
}

/** What can be an id at all; anything else is simply not there. */
export function isRequestId(text: string): boolean {
  return /^[A-Za-z0-9_-]{1,64}$/.test(text)
}

/** Throws JOB_UNKNOWN, the same for one that is not there and one of somebody else. */
export async function findRequest(peer: GatewayPeer, id: string, account: Account): Promise<OwnRequest> {
  const found = isRequestId(id) ? await peer.request(id, account) : null
  if (!found) throw new StimnetError('JOB_UNKNOWN', 'reading a request')
  return found
}
