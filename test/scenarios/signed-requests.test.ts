/** A request that its author signed is one request, however often and by whom its bytes are handed in. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cryptographicRandom, signerFromSeed } from '@stimnet/protocol'
import { createClient, signRequest } from '@stimnet/sdk'
import { PASSWORD, startFederation } from '../mesh.ts'

test('the same signed bytes twice are one broadcast; from another account, or for fewer peers, they are a replay', async (t) => {
  const federation = await startFederation(t, 2)
  const [first, second] = federation.peers
  const client = await federation.client(0)
  const signed = await signRequest({
    signer: await signerFromSeed(cryptographicRandom.bytes(32)),
    catalog: 'clinical_trial_data',
    program: { kind: 'sql', sql: 'SELECT COUNT(DISTINCT subject_id) AS n FROM subjects' },
    targets: [first?.peerId ?? '', second?.peerId ?? '']
  })
  // Together, and with other keys: a client that lost its answer, twice.
  const [one, other] = await Promise.all([
    client.submitBroadcast(signed, { idempotencyKey: 'a' }),
    client.submitBroadcast(signed, { idempotencyKey: 'b' })
  ])
  assert.equal(one.id, other.id)
  for await (const _ of client.watchBroadcast(one.id)) void _
  assert.equal((await client.submitBroadcast(signed)).id, one.id)
  assert.deepEqual(
    (await client.broadcast(one.id)).parts.map(({ state }) => state),
    ['completed', 'completed']
  )

  const fewer = { ...signed, targets: signed.targets.slice(0, 1) }
  await assert.rejects(client.submitBroadcast(fewer), { code: 'REQUEST_REPLAYED' })
  await first?.accounts.put({ name: 'bob', roles: ['researcher'], password: PASSWORD })
  const bob = createClient({ url: first?.gatewayUrl ?? '' })
  await bob.authenticate('bob', PASSWORD)
  await assert.rejects(bob.submitBroadcast(signed), { code: 'REQUEST_REPLAYED' })
  assert.deepEqual(await bob.listBroadcasts(), [])
})
