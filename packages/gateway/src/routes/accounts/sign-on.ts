/** Login by a provider: the list of providers, the redirect, the callback, and the token. */
import { loginSecret, providerShape, redeemShape, tokenShape } from '@stimnet/api'
import { StimnetError } from '@stimnet/protocol'
import { z } from 'zod'
import { PAGE_HEADERS } from '../../http/answer.ts'
import { rateLimited } from '../../gate.ts'
import type { Room } from '../../room.ts'
import { type Route, route } from '../../http/route.ts'

const beginQuery = z.strictObject({
  challenge: loginSecret.describe('SHA-256, base64url, of the 43 characters that the client keeps as verifier'),
  return_to: z.string().max(200).default('/').describe('/ or http://127.0.0.1:PORT/')
})

const nowhere = z.string().describe('A redirect: no body')

/** Routes of /api/v1/auth/providers. */
export function signOnRoutes(room: Room): Route[] {
  const { signOn, peer, tokens, loginRates } = room
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
          name,
          title,
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
        const taken = loginRates.signOns.take(address)
        if (!taken.ok) throw rateLimited(peer, taken, address)
        const begun = { challenge: query.challenge, returnTo: query.return_to }
        const { location, browser } = await signOn.begin(param('name'), begun)
        return new Response(null, {
          status: 302,
          headers: headers({ location, 'set-cookie': cookieOf(browser, signOn) })
        })
      }
    }),
    route({
      method: 'GET',
      path: '/api/v1/auth/providers/{name}/callback',
      id: 'finishLogin',
      tag: 'Authentication',
      summary: 'Where the provider sends the browser back',
      access: 'open',
      statuses: [200, 302],
      answer: z.string().describe('A redirect, or a page that asks the person first'),
      answerType: 'text/html',
      handle: async ({ param, request, header, headers }) => {
        const name = param('name')
        const query = new URL(request.url).searchParams
        const { location, account, confirmation } = await signOn.finish(name, {
          query,
          browser: browserIn(header('cookie'))
        })
        if (!account) peer.suspicious('login-failed', `somebody of ${name.slice(0, 32)}`)
        if (account && confirmation !== undefined) {
          const page = confirmationPage({ name: account.name, confirmation, location })
          return new Response(page, {
            headers: headers({ ...PAGE_HEADERS, 'content-type': 'text/html; charset=utf-8' })
          })
        }
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
        const taken = loginRates.perAddress.take(address)
        if (!taken.ok) throw rateLimited(peer, taken, address)
        const { name } = await signOn.redeem(body.login_code, body.verifier)
        const account = peer.account(name)
        if (!account) throw new StimnetError('LOGIN_REFUSED', 'an account that is gone')
        return { access_token: await tokens.issue(account), token_type: 'bearer' as const }
      }
    })
  ]
}

const COOKIE = 'stimnet-login'
const COOKIE_SECONDS = 600

/** The cookie for the callback only. SameSite is Lax, since the provider's redirect is a navigation. */
function cookieOf(browser: string, { isSecure }: { readonly isSecure: boolean }): string {
  const parts = [
    `${COOKIE}=${browser}`,
    `Max-Age=${COOKIE_SECONDS}`,
    'Path=/api/v1/auth/providers',
    'HttpOnly',
    'SameSite=Lax'
  ]
  return [...parts, ...(isSecure ? ['Secure'] : [])].join('; ')
}

function browserIn(cookies: string | undefined): string | undefined {
  return new RegExp(`(?:^|; )${COOKIE}=([A-Za-z0-9_-]{43})(?:;|$)`).exec(cookies ?? '')?.[1]
}

/** A page without scripts. The program on this machine receives its code when the person follows the link. */
function confirmationPage({
  name,
  confirmation,
  location
}: {
  name: string
  confirmation: string
  location: string
}): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>StimNet login</title>
<h1>Log a program in as ${escaped(name)}?</h1>
<p>Go on only if you have just started <code>stimnet login</code> on this machine, and it shows</p>
<p><strong><code>${escaped(confirmation)}</code></strong></p>
<p><a href="${escaped(location)}" rel="noreferrer">It shows this: log it in</a></p>
<p>If not, close this page: somebody else wants to act in your name.</p></html>
`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
