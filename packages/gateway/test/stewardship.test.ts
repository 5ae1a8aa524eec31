import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openHouse } from './house.ts'

describe('what stewards keep an eye on', () => {
  it('is shown to those who watch over the node, and to nobody else', async () => {
    const house = openHouse()
    for (const path of ['/api/v1/usage', '/api/v1/policy', '/api/v1/members', '/api/v1/status']) {
      assert.equal((await house.json('GET', path)).status, 401)
      assert.equal((await house.json('GET', path, { as: 'ada' })).status, 403)
      assert.equal((await house.json('GET', path, { as: 'olga' })).status, 200)
    }
  })

  it('says what is used, which rules hold and what they do not stop, and who belongs', async () => {
    const house = openHouse()
    const read = async (path: string) => (await house.json('GET', path, { as: 'stew' })).body
    assert.deepEqual(await read('/api/v1/usage'), [
      { data_catalog_name: 'clinical_trial_data', scope: '', what: 'refusals', used: '5', max: '20', share: 0.25 }
    ])
    const [policy] = await read('/api/v1/policy')
    assert.equal(policy.rules[0].stops_not, 'k-1 friends.')
    const { members, ...federation } = await read('/api/v1/members')
    assert.deepEqual(federation, { federation: 'Parkinson network', open: false, signatures_needed: 2 })
    assert.equal(members[0].self, true)
    assert.deepEqual(members[0].log_disputed_by, [])
  })
})
