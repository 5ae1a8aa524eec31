/** Tests that a signed request is one request, however often and by whomever its bytes are submitted. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cryptographicRandom, LIMITS, SimulatedClock, signerFromSeed, systemClock } from '@stimnet/protocol'
import { createClient, signRequest } from '@stimnet/sdk'
import { PASSWORD, startFederation, until } from '../mesh.ts'

test('the same signed bytes twice are one broadcast; from another account, or for fewer peers, they are a replay', async (t) => {
  const federation = await startFederation(t, 2)
  const [first, second] = federation.peers
  const client = await federation.client(0)
  const signed = await signRequest({
    signer: await signerFromSeed(cryptographicRandom.bytes(32)),
    catalog: 'clinical_trial_data',
    program: { kind: 'sql', sql: 'SELECT COUNT(DISTINCT subject_id) AS n FROM subjects' },
    targets: [first?.peerId ?? '', second?.peerId ?? ''],
    carrier: first?.peerId ?? ''
  })
  // Submitted twice at the same time with different keys, like a client that lost its answer twice.
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

test('who lost the answer asks again with the same bytes, also when their time has passed', async (t) => {
  const federation = await startFederation(t, 1)
  const client = await federation.client(0)
  const ask = {
    signer: await signerFromSeed(cryptographicRandom.bytes(32)),
    catalog: 'clinical_trial_data',
    program: { kind: 'sql', sql: 'SELECT COUNT(DISTINCT subject_id) AS n FROM subjects' },
    targets: [federation.peers[0]?.peerId ?? '']
  } as const
  // It ends five seconds before it is too old even for a clock with the largest tolerated difference.
  const lifetimeMs = 1_000
  const endsMs = systemClock.now() + 5_000
  const clock = new SimulatedClock(endsMs - LIMITS.clockSkewMs - lifetimeMs)
  const signed = await signRequest({ ...ask, clock, lifetimeMs })
  const { id } = await client.submitBroadcast(signed)
  const other = await signRequest({ ...ask, clock, lifetimeMs })
  await until(() => systemClock.now() > endsMs, 'it is too old')
  await assert.rejects(client.submitBroadcast(other), { code: 'EXPIRED' })
  assert.equal((await client.submitBroadcast(signed)).id, id)
})

test('a signed request for the people of one institution stands among the analysis requests', async (t) => {
  const federation = await startFederation(t, 1)
  const client = await federation.client(0)
  const signer = await signerFromSeed(cryptographicRandom.bytes(32))
  const signed = await signRequest({
    signer,
    catalog: 'clinical_trial_data',
    program: { kind: 'sql', sql: 'SELECT COUNT(DISTINCT subject_id) AS n FROM subjects' },
    targets: [federation.peers[0]?.peerId ?? ''],
    title: 'Signed by Ada',
    review: true
  })
  const { id } = await client.submitBroadcast(signed)
  await until(async () => (await client.broadcast(id)).state === 'pending', 'it waits for people')
  const [waiting] = await client.listAnalyses()
  assert.equal(waiting?.analysis_title, 'Signed by Ada')
  assert.equal(waiting.requester_key, signer.id)
  assert.equal(waiting.request_hash, signed.hash)
})
