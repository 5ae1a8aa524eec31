import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openHouse } from './house.ts'

const PATH = '/api/v1/sandboxes'
const TEST = '/api/v1/sandboxes/self-test'

describe('the sandboxes of a node', () => {
  it('are shown to those who watch over it, and to nobody else', async () => {
    const house = openHouse()
    house.peer.accounts.set('audrey', { name: 'audrey', roles: ['auditor'] })
    assert.equal((await house.json('GET', PATH)).status, 401)
    assert.equal((await house.json('GET', PATH, { as: 'ada' })).status, 403)
    for (const as of ['stew', 'olga', 'audrey']) assert.equal((await house.json('GET', PATH, { as })).status, 200)
  })

  it('are told with their grade, limits and images, and the latest self-test attack by attack', async () => {
    const { body } = await openHouse().json('GET', PATH, { as: 'stew' })
    const [engine] = body.engines
    assert.deepEqual([engine.grade, engine.memory_mib, engine.wall_time_ms], ['wasm', 1024, 60_000])
    assert.deepEqual(engine.languages[0].image, 'wasm pyodide@1 sha256:aa')
    assert.deepEqual(body.others[0].here, false)
    const { report, running } = body.self_test
    assert.equal(running, null)
    assert.equal(report.ended_at, '2023-11-14T22:00:00.000Z')
    assert.deepEqual(report.engines[0].attacks[0].outcome, 'open')
  })

  it('are none at a node that runs nothing', async () => {
    const house = openHouse()
    const { tested } = house.peer
    const nothing = { ...tested.self_test, possible: false, report: null }
    house.peer.tested = { ...tested, configured: 'none', engines: [], self_test: nothing }
    const { body } = await house.json('GET', PATH, { as: 'stew' })
    assert.deepEqual([body.engines, body.self_test.possible, body.self_test.report], [[], false, null])
  })
})

describe('a self-test', () => {
  it('is started by a steward or an operator, and its progress comes back', async () => {
    const house = openHouse()
    for (const as of ['stew', 'olga']) {
      const { status, body } = await house.json('POST', TEST, { as })
      assert.equal(status, 202)
      assert.deepEqual([body.self_test.running.done, body.self_test.running.of], [3, 172])
    }
    assert.deepEqual(house.peer.testers, ['stew', 'olga'])
  })

  it('is started neither by a researcher nor by an auditor, and by no API key', async () => {
    const house = openHouse()
    house.peer.accounts.set('audrey', { name: 'audrey', roles: ['auditor'] })
    assert.equal((await house.json('POST', TEST)).status, 401)
    for (const as of ['ada', 'audrey']) {
      const { status, body } = await house.json('POST', TEST, { as })
      assert.deepEqual([status, body.code], [403, 'NOT_PERMITTED'])
    }
    const made = await house.json('POST', '/api/v1/api-keys', { as: 'stew', body: { label: 'x', roles: ['steward'] } })
    const byKey = await house.json('POST', TEST, { headers: { 'x-api-key': made.body.key } })
    assert.deepEqual([byKey.status, byKey.body.code], [403, 'NOT_PERMITTED'])
    assert.match(byKey.body.detail, /Log in to start a self-test/)
    assert.deepEqual(house.peer.testers, [])
  })

  it('is refused soon after another, with the time to wait', async () => {
    const house = openHouse()
    house.peer.waitMs = 61_500
    const { status, body, response } = await house.json('POST', TEST, { as: 'stew' })
    assert.deepEqual([status, body.code], [429, 'RATE_LIMITED'])
    assert.equal(response.headers.get('retry-after'), '62')
  })
})
