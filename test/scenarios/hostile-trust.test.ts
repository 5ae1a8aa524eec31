/** Tests with requesters who try to use an approval for more than was approved, and of the claim that two readers justify. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { jobExchange } from '@stimnet/mesh'
import type { Peer } from '@stimnet/peer'
import {
  cryptographicRandom,
  type Message,
  messages,
  open,
  programToMessage,
  type Signer,
  seal,
  signerFromSeed,
  systemClock,
  vouch
} from '@stimnet/protocol'
import { fakeSandbox, type SandboxJob } from '@stimnet/sandbox'
import { type Client, createClient, verifyReceipt } from '@stimnet/sdk'
import { demoCatalogs } from '../../scripts/demo/catalogs.ts'
import { type Federation, PASSWORD, scratchFolder, startFederation, startSite, until, writeSite } from '../mesh.ts'
import { atEnd } from '../scratch.ts'

const CODE = 'result = {"mean": 61.5}'
const STANDING = { runs: 3, days: 30 }

describe('what stewards approve', () => {
  const end = atEnd()
  let answer: (job: SandboxJob) => Promise<object> = async () => ({ mean: 61.5 })
  const sandbox = () => fakeSandbox({ answer: async (job) => ({ result: JSON.stringify(await answer(job)) }) })
  let federation: Federation
  let asking: Peer
  let serving: Peer
  let eve: Signer
  let stewards: Client[]

  before(async () => {
    const catalogs = demoCatalogs('data').map((catalog) => ({ ...catalog, scripts: 'review' }))
    const options = { config: { catalogs }, peer: { sandbox: sandbox() } }
    federation = await startFederation(end, 2, options)
    ;[asking, serving] = federation.peers as [Peer, Peer]
    stewards = await stewardsOf(serving)
    eve = await signerFromSeed(cryptographicRandom.bytes(32))
  })

  async function stewardsOf(peer: Peer): Promise<Client[]> {
    for (const name of ['sue', 'tom']) await peer.accounts.put({ name, roles: ['steward'], password: PASSWORD })
    return Promise.all(
      ['sue', 'tom'].map(async (name) => {
        const client = createClient({ url: peer.gatewayUrl ?? '' })
        await client.authenticate(name, PASSWORD)
        return client
      })
    )
  }

  async function ask(changes: object = {}): Promise<Message<'Decision'>> {
    const { bytes: request } = await seal({
      type: 'job-request',
      body: messages.JobRequest.encode({
        ...{ custody: 'requester', catalog: 'clinical_trial_data', purpose: ['DUO:0000037'] },
        program: programToMessage({ kind: 'script', language: 'python', code: CODE }),
        ...changes
      }),
      ...{ signer: eve, clock: systemClock, audience: [serving.peerId], lifetimeMs: 60_000 }
    })
    const signal = AbortSignal.timeout(30_000)
    const { decision } = await asking.mesh.ask(jobExchange, serving.peerId, { request }, { signal })
    const opened = await open(decision, { type: 'decision', issuer: serving.peerId, clock: systemClock })
    return messages.Decision.decode(opened.body)
  }

  async function approve(id: string, more: object = {}): Promise<void> {
    for (const steward of stewards) await steward.decideAnalysis(id, { status: 'approved', ...more })
  }
  async function revokeAll(): Promise<void> {
    const [sue] = stewards
    for (const { id } of (await sue?.standingApprovals()) ?? []) await sue?.revokeStanding(id)
  }
  async function denyAll(): Promise<void> {
    const [sue] = stewards
    for (const { request_id: id } of (await sue?.listAnalyses({ status: 'pending' })) ?? []) {
      await sue?.decideAnalysis(id, { status: 'denied', approval_notes: 'Too many of them.' })
    }
  }

  test('covers one purpose, project, claim, contract and wall time; anything else waits again', async () => {
    const first = await ask()
    assert.equal(first.state, 'pending')
    await approve(first.jobId, { standing: STANDING })
    assert.equal((await ask()).state, 'queued')
    const age = { type: 'integer', unit: '', levels: [], breakpoints: [] }
    for (const changes of [
      { purpose: ['DUO:0000031'] },
      { purpose: ['DUO:0000037', 'DUO:0000045'] },
      { purpose: [] },
      { project: 'another' },
      { wallTimeMsMax: 1_000 },
      { privacy: { level: 'P1', groupsPerSubject: 2 } },
      { contract: [{ variable: 'subjects.age', ...age }] },
      { mappings: [{ peer: asking.peerId, variable: 'subjects.age', local: 'subjects.age', levels: [], scale: '' }] },
      { filtersJson: '{"unknown":1}' },
      { parametersJson: '{"a":1}' },
      { program: programToMessage({ kind: 'script', language: 'jupyter', code: CODE }) }
    ]) {
      const { state, code } = await ask(changes)
      assert.notEqual(state, 'queued', `${JSON.stringify(changes)}: ${code}`)
      await denyAll()
    }
    assert.equal((await ask()).state, 'queued')
    await revokeAll()
  })

  test('has its last run once, whoever races for it', async () => {
    const first = await ask()
    await approve(first.jobId, { standing: { runs: 1, days: 1 } })
    const answers = await Promise.all([1, 2, 3].map(() => ask()))
    assert.equal(answers.filter(({ state }) => state === 'queued').length, 1)
    for (const { state, code } of answers) {
      if (state !== 'queued') assert.ok(state === 'pending' || code === 'APPROVAL_LAPSED', `${state} ${code}`)
    }
    await denyAll()
    assert.equal((await ask()).state, 'pending')
    await denyAll()
    await revokeAll()
  })

  test('is not hidden by a request whose words nobody can read', async () => {
    const waiting = await ask()
    const { allowed, code } = await ask({ about: { requesterName: 'Eve', requesterEmail: 'no address' } })
    assert.deepEqual([allowed, code], [false, 'PARAMETER_INVALID'])
    const seen = await stewards[0]?.listAnalyses({ status: 'pending' })
    assert.deepEqual(
      seen?.map(({ request_id: id }) => id),
      [waiting.jobId]
    )
    await denyAll()
  })

  test('with typed outputs is P0, and its card names two readers', async () => {
    answer = async () => ({ stimnet_outputs: { women: { kind: 'count', value: 78 } } })
    const ada = await federation.client(0)
    const made = await ada.requestAnalysis({
      ...{ requester_name: 'Ada', requester_institution: 'North', requester_email: 'ada@example.org' },
      ...{ analysis_title: 'Women', analysis_description: 'How many.', data_catalog_name: 'clinical_trial_data' },
      ...{ script_type: 'python', script_content: CODE, target_node_id: serving.peerId },
      outputs: [{ name: 'women', kind: 'count' }]
    })
    await until(async () => (await stewards[0]?.listAnalyses({ status: 'pending' }))?.length === 1, 'it waits')
    await approve(made.request_id)
    await until(async () => (await ada.analysis(made.request_id)).state === 'completed', 'it has run')
    const [job] = await ada.listJobs({ limit: 1 })
    const { output, logged } = await verifyReceipt(job?.receipt ?? '', { expectedPeer: serving.peerId })
    assert.equal(output?.disclosure.level, 'P0')
    assert.match(output?.disclosure.claim ?? '', /2 stewards/)
    // The fields of the institution's own audit record that are released with it.
    const record = logged?.record
    assert.deepEqual(Object.keys(JSON.parse(record?.detailJson ?? '{}')).sort(), [
      ...['bits', 'output', 'policy', 'request', 'state']
    ])
  })

  test('is taken up again where the node stopped after the last yes', async () => {
    const hanging = Promise.withResolvers<object>()
    answer = () => hanging.promise
    const { jobId } = await ask()
    await approve(jobId)
    await serving.stop()
    answer = async () => ({ mean: 61.5 })
    const again = await startSite(federation.sites[1] as never, { sandbox: sandbox() })
    end.after(() => again.stop())
    const [sue] = await stewardsOf(again)
    await until(async () => (await sue?.analysis(jobId))?.state === 'completed', 'it has run')
    hanging.resolve({})
  })
})

test('a researcher whose institution’s word ended while her request waited does not have it run', async (t) => {
  const parent = await scratchFolder(t)
  const mesh = { listen: ['/ip4/127.0.0.1/tcp/0'] }
  const home = await startSite(await writeSite(parent, 0, { config: { mesh: { ...mesh, open: true } } }))
  t.after(() => home.stop())
  const config = {
    mesh: { ...mesh, bootstrap: home.addresses.slice(0, 1), peers: [home.peerId] },
    ...{ requesters: [`affiliation:${home.peerId}`], catalogs: demoCatalogs('data'), approvals: { needed: 1 } }
  }
  let daysLater = 0
  const clock = { ...systemClock, now: () => systemClock.now() + daysLater * 24 * 3_600_000 }
  const owner = await startSite(await writeSite(parent, 1, { config }), { clock })
  t.after(() => owner.stop())
  await until(() => owner.mesh.connected().length === 1 && home.mesh.connected().length === 1, 'they are connected')

  const ada = await signerFromSeed(cryptographicRandom.bytes(32))
  const seed = await readFile(join(parent, 'node-1/stimnet-data/identity.key'), 'utf8')
  const institution = await signerFromSeed(Uint8Array.from(Buffer.from(seed.trim(), 'hex')))
  const person = { key: ada.id, name: 'Ada', role: 'researcher', clock: systemClock }
  const ask = async (lifetimeDays: number) => {
    const credentials = [await vouch({ ...person, signer: institution, lifetimeDays })]
    const program = programToMessage({ kind: 'sql', sql: 'SELECT COUNT(DISTINCT subject_id) AS n FROM subjects' })
    const body = { custody: 'requester', catalog: 'clinical_trial_data', review: true, program, credentials }
    const { bytes: request } = await seal({
      ...{ type: 'job-request', body: messages.JobRequest.encode(body), signer: ada, clock: systemClock },
      ...{ audience: [owner.peerId], lifetimeMs: 60_000 }
    })
    const signal = AbortSignal.timeout(30_000)
    const { decision } = await home.mesh.ask(jobExchange, owner.peerId, { request }, { signal })
    const opened = await open(decision, { type: 'decision', issuer: owner.peerId, clock: systemClock })
    return messages.Decision.decode(opened.body).jobId
  }
  const [short, long] = [await ask(1), await ask(30)]
  daysLater = 3
  await owner.accounts.put({ name: 'sue', roles: ['steward'], password: PASSWORD })
  const sue = createClient({ url: owner.gatewayUrl ?? '' })
  await sue.authenticate('sue', PASSWORD)
  for (const id of [short, long]) await sue.decideAnalysis(id, { status: 'approved' })
  const stateOf = async (id: string) => (await sue.analysis(id)).state
  await until(async () => (await stateOf(short)) === 'failed' && (await stateOf(long)) === 'completed', 'both ended')
  const jobs = owner.database.json<{ code?: string }>('jobs')
  assert.equal((await jobs.get(short))?.code, 'EXPIRED')
})
