import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { keyIdOf, messages, open, StimnetError, seededRandom, signerFromSeed } from '@stimnet/protocol'
import { ApiError, createClient, signRequest } from '@stimnet/sdk'
import type { SignedSubmission } from '../src/index.ts'
import { partOf, TABLE } from './fake-peer.ts'
import { openHouse, SQL_JOB } from './house.ts'

function openClient(house = openHouse()) {
  const client = createClient({
    url: 'http://gateway/',
    clock: house.clock,
    fetch: async (input, init) => house.app.request(input, init, {})
  })
  return { ...house, client }
}

describe('the TypeScript client', () => {
  it('signs out at the gateway, and shows the token no more', async () => {
    const { client, ask } = openClient()
    const token = await client.authenticate('ada', 'correct')
    await client.signOut()
    assert.equal((await ask('GET', '/api/v1/jobs', { headers: { authorization: `Bearer ${token}` } })).status, 401)
    await assert.rejects(client.signOut(), { code: 'UNAUTHENTICATED' })
    assert.equal((await client.catalogs()).length, 1)
  })

  it('reads nodes and catalogs, logs in, and asks through the gateway', async () => {
    const { client, peer } = openClient()
    assert.equal((await client.health()).status, 'healthy')
    assert.deepEqual((await client.readiness()).ready, true)
    assert.equal((await client.catalogs()).length, 1)
    await client.authenticate('ada', 'correct')
    assert.equal((await client.catalogs()).length, 2)
    assert.equal((await client.catalogs({ accessLevel: 'restricted' }))[0]?.name, 'imaging_data')
    assert.equal((await client.catalog(1)).name, 'clinical_trial_data')
    assert.equal((await client.nodes())[0]?.node_id, 'node-1')
    assert.equal((await client.discovery()).nodes.length, 2)
    assert.equal((await client.meshCatalogs('a & b=c#d'))[0]?.node_id, 'node-2')
    assert.deepEqual(peer.searched, ['a', '&', 'b=c#d'])
  })

  it('reads why a node is not ready, and what came of an analysis request', async () => {
    const { client, peer } = openClient()
    peer.ready = [{ name: 'disk', ok: false, detail: '12 MiB free: make room' }]
    assert.deepEqual(await client.readiness(), { ready: false, checks: peer.ready })
    await client.authenticate('ada', 'correct')
    await assert.rejects(client.analysisResults('nothing'), { code: 'JOB_UNKNOWN' })
  })

  it('submits, lists, follows and cancels jobs', async () => {
    const { client, peer } = openClient()
    await client.authenticate('ada', 'correct')
    const { job_id } = await client.submitJob({ ...SQL_JOB, script_type: 'sql' }, { idempotencyKey: 'k' })
    assert.equal(peer.submissions[0]?.idempotencyKey, 'k')
    assert.equal((await client.listJobs({ status: 'queued', limit: 1 })).length, 1)
    const waiting = client.waitForJob(job_id)
    peer.change(job_id, { state: 'running' })
    peer.change(job_id, { state: 'completed', parts: [partOf('node-1', { state: 'completed', output: TABLE })] })
    assert.equal((await waiting).result_data?.rows?.[0]?.n, 70)
    const other = await client.submitJob({ ...SQL_JOB, script_type: 'sql' })
    assert.equal((await client.cancelJob(other.job_id)).status, 'cancelled')
    assert.equal((await client.job(other.job_id)).state, 'cancelled')
  })

  it('uploads a file, lists and deletes it, and names it in a submission', async () => {
    const { client, peer } = openClient()
    await client.authenticate('ada', 'correct')
    const bytes = Uint8Array.of(1, 0, 2, 13, 10, 255)
    const { file_id } = await client.upload('data', { filename: 'a "quoted" näme.csv', bytes })
    assert.deepEqual(peer.uploaded[0]?.bytes, bytes)
    assert.equal(peer.uploaded[0]?.view.filename, 'a "quoted" näme.csv')
    assert.deepEqual(
      (await client.listUploads('data')).map((one) => one.file_id),
      [file_id]
    )
    assert.deepEqual(await client.listUploads('script'), [])
    await client.submitJob({ ...SQL_JOB, script_type: 'sql', uploaded_file_ids: [file_id] })
    assert.deepEqual((peer.submissions.at(-1) as { uploads?: unknown }).uploads, [file_id])
    await client.deleteUpload(file_id)
    await assert.rejects(client.deleteUpload(file_id), { code: 'NOT_FOUND' })
    await assert.rejects(client.upload('script', { filename: '../x.py', bytes }), { code: 'BODY_INVALID' })
  })

  it('sends a request that the researcher signed, in the bytes that were signed', async () => {
    const { client, peer, clock } = openClient()
    await client.authenticate('ada', 'correct')
    const target = keyIdOf(new Uint8Array(32).fill(3))
    const signer = await signerFromSeed(new Uint8Array(32).fill(1))
    const program = { kind: 'sql', sql: 'SELECT COUNT(*) FROM subjects' } as const
    const random = seededRandom(2)
    const signed = await signRequest({ signer, catalog: 'demo', program, targets: [target], clock, random })
    await client.submitBroadcast(signed)
    const sent = peer.submissions[0] as SignedSubmission
    assert.deepEqual(sent.targets, [target])
    const opened = await open(sent.envelope, { type: 'job-request', clock, audience: target, issuer: signer.id })
    assert.equal(opened.hash, signed.hash)
    assert.equal(messages.JobRequest.decode(opened.body).custody, 'requester')
  })

  it('follows a broadcast to its end, and takes up a stream that broke', async () => {
    const house = openClient()
    const { client, peer, clock } = house
    await client.authenticate('ada', 'correct')
    const { id } = await client.submitBroadcast({
      data_catalog_name: 'clinical_trial_data',
      script_type: 'sql',
      script_content: 'SELECT COUNT(*) FROM subjects'
    })
    const states: string[] = []
    const following = (async () => {
      for await (const view of client.watchBroadcast(id)) states.push(`${view.state} ${view.progress}`)
    })()
    const settle = async () => {
      for (let i = 0; i < 50; i++) await turn()
    }
    await settle()
    peer.fails = new StimnetError('STORE_UNAVAILABLE', 'for a moment')
    peer.nudge()
    await settle()
    peer.change(id, { state: 'running', progress: 0.5 })
    await clock.advance(1_000)
    await settle()
    peer.change(id, { state: 'completed', progress: 1 })
    await following
    assert.deepEqual(states, ['queued 0', 'running 0.5', 'completed 1'])
  })

  it('gives up a follow when told to', async () => {
    const { client, peer } = openClient()
    await client.authenticate('ada', 'correct')
    const { id } = peer.add({})
    const stop = new AbortController()
    await assert.rejects(
      async () => {
        for await (const view of client.watchBroadcast(id, { signal: stop.signal })) {
          assert.equal(view.id, id)
          stop.abort(new Error('enough'))
        }
      },
      { message: 'enough' }
    )
    for (let i = 0; i < 50; i++) await turn()
    assert.equal(peer.watching, 0)
  })

  it('lets go of the stream when the reader breaks out of the loop', async () => {
    const { client, peer } = openClient()
    await client.authenticate('ada', 'correct')
    const { id } = peer.add({})
    for await (const view of client.watchJob(id)) {
      assert.equal(view.job_id, id)
      break
    }
    for (let i = 0; i < 50; i++) await turn()
    assert.equal(peer.watching, 0)
  })

  it("throws the gateway's refusal by its code, with the fields that did not fit", async () => {
    const { client } = openClient()
    await assert.rejects(client.listJobs(), { code: 'UNAUTHENTICATED', status: 401 })
    await assert.rejects(client.authenticate('ada', 'wrong'), { code: 'CREDENTIALS_INVALID' })
    await client.authenticate('ada', 'correct')
    await assert.rejects(client.job('req-99'), { code: 'JOB_UNKNOWN' })
    await assert.rejects(client.watchJob('req-99')[Symbol.asyncIterator]().next(), { code: 'JOB_UNKNOWN' })
    await assert.rejects(client.audit(), { code: 'NOT_PERMITTED' })
    await assert.rejects(client.listJobs({ limit: 0 }), (error) => {
      assert.ok(error instanceof ApiError)
      assert.equal(error.code, 'PARAMETER_INVALID')
      assert.equal(error.fields[0]?.field, 'limit')
      return true
    })
  })

  it('never lets an id become another path', async () => {
    const { client } = openClient()
    await client.authenticate('ada', 'correct')
    assert.throws(() => client.job('..'), { code: 'NOT_FOUND' })
    await assert.rejects(client.job('../nodes'), { code: 'JOB_UNKNOWN' })
    await assert.rejects(client.job('req-1?x=1'), { code: 'JOB_UNKNOWN' })
  })
})
