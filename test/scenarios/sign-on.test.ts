/** People log in by their institution's own OpenID Connect provider: a real one, in this process. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { beginLogin, createClient } from '@stimnet/sdk'
import { clinic } from '../clinic.ts'
import { stimnetIn, until } from '../mesh.ts'

/** A browser as far as a login needs one: cookies, redirects, and the provider's forms. Ends where `stops` says. */
async function browse(start: string, as: string, stops: (url: URL) => boolean, answer = 'login'): Promise<URL> {
  const jar = new Map<string, string>()
  let url = new URL(start)
  let form: URLSearchParams | undefined
  for (let step = 0; step < 20; step++) {
    if (stops(url)) return url
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const init = form ? { method: 'POST', body: form } : {}
    const response = await fetch(url, { ...init, redirect: 'manual', headers: { cookie } })
    form = undefined
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';')
      jar.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1))
    }
    const location = response.headers.get('location')
    const page = await response.text()
    if (location) {
      url = new URL(location, url)
      continue
    }
    if (answer === 'abort') {
      url = new URL(/href="([^"]*abort)"/.exec(page)?.[1] ?? '', url)
      continue
    }
    const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1]
    assert.ok(prompt, `no form at ${url.pathname}: ${response.status} ${page.slice(0, 300)}`)
    form = new URLSearchParams({ prompt, ...(prompt === 'login' ? { login: as, password: 'any' } : {}) })
    url = new URL(/action="([^"]+)"/.exec(page)?.[1] ?? '', url)
  }
  throw new Error('the login goes round in circles')
}

const isBack = (url: URL) => url.hash.startsWith('#/?')
const told = (url: URL) => new URLSearchParams(url.hash.slice(3))

describe('logging in by a provider', () => {
  test('gives a token as what the provider’s claims say, and a key to programs', async (t) => {
    const { url, client, peer } = await clinic(t)
    assert.deepEqual(
      (await client.loginProviders()).map(({ name, title }) => [name, title]),
      [['clinic', 'Clinic']]
    )
    const begun = await beginLogin(url, 'clinic')
    const back = await browse(begun.url, 'ada', isBack)
    await client.redeemLogin(told(back).get('login_code') ?? '', begun.verifier)
    assert.deepEqual(await client.listJobs(), [])
    await assert.rejects(client.audit(), { code: 'NOT_PERMITTED' })
    const { key, id } = await client.createApiKey({ label: 'night job' })
    const program = createClient({ url, token: key })
    assert.deepEqual(await program.listJobs(), [])
    await client.revokeApiKey(id)
    await assert.rejects(program.listJobs(), { code: 'UNAUTHENTICATED' })
    const records = await peer.database.auditLog.read({ limit: 20 })
    assert.ok(records.some(({ kind, actor }) => kind === 'login' && actor === 'clinic:ada'))
  })

  test('is refused for whoever no rule lets in, who cancels, or who is told another client’s secret', async (t) => {
    const { url, peer } = await clinic(t)
    const carl = await browse((await beginLogin(url, 'clinic')).url, 'carl', isBack)
    assert.equal(told(carl).get('login_error'), 'NOT_PERMITTED')
    const cancelled = await browse((await beginLogin(url, 'clinic')).url, 'ada', isBack, 'abort')
    assert.equal(told(cancelled).get('login_error'), 'LOGIN_REFUSED')
    const failed = async () =>
      (await peer.database.auditLog.read({ limit: 20 })).filter(({ kind }) => kind === 'login-failed').length === 2
    await until(failed, 'both are in the log')
    const wrong = await clinic(t, { secret: 'not the secret' })
    const refused = await browse((await beginLogin(wrong.url, 'clinic')).url, 'ada', isBack)
    assert.equal(told(refused).get('login_error'), 'LOGIN_REFUSED')
  })

  test('is for whoever began it: a code that somebody else has seen is worth nothing', async (t) => {
    const { url, client } = await clinic(t)
    const [mine, theirs] = [await beginLogin(url, 'clinic'), await beginLogin(url, 'clinic')]
    const code = told(await browse(theirs.url, 'stella', isBack)).get('login_code') ?? ''
    await assert.rejects(client.redeemLogin(code, mine.verifier), { code: 'LOGIN_REFUSED' })
    await assert.rejects(client.redeemLogin(code, theirs.verifier), { code: 'LOGIN_REFUSED' }, 'and is spent')
  })

  test('a code is spent by its use and soon lapses; so does a login that nobody ends', async (t) => {
    const { url, client, clock } = await clinic(t)
    const first = await beginLogin(url, 'clinic')
    const code = told(await browse(first.url, 'ada', isBack)).get('login_code') ?? ''
    await client.redeemLogin(code, first.verifier)
    await assert.rejects(client.redeemLogin(code, first.verifier), { code: 'LOGIN_REFUSED' })
    const second = await beginLogin(url, 'clinic')
    const late = told(await browse(second.url, 'ada', isBack)).get('login_code') ?? ''
    await clock.advance(61_000)
    await assert.rejects(client.redeemLogin(late, second.verifier), { code: 'LOGIN_REFUSED' })
    const third = await beginLogin(url, 'clinic')
    const atCallback = await browse(third.url, 'ada', ({ pathname }) => pathname.endsWith('/callback'))
    await clock.advance(11 * 60_000)
    assert.equal((await fetch(atCallback, { redirect: 'manual' })).status, 401)
  })

  test('an answer that nobody asked for, or asked for twice, is none', async (t) => {
    const { url } = await clinic(t)
    const invented = `${url}/api/v1/auth/providers/clinic/callback?code=x&state=y`
    assert.equal((await fetch(invented, { redirect: 'manual' })).status, 401)
    const begun = await beginLogin(url, 'clinic')
    const callback = await browse(begun.url, 'ada', ({ pathname }) => pathname.endsWith('/callback'))
    assert.equal((await fetch(callback, { redirect: 'manual' })).status, 302)
    assert.equal((await fetch(callback, { redirect: 'manual' })).status, 401)
    // The code of one login with the state of another.
    const other = await browse((await beginLogin(url, 'clinic')).url, 'ada', ({ pathname }) =>
      pathname.endsWith('/callback')
    )
    const mixed = new URL(other)
    mixed.searchParams.set('code', callback.searchParams.get('code') ?? '')
    const back = new URL((await fetch(mixed, { redirect: 'manual' })).headers.get('location') ?? '', url)
    assert.equal(told(back).get('login_error'), 'LOGIN_REFUSED')
  })

  test('sends the browser to this gateway or this machine alone', async (t) => {
    const { url } = await clinic(t)
    for (const to of [
      'https://evil.example.org/',
      '//evil.example.org',
      '/\\evil',
      'http://127.0.0.1.evil.org:80/',
      'http://127.0.0.1:80@evil.org/'
    ]) {
      const begun = await beginLogin(url, 'clinic', to)
      assert.equal((await fetch(begun.url, { redirect: 'manual' })).status, 422, to)
    }
    assert.equal((await fetch((await beginLogin(url, 'nobody')).url, { redirect: 'manual' })).status, 404)
  })

  test('works from the command line', async (t) => {
    const { url, folder } = await clinic(t)
    const run = stimnetIn(folder)
    const nobody = await run(['login', '--provider', 'nobody', '--url', url])
    assert.equal(nobody.code, 2)
    assert.match(nobody.err, /Login providers here: clinic/)
    const isHome = ({ searchParams }: URL) => searchParams.has('login_code')
    let browsing: Promise<unknown> | undefined
    const login = await run(['login', '--provider', 'clinic', '--url', url], '', {
      onErr: (text) => {
        const address = /http:\S+/.exec(text)?.[0]
        if (address) browsing ??= browse(address, 'ada', isHome).then((home) => fetch(home))
      }
    })
    await browsing
    assert.equal(login.code, 0, login.err)
    assert.equal((await run(['jobs', '--url', url])).code, 0)
    const made = await run(['api-key', 'add', 'laptop', '--url', url])
    assert.match(made.out, /^snk_/)
    assert.match((await run(['api-key', 'list', '--url', url])).out, /laptop/)
  })
})
