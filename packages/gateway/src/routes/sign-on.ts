/** Logging in by a provider: who there is, the way there, the way back, and the token. */
import { StimnetError } from '@stimnet/protocol'
import { z } from 'zod'
import { rateLimited } from '../gate.ts'
import type { Room } from '../room.ts'
import { type Route, route } from '../route.ts'
import { input, output } from '../shapes/named.ts'
import { tokenShape } from './auth.ts'

const secretShape = z.string().regex(/^[A-Za-z0-9_-]{43}$/, '43 characters of base64url.')

const providerShape = output(
  'LoginProvider',
  z.object({ name: z.string(), title: z.string(), login_url: z.string().describe('Add challenge and return_to') })
)

const beginQuery = z.strictObject({
  challenge: secretShape.describe('SHA-256, base64url, of the 43 characters that the client keeps as verifier'),
  return_to: z.string().max(200).default('/').describe('/ or http://127.0.0.1:PORT/')
})

const redeemShape = input(
  'LoginCode',
  z.strictObject({ login_code: secretShape, verifier: z.string().min(43).max(128) })
)

const nowhere = z.string().describe('A redirect: no body')

/** /api/v1/auth/providers. */
export function signOnRoutes(room: Room): Route[] {
  const { signOn, peer, tokens } = room
  return [
    route({
      method: 'GET',
      path: '/api/v1/auth/providers',
      id: 'loginProviders',
      tag: 'Authentication',
      summary: 'OpenID Connect providers by which people log in here',
      access: 'open',
      answer: z.array(providerShape),
      handle: () =>
        signOn.providers.map(({ name, title }) => ({
          ...{ name, title },
          login_url: `/api/v1/auth/providers/${name}/login`
        }))
    }),
    route({
      method: 'GET',
      path: '/api/v1/auth/providers/{name}/login',
      id: 'beginLogin',
      tag: 'Authentication',
      summary: 'Sends the browser to the provider',
      access: 'open',
      query: beginQuery,
      statuses: [302],
      answer: nowhere,
      answerType: 'text/plain',
      handle: async ({ param, query, address, headers }) => {
        count(room, address)
        const location = await signOn.begin(param('name'), { challenge: query.challenge, returnTo: query.return_to })
        return new Response(null, { status: 302, headers: headers({ location }) })
      }
    }),
    route({
      method: 'GET',
      path: '/api/v1/auth/providers/{name}/callback',
      id: 'finishLogin',
      tag: 'Authentication',
      summary: 'Where the provider sends the browser back',
      access: 'open',
      statuses: [302],
      answer: nowhere,
      answerType: 'text/plain',
      handle: async ({ param, request, address, headers }) => {
        count(room, address)
        const name = param('name')
        const { location, account } = await signOn.finish(name, new URL(request.url).searchParams)
        if (!account) peer.suspicious('login-failed', `somebody of ${name.slice(0, 32)}`)
        return new Response(null, { status: 302, headers: headers({ location }) })
      }
    }),
    route({
      method: 'POST',
      path: '/api/v1/auth/providers/token',
      id: 'redeemLogin',
      tag: 'Authentication',
      summary: 'The code that the browser brought back for an access token',
      access: 'open',
      body: { type: 'json', schema: redeemShape },
      answer: tokenShape,
      handle: async ({ body, address }) => {
        count(room, address)
        const { name } = await signOn.redeem(body.login_code, body.verifier)
        const account = peer.account(name)
        if (!account) throw new StimnetError('LOGIN_REFUSED', 'an account that is gone')
        return { access_token: await tokens.issue(account), token_type: 'bearer' as const }
      }
    })
  ]
}

/** Each step costs the provider or us something. */
function count({ loginRates, peer }: Room, address: string): void {
  const taken = loginRates.perAddress.take(address)
  if (!taken.ok) throw rateLimited(peer, taken, address)
}
