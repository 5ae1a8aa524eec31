import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CODES, type Code, StimnetError } from '@stimnet/protocol'
import { addressOf } from '../src/auth/caller.ts'
import { statusOf } from '../src/http/problem.ts'
import { openHouse, SQL_JOB } from './house.ts'

const from = (remoteAddress: string) => ({ env: { incoming: { socket: { remoteAddress } } } })

describe('the rate of a caller', () => {
  it('is counted by account, wherever it asks from', async () => {
    const house = openHouse({ rate: { perMinutePerIdentity: 5, loginPerMinute: 100 } })
    const statuses = []
    for (let i = 0; i < 8; i++) {
      statuses.push((await house.ask('GET', '/api/v1/jobs', { as: 'ada', ...from(`192.0.2.${i}`) })).status)
    }
    assert.deepEqual(statuses, [200, 200, 200, 200, 200, 429, 429, 429])
    assert.equal((await house.ask('GET', '/api/v1/jobs', { as: 'bob', ...from('192.0.2.1') })).status, 200)
    assert.deepEqual(house.peer.suspicions, [['rate-limited', 'ada']])
  })

  it('is counted by address without an account, an IPv6 network counting as one', async () => {
    const house = openHouse({ rate: { perMinutePerIdentity: 2, loginPerMinute: 100 } })
    const ask = async (address: string) => (await house.ask('GET', '/api/v1/nodes', from(address))).status
    assert.deepEqual([await ask('192.0.2.1'), await ask('::ffff:192.0.2.1'), await ask('192.0.2.1')], [200, 200, 429])
    const network = ['2001:db8::1', '2001:db8:0:0:ffff::2', '2001:db8:0:0:1:2:3:4']
    assert.deepEqual(
      [await ask(network[0] ?? ''), await ask(network[1] ?? ''), await ask(network[2] ?? '')],
      [200, 200, 429]
    )
    assert.equal(await ask('2001:db8:0:1::1'), 200)
  })

  it('counts guesses at tokens against the address of the guesser', async () => {
    const house = openHouse({ rate: { perMinutePerIdentity: 3, loginPerMinute: 100 } })
    const statuses = []
    for (let i = 0; i < 5; i++) {
      const headers = { authorization: `Bearer guess${i}` }
      statuses.push((await house.ask('GET', '/api/v1/jobs', { headers, ...from('192.0.2.9') })).status)
    }
    assert.deepEqual(statuses, [401, 401, 401, 429, 429])
  })

  it('comes back with time and says how long that takes', async () => {
    const house = openHouse({ rate: { perMinutePerIdentity: 2, loginPerMinute: 100 } })
    const ask = () => house.json('GET', '/api/v1/nodes', from('192.0.2.1'))
    await ask()
    await ask()
    const refused = await ask()
    assert.equal(refused.body.retry, true)
    assert.equal(refused.response.headers.get('retry-after'), '30')
    await house.clock.advance(30_000)
    assert.equal((await ask()).status, 200)
    assert.equal((await ask()).status, 429)
  })

  it('never keeps a probe out', async () => {
    const house = openHouse({ rate: { perMinutePerIdentity: 1, loginPerMinute: 100 } })
    for (let i = 0; i < 5; i++) {
      assert.equal((await house.ask('GET', '/health', from('192.0.2.1'))).status, 200)
      assert.equal((await house.ask('GET', '/ready', from('192.0.2.1'))).status, 200)
    }
  })

  it('groups addresses by what one caller owns', () => {
    const address = (remoteAddress: string) => addressOf({ incoming: { socket: { remoteAddress } } })
    assert.equal(address('2001:db8::1'), '2001:db8:0:0')
    assert.equal(address('::1'), '0:0:0:0')
    assert.equal(address('fe80::1'), 'fe80:0:0:0')
    assert.equal(address('1:2:3:4:5:6:7:8'), '1:2:3:4')
    assert.equal(address('::ffff:10.0.0.1'), '10.0.0.1')
    assert.equal(addressOf(undefined), 'unknown')
  })
})

describe('every answer', () => {
  it('says that nothing may be stored (what is public: not unasked), sniffed, framed or read by another site', async () => {
    const house = openHouse()
    const kept: Record<string, string> = { '/api/v1/nodes': 'private, no-cache', '/openapi.json': 'no-cache' }
    for (const path of ['/health', '/api/v1/nodes', '/nothing', '/api/v1/jobs', '/openapi.json']) {
      const { headers } = await house.ask('GET', path)
      assert.equal(headers.get('cache-control'), kept[path] ?? 'no-store', path)
      assert.equal(headers.get('x-content-type-options'), 'nosniff')
      assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'; frame-ancestors 'none'/)
      assert.equal(headers.get('referrer-policy'), 'no-referrer')
      assert.equal(headers.get('cross-origin-resource-policy'), 'same-origin')
      assert.equal(headers.get('access-control-allow-origin'), null)
    }
  })

  it("bears the caller's request id where it is plain, else one of our own", async () => {
    const house = openHouse()
    const id = async (given: string) =>
      (await house.ask('GET', '/health', { headers: { 'x-request-id': given } })).headers.get('x-request-id')
    assert.equal(await id('trace-1.a_B'), 'trace-1.a_B')
    for (const odd of ['<script>', 'a'.repeat(65), 'a b']) assert.match((await id(odd)) ?? '', /^[0-9a-f]{16}$/)
    const problem = await house.json('GET', '/nothing', { headers: { 'x-request-id': 'trace-2' } })
    assert.equal(problem.body.request_id, 'trace-2')
  })
})

describe('what nobody foresaw', () => {
  const PATIENT = 'patient 4711 of /var/lib/secret.db'

  it('is told to the operator by an id, and to the client by that id alone', async () => {
    const house = openHouse()
    house.peer.fails = new Error(PATIENT)
    const { status, body } = await house.json('POST', '/api/v1/jobs', { as: 'ada', body: SQL_JOB })
    assert.equal(status, 500)
    assert.equal(body.code, 'INTERNAL')
    assert.deepEqual(
      house.peer.incidents.map(({ incident }) => incident),
      [body.incident]
    )
    assert.match(String(house.peer.incidents[0]?.error), /patient 4711/)
    assertSilent(JSON.stringify(body))
  })

  it('says nothing of itself, whatever is thrown', async () => {
    const house = openHouse()
    const thrown = [PATIENT, null, { message: PATIENT }, new TypeError(PATIENT, { cause: PATIENT }), 0n]
    for (const error of thrown.filter((one) => one !== null)) {
      house.peer.fails = error
      const { status, body } = await house.json('GET', '/api/v1/jobs/req-1', { as: 'ada' })
      assert.equal(status, 500)
      assertSilent(JSON.stringify(body))
    }
  })

  it('keeps the inner words of a known failure inside', async () => {
    const house = openHouse()
    for (const code of ['STORE_UNAVAILABLE', 'NODE_ERROR', 'CONFIG_INVALID', 'PEER_UNREACHABLE'] as const) {
      house.peer.fails = new StimnetError(code, PATIENT, { cause: new Error(PATIENT) })
      const { body } = await house.json('GET', '/api/v1/jobs/req-1', { as: 'ada' })
      assert.equal(body.code, code)
      assert.equal(body.detail, CODES[code].meaning)
      assertSilent(JSON.stringify(body))
      assert.equal(body.incident !== undefined, CODES[code].fault === 'node')
    }
  })

  it('has a status for every code, and none that looks like success', () => {
    for (const code of Object.keys(CODES) as Code[]) {
      assert.ok(statusOf(code) >= 400 && statusOf(code) < 600, code)
    }
    assert.equal(statusOf('INTERNAL'), 500)
    assert.equal(statusOf('QUEUE_FULL'), 503)
  })

  function assertSilent(text: string) {
    assert.doesNotMatch(text, /4711|secret\.db|at .*\.ts|node_modules|Error:/)
  }
})
