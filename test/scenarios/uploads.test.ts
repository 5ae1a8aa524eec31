/** Tests of uploaded files: private to their owner, named by hash in the request, fetched by serving peers, then deleted. */
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { createMesh, jobExchange, type Mesh, uploadExchange } from '@stimnet/mesh'
import type { Peer } from '@stimnet/peer'
import {
  cryptographicRandom,
  LIMITS,
  messages,
  open,
  programToMessage,
  seal,
  signerFromSeed,
  systemClock
} from '@stimnet/protocol'
import { fakeSandbox, type SandboxUpload } from '@stimnet/sandbox'
import { type Client, createClient, signRequest } from '@stimnet/sdk'
import { MemoryLevel } from 'memory-level'
import { demoCatalogs } from '../../scripts/demo/catalogs.ts'
import { PASSWORD, type Site, startFederation, startSite, stimnetIn, until } from '../mesh.ts'

const CODE = 'result = {"mean": 61.5}'
const BYTES = randomBytes(LIMITS.uploadPieceBytesMax + 12_345)
const SHA = createHash('sha256').update(BYTES).digest('hex')

const JOB = { data_catalog_name: 'clinical_trial_data', script_type: 'python', script_content: CODE } as const

/** The code and files that each program of these tests received. */
const given: { code: string; uploads: readonly SandboxUpload[] }[] = []
const sandbox = () => ({
  ...fakeSandbox({
    answer: ({ code, uploads = [] }) => {
      given.push({ code, uploads })
      return { result: '{"mean": 61.5}' }
    }
  }),
  // The peers of a test share it, so a peer that stops must not close it for the others.
  close: async () => undefined
})

const upload = (client: Client, bytes: Uint8Array = BYTES, filename = 'model weights.npy') =>
  client.upload('data', { filename, bytes })

/** Folders of other peers' files that a peer keeps. */
const kept = async (site: { folder: string } | undefined) =>
  readdir(join(site?.folder ?? '', 'stimnet-data', 'job-files'))

async function untilSome<T>(read: () => Promise<T[]>): Promise<T[]> {
  await until(async () => (await read()).length > 0, 'there are some')
  return read()
}

describe('an uploaded file', () => {
  test('reaches a script at another institution byte for byte, and is gone there when the job has ended', async (t) => {
    const { peers, sites, client } = await startFederation(t, 2, { peer: { sandbox: sandbox() } })
    const ada = await client(0)
    const { file_id, id, sha256 } = await upload(ada)
    assert.equal(sha256, SHA)
    for (const target of [peers[1]?.peerId ?? '', 'node-1']) {
      const code = `${CODE} # for ${target}`
      const named = target === 'node-1' ? [id] : [file_id]
      const { job_id } = await ada.submitJob({
        ...{ ...JOB, script_content: code, target_node_id: target, uploaded_file_ids: named }
      })
      const job = await ada.waitForJob(job_id)
      assert.equal(job.status, 'completed', JSON.stringify(job))
      const ran = given.find((one) => one.code === code)
      assert.equal(ran?.uploads[0]?.name, 'model_weights.npy')
      assert.deepEqual(Buffer.from(ran?.uploads[0]?.bytes ?? []), BYTES)
    }
    await until(async () => (await kept(sites[1])).length === 0, 'nothing of it is left')
    assert.deepEqual(await kept(sites[0]), [])
  })

  test('goes with a broadcast to each peer, and with a request that a researcher signed', async (t) => {
    const { peers, client } = await startFederation(t, 3, { peer: { sandbox: sandbox() } })
    const ada = await client(0)
    const file = await upload(ada)
    const code = `${CODE} # broadcast`
    const made = await ada.submitBroadcast({ ...JOB, script_content: code, uploaded_file_ids: [file.file_id] })
    await until(async () => (await ada.broadcast(made.id)).state === 'completed', 'all have run')
    const ran = given.filter((one) => one.code === code)
    assert.equal(ran.length, 3)
    for (const { uploads } of ran) assert.deepEqual(Buffer.from(uploads[0]?.bytes ?? []), BYTES)

    const signer = await signerFromSeed(cryptographicRandom.bytes(32))
    const program = { kind: 'script', language: 'python', code: `${CODE} # signed` } as const
    const options = { signer, catalog: 'clinical_trial_data', program, targets: [peers[2]?.peerId ?? ''] }
    const signed = await ada.submitBroadcast(await signRequest({ ...options, uploads: [file] }))
    await until(async () => (await ada.broadcast(signed.id)).state === 'completed', 'it has run')
    assert.deepEqual(Buffer.from(given.find((one) => one.code === program.code)?.uploads[0]?.bytes ?? []), BYTES)
    // The gateway refuses a request with a file that this account did not upload.
    const never = { ...file, sha256: 'e'.repeat(64) }
    await assert.rejects(ada.submitBroadcast(await signRequest({ ...options, uploads: [never] })), {
      code: 'NOT_FOUND'
    })
  })

  test('goes along with `stimnet run --file`, and is not left at the gateway', async (t) => {
    const { peers, sites, client } = await startFederation(t, 1, { peer: { sandbox: sandbox() } })
    const home = sites[0]?.folder ?? ''
    const stimnet = stimnetIn(home)
    await writeFile(join(home, 'report.py'), `${CODE} # by command`)
    await writeFile(join(home, 'grid.csv'), 'a,b\n1,2\n')
    const url = ['--url', peers[0]?.gatewayUrl ?? '']
    assert.equal((await stimnet(['login', 'ada', ...url], `${PASSWORD}\n`)).code, 0)
    const ask = ['run', 'report.py', '--catalog', 'clinical_trial_data', ...url]
    const answered = await stimnet([...ask, '--file', 'grid.csv'])
    assert.equal(answered.code, 0, answered.err)
    const [read] = given.find((one) => one.code.endsWith('# by command'))?.uploads ?? []
    assert.equal(read?.name, 'grid.csv')
    assert.equal(new TextDecoder().decode(read?.bytes), 'a,b\n1,2\n')
    assert.deepEqual(await (await client(0)).listUploads('data'), [])
    const absent = await stimnet([...ask, '--file', 'absent.csv'])
    assert.match(absent.err, /absent\.csv cannot be read/)
  })

  test('that waits in a queue when its peer stops is there when it starts again, though the asker is gone', async (t) => {
    const blocked = Promise.withResolvers<void>()
    const before: string[] = []
    const blocking = fakeSandbox({
      answer: async ({ code }, signal) => {
        before.push(code)
        await Promise.race([blocked.promise, new Promise((resolve) => signal.addEventListener('abort', resolve))])
        return { code: 'CANCELLED' }
      }
    })
    const peer = { sandbox: { ...blocking, close: async () => undefined } }
    const { peers, sites, client } = await startFederation(t, 2, { config: { jobs: { concurrency: 1 } }, peer })
    const [asking, serving] = peers as [Peer, Peer]
    const ada = await client(0)
    const { file_id } = await upload(ada)
    const job = { ...JOB, target_node_id: serving.peerId }
    await ada.submitJob({ ...job, script_content: `${CODE} # first` })
    await until(() => before.length === 1, 'the first runs')
    const code = `${CODE} # after a restart`
    await ada.submitJob({ ...job, script_content: code, uploaded_file_ids: [file_id] })
    const [folder] = await untilSome(() => kept(sites[1]))
    const files = () => readdir(join(sites[1]?.folder ?? '', 'stimnet-data', 'job-files', folder ?? ''))
    await until(async () => (await files()).includes(SHA), 'its file is here')
    await serving.stop()
    await asking.stop()
    assert.deepEqual(await files(), [SHA])
    const again = await startSite(sites[1] as Site, { sandbox: sandbox() })
    t.after(() => again.stop())
    await until(() => given.some((one) => one.code === code), 'it has run')
    assert.deepEqual(Buffer.from(given.find((one) => one.code === code)?.uploads[0]?.bytes ?? []), BYTES)
    await until(async () => (await kept(sites[1])).length === 0, 'nothing of it is left')
  })

  test('of somebody else is not there, and SQL and statistics read none', async (t) => {
    const { peers, client } = await startFederation(t, 1, { peer: { sandbox: sandbox() } })
    const ada = await client(0)
    const { file_id, id } = await upload(ada)
    await peers[0]?.accounts.put({ name: 'bob', roles: ['researcher'], password: PASSWORD })
    const bob = createClient({ url: peers[0]?.gatewayUrl ?? '' })
    await bob.authenticate('bob', PASSWORD)
    for (const named of [file_id, id, 'f'.repeat(32)]) {
      const submitting = bob.submitJob({ ...JOB, target_node_id: 'node-1', uploaded_file_ids: [named] })
      await assert.rejects(submitting, { code: 'NOT_FOUND', status: 404 })
    }
    assert.deepEqual(await bob.listUploads('data'), [])
    await assert.rejects(bob.deleteUpload(file_id), { code: 'NOT_FOUND' })
    const sql = { script_type: 'sql', script_content: 'SELECT COUNT(*) FROM subjects' } as const
    const statistic = { script_type: 'statistic', script_content: '{"name":"count"}' } as const
    for (const program of [sql, statistic]) {
      const asking = ada.submitJob({ ...JOB, ...program, target_node_id: 'node-1', uploaded_file_ids: [file_id] })
      await assert.rejects(asking, { code: 'PARAMETER_INVALID' })
    }
    const twice = ada.submitJob({ ...JOB, target_node_id: 'node-1', uploaded_file_ids: [file_id, id] })
    await assert.rejects(twice, { code: 'PARAMETER_INVALID' })
  })

  test('is read by stewards before it runs, as these bytes; the same script with others is not what they approved', async (t) => {
    const catalogs = demoCatalogs('data').map((catalog) => ({ ...catalog, scripts: 'review' }))
    const config = { catalogs, approvals: { needed: 1 } }
    const { peers, sites, client } = await startFederation(t, 2, { config, peer: { sandbox: sandbox() } })
    const serving = peers[1] as Peer
    await serving.accounts.put({ name: 'sue', roles: ['steward'], password: PASSWORD })
    const sue = createClient({ url: serving.gatewayUrl ?? '' })
    const token = await sue.authenticate('sue', PASSWORD)
    const ada = await client(0)
    const file = await upload(ada, BYTES, 'grid.npy')
    const about = { requester_name: 'Ada', requester_institution: 'North', requester_email: 'ada@example.org' }
    const ask = { ...JOB, ...about, analysis_title: 'Grid', analysis_description: '', target_node_id: serving.peerId }
    const code = `${CODE} # reviewed`
    const made = await ada.requestAnalysis({ ...ask, script_content: code, uploaded_file_ids: [file.file_id] } as never)
    const waits = async () => (await sue.listAnalyses({ status: 'pending' })).length === 1
    await until(waits, 'it waits')
    const seen = await sue.analysis(made.request_id)
    assert.deepEqual(seen.uploads, [{ name: 'grid.npy', sha256: SHA, size: BYTES.length }])
    const read = async () =>
      fetch(`${serving.gatewayUrl}/api/v1/analysis-requests/${made.request_id}/uploads/${SHA}`, {
        headers: { authorization: `Bearer ${token}` }
      })
    await until(async () => (await read()).status === 200, 'its file is here')
    assert.deepEqual(Buffer.from(await (await read()).arrayBuffer()), BYTES)
    assert.equal((await kept(sites[1])).length, 1)
    // The asking peer may be unreachable when the stewards decide.
    await peers[0]?.stop()
    await sue.decideAnalysis(made.request_id, {
      status: 'approved',
      standing: { runs: 5, days: 5, requester: 'any' }
    } as never)
    await until(() => given.some((one) => one.code === code), 'it has run')
    assert.deepEqual(Buffer.from(given.find((one) => one.code === code)?.uploads[0]?.bytes ?? []), BYTES)
    const [approval] = await sue.standingApprovals()
    assert.equal(approval?.runs_left, 5)

    // Under the standing approval the same files run at once; other files, or none, need a new decision.
    const own = createClient({ url: serving.gatewayUrl ?? '' })
    await own.authenticate('ada', PASSWORD)
    const submit = async (uploaded_file_ids: string[]) =>
      (
        await own.submitJob({
          ...{ ...JOB, script_content: code, target_node_id: serving.peerId, uploaded_file_ids }
        })
      ).job_id
    const same = await upload(own, BYTES, 'grid.npy')
    const other = await upload(own, randomBytes(10), 'grid.npy')
    for (const ids of [[other.file_id], []]) {
      const id = await submit(ids)
      await until(async () => (await own.job(id)).state === 'pending', 'people are asked')
    }
    assert.equal((await own.waitForJob(await submit([same.file_id]))).status, 'completed')
    assert.equal((await sue.standingApprovals())[0]?.runs_left, 4)
  })
})

describe('a peer that asks and serves', () => {
  /** A member whose exchanges the test controls. */
  async function member(
    t: TestContext,
    serving: Peer,
    piece: (offset: number, signal: AbortSignal) => Promise<Uint8Array>
  ): Promise<Mesh> {
    const quiet = {
      ...{ peerConnected: () => undefined, peerDisconnected: () => undefined, refused: () => undefined },
      ...{ served: () => undefined, unexpected: () => undefined, denied: () => undefined },
      ...{ shutOut: () => undefined }
    }
    const mesh = await createMesh(
      {
        ...{ nodeSeed: cryptographicRandom.bytes(32), listen: ['/ip4/127.0.0.1/tcp/0'], mdns: false },
        ...{ bootstrap: serving.addresses, permits: () => true }
      },
      {
        ...{ clock: systemClock, random: cryptographicRandom, events: quiet },
        store: new MemoryLevel<string, Uint8Array>({ valueEncoding: 'view' }) as never
      }
    )
    t.after(() => mesh.stop())
    mesh.serve(uploadExchange, async ({ offset }, _from, signal) => ({ piece: await piece(offset, signal) }))
    await mesh.start()
    await until(() => mesh.connected().includes(serving.peerId), 'the member is connected')
    return mesh
  }

  async function ask(mesh: Mesh, serving: Peer, uploads: { name: string; sha256: string; size: number }[]) {
    const { bytes: sealed } = await seal({
      ...{ type: 'job-request', clock: systemClock, audience: [serving.peerId], lifetimeMs: 60_000 },
      signer: await signerFromSeed(cryptographicRandom.bytes(32)),
      body: messages.JobRequest.encode({
        ...{ custody: 'requester', catalog: 'clinical_trial_data', uploads },
        program: programToMessage({ kind: 'script', language: 'python', code: CODE })
      })
    })
    const signal = AbortSignal.timeout(20_000)
    const { decision } = await mesh.ask(jobExchange, serving.peerId, { request: sealed }, { signal })
    const opened = await open(decision, { type: 'decision', issuer: serving.peerId, clock: systemClock })
    return messages.Decision.decode(opened.body)
  }

  const endOf = async (serving: Peer, jobId: string) => {
    const jobs = serving.database.json<{ state: string; code?: string }>('jobs')
    await until(async () => ['failed', 'completed'].includes((await jobs.get(jobId))?.state ?? ''), 'it has ended')
    return (await jobs.get(jobId))?.code
  }
  const FILE = { name: 'grid.npy', sha256: SHA, size: BYTES.length }

  test('other bytes than it named, more, less or none has its job end before anything is run', async (t) => {
    const { peers, sites } = await startFederation(t, 1, { peer: { sandbox: sandbox() } })
    const serving = peers[0] as Peer
    let answer = async (offset: number, _signal: AbortSignal): Promise<Uint8Array> =>
      BYTES.subarray(offset, offset + 10)
    const mesh = await member(t, serving, (offset, signal) => answer(offset, signal))
    const before = given.length
    const whole = LIMITS.uploadPieceBytesMax
    const liars = [
      async () => new Uint8Array(),
      async () => randomBytes(whole),
      async (offset: number) => randomBytes(Math.min(whole, BYTES.length - offset)),
      async (offset: number) => BYTES.subarray(offset, offset + 10)
    ]
    for (const liar of liars) {
      answer = liar
      const decision = await ask(mesh, serving, [FILE])
      assert.equal(decision.allowed, true)
      assert.equal(await endOf(serving, decision.jobId), 'UPLOAD_UNAVAILABLE')
    }
    assert.equal(given.length, before)
    await until(async () => (await kept(sites[0])).length === 0, 'nothing is left of it')
    // An honest request after the others is served.
    answer = async (offset) => BYTES.subarray(offset, offset + whole)
    const decision = await ask(mesh, serving, [FILE])
    assert.equal(await endOf(serving, decision.jobId), undefined)
    assert.deepEqual(Buffer.from(given.at(-1)?.uploads[0]?.bytes ?? []), BYTES)
  })

  test('nothing and hangs, or vanishes, keeps no worker from the jobs of others', async (t) => {
    const config = { jobs: { concurrency: 1 } }
    const { peers, client } = await startFederation(t, 1, { config, peer: { sandbox: sandbox() } })
    const serving = peers[0] as Peer
    const hangs = (_offset: number, signal: AbortSignal) =>
      new Promise<Uint8Array>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    const mesh = await member(t, serving, hangs)
    for (let at = 0; at < 3; at++) assert.equal((await ask(mesh, serving, [FILE])).allowed, true)
    await mesh.stop()
    const ada = await client(0)
    const { job_id } = await ada.submitJob({ ...JOB, target_node_id: 'node-1' })
    assert.equal((await ada.waitForJob(job_id)).status, 'completed')
  })

  test('names that are paths, sizes beyond the limit, or too many is refused before anything is fetched', async (t) => {
    const { peers } = await startFederation(t, 1, { peer: { sandbox: sandbox() } })
    const serving = peers[0] as Peer
    let asked = 0
    const mesh = await member(t, serving, async () => {
      asked += 1
      return new Uint8Array()
    })
    const large = LIMITS.uploadBytesMax
    const hostile = [
      [{ ...FILE, name: '../../x' }],
      [{ ...FILE, name: '' }],
      [{ ...FILE, sha256: 'x' }],
      [{ ...FILE, sha256: SHA.toUpperCase() }],
      [{ ...FILE, size: 0 }],
      [{ ...FILE, size: large + 1 }],
      [FILE, FILE],
      ['a', 'b', 'c'].map((name) => ({ ...FILE, name, size: large })),
      Array.from({ length: 9 }, (_, at) => ({ ...FILE, name: `f${at}`, size: 1 }))
    ]
    for (const uploads of hostile) {
      const decision = await ask(mesh, serving, uploads)
      assert.deepEqual([decision.allowed, decision.code], [false, 'PARAMETER_INVALID'], JSON.stringify(uploads))
    }
    assert.equal(asked, 0)
  })

  test('gives a file to nobody to whom the request was not sent', async (t) => {
    const { peers, client } = await startFederation(t, 2, { peer: { sandbox: sandbox() } })
    const [asking, other] = peers as [Peer, Peer]
    const ada = await client(0)
    await upload(ada)
    const question = { requestHash: 'a'.repeat(64), sha256: SHA, offset: 0 }
    const fetching = other.mesh.ask(uploadExchange, asking.peerId, question, { signal: AbortSignal.timeout(10_000) })
    await assert.rejects(fetching, { code: 'JOB_UNKNOWN' })
  })
})
