/** Tests of data permits over real peers: questions under a permit, attempts to ask for more, and the extract for its authority. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { jobExchange } from '@stimnet/mesh'
import type { Peer } from '@stimnet/peer'
import {
  cryptographicRandom,
  type Message,
  messages,
  open,
  type Program,
  programToMessage,
  type Signer,
  seal,
  signerFromSeed,
  systemClock
} from '@stimnet/protocol'
import { fakeSandbox } from '@stimnet/sandbox'
import { type Client, createClient, signRequest, verifyPermitFile, verifyReceipt } from '@stimnet/sdk'
import { demoCatalogs } from '../../scripts/demo/catalogs.ts'
import {
  answerOf,
  clientOf,
  PASSWORD,
  type Site,
  scratchFolder,
  startSite,
  stimnetIn,
  until,
  writeSite
} from '../mesh.ts'
import { atEnd } from '../scratch.ts'

const DAY_MS = 24 * 3_600_000
const dayAfter = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10)

const CODE = 'result = {"mean": 61.5}'
const CODE_HASH = createHash('sha256').update(CODE).digest('hex')
const statistic = (name: string): Program => ({
  kind: 'statistic',
  statistic: { name, variables: ['age'], by: [], arguments: {} }
})
const MEAN = statistic('mean')
const SCRIPT: Program = { kind: 'script', language: 'python', code: CODE }
const FILE = { name: 'grid.csv', sha256: 'a'.repeat(64), size: 3 }

const PERMIT = {
  ...{ id: 'FD-2026-17', authority: 'Data access body', title: 'Motor outcome', purpose: ['DUO:0000037'] },
  ...{ data_catalog_names: ['clinical_trial_data'], statistics: ['mean', 'count'], code_hashes: [CODE_HASH] },
  ...{ from: dayAfter(-1), until: dayAfter(30) }
}

describe('a catalog that answers only under a data permit', () => {
  const end = atEnd()
  let folder: string
  let ownerSite: Site
  let home: Peer
  let other: Peer
  let owner: Peer
  let ada: Signer
  let eve: Signer
  let sue: Client
  let daysLater = 0
  let running: Promise<unknown> = Promise.resolve()

  before(async () => {
    const t = { after: (fn: () => unknown) => void end.after(fn) }
    folder = await scratchFolder(t)
    ada = await signerFromSeed(cryptographicRandom.bytes(32))
    eve = await signerFromSeed(cryptographicRandom.bytes(32))
    const listen = ['/ip4/127.0.0.1/tcp/0']
    home = await startSite(await writeSite(folder, 0, { config: { mesh: { listen, open: true } } }))
    t.after(() => home.stop())
    const bootstrap = home.addresses.slice(0, 1)
    other = await startSite(await writeSite(folder, 1, { config: { mesh: { listen, bootstrap, open: true } } }))
    t.after(() => other.stop())
    const [trial, ...others] = demoCatalogs('data')
    const config = {
      mesh: { listen, bootstrap, peers: [home.peerId, other.peerId] },
      requesters: [ada.id, eve.id, `gateway:${home.peerId}`],
      approvals: { needed: 1 },
      jobs: { concurrency: 1 },
      catalogs: [{ ...trial, permit: 'required', scripts: 'review' }, ...others]
    }
    ownerSite = await writeSite(folder, 2, { config })
    const clock = { ...systemClock, now: () => systemClock.now() + daysLater * DAY_MS }
    const sandbox = fakeSandbox({
      answer: async () => {
        await running
        return { result: '{"mean": 61.5}' }
      }
    })
    owner = await startSite(ownerSite, { clock, sandbox })
    t.after(() => owner.stop())
    await owner.accounts.put({ name: 'sue', roles: ['steward'], password: PASSWORD })
    sue = await clientOf(owner, 'sue')
    await until(() => owner.mesh.connected().length === 2, 'all are connected')
    await sue.grantPermit({ ...PERMIT, persons: [ada.id] })
    await sue.grantPermit({ ...PERMIT, id: 'FD-2026-18', persons: [eve.id] })
  })

  /** A manually sealed request with arbitrary contents, delivered by a peer. */
  async function sealed(changes: object, signer: Signer = ada, audience = [owner.peerId]): Promise<Uint8Array> {
    const body = messages.JobRequest.encode({
      ...{ custody: 'requester', catalog: 'clinical_trial_data', purpose: ['DUO:0000037'], permit: 'FD-2026-17' },
      program: programToMessage(MEAN),
      ...changes
    })
    const { bytes } = await seal({ type: 'job-request', body, signer, clock: owned(), audience, lifetimeMs: 60_000 })
    return bytes
  }
  const owned = () => ({ ...systemClock, now: () => systemClock.now() + daysLater * DAY_MS })
  async function bring(request: Uint8Array, by: Peer = home): Promise<Message<'Decision'>> {
    const signal = AbortSignal.timeout(30_000)
    const { decision } = await by.mesh.ask(jobExchange, owner.peerId, { request }, { signal })
    const opened = await open(decision, { type: 'decision', issuer: owner.peerId, clock: owned() })
    return messages.Decision.decode(opened.body)
  }
  const ask = async (changes: object = {}, signer: Signer = ada) => bring(await sealed(changes, signer))
  const codeOf = async (...of: Parameters<typeof ask>) => (await ask(...of)).code
  const jobOf = (id: string) => owner.database.json<{ state: string; code?: string; reason?: string }>('jobs').get(id)
  const ended = async (id: string) => {
    await until(async () => !['pending', 'queued', 'running'].includes((await jobOf(id))?.state ?? ''), `${id} ended`)
    return jobOf(id)
  }

  test('refuses whoever names none, and says so in its description', async () => {
    const refused = await ask({ permit: '' })
    assert.equal(refused.code, 'PERMIT_REQUIRED')
    assert.match(refused.reason, /clinical_trial_data answers only under a data permit/)
    const client = await clientOf(home)
    await until(
      async () => (await client.meshCatalogs('clinical_trial_data')).some((one) => one.peer_id === owner.peerId),
      'it is found'
    )
    const found = (await client.meshCatalogs('clinical_trial_data')).map((one) => [one.peer_id, one.permit_required])
    assert.deepEqual(new Map(found as [string, boolean][]).get(owner.peerId), true)
    assert.deepEqual(new Map(found as [string, boolean][]).get(home.peerId), undefined)
  })

  test('answers under it, by the signed request, and the receipt names the permit', async () => {
    const client = await clientOf(home)
    const signed = await signRequest({
      ...{ catalog: 'clinical_trial_data', program: MEAN, purpose: ['DUO:0000037'], permit: 'FD-2026-17' },
      ...{ signer: ada, targets: [owner.peerId], carrier: home.peerId }
    })
    const broadcast = await answerOf(client, signed)
    assert.equal(broadcast.asked?.permit, 'FD-2026-17')
    const receipt = broadcast.parts[0]?.receipt ?? ''
    const { receipt: said, logged } = await verifyReceipt(receipt, {
      expectedPeer: owner.peerId,
      requestHash: signed.hash
    })
    assert.equal(said.permit, 'FD-2026-17')
    assert.equal(JSON.parse(logged?.record?.detailJson ?? '{}').permit, 'FD-2026-17')
  })

  test('an unknown permit and one of somebody else read alike, and an account is not the person', async () => {
    const unknown = await ask({ permit: 'FD-2026-99' })
    const others = await ask({ permit: 'FD-2026-18' })
    assert.deepEqual([unknown.code, others.code], ['PERMIT_UNKNOWN', 'PERMIT_UNKNOWN'])
    assert.equal(unknown.reason, others.reason)
    assert.equal(await codeOf({}, eve), 'PERMIT_UNKNOWN', 'the permit of another key')
    assert.equal(await codeOf({ permit: `FD-2026-17\u200f` }), 'PARAMETER_INVALID')
    // A gateway may sign for its account here, but the permit names a key.
    const account = { custody: 'gateway', account: 'ada', carrier: home.peerId }
    assert.equal(await codeOf(account, eve), 'PERMIT_UNKNOWN')
    const client = await clientOf(home)
    assert.equal(
      (
        await answerOf(client, {
          ...{ data_catalog_name: 'clinical_trial_data', script_type: 'sql', targets: [owner.peerId] },
          ...{ script_content: 'SELECT COUNT(DISTINCT subject_id) AS n FROM subjects', permit: 'FD-2026-17' }
        })
      ).parts[0]?.code,
      'PERMIT_UNKNOWN'
    )
  })

  test('a wider question than it covers is refused: another catalog, statistic, program, purpose, or with files', async () => {
    const scanQuality = { ...(MEAN as { statistic: object }).statistic, variables: ['scan_quality'] }
    for (const changes of [
      { catalog: 'imaging_data', program: programToMessage({ kind: 'statistic', statistic: scanQuality } as Program) },
      { program: programToMessage(statistic('variance')) },
      { program: programToMessage({ kind: 'sql', sql: 'SELECT AVG(age) AS a FROM subjects' }) },
      { program: programToMessage({ ...SCRIPT, code: `${CODE}\n` } as Program) },
      { program: programToMessage(SCRIPT), uploads: [FILE] },
      { purpose: ['DUO:0000037', 'DUO:0000033'] },
      { purpose: ['DUO:0000033'] },
      { purpose: [] }
    ]) {
      const { code, reason } = await ask(changes)
      assert.equal(code, 'PERMIT_EXCEEDED', `${JSON.stringify(changes)}: ${reason}`)
    }
    assert.equal((await ask({ program: programToMessage(statistic('count')) })).code, '')
  })

  test('opens nothing: a script that it names still waits for a steward, and strangers stay out', async () => {
    const waiting = await ask({ program: programToMessage(SCRIPT) })
    assert.deepEqual([waiting.allowed, waiting.state], [true, 'pending'])
    const stranger = await signerFromSeed(cryptographicRandom.bytes(32))
    await sue.grantPermit({ ...PERMIT, id: 'FD-2026-19', persons: [stranger.id] })
    assert.equal(await codeOf({ permit: 'FD-2026-19' }, stranger), 'REQUESTER_NOT_PERMITTED')
    await sue.decideAnalysis(waiting.jobId, { status: 'denied', approval_notes: 'A test.' })
    await ended(waiting.jobId)
  })

  test('cannot be named after the request was signed, nor brought by another target of it', async () => {
    const without = await sealed({ permit: '' })
    const [header = '', payload = '', signature = ''] = new TextDecoder().decode(without).split('.')
    const statement = messages.Statement.decode(Uint8Array.from(Buffer.from(payload, 'base64url')))
    const request = messages.JobRequest.decode(statement.body)
    const body = messages.JobRequest.encode({ ...request, permit: 'FD-2026-17' } as never)
    const forged = Buffer.from(messages.Statement.encode({ ...statement, body })).toString('base64url')
    const jws = new TextEncoder().encode([header, forged, signature].join('.'))
    assert.equal((await bring(jws)).code, 'SIGNATURE_INVALID')

    const both = [owner.peerId, other.peerId]
    for (const carrier of [home.peerId, '']) {
      assert.equal((await bring(await sealed({ carrier }, ada, both), other)).code, 'CARRIER_MISMATCH')
    }
  })

  test('that was revoked between approval and run, or while the request waited, runs nothing', async () => {
    await sue.grantPermit({ ...PERMIT, id: 'FD-2026-20', persons: [ada.id] })
    const hanging = Promise.withResolvers<void>()
    running = hanging.promise
    const script = { program: programToMessage(SCRIPT) }
    const ahead = await ask(script)
    await sue.decideAnalysis(ahead.jobId, { status: 'approved' })
    await until(async () => (await jobOf(ahead.jobId))?.state === 'running', 'the one ahead runs')
    const approved = await ask({ ...script, permit: 'FD-2026-20' })
    await sue.decideAnalysis(approved.jobId, { status: 'approved' })
    const waiting = await ask({ permit: 'FD-2026-20', review: true })
    assert.equal((await jobOf(approved.jobId))?.state, 'queued')
    assert.equal((await sue.revokePermit('FD-2026-20')).state, 'revoked')
    hanging.resolve()
    running = Promise.resolve()
    const end = await ended(approved.jobId)
    assert.deepEqual([end?.state, end?.code], ['failed', 'PERMIT_LAPSED'])
    assert.match(end?.reason ?? '', /FD-2026-20 was revoked here/)
    await sue.decideAnalysis(waiting.jobId, { status: 'approved' })
    assert.equal((await ended(waiting.jobId))?.code, 'PERMIT_LAPSED')
    assert.equal((await ended(ahead.jobId))?.state, 'completed')
    assert.equal(await codeOf({ permit: 'FD-2026-20' }), 'PERMIT_LAPSED')
  })

  test('a standing approval under one permit covers no run under another, nor without one', async () => {
    await sue.grantPermit({ ...PERMIT, id: 'FD-2026-21', persons: [ada.id] })
    const script = { program: programToMessage(SCRIPT) }
    const first = await ask(script)
    await sue.decideAnalysis(first.jobId, { status: 'approved', standing: { runs: 3, days: 30 } })
    assert.equal((await ask(script)).state, 'queued')
    const again = await ask({ ...script, permit: 'FD-2026-21' })
    assert.equal(again.state, 'pending')
    await sue.decideAnalysis(again.jobId, { status: 'denied', approval_notes: 'A test.' })
    await ended(again.jobId)
  })

  test('is entered by the command line, and its extract is verified by somebody who has the file alone', async () => {
    const stimnet = stimnetIn(ownerSite.folder)
    const at = ['--url', owner.gatewayUrl ?? '']
    assert.equal((await stimnet(['login', 'sue', ...at], `${PASSWORD}\n`)).code, 0)
    const terms = [
      ...['--authority', 'Data access body', '--purpose', 'DUO:0000037', '--person', eve.id],
      ...['--catalog', 'clinical_trial_data', '--statistic', 'mean', '--from', dayAfter(-1), '--until', dayAfter(1)]
    ]
    const granted = await stimnet(['permit', 'grant', 'FD-2026-22', ...terms, ...at])
    assert.equal(granted.code, 0, granted.err)
    assert.match(granted.out, /state +in force[\s\S]*entered +by sue/)
    assert.match((await stimnet(['permit', 'list', ...at])).out, /FD-2026-20 +revoked/)
    const wrong = await stimnet(['permit', 'grant', 'FD-2026-23', ...terms, '--statistic', 'meen', ...at])
    assert.match(wrong.err, /statistic "meen"/)
    assert.match((await stimnet(['permit', 'show', 'FD-2026-23', ...at])).err, /NOT_FOUND/)

    const asked = await ask({ permit: 'FD-2026-22' }, eve)
    assert.equal((await ended(asked.jobId))?.state, 'completed')
    assert.equal(await codeOf({ permit: 'FD-2026-22' }), 'PERMIT_UNKNOWN')
    assert.match((await stimnet(['permit', 'revoke', 'FD-2026-22', ...at])).out, /revoked +by sue/)

    const file = join(folder, 'extract.json')
    const exported = await stimnet(['audit', 'export', '--permit', 'FD-2026-22', '--out', file, ...at])
    assert.equal(exported.code, 0, exported.err)
    const text = await readFile(file, 'utf8')
    const { extract, areTermsProved, checkpoint } = await verifyPermitFile(text, { peer: owner.peerId })
    assert.ok(areTermsProved && checkpoint.size > extract.records.length)
    assert.deepEqual(
      extract.records.map(({ shown }) => [shown.kind, shown.job_id, shown.code]),
      [
        ['permit', '', ''],
        ['request', asked.jobId, ''],
        ['decision', asked.jobId, ''],
        ['run', asked.jobId, ''],
        ['release', asked.jobId, ''],
        ['request', '', ''],
        ['refusal', '', 'PERMIT_UNKNOWN'],
        ['permit', '', '']
      ]
    )
    const authority = stimnetIn(folder)
    const held = await authority(['verify', file, '--peer', owner.peerId])
    assert.equal(held.code, 0, held.err)
    assert.match(held.out, /permit +FD-2026-22\nterms +the same as when they were entered\nrecords +8/)
    await writeFile(file, text.replace('"PERMIT_UNKNOWN"', '"QUEUE_FULL"'))
    assert.match((await authority(['verify', file, '--peer', owner.peerId])).err, /SIGNATURE_INVALID/)
    assert.equal((await stimnet(['audit', 'export', ...at])).code, 2)
  })

  test('is asked under by the command line with --permit', async () => {
    const stimnet = stimnetIn(join(folder, 'node-1'))
    const at = ['--url', home.gatewayUrl ?? '']
    assert.equal((await stimnet(['login', 'ada', ...at], `${PASSWORD}\n`)).code, 0)
    await writeFile(join(folder, 'node-1', 'mean.json'), JSON.stringify({ name: 'mean', variables: ['age'] }))
    await sue.grantPermit({ ...PERMIT, id: 'FD-2026-24', persons: [`gateway:${home.peerId}`] })
    const asked = ['run', 'mean.json', '--catalog', 'clinical_trial_data', '--peers', owner.peerId]
    const answer = await stimnet([...asked, '--purpose', 'DUO:0000037', '--permit', 'FD-2026-24', ...at])
    assert.equal(answer.code, 0, answer.err)
    assert.match((await stimnet([...asked, ...at])).out, /PERMIT_REQUIRED/)
  })

  test('is entered and revoked by a steward who is there, and by no program and nobody else', async () => {
    const { key } = await sue.createApiKey({ label: 'nightly', roles: ['steward'] })
    const program = createClient({ url: owner.gatewayUrl ?? '', token: key })
    for (const client of [program, await clientOf(owner)]) {
      const id = 'FD-2026-25'
      await assert.rejects(client.grantPermit({ ...PERMIT, id, persons: [ada.id] }), { code: 'NOT_PERMITTED' })
      await assert.rejects(client.revokePermit('FD-2026-17'), { code: 'NOT_PERMITTED' })
    }
    await assert.rejects((await clientOf(home)).permitRecords('FD-2026-17'), { code: 'NOT_FOUND' })
    await assert.rejects(sue.permitRecords('FD-2026-99'), { code: 'NOT_FOUND' })
  })

  test('that ended while a request waited runs nothing, whoever approves it then', async () => {
    const waiting = await ask({ review: true })
    assert.equal(waiting.state, 'pending')
    daysLater = 31
    sue = await clientOf(owner, 'sue')
    assert.equal(await codeOf(), 'PERMIT_LAPSED')
    // The request itself may still be approved: its approval does not extend the permit.
    daysLater = 10
    const shorter = await sue.grantPermit({ ...PERMIT, id: 'FD-2026-26', until: dayAfter(11), persons: [ada.id] })
    assert.equal(shorter.state, 'in_force')
    const short = await ask({ review: true, permit: 'FD-2026-26' })
    daysLater = 12
    for (const { jobId } of [waiting, short]) await sue.decideAnalysis(jobId, { status: 'approved' })
    assert.equal((await ended(waiting.jobId))?.state, 'completed')
    const lapsed = await ended(short.jobId)
    assert.deepEqual([lapsed?.state, lapsed?.code], ['failed', 'PERMIT_LAPSED'])
    assert.match(lapsed?.reason ?? '', /FD-2026-26 ended with/)
    assert.equal((await sue.permits()).find(({ terms }) => terms.id === 'FD-2026-26')?.state, 'expired')
  })
})
