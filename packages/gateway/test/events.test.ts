import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { lastEventOf } from '../src/events.ts'
import { GATEWAY_LIMITS } from '../src/http/limits.ts'
import { partOf, TABLE } from './fake-peer.ts'
import { type House, openHouse } from './house.ts'

interface Seen {
  id: string
  event: string
  // biome-ignore lint/suspicious/noExplicitAny: a Job or Broadcast, whose shape routes.test.ts checks
  data: any
}

/** Reads a stream piece by piece, as a browser would. */
function reader(response: Response) {
  assert.equal(response.status, 200)
  assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream/)
  const raw = response.body?.getReader()
  if (!raw) throw new Error('a stream without a body')
  const text = async () => {
    const { done, value } = await raw.read()
    return done ? null : new TextDecoder().decode(value)
  }
  return {
    text,
    cancel: () => raw.cancel(),
    next: async (): Promise<Seen | null> => {
      const block = await text()
      if (block === null) return null
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? ''
      return { id: field('id'), event: field('event'), data: JSON.parse(field('data')) }
    }
  }
}

async function settle() {
  for (let i = 0; i < 20; i++) await turn()
}

async function follow(house: House, id: string, options: { headers?: Record<string, string>; kind?: string } = {}) {
  const path = `/api/v1/${options.kind ?? 'broadcasts'}/${id}/events`
  return reader(await house.ask('GET', path, { as: 'ada', headers: options.headers ?? {} }))
}

describe('an event stream', () => {
  it('tells the state now, then each change in order, then the end, and ends', async () => {
    const house = openHouse()
    const { id } = house.peer.add({})
    const stream = await follow(house, id)
    assert.equal((await stream.next())?.data.state, 'queued')
    house.peer.change(id, { state: 'running', progress: 0.5 })
    const running = await stream.next()
    assert.deepEqual([running?.id, running?.event, running?.data.progress], ['2', 'change', 0.5])
    house.peer.change(id, { state: 'completed', progress: 1 })
    const end = await stream.next()
    assert.deepEqual([end?.id, end?.event, end?.data.state], ['3-end', 'end', 'completed'])
    assert.equal(await stream.next(), null)
    await settle()
    assert.equal(house.peer.watching, 0)
  })

  it('brings outputs and receipts with the end alone', async () => {
    const house = openHouse()
    const done = partOf('node-1', { state: 'completed', output: TABLE, receipt: 'a.b.c' })
    const { id } = house.peer.add({ state: 'running', parts: [done, partOf('node-2')] })
    const stream = await follow(house, id)
    const early = await stream.next()
    assert.equal(early?.data.parts[0].state, 'completed')
    assert.equal(early?.data.parts[0].output, null)
    assert.equal(early?.data.parts[0].receipt, null)
    house.peer.change(id, { state: 'completed' })
    const end = await stream.next()
    assert.deepEqual(end?.data.parts[0].output, TABLE)
    assert.equal(end?.data.parts[0].receipt, 'a.b.c')
  })

  it('follows a job of the documented API too', async () => {
    const house = openHouse()
    const { id } = house.peer.add({ state: 'running' })
    const stream = await follow(house, id, { kind: 'jobs' })
    const first = await stream.next()
    assert.deepEqual([first?.data.job_id, first?.data.state], [id, 'running'])
    await stream.cancel()
  })

  it('of an ended request tells its end at once', async () => {
    const house = openHouse()
    const { id } = house.peer.add({ state: 'blocked', code: 'COHORT_NOT_RELEASABLE' })
    const stream = await follow(house, id)
    assert.equal((await stream.next())?.event, 'end')
    assert.equal(await stream.next(), null)
  })

  it('counts on from the last event a client has seen, and tells a client that saw the end to stay away', async () => {
    const house = openHouse()
    const { id } = house.peer.add({})
    const stream = await follow(house, id, { headers: { 'last-event-id': '41' } })
    assert.equal((await stream.next())?.id, '42')
    await stream.cancel()
    house.peer.change(id, { state: 'completed' })
    const path = `/api/v1/broadcasts/${id}/events`
    const again = await house.ask('GET', path, { as: 'ada', headers: { 'last-event-id': '42-end' } })
    assert.equal(again.status, 204)
  })

  it('takes nonsense in Last-Event-ID for nothing', () => {
    for (const text of [undefined, '', 'x', '-1', '1e9', '1'.repeat(10), '5-end-end']) {
      assert.deepEqual(lastEventOf(text), { seen: 0, end: false })
    }
  })

  it('gives a sign of life while nothing happens', async () => {
    const house = openHouse()
    const { id } = house.peer.add({})
    const stream = await follow(house, id)
    await stream.next()
    const beat = stream.text()
    await settle()
    await house.clock.advance(GATEWAY_LIMITS.heartbeatMs)
    assert.equal(await beat, ': alive\n\n')
    const change = stream.next()
    await settle()
    house.peer.change(id, { state: 'completed' })
    assert.equal((await change)?.event, 'end')
  })

  it('ends when its account is gone', async () => {
    const house = openHouse()
    const { id } = house.peer.add({})
    const stream = await follow(house, id)
    await stream.next()
    house.peer.accounts.delete('ada')
    const next = stream.text()
    await settle()
    await house.clock.advance(GATEWAY_LIMITS.heartbeatMs)
    assert.equal(await next, null)
    await settle()
    assert.equal(house.peer.watching, 0)
  })

  it('lets go of its watch when the client leaves', async () => {
    const house = openHouse()
    const { id } = house.peer.add({})
    const stream = await follow(house, id)
    await stream.next()
    assert.equal(house.peer.watching, 1)
    await stream.cancel()
    await settle()
    assert.equal(house.peer.watching, 0)
  })

  it('lets go of its watch when the request is aborted or the server closes', async () => {
    for (const kind of ['request', 'server']) {
      const house = openHouse()
      const { id } = house.peer.add({})
      const stop = new AbortController()
      const options = kind === 'request' ? { signal: stop.signal } : { env: { closing: stop.signal } }
      const path = `/api/v1/broadcasts/${id}/events`
      const stream = reader(await house.ask('GET', path, { as: 'ada', ...options }))
      await stream.next()
      const next = stream.text()
      await settle()
      stop.abort()
      assert.equal(await next, null, kind)
      await settle()
      assert.equal(house.peer.watching, 0, kind)
    }
  })

  it('lasts an hour at most, also when its client reads nothing', async () => {
    const house = openHouse()
    const { id } = house.peer.add({})
    const stream = await follow(house, id)
    await stream.next()
    await house.clock.advance(GATEWAY_LIMITS.streamMsMax)
    await settle()
    assert.equal(house.peer.watching, 0)
    assert.equal(await stream.text(), null)
  })

  it('keeps no events for a client that reads slowly', async () => {
    const house = openHouse()
    const { id } = house.peer.add({ state: 'running' })
    const stream = await follow(house, id)
    await stream.next()
    for (let i = 1; i <= 1_000; i++) house.peer.change(id, { progress: i / 1_000 })
    await settle()
    const next = await stream.next()
    assert.equal(next?.id, '2')
    assert.equal(next?.data.progress, 1)
    await stream.cancel()
  })

  it('of somebody else or of nothing is not opened', async () => {
    const house = openHouse()
    const { id } = house.peer.add({ owner: 'bob' })
    for (const path of [
      `/api/v1/jobs/${id}/events`,
      '/api/v1/jobs/req-99/events',
      '/api/v1/broadcasts/req-99/events'
    ]) {
      assert.equal((await house.json('GET', path, { as: 'ada' })).status, 404)
    }
    assert.equal(house.peer.watching, 0)
  })

  it('that fails in the middle tells the problem without its cause', async () => {
    const house = openHouse()
    const { id } = house.peer.add({})
    const stream = await follow(house, id)
    await stream.next()
    const next = stream.next()
    await settle()
    house.peer.fails = new Error('patient 4711')
    house.peer.nudge()
    const problem = await next
    assert.equal(problem?.event, 'problem')
    assert.equal(problem?.data.code, 'INTERNAL')
    assert.doesNotMatch(JSON.stringify(problem), /4711/)
    assert.equal(house.peer.incidents[0]?.incident, problem?.data.incident)
    assert.equal(await stream.next(), null)
  })

  it('is refused beyond the number one account may hold, until one ends', async () => {
    const house = openHouse()
    const { id } = house.peer.add({})
    const streams = []
    for (let i = 0; i < GATEWAY_LIMITS.streamsPerIdentityMax; i++) streams.push(await follow(house, id))
    const path = `/api/v1/broadcasts/${id}/events`
    const refused = await house.ask('GET', path, { as: 'ada' })
    assert.equal(refused.status, 503)
    assert.equal(((await refused.json()) as { code: string }).code, 'BUSY')
    for (const stream of streams) await stream.cancel()
    const again = await follow(house, id)
    await again.cancel()
  })
})

describe('the events of the node', () => {
  const happened = [1, 2, 3].map((sequence) => ({
    ...{
      sequence,
      at: '2023-11-14T22:13:20.000Z',
      kind: 'refused',
      alert: sequence === 2,
      actor: '<script>'
    },
    ...{ job_id: '', code: 'FILTER_INVALID', detail: '' }
  }))

  it('are for those who watch over it', async () => {
    const house = openHouse()
    house.peer.happened = happened
    assert.equal((await house.json('GET', '/api/v1/events', { as: 'ada' })).status, 403)
    assert.equal((await house.json('GET', '/api/v1/events/stream', { as: 'ada' })).status, 403)
    const { body } = await house.json('GET', '/api/v1/events', { as: 'stew' })
    assert.deepEqual(
      body.map(({ sequence }: { sequence: number }) => sequence),
      [3, 2, 1]
    )
    assert.equal((await house.json('GET', '/api/v1/events?alerts=true', { as: 'olga' })).body.length, 1)
  })

  it('go on after the last one that a client has seen', async () => {
    const house = openHouse()
    house.peer.happened = happened
    const headers = { 'last-event-id': '0123abcd-2' }
    const stream = reader(await house.ask('GET', '/api/v1/events/stream', { as: 'stew', headers }))
    const event = await stream.next()
    assert.deepEqual([event?.id, event?.event, event?.data.actor], ['0123abcd-3', 'event', '<script>'])
    await stream.cancel()
  })
})

describe('a stream of somebody who may no longer see it', () => {
  it('ends with the next event, not with the next silence', async () => {
    const house = openHouse()
    house.peer.happened = [1, 2].map((sequence) => ({
      ...{ sequence, at: '2023-11-14T22:13:20.000Z', kind: 'ended', alert: false },
      ...{ actor: '', job_id: '', code: '', detail: '' }
    }))
    const stream = reader(await house.ask('GET', '/api/v1/events/stream', { as: 'stew' }))
    assert.equal((await stream.next())?.data.sequence, 1)
    house.peer.accounts.set('stew', { name: 'stew', roles: ['researcher'] })
    assert.equal(await stream.text(), null)
  })

  it('is one of eight at most', async () => {
    const house = openHouse()
    const open = () => house.ask('GET', '/api/v1/events/stream', { as: 'stew' })
    const streams = await Promise.all(Array.from({ length: 8 }, open))
    assert.equal((await open()).status, 503)
    await Promise.all(streams.map((stream) => stream.body?.cancel()))
    assert.equal((await open()).status, 200)
  })
})

describe('a stream that an API key opened', () => {
  it('ends when the key is revoked', async () => {
    const house = openHouse()
    const { id } = house.peer.add({})
    const made = await house.json('POST', '/api/v1/api-keys', { as: 'ada', body: { label: 'x' } })
    const headers = { 'x-api-key': made.body.key }
    const stream = reader(await house.ask('GET', `/api/v1/broadcasts/${id}/events`, { headers }))
    assert.equal((await stream.next())?.event, 'change')
    await house.json('DELETE', `/api/v1/api-keys/${made.body.id}`, { as: 'ada' })
    const next = stream.text()
    await settle()
    await house.clock.advance(GATEWAY_LIMITS.heartbeatMs)
    assert.equal(await next, null)
  })
})
