import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Broadcast, Client } from '@stimnet/sdk'
import { verifyAndPool } from '@stimnet/sdk'
import { startFederation } from '../mesh.ts'

/** Submits to every peer that offers the catalog and waits for the end. */
async function ask(client: Client, sql: string, extra: object = {}): Promise<Broadcast> {
  const submission = { data_catalog_name: 'clinical_trial_data', script_type: 'sql', script_content: sql, ...extra }
  const { id } = await client.submitBroadcast(submission as never)
  for await (const _ of client.watchBroadcast(id)) void _
  return client.broadcast(id)
}

describe('a statistic by name', () => {
  test('is computed by each node and pooled', async (t) => {
    const { client } = await startFederation(t, 3)
    const call = { name: 'mean', variables: ['UPDRS_total'], by: ['outcomes.visit'] }
    const answer = await ask(await client(0), JSON.stringify(call), { script_type: 'statistic' })
    assert.equal(answer.state, 'completed', JSON.stringify(answer, null, 1))
    assert.equal(answer.pooled?.rows.length, 3, JSON.stringify(answer, null, 1))
    console.log(JSON.stringify(answer.pooled), answer.parts[0]?.output)
  })
})

describe('one question to three institutions', () => {
  test('comes back as one pooled answer with the parts beside it, each signed by its institution', async (t) => {
    const { peers, client } = await startFederation(t, 3)
    const researcher = await client(0)
    const answer = await ask(
      researcher,
      `SELECT outcomes.visit, COUNT(DISTINCT subject_id) AS subjects, AVG(UPDRS_total) AS updrs
       FROM outcomes GROUP BY outcomes.visit`
    )
    assert.equal(answer.state, 'completed', JSON.stringify(answer, null, 1))
    assert.equal(answer.parts.length, 3)
    const { pooled } = await verifyAndPool(answer, { peers: peers.map(({ peerId }) => peerId) })
    assert.deepEqual(answer.pooled, pooled)
    assert.deepEqual(
      pooled.rows.map((row) => row.values.slice(0, 2)),
      [
        ['baseline', 450],
        ['month_6', 450],
        ['month_12', 450]
      ]
    )
  })
})
