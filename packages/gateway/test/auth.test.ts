import assert from 'node:assert/strict'
import { generateKeyPairSync, hkdfSync, sign } from 'node:crypto'
import { describe, it } from 'node:test'
import { seededRandom } from '@stimnet/protocol'
import { type JWTPayload, SignJWT } from 'jose'
import { Tokens } from '../src/auth/auth.ts'
import { PEER_ID } from './fake-peer.ts'
import { openHouse, SECRET, START_MS } from './house.ts'

const NOW_S = START_MS / 1_000

/** The signing key of a gateway with the test's secret in a token epoch. */
function keyOf(epoch = ''): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', SECRET, 'stimnet/access-token/1', epoch, 32))
}

/** A forged token: correct in everything that the test does not change. */
async function forge(options: { claims?: JWTPayload; alg?: string; typ?: string; secret?: Uint8Array } = {}) {
  const named = { sub: 'ada', iss: PEER_ID, aud: 'stimnet-rest', jti: 'aa', gen: '' }
  const claims = { ...named, iat: NOW_S, exp: NOW_S + 60, ...options.claims }
  return new SignJWT(claims)
    .setProtectedHeader({ alg: options.alg ?? 'HS256', typ: options.typ ?? 'at+jwt' })
    .sign(options.secret ?? keyOf())
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })

describe('logging in', () => {
  it('gives a bearer token for the right name and password', async () => {
    const house = openHouse()
    const { status, body } = await house.json('POST', '/api/v1/auth/token', {
      body: new URLSearchParams({ username: 'ada', password: 'correct' })
    })
    assert.equal(status, 200)
    assert.equal(body.token_type, 'bearer')
    assert.equal((await house.json('GET', '/api/v1/jobs', bearer(body.access_token))).status, 200)
    const [, payload = ''] = body.access_token.split('.')
    const { jti, ...claims } = JSON.parse(Buffer.from(payload, 'base64url').toString())
    assert.match(jti, /^[0-9a-f]{32}$/)
    assert.deepEqual(claims, {
      roles: ['researcher'],
      gen: '',
      sub: 'ada',
      iss: PEER_ID,
      aud: 'stimnet-rest',
      iat: NOW_S,
      exp: NOW_S + 3_600
    })
  })

  it('takes what OAuth 2 password clients send along', async () => {
    const form = { grant_type: 'password', username: 'ada', password: 'correct', scope: '', client_id: '' }
    const { status } = await openHouse().json('POST', '/api/v1/auth/token', { body: new URLSearchParams(form) })
    assert.equal(status, 200)
  })

  it('does not tell a wrong password from an unknown name, and reports the attempt', async () => {
    const house = openHouse()
    const attempt = async (username: string) => {
      const body = new URLSearchParams({ username, password: 'wrong' })
      const { status, body: problem, response } = await house.json('POST', '/api/v1/auth/token', { body })
      assert.equal(status, 401)
      assert.match(response.headers.get('www-authenticate') ?? '', /^Bearer/)
      return { ...problem, request_id: '' }
    }
    assert.deepEqual(await attempt('ada'), await attempt('nobody'))
    assert.deepEqual(house.peer.suspicions, [
      ['login-failed', 'ada'],
      ['login-failed', 'nobody']
    ])
  })

  it('refuses a form with a missing, repeated, unknown or endless field before any password is hashed', async () => {
    const house = openHouse()
    const forms: [form: string, field: string][] = [
      ['username=ada', 'password'],
      ['username=ada&password=correct&username=bob', 'username'],
      ['username=ada&password=correct&admin=1', 'admin'],
      [`username=ada&password=${'a'.repeat(1_025)}`, 'password'],
      ['username=&password=correct', 'username']
    ]
    for (const [form, field] of forms) {
      const { status, body } = await house.json('POST', '/api/v1/auth/token', { body: new URLSearchParams(form) })
      assert.equal(status, 422)
      assert.equal(body.errors[0].field, field)
    }
    assert.equal(house.peer.logins, 0)
  })

  it('takes no JSON where the documented form is wanted', async () => {
    const { status, body } = await openHouse().json('POST', '/api/v1/auth/token', { body: { username: 'ada' } })
    assert.equal(status, 415)
    assert.equal(body.code, 'MEDIA_TYPE_UNSUPPORTED')
  })

  it('limits how often a name is tried from one address, and tells of it once a minute', async () => {
    const house = openHouse({ rate: { perMinutePerIdentity: 100, loginPerMinute: 3 } })
    const attempt = (username: string, password = 'wrong') =>
      house.json('POST', '/api/v1/auth/token', { body: new URLSearchParams({ username, password }) })
    for (let i = 0; i < 3; i++) assert.equal((await attempt('ada')).status, 401)
    const refused = await attempt('ada', 'correct')
    assert.equal(refused.status, 429)
    assert.equal(refused.body.code, 'RATE_LIMITED')
    assert.equal(refused.response.headers.get('retry-after'), '20')
    await attempt('ada')
    assert.equal(house.peer.suspicions.filter(([event]) => event === 'rate-limited').length, 1)
    assert.equal(house.peer.logins, 3)
    assert.equal((await attempt('bob', 'correct')).status, 200)
    await house.clock.advance(20_000)
    assert.equal((await attempt('ada', 'correct')).status, 200)
  })

  it('limits how many names one address tries, and how often a name is tried from everywhere', async () => {
    const house = openHouse({ rate: { perMinutePerIdentity: 1_000, loginPerMinute: 1 } })
    const attempt = (username: string, remoteAddress: string) =>
      house.json('POST', '/api/v1/auth/token', {
        body: new URLSearchParams({ username, password: 'wrong' }),
        env: { incoming: { socket: { remoteAddress } } }
      })
    const sprayed = []
    for (let i = 0; i < 6; i++) sprayed.push((await attempt(`user${i}`, '192.0.2.1')).status)
    assert.deepEqual(sprayed, [401, 401, 401, 401, 429, 429])
    const guessed = []
    for (let i = 0; i < 12; i++) guessed.push((await attempt('ada', `198.51.100.${i}`)).status)
    assert.deepEqual(guessed.slice(8), [401, 401, 429, 429])
  })

  it('locks nobody out for what one address guesses, however often it is refused', async () => {
    const house = openHouse({ rate: { perMinutePerIdentity: 1_000, loginPerMinute: 2 } })
    const attempt = async (password: string, remoteAddress: string) => {
      const body = new URLSearchParams({ username: 'ada', password })
      const env = { incoming: { socket: { remoteAddress } } }
      return (await house.json('POST', '/api/v1/auth/token', { body, env })).status
    }
    const guessed = []
    for (let i = 0; i < 60; i++) guessed.push(await attempt('wrong', '192.0.2.1'))
    assert.equal(guessed.filter((status) => status === 401).length, 2)
    assert.equal(await attempt('correct', '198.51.100.9'), 200)
  })

  it('hashes few passwords at once and refuses when too many wait', async () => {
    const house = openHouse()
    let open = () => {}
    house.peer.beforeLogin = new Promise((resolve) => {
      open = resolve
    })
    const body = () => new URLSearchParams({ username: 'ada', password: 'correct' })
    const asked = Array.from({ length: 40 }, () => house.json('POST', '/api/v1/auth/token', { body: body() }))
    const refused = await Promise.race(asked)
    assert.equal(refused.body.code, 'BUSY')
    assert.equal(house.peer.logins, 2)
    open()
    const statuses = (await Promise.all(asked)).map(({ status }) => status)
    assert.equal(statuses.filter((status) => status === 200).length, 34)
    assert.equal(statuses.filter((status) => status === 503).length, 6)
  })
})

describe('a role', () => {
  it('is wanted by every route that names one, and no other role will do', async () => {
    const house = openHouse()
    const { id } = house.peer.add({})
    const guarded = house.routes.filter(({ access, roles }) => access === 'account' && roles)
    assert.ok(guarded.length >= 8)
    for (const { method, path, roles } of guarded) {
      const other = ['ada', 'stew', 'olga'].find(
        (name) => !house.peer.account(name)?.roles.some((role) => roles?.includes(role))
      )
      if (other === undefined) continue
      const { status, body } = await house.json(method, path.replace(/\{\w+\}/, id), { as: other })
      assert.deepEqual([status, body.code], [403, 'NOT_PERMITTED'], `${method} ${path} as ${other}`)
    }
  })
})

describe('a token', () => {
  it('is wanted wherever something is asked or told of an account', async () => {
    const house = openHouse()
    const { id } = house.peer.add({})
    const guarded = house.routes.filter((route) => route.access === 'account')
    assert.ok(guarded.length >= 11)
    for (const route of guarded) {
      const path = route.path.replace('{id}', id)
      const { status, body, response } = await house.json(route.method, path)
      assert.equal(status, 401, `${route.method} ${path}`)
      assert.equal(body.code, 'UNAUTHENTICATED')
      assert.equal(response.headers.get('www-authenticate'), 'Bearer realm="stimnet"')
    }
  })

  it('is accepted as Bearer in any case, and as X-API-Key', async () => {
    const house = openHouse()
    const token = await house.token('ada')
    for (const headers of [
      { authorization: `Bearer ${token}` },
      { authorization: `bearer ${token}` },
      { 'x-api-key': token }
    ]) {
      assert.equal((await house.json('GET', '/api/v1/jobs', { headers })).status, 200)
    }
  })

  it('is refused when forged, whatever the trick', async () => {
    const house = openHouse()
    const claims = { sub: 'ada', iss: PEER_ID, aud: 'stimnet-rest', iat: NOW_S, exp: NOW_S + 60 }
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const rsHead = `${encode({ alg: 'RS256', typ: 'at+jwt' })}.${encode(claims)}`
    const good = await forge()
    const [head = '', payload = '', signature = ''] = good.split('.')
    const forged = {
      'alg none': `${encode({ alg: 'none', typ: 'at+jwt' })}.${encode(claims)}.`,
      'alg none with our signature': `${encode({ alg: 'none', typ: 'at+jwt' })}.${payload}.${signature}`,
      'another secret': await forge({ secret: new Uint8Array(32).fill(8) }),
      'our secret with HS512': await forge({ alg: 'HS512', secret: Uint8Array.from([...keyOf(), ...keyOf()]) }),
      'RS256 of a foreign key': `${rsHead}.${sign('sha256', Buffer.from(rsHead), privateKey).toString('base64url')}`,
      'a public key as the secret': await forge({
        secret: publicKey.export({ type: 'spki', format: 'der' }) as unknown as Uint8Array
      }),
      'the secret without its epoch': await forge({ secret: SECRET }),
      'one of another epoch': await forge({ secret: keyOf('another') }),
      'one without an id': await forge({ claims: { jti: undefined } } as never),
      'one without a generation': await forge({ claims: { gen: undefined } } as never),
      'one of another generation': await forge({ claims: { gen: 'another' } }),
      'an expired one': await forge({ claims: { exp: NOW_S } }),
      'one that never expires': await forge({ claims: { exp: undefined } } as never),
      'one not yet valid': await forge({ claims: { nbf: NOW_S + 60 } }),
      'one of another peer': await forge({ claims: { iss: 'another' } }),
      'one for another audience': await forge({ claims: { aud: 'another' } }),
      'one without an account': await forge({ claims: { sub: undefined } } as never),
      'another kind of JWT': await forge({ typ: 'JWT' }),
      'a changed payload': `${head}.${encode({ ...claims, sub: 'stew' })}.${signature}`,
      'a cut signature': good.slice(0, -5),
      'an account that does not exist': await forge({ claims: { sub: 'mallory' } }),
      'a name out of the prototype': await forge({ claims: { sub: '__proto__' } }),
      nothing: '',
      garbage: 'a.b.c',
      'something huge': 'a'.repeat(10_000)
    }
    assert.equal((await house.json('GET', '/api/v1/jobs', bearer(good))).status, 200)
    for (const [trick, token] of Object.entries(forged)) {
      const { status, body } = await house.json('GET', '/api/v1/jobs', bearer(token))
      assert.equal(status, 401, trick)
      assert.equal(body.code, 'UNAUTHENTICATED', trick)
    }
    const basic = { headers: { authorization: `Basic ${Buffer.from('ada:correct').toString('base64')}` } }
    assert.equal((await house.json('GET', '/api/v1/jobs', basic)).status, 401)
  })

  it('claims no role: the account itself says what it may do', async () => {
    const house = openHouse()
    const token = await forge({ claims: { roles: ['operator', 'steward', 'auditor'] } })
    assert.equal((await house.json('GET', '/api/v1/audit', bearer(token))).status, 403)
  })

  it('ends with its time, also when it was used before', async () => {
    const house = openHouse({ tokenLifetimeMs: 60_000 })
    const token = await house.token('ada')
    assert.equal((await house.json('GET', '/api/v1/jobs', bearer(token))).status, 200)
    await house.clock.advance(59_999)
    assert.equal((await house.json('GET', '/api/v1/jobs', bearer(token))).status, 200)
    await house.clock.advance(1)
    assert.equal((await house.json('GET', '/api/v1/jobs', bearer(token))).status, 401)
  })

  it('of a locked account is told so, and a forged one is told nothing', async () => {
    const house = openHouse()
    const token = await house.token('ada')
    house.peer.accounts.delete('ada')
    house.peer.locked.add('ada')
    const locked = await house.json('GET', '/api/v1/jobs', bearer(token))
    assert.deepEqual([locked.status, locked.body.code], [403, 'ACCOUNT_LOCKED'])
    assert.match(locked.body.detail, /locked\. Ask the operator/)
    const other = new Uint8Array(32).fill(1)
    for (const forged of [await forge({ secret: other }), await forge({ claims: { sub: 'eve' } }), 'snk_x'])
      assert.equal((await house.json('GET', '/api/v1/jobs', bearer(forged))).status, 401)
  })

  it('outlives no account, also when it was used before', async () => {
    const house = openHouse()
    const token = await house.token('ada')
    assert.equal((await house.json('GET', '/api/v1/jobs', bearer(token))).status, 200)
    house.peer.accounts.delete('ada')
    assert.equal((await house.json('GET', '/api/v1/jobs', bearer(token))).status, 401)
  })

  it('holds no more once its owner signed out, at this moment and for nobody else', async () => {
    const house = openHouse()
    const [first, other] = [await house.token('ada'), await house.token('bob')]
    const { status, body } = await house.json('DELETE', '/api/v1/auth/token', bearer(first))
    assert.deepEqual([status, body], [200, { signed_out: true }])
    assert.equal((await house.json('GET', '/api/v1/jobs', bearer(first))).status, 401)
    assert.equal((await house.json('DELETE', '/api/v1/auth/token', bearer(first))).status, 401)
    assert.equal((await house.json('GET', '/api/v1/jobs', bearer(other))).status, 200)
  })

  it('of a program with a key is none that it could sign out of', async () => {
    const house = openHouse()
    house.peer.keys.set('snk_x', { name: 'ada', roles: ['researcher'], byKey: true })
    const { status } = await house.json('DELETE', '/api/v1/auth/token', { headers: { 'x-api-key': 'snk_x' } })
    assert.equal(status, 403)
  })

  it('holds no more with another password of its account, and none with another token secret', async () => {
    const house = openHouse()
    const tokens = [await house.token('ada'), await house.token('bob')] as const
    const ask = async (token: string) => (await house.json('GET', '/api/v1/jobs', bearer(token))).status
    assert.deepEqual([await ask(tokens[0]), await ask(tokens[1])], [200, 200])
    house.peer.accounts.set('ada', { name: 'ada', roles: ['researcher'], generation: 'second' })
    assert.deepEqual([await ask(tokens[0]), await ask(tokens[1])], [401, 200])
    house.peer.epoch = 'second'
    assert.deepEqual([await ask(tokens[0]), await ask(tokens[1])], [401, 401])
  })

  it('that was signed out of ends the streams that were opened with it', async () => {
    const house = openHouse()
    const { id } = house.peer.add({})
    const stream = await house.ask('GET', `/api/v1/jobs/${id}/events`, { as: 'ada' })
    const reader = stream.body?.getReader()
    assert.equal((await reader?.read())?.done, false)
    const next = reader?.read()
    await house.ask('DELETE', '/api/v1/auth/token', { as: 'ada' })
    house.peer.change(id, { state: 'running' })
    assert.equal((await next)?.done, true)
  })

  it('that is wrong is refused even where none is needed, but never by a probe', async () => {
    const house = openHouse()
    const wrong = bearer('wrong')
    for (const path of ['/api/v1/discovery', '/api/v1/data-catalogs', '/api/v1/nodes']) {
      const { status, response } = await house.json('GET', path, wrong)
      assert.equal(status, 401)
      assert.match(response.headers.get('www-authenticate') ?? '', /invalid_token/)
    }
    assert.equal((await house.json('GET', '/health', wrong)).status, 200)
    assert.equal((await house.json('GET', '/ready', wrong)).status, 200)
  })

  it('needs a secret of 32 bytes and a lifetime', () => {
    const { clock } = openHouse()
    const epoch = { epoch: () => '', isEnded: () => false, random: seededRandom(1) }
    const settings = { secret: SECRET, lifetimeMs: 1_000, issuer: PEER_ID, clock, ...epoch }
    assert.throws(() => new Tokens({ ...settings, secret: new Uint8Array(31) }), { code: 'CONFIG_INVALID' })
    assert.throws(() => new Tokens({ ...settings, lifetimeMs: Number.NaN }), { code: 'CONFIG_INVALID' })
    assert.throws(() => openHouse({ rate: { perMinutePerIdentity: 0, loginPerMinute: 1 } }), { code: 'CONFIG_INVALID' })
  })
})
