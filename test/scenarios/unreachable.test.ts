import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startFederation, until } from '../mesh.ts'

test('an institution that cannot be reached reads so, and the answers of the others are there before it ends', async (t) => {
  const { peers, client } = await startFederation(t, 3)
  const researcher = await client(0)
  const [, , third] = peers
  const targets = peers.map(({ peerId }) => peerId)
  await third?.stop()
  const { id } = await researcher.submitBroadcast({
    ...{ data_catalog_name: 'clinical_trial_data', script_type: 'sql', targets },
    script_content: 'SELECT COUNT(DISTINCT subject_id) AS n FROM subjects'
  })
  const partOf = async (peerId: string | undefined) =>
    (await researcher.broadcast(id)).parts.find(({ peer_id }) => peer_id === peerId)
  await until(async () => (await partOf(third?.peerId))?.code === 'PEER_UNREACHABLE', 'the third reads as unreachable')
  const gone = await partOf(third?.peerId)
  assert.equal(gone?.state, 'queued', 'it is tried again until the request expires')
  assert.match(gone?.reason ?? '', /not been reached.*tried again/)
  for (const peerId of targets.slice(0, 2)) {
    await until(async () => (await partOf(peerId))?.state === 'completed', 'the others have answered')
    const part = await partOf(peerId)
    assert.ok(part?.output?.kind === 'table' && part.receipt !== null)
  }
  const now = await researcher.broadcast(id)
  assert.deepEqual([now.state, now.pooled], ['running', null])
  assert.equal(now.asked?.script_type, 'sql')
})
