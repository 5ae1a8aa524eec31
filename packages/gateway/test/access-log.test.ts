/** Tests of the access log: who asked which route and how it ended, and nothing that a caller wrote. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request } from 'node:http'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { SimulatedClock } from '@stimnet/protocol'
import type { Access } from '../src/index.ts'
import { listenGateway } from '../src/index.ts'
import { openHouse, SQL_JOB, START_MS } from './house.ts'

async function openLogged(t: { after(fn: () => unknown): void }) {
  const house = openHouse()
  const clock = new SimulatedClock(START_MS)
  const noted: Access[] = []
  const accessLog = { clock, note: (access: Access) => void noted.push(access) }
  const { url, close } = await listenGateway(house.app, { host: '127.0.0.1', port: 0, accessLog })
  t.after(close)
  const next = async (count: number) => {
    for (let i = 0; i < 500 && noted.length < count; i++) await wait(10)
    assert.equal(noted.length, count)
    return noted.at(-1)
  }
  return { ...house, clock, url, noted, next }
}

test('an entry has account, route, status, bytes, time and id of the request, and no value that the caller wrote', async (t) => {
  const { url, token, next, noted, clock } = await openLogged(t)
  const secret = 'patient-4711'
  const authorization = `Bearer ${await token('ada')}`
  const headers = { authorization, 'content-type': 'application/json', 'x-request-id': 'r-1' }
  const body = JSON.stringify({ ...SQL_JOB, script_content: `SELECT COUNT(*) AS n FROM subjects -- ${secret}` })
  const asked = await fetch(`${url}/api/v1/jobs`, { method: 'POST', headers, body })
  const { job_id } = (await asked.json()) as { job_id: string }
  const { bytes, ...first } = (await next(1)) as Access
  assert.deepEqual(first, {
    route: '/api/v1/jobs',
    account: 'ada',
    requestId: 'r-1',
    method: 'POST',
    status: 200,
    ms: 0
  })
  assert.ok(bytes > 300 && bytes < 10_000, `${bytes} bytes`)

  await (await fetch(`${url}/api/v1/jobs/${job_id}?q=${secret}`, { headers: { ...headers, cookie: secret } })).text()
  assert.equal((await next(2))?.route, '/api/v1/jobs/{id}')
  await (await fetch(`${url}/${secret}`, { headers: { 'user-agent': secret, referer: secret } })).text()
  const third = await next(3)
  assert.deepEqual([third?.route, third?.account, third?.status], [undefined, undefined, 404])
  await (await fetch(`${url}/api/v1/jobs`, { headers: { 'x-api-key': secret, 'x-request-id': `${secret} é` } })).text()
  const fourth = await next(4)
  assert.deepEqual([fourth?.route, fourth?.account, fourth?.status], ['/api/v1/jobs', undefined, 401])
  assert.match(fourth?.requestId ?? '', /^[0-9a-f]{16}$/)
  const login = new URLSearchParams({ username: secret, password: secret })
  await (await fetch(`${url}/api/v1/auth/token`, { method: 'POST', body: login })).text()
  const fifth = await next(5)
  assert.equal(fifth?.account, undefined, 'a name that somebody typed is no account')
  assert.ok(!JSON.stringify(noted).includes(secret))
  assert.ok(!JSON.stringify(noted).includes(job_id))
  assert.equal(clock.now(), START_MS)
})

test('a stream is noted when it ends, with all its bytes, and one that was cut off says so', async (t) => {
  const { peer, url, token, next, noted, clock } = await openLogged(t)
  const headers = { authorization: `Bearer ${await token('ada')}` }
  const { id } = peer.add({})
  const stream = request(`${url}/api/v1/jobs/${id}/events`, { headers }).end()
  const [answer] = await once(stream, 'response')
  await once(answer, 'data')
  assert.equal(noted.length, 0, 'not before its end')
  clock.advance(90_000)
  stream.destroy()
  const access = await next(1)
  assert.deepEqual(
    [access?.route, access?.status, access?.ms, access?.cut],
    ['/api/v1/jobs/{id}/events', 200, 90_000, true]
  )
  assert.ok((access?.bytes ?? 0) > 300)
})
