import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openHouse } from './house.ts'

const key = (text: string) => ({ headers: { 'x-api-key': text } })

describe('API keys over HTTP', () => {
  it('are made by a person, shown once, and open what a token opens', async () => {
    const house = openHouse()
    const made = await house.json('POST', '/api/v1/api-keys', { as: 'ada', body: { label: 'laptop' } })
    assert.equal(made.status, 201)
    assert.match(made.body.key, /^snk_/)
    assert.equal((await house.json('GET', '/api/v1/jobs', key(made.body.key))).status, 200)
    assert.equal(
      (await house.json('GET', '/api/v1/jobs', { headers: { authorization: `Bearer ${made.body.key}` } })).status,
      200
    )
    const listed = await house.json('GET', '/api/v1/api-keys', { as: 'ada' })
    assert.equal(listed.body.length, 1)
    assert.doesNotMatch(JSON.stringify(listed.body), /"key"/)
  })

  it('make and end no keys themselves', async () => {
    const house = openHouse()
    const { body } = await house.json('POST', '/api/v1/api-keys', { as: 'ada', body: { label: 'laptop' } })
    const other = await house.json('POST', '/api/v1/api-keys', { ...key(body.key), body: { label: 'another' } })
    assert.deepEqual([other.status, other.body.code], [403, 'NOT_PERMITTED'])
    assert.equal((await house.json('DELETE', `/api/v1/api-keys/${body.id}`, key(body.key))).status, 403)
  })

  it('decide nothing, and read nothing of their owner’s where they were made for the log', async () => {
    const house = openHouse()
    house.peer.accounts.set('both', { name: 'both', roles: ['steward', 'auditor', 'researcher'] })
    const make = async (role: string) =>
      (await house.json('POST', '/api/v1/api-keys', { as: 'both', body: { label: 'x', roles: [role] } })).body.key
    const decision = { ...key(await make('steward')), body: { status: 'approved' } }
    const decided = await house.json('PUT', `/api/v1/analysis-requests/${'a'.repeat(32)}`, decision)
    assert.deepEqual([decided.status, decided.body.code], [403, 'NOT_PERMITTED'])
    const auditor = key(await make('auditor'))
    assert.equal((await house.json('GET', '/api/v1/jobs', auditor)).status, 403)
    assert.equal((await house.json('GET', '/api/v1/audit', auditor)).status, 200)
  })

  it('are their owner’s alone: another’s is not there', async () => {
    const house = openHouse()
    const { body } = await house.json('POST', '/api/v1/api-keys', { as: 'ada', body: { label: 'laptop' } })
    assert.deepEqual((await house.json('GET', '/api/v1/api-keys', { as: 'bob' })).body, [])
    assert.equal((await house.json('DELETE', `/api/v1/api-keys/${body.id}`, { as: 'bob' })).status, 404)
    assert.equal((await house.json('DELETE', `/api/v1/api-keys/${body.id}`, { as: 'ada' })).status, 200)
    assert.equal((await house.json('GET', '/api/v1/jobs', key(body.key))).status, 401)
  })

  it('want a label, and a lifetime of a year at most', async () => {
    const house = openHouse()
    for (const body of [{}, { label: ' ' }, { label: 'x', days: 366 }, { label: 'x', roles: ['root'] }]) {
      assert.equal((await house.json('POST', '/api/v1/api-keys', { as: 'ada', body })).status, 422)
    }
  })
})
