/** Login with name and password. */
import { loginShape, signedOutShape, tokenShape } from '@stimnet/api'
import { codeOf, StimnetError } from '@stimnet/protocol'
import { presentedToken } from '../../auth/auth.ts'
import { rateLimited } from '../../gate.ts'
import { person } from '../../auth/known.ts'
import type { Account } from '../../peer.ts'
import type { Room } from '../../room.ts'
import { type Route, route } from '../../http/route.ts'

/** Routes of /api/v1/auth/token. */
export function authRoutes(room: Room): Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/v1/auth/token',
      id: 'authenticate',
      tag: 'Authentication',
      summary: 'User name and password for an access token',
      access: 'open',
      body: { type: 'form', schema: loginShape },
      answer: tokenShape,
      handle: async ({ body, address }) => {
        const account = await logIn(room, { name: body.username, password: body.password, address })
        return { access_token: await room.tokens.issue(account), token_type: 'bearer' as const }
      }
    }),
    route({
      method: 'DELETE',
      path: '/api/v1/auth/token',
      id: 'signOut',
      tag: 'Authentication',
      summary: 'Signs out: the access token of the request is no longer valid',
      access: 'account',
      answer: signedOutShape,
      handle: async ({ account, request }) => {
        const asked = person(account, 'sign out')
        const held = room.tokens.recall(presentedToken(request.headers) ?? '')
        if (!held) throw new StimnetError('UNAUTHENTICATED', 'signing out')
        await room.peer.endToken(asked, held)
        return { signed_out: true as const }
      }
    })
  ]
}

/**
 * Checks name and password. Throws RATE_LIMITED, BUSY, ACCOUNT_LOCKED or CREDENTIALS_INVALID, which does not show which of the two was
 * wrong.
 */
async function logIn(room: Room, login: { name: string; password: string; address: string }): Promise<Account> {
  const { peer, loginRates } = room
  // The limit per caller comes first, and only admitted attempts count further: guessing by somebody else must not lock the owner out.
  const buckets = [
    [loginRates.perCaller, `${login.address} ${login.name}`],
    [loginRates.perAddress, login.address],
    [loginRates.perName, login.name]
  ] as const
  for (const [bucket, key] of buckets) {
    const taken = bucket.take(key)
    if (!taken.ok) throw rateLimited(peer, taken, login.name)
  }
  const passed = await room.logins
    .pass(() => peer.authenticate(login.name, login.password))
    .catch((error: unknown) => {
      if (codeOf(error) === 'ACCOUNT_LOCKED') peer.suspicious('login-failed', login.name)
      throw error
    })
  if (!passed) throw new StimnetError('BUSY', 'logging in', { reason: 'Too many logins at once. Try again.' })
  if (passed.value) return passed.value
  peer.suspicious('login-failed', login.name)
  throw new StimnetError('CREDENTIALS_INVALID', 'logging in')
}
