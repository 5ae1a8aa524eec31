import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { describe, type TestContext, test } from 'node:test'
import { jobExchange } from '@stimnet/mesh'
import type { Peer } from '@stimnet/peer'
import {
  cryptographicRandom,
  messages,
  open,
  programToMessage,
  type Signer,
  seal,
  signerFromSeed,
  systemClock
} from '@stimnet/protocol'
import { createClient, signRequest } from '@stimnet/sdk'
import { parse, stringify } from 'yaml'
import { answerOf, clientOf, PASSWORD, scratchFolder, startFederation, startSite, until, writeSite } from '../mesh.ts'

const COUNT = 'SELECT COUNT(DISTINCT subject_id) AS n FROM subjects'
const newSigner = () => signerFromSeed(cryptographicRandom.bytes(32))

async function sealedFor(
  peer: Peer,
  signer: Signer,
  request: object,
  nonce?: Uint8Array,
  audience = [peer.peerId]
): Promise<Uint8Array> {
  return seal({
    type: 'job-request',
    body: messages.JobRequest.encode({
      custody: 'requester',
      catalog: 'clinical_trial_data',
      program: programToMessage({ kind: 'sql', sql: COUNT }),
      ...request
    }),
    signer,
    clock: systemClock,
    audience,
    lifetimeMs: 60_000,
    ...(nonce ? { nonce } : {})
  }).then(({ bytes }) => bytes)
}

async function decide(asked: Peer, through: Peer, request: Uint8Array) {
  const signal = AbortSignal.timeout(20_000)
  const { decision } = await through.mesh.ask(jobExchange, asked.peerId, { request }, { signal })
  const opened = await open(decision, { type: 'decision', issuer: asked.peerId, clock: systemClock })
  return messages.Decision.decode(opened.body)
}

/** A peer whose first catalog is private, and a peer of another institution. */
async function withPrivateCatalog(t: TestContext) {
  const parent = await scratchFolder(t)
  const peers: Peer[] = []
  t.after(() => Promise.all(peers.map((peer) => peer.stop())))
  const house = await writeSite(parent, 0)
  const config = parse(await readFile(house.configFile, 'utf8'))
  config.catalogs[0].access_level = 'private'
  await writeFile(house.configFile, stringify(config))
  const own = await startSite(house)
  peers.push(own)
  const other = await startSite(await writeSite(parent, 1, { bootstrap: own.addresses }))
  peers.push(other)
  await until(() => own.mesh.connected().length === 1 && other.mesh.connected().length === 1, 'both are connected')
  return { own, other }
}

describe('a private catalog', () => {
  test('does not exist for another institution, however it asks', async (t) => {
    const { own, other } = await withPrivateCatalog(t)
    const signer = await newSigner()
    for (const sql of [COUNT, 'SELECT COUNT(*) FROM nope', 'SELECT AVG(height) FROM subjects', 'nonsense']) {
      const program = programToMessage({ kind: 'sql', sql })
      const decision = await decide(own, other, await sealedFor(own, signer, { program }))
      assert.deepEqual(
        [decision.code, decision.reason],
        ['CATALOG_UNKNOWN', 'This peer offers no catalog of that name.']
      )
    }
    const found = await (await clientOf(other)).meshCatalogs('parkinson')
    assert.deepEqual(
      found.map(({ node_id }) => node_id),
      ['node-2']
    )
  })

  test('is not there for a researcher of the own house either, but for its stewards', async (t) => {
    const { own } = await withPrivateCatalog(t)
    const researcher = await clientOf(own)
    assert.deepEqual(
      (await researcher.meshCatalogs('parkinson')).map(({ node_id }) => node_id),
      ['node-2']
    )
    const ask = {
      target_node_id: 'node-1',
      data_catalog_name: 'clinical_trial_data',
      script_type: 'sql',
      script_content: COUNT
    } as const
    await assert.rejects(researcher.submitJob(ask), { code: 'CATALOG_UNKNOWN' })
    await own.accounts.put({ name: 'stew', roles: ['steward', 'researcher'], password: PASSWORD })
    const steward = createClient({ url: own.gatewayUrl ?? '' })
    await steward.authenticate('stew', PASSWORD)
    assert.equal((await steward.waitForJob((await steward.submitJob(ask)).job_id)).status, 'completed')
  })
})

describe('a member that cheats', () => {
  test('cannot say that a request of its own making comes from an account of a gateway', async (t) => {
    const { peers, client } = await startFederation(t, 1)
    const [peer] = peers
    assert.ok(peer)
    const signer = await newSigner()
    const envelope = await sealedFor(peer, signer, { custody: 'gateway', account: 'head of department' })
    const text = new TextDecoder().decode(envelope)
    const submitting = (await client(0)).submitBroadcast({ envelope, text, hash: '', targets: [peer.peerId] })
    await assert.rejects(submitting, { code: 'PARAMETER_INVALID' })
  })

  test('cannot take another job’s place by using its nonce again', async (t) => {
    const { peers } = await startFederation(t, 2)
    const [asked, asking] = peers
    assert.ok(asked && asking)
    const signer = await newSigner()
    const nonce = cryptographicRandom.bytes(16)
    const first = await decide(asked, asking, await sealedFor(asked, signer, {}, nonce))
    assert.ok(first.allowed)
    // Expired entries against replays are removed, as by the regular clean-up.
    await asked.database.json('replays').clear()
    const again = await decide(asked, asking, await sealedFor(asked, signer, { title: 'another' }, nonce))
    assert.equal(again.code, 'REQUEST_REPLAYED')
  })

  test('cannot fill the queue of another institution with many keys', async (t) => {
    const { peers } = await startFederation(t, 2, { config: { jobs: { queue_max: 10, concurrency: 1 } } })
    const [asked, asking] = peers
    assert.ok(asked && asking)
    const answers = await Promise.all(
      Array.from({ length: 30 }, async () => decide(asked, asking, await sealedFor(asked, await newSigner(), {})))
    )
    const reasons = answers.filter(({ allowed }) => !allowed).map(({ reason }) => reason)
    assert.ok(
      reasons.some((reason) => /through one peer/.test(reason)),
      reasons.join('\n')
    )
  })
})

describe('one of several institutions that were asked', () => {
  /** The signed request of the first peer, as the third peer has stored it. */
  const heldBy = async (peer: Peer): Promise<Uint8Array> => {
    const stored = await peer.database.json<{ request: string }>('jobs').values().all()
    assert.equal(stored.length, 1)
    return Uint8Array.from(Buffer.from(stored[0]?.request ?? '', 'base64'))
  }

  test('cannot bring the request to another one first and take its answer', async (t) => {
    const { peers, client } = await startFederation(t, 3)
    const [carrier, victim, thief] = peers as [Peer, Peer, Peer]
    const signed = await signRequest({
      ...{ signer: await newSigner(), catalog: 'clinical_trial_data', program: { kind: 'sql', sql: COUNT } },
      ...{ targets: [victim.peerId, thief.peerId], carrier: carrier.peerId }
    })
    const stolen = await decide(victim, thief, signed.envelope)
    assert.deepEqual([stolen.allowed, stolen.code], [false, 'CARRIER_MISMATCH'])
    assert.deepEqual(await victim.database.json('jobs').keys().all(), [])
    assert.deepEqual(await victim.database.json('replays').keys().all(), [])
    // The peer that the request names as its carrier can still deliver it.
    const researcher = await client(0)
    const states = (await answerOf(researcher, signed)).parts.map(({ state, code }) => [state, code])
    assert.deepEqual(states, [
      ['completed', null],
      ['completed', null]
    ])
  })

  test('cannot do so either with what a gateway signed for its account', async (t) => {
    const { peers, client } = await startFederation(t, 3)
    const [, victim, thief] = peers as [Peer, Peer, Peer]
    const researcher = await client(0)
    const targets = [victim.peerId, thief.peerId]
    const ask = {
      targets,
      data_catalog_name: 'clinical_trial_data',
      script_type: 'sql',
      script_content: COUNT
    } as const
    await answerOf(researcher, ask)
    // Afterwards the code is the same, because the carrier is checked before replays are.
    assert.equal((await decide(victim, thief, await heldBy(thief))).code, 'CARRIER_MISMATCH')
  })

  test('finds no use in one that names nobody; nor does a gateway take one that names another', async (t) => {
    const { peers, client } = await startFederation(t, 2)
    const [first, second] = peers as [Peer, Peer]
    const ask = {
      ...{ signer: await newSigner(), catalog: 'clinical_trial_data', program: { kind: 'sql', sql: COUNT } as const },
      targets: [first.peerId, second.peerId]
    }
    const audience = [first.peerId, second.peerId]
    const nobody = await sealedFor(first, ask.signer, {}, undefined, audience)
    assert.equal((await decide(first, second, nobody)).code, 'CARRIER_MISMATCH')
    const submit = async (envelope: Uint8Array) =>
      (await client(0)).submitBroadcast({
        ...{ envelope, text: new TextDecoder().decode(envelope) },
        ...{ hash: '', targets: audience }
      })
    await assert.rejects(submit(nobody), { code: 'CARRIER_MISMATCH' })
    const { envelope } = await signRequest({ ...ask, carrier: second.peerId })
    await assert.rejects(submit(envelope), { code: 'CARRIER_MISMATCH' })
  })
})

describe('an account that is in a hurry', () => {
  test('cancels before anybody was asked, and nobody runs anything', async (t) => {
    const { peers, client } = await startFederation(t, 3)
    const researcher = await client(0)
    const { job_id } = await researcher.submitJob({
      target_node_id: '*',
      data_catalog_name: 'clinical_trial_data',
      script_type: 'sql',
      script_content: COUNT
    })
    await researcher.cancelJob(job_id)
    assert.equal((await researcher.job(job_id)).status, 'cancelled')
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    for (const peer of peers) {
      const records = await peer.database.auditLog.read({ limit: 50 })
      assert.ok(!records.some(({ kind }) => kind === 'release'), `${peer.peerId} released something`)
    }
  })

  test('sends the same request many times with one key, and it is made once', async (t) => {
    const { client } = await startFederation(t, 1)
    const researcher = await client(0)
    const ask = {
      targets: ['node-1'],
      data_catalog_name: 'clinical_trial_data',
      script_type: 'sql',
      script_content: COUNT
    } as const
    const idempotencyKey = 'monday-morning'
    const made = await Promise.all([1, 2, 3, 4].map(() => researcher.submitBroadcast(ask, { idempotencyKey })))
    assert.equal(new Set(made.map(({ id }) => id)).size, 1)
    const other = { ...ask, script_content: 'SELECT AVG(age) AS age FROM subjects' }
    await assert.rejects(researcher.submitBroadcast(other, { idempotencyKey }), { code: 'PARAMETER_INVALID' })
  })
})

describe('a disk that is full', () => {
  test('stops the answers and says so, and the peer does not fall over', async (t) => {
    const { peers, client } = await startFederation(t, 1)
    const [peer] = peers
    assert.ok(peer)
    const researcher = await client(0)
    const root = peer.database.root as unknown as { batch: () => Promise<void> }
    const { batch } = root
    root.batch = () => Promise.reject(new Error('ENOSPC: no space left on device'))
    const ask = {
      targets: ['node-1'],
      data_catalog_name: 'clinical_trial_data',
      script_type: 'sql',
      script_content: COUNT
    } as const
    await assert.rejects(researcher.submitBroadcast(ask), { code: 'STORE_UNAVAILABLE' })
    root.batch = batch
    // Requests are still refused, since the state in memory may be ahead of the disk until the peer restarts.
    await assert.rejects(researcher.submitBroadcast(ask), { code: 'STORE_UNAVAILABLE' })
    const ready = await fetch(`${peer.gatewayUrl}/ready`)
    assert.equal(ready.status, 503)
    assert.match(await ready.text(), /writing failed/)
    assert.equal((await fetch(`${peer.gatewayUrl}/health`)).status, 200)
  })
})

test('the feed of a restarted peer goes on beyond every place it gave before', async (t) => {
  const parent = await scratchFolder(t)
  const site = await writeSite(parent, 0)
  const first = await startSite(site)
  const client = await clientOf(first)
  const ask = {
    target_node_id: 'node-1',
    data_catalog_name: 'clinical_trial_data',
    script_type: 'sql',
    script_content: COUNT
  } as const
  await client.waitForJob((await client.submitJob(ask)).job_id)
  await first.stop()
  const second = await startSite(site)
  t.after(() => second.stop())
  const again = await clientOf(second)
  assert.equal((await again.waitForJob((await again.submitJob(ask)).job_id)).status, 'completed')
  assert.equal((await again.listJobs()).length, 2)
})
