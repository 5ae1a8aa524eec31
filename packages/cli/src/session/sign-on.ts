/** Login in the browser for a waiting command: a listener on this machine that accepts one answer. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Io, printable } from '@stimnet/machine'
import { CODES, isCode, StimnetError } from '@stimnet/protocol'
import { beginLogin, type Client } from '@stimnet/sdk'

/** Time limit for the login, ms; the gateway has the same limit. */
const LOGIN_MS_MAX = 10 * 60_000

/**
 * Opens the login of a provider and returns the access token. Throws LOGIN_REFUSED, NOT_PERMITTED, PARAMETER_INVALID for an unknown
 * provider, DEADLINE.
 */
export async function loginByBrowser(
  client: Client,
  { at, provider, io }: { at: string; provider: string; io: Io }
): Promise<string> {
  const names = (await client.loginProviders()).map(({ name }) => name)
  if (!names.includes(provider)) {
    const reason =
      names.length > 0
        ? `This gateway has the login providers ${names.join(', ')}.`
        : 'This gateway has no login providers.'
    throw StimnetError.told('PARAMETER_INVALID', reason)
  }
  const answer = Promise.withResolvers<URLSearchParams>()
  const server = createServer((request, response) => {
    const query = new URL(request.url ?? '/', 'http://127.0.0.1').searchParams
    const isAnswer = query.has('login_code') || query.has('login_error')
    response.writeHead(isAnswer ? 200 : 404, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' })
    const end = query.has('login_code') ? 'You are logged in.' : 'You are not logged in.'
    response.end(isAnswer ? `${end} Return to the terminal; you can close this page.\n` : 'Nothing here.\n')
    if (isAnswer) answer.resolve(query)
  })
  try {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const begun = await beginLogin(at, provider, `http://127.0.0.1:${port}/`)
    io.err(
      `Open in a browser on this machine:\n  ${begun.url}\nContinue there only if the page shows: ${begun.confirmation}\n`
    )
    io.signal.throwIfAborted()
    const signal = AbortSignal.any([io.signal, AbortSignal.timeout(LOGIN_MS_MAX)])
    signal.addEventListener('abort', () => answer.reject(new StimnetError('DEADLINE', 'waiting for the login')), {
      once: true
    })
    return await client.redeemLogin(codeIn(await answer.promise), begun.verifier)
  } finally {
    server.close()
    server.closeAllConnections()
  }
}

function codeIn(query: URLSearchParams): string {
  const code = query.get('login_code')
  if (code) return code
  const told = query.get('login_error') ?? ''
  if (!isCode(told)) throw new StimnetError('LOGIN_REFUSED', printable(told))
  throw new StimnetError(told, CODES[told].meaning)
}
