/** Tests of logging in with the institution's OpenID Connect provider, a real one in this process. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { beginLogin, createClient } from '@stimnet/sdk'
import { clinic } from '../clinic.ts'
import { stimnetIn, until } from '../mesh.ts'

type Jar = Map<string, string>

/** A minimal browser for logins: cookies, redirects, forms, one link. It stops at the URL for which `stops` is true. */
async function browse(
  start: string,
  as: string,
  stops: (url: URL) => boolean,
  { answer = 'login', jar = new Map() }: { answer?: 'login' | 'abort'; jar?: Jar } = {}
): Promise<URL> {
  let url = new URL(start)
  let form: URLSearchParams | undefined
  for (let step = 0; step < 20; step++) {
    if (stops(url)) return url
    const cookie = cookiesOf(jar)
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
    const link = /href="(http:[^"]+)" rel="noreferrer"/.exec(page)?.[1]
    if (link) {
      url = new URL(link)
      continue
    }
    const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1]
    assert.ok(prompt, `no form at ${url.pathname}: ${response.status} ${page.slice(0, 300)}`)
    form = new URLSearchParams({ prompt, ...(prompt === 'login' ? { login: as, password: 'any' } : {}) })
    url = new URL(/action="([^"]+)"/.exec(page)?.[1] ?? '', url)
  }
  throw new Error('the login goes round in circles')
}

const cookiesOf = (jar: Jar) => [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
const isBack = (url: URL) => url.hash.startsWith('#/?')
const isAtCallback = ({ pathname }: URL) => pathname.endsWith('/callback')
const comeBack = (url: URL, jar: Jar) => fetch(url, { redirect: 'manual', headers: { cookie: cookiesOf(jar) } })
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
    const cancelled = await browse((await beginLogin(url, 'clinic')).url, 'ada', isBack, { answer: 'abort' })
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
    const jar: Jar = new Map()
    const atCallback = await browse(third.url, 'ada', isAtCallback, { jar })
    await clock.advance(11 * 60_000)
    assert.equal((await comeBack(atCallback, jar)).status, 401)
  })

  test('an answer that nobody asked for, that another browser asked for, or that came before, is none', async (t) => {
    const { url } = await clinic(t)
    const invented = new URL(`${url}/api/v1/auth/providers/clinic/callback?code=x&state=y`)
    assert.equal((await comeBack(invented, new Map())).status, 401)
    const jar: Jar = new Map()
    const callback = await browse((await beginLogin(url, 'clinic')).url, 'ada', isAtCallback, { jar })
    // An attacker sends the link of its own login to a victim.
    assert.equal((await comeBack(callback, new Map())).status, 401)
    const theirs: Jar = new Map()
    const other = await browse((await beginLogin(url, 'clinic')).url, 'ada', isAtCallback, { jar: theirs })
    assert.equal((await comeBack(callback, theirs)).status, 401)
    const changed = new URL(callback)
    const state = changed.searchParams.get('state') ?? ''
    changed.searchParams.set('state', `${state.slice(0, -3)}${state.endsWith('AAA') ? 'BBB' : 'AAA'}`)
    assert.equal((await comeBack(changed, jar)).status, 401)
    assert.match((await comeBack(callback, jar)).headers.get('location') ?? '', /login_code/)
    assert.match((await comeBack(callback, jar)).headers.get('location') ?? '', /login_error=LOGIN_REFUSED/, 'again')
    // The code of one login is combined with the state of another.
    const mixed = new URL(other)
    mixed.searchParams.set('code', callback.searchParams.get('code') ?? '')
    assert.match((await comeBack(mixed, theirs)).headers.get('location') ?? '', /login_error=LOGIN_REFUSED/)
  })

  test('of a program is confirmed by the person, who compares what both show', async (t) => {
    const { url, client } = await clinic(t)
    const begun = await beginLogin(url, 'clinic', 'http://127.0.0.1:9/')
    const jar: Jar = new Map()
    const callback = await browse(begun.url, 'ada', isAtCallback, { jar })
    const page = await comeBack(callback, jar)
    assert.equal(page.status, 200)
    assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'none'/)
    const text = await page.text()
    assert.ok(text.includes(begun.confirmation))
    assert.match(text, /as clinic:ada\?/)
    const code = /login_code=([A-Za-z0-9_-]{43})"/.exec(text)?.[1] ?? ''
    await client.redeemLogin(code, begun.verifier)
  })

  test('goes on while strangers begin thousands of others, and their false answers cost nobody anything', async (t) => {
    const { url, client } = await clinic(t)
    const begun = await beginLogin(url, 'clinic')
    const jar: Jar = new Map()
    const callback = await browse(begun.url, 'ada', isAtCallback, { jar })
    for (let n = 0; n < 1_100; n++) await fetch((await beginLogin(url, 'clinic')).url, { redirect: 'manual' })
    for (let n = 0; n < 500; n++)
      await comeBack(new URL(`${url}/api/v1/auth/providers/clinic/callback?state=${n}`), new Map())
    const back = new URL((await comeBack(callback, jar)).headers.get('location') ?? '', url)
    await client.redeemLogin(told(back).get('login_code') ?? '', begun.verifier)
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
    assert.match(nobody.err, /has the login providers clinic/)
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
