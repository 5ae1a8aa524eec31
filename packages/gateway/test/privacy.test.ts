import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createClient } from '@stimnet/sdk'
import { openHouse } from './house.ts'

function openClient() {
  const house = openHouse()
  const client = createClient({
    url: 'http://gateway/',
    clock: house.clock,
    fetch: async (input, init) => house.app.request(input, init, {})
  })
  return { ...house, client }
}

const QUESTION = {
  data_catalog_name: 'clinical_trial_data',
  script_type: 'sql',
  script_content: 'SELECT COUNT(*) AS n FROM subjects',
  privacy: { level: 'P2', epsilon: '0.5' }
} as const

describe('the price of a question', () => {
  it('is told by each institution that offers the catalog, with the noise of all of them together', async () => {
    const { client, peer } = openClient()
    await client.authenticate('ada', 'correct')
    const cost = await client.privacyCost(QUESTION)
    assert.deepEqual(
      cost.peers.map(({ node_id, code, cost: price }) => [node_id, code, price?.nano_rho ?? null]),
      [
        ['node-1', null, '125000000'],
        ['node-2', null, '125000000'],
        ['node-4', null, null],
        ['node-3', 'PARAMETER_INVALID', null]
      ]
    )
    assert.deepEqual(cost.peers[0]?.left, { project_rho: '0.0244', lifetime_rho: '0.5' })
    assert.equal(cost.peers[1]?.left, null)
    assert.deepEqual(cost.pooled, [{ name: 'n', sd: 5, error_95: 11 }])
    assert.deepEqual(peer.submissions[0]?.targets, '*')
    assert.equal(peer.requestsMade.size, 0, 'nothing was submitted')
  })

  it('is told to researchers with a token alone', async () => {
    const { client } = openClient()
    await assert.rejects(client.privacyCost(QUESTION), { code: 'UNAUTHENTICATED' })
  })

  it('of an amount that is no plain decimal number is not computed', async () => {
    const { client } = openClient()
    await client.authenticate('ada', 'correct')
    for (const privacy of [
      { epsilon: '1e308' },
      { epsilon: '-0' },
      { epsilon: 'NaN' },
      { epsilon: 1 },
      {},
      { epsilon: '1', rho: '1' }
    ]) {
      const asked = { ...QUESTION, privacy: { level: 'P2', ...privacy } }
      await assert.rejects(client.privacyCost(asked as never), { code: 'BODY_INVALID' }, JSON.stringify(privacy))
    }
  })
})
