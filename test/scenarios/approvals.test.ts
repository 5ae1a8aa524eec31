/** Tests of approvals: a request waits for two stewards at another institution and then runs exactly as approved. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Peer, PeerOptions } from '@stimnet/peer'
import { fakeSandbox } from '@stimnet/sandbox'
import type { AnalysisRequest, Client } from '@stimnet/sdk'
import { createClient } from '@stimnet/sdk'
import { demoCatalogs } from '../../scripts/demo/catalogs.ts'
import { PASSWORD, startFederation, startSite, until } from '../mesh.ts'

const CODE = 'result = {"mean": 61.5}'

const ASK = {
  requester_name: 'Ada',
  requester_institution: 'University Hospital North',
  requester_email: 'ada@example.org',
  analysis_title: 'Mean age',
  analysis_description: 'To describe the sample.',
  data_catalog_name: 'clinical_trial_data',
  script_type: 'python',
  script_content: CODE
} as const

const ran: string[] = []
const sandbox = () =>
  fakeSandbox({
    answer: (job) => {
      ran.push(job.code)
      return { result: '{"mean": 61.5}' }
    }
  })

/** Two institutions, whose scripts need review. */
async function federation(
  t: { after(fn: () => unknown): void },
  peer: PeerOptions = { sandbox: sandbox() },
  /** Ages for comparisons. */
  ages = [65]
) {
  const asWritten = demoCatalogs('data').map((catalog) => ({ ...catalog, scripts: 'review', lattice: 'none' }))
  const catalogs = JSON.parse(JSON.stringify(asWritten).replaceAll('"breakpoints":[65]', `"breakpoints":[${ages}]`))
  const started = await startFederation(t, 2, { config: { catalogs, jobs: { concurrency: 1 } }, peer })
  const [asking, serving] = started.peers as [Peer, Peer]
  for (const name of ['sue', 'tom']) {
    await serving.accounts.put({ name, roles: ['steward'], password: PASSWORD })
  }
  const logIn = async (name: string, at: Peer = serving): Promise<Client> => {
    const client = createClient({ url: at.gatewayUrl ?? '' })
    await client.authenticate(name, PASSWORD)
    return client
  }
  return {
    ...started,
    asking,
    serving,
    ada: await started.client(0),
    sue: await logIn('sue'),
    tom: await logIn('tom'),
    logIn
  }
}

async function waiting(steward: Client, id: string): Promise<AnalysisRequest> {
  await until(
    async () => (await steward.listAnalyses({ status: 'pending' })).some((one) => one.request_id === id),
    `${id} waits`
  )
  return steward.analysis(id)
}

const ended = (client: Client, id: string, status: string) =>
  until(async () => (await client.analysis(id)).status === status, `${id} is ${status}`)

describe('an analysis that people decide', () => {
  test('waits for two stewards at another institution, and then runs as it was approved', async (t) => {
    const { ada, sue, tom, serving } = await federation(t)
    const made = await ada.requestAnalysis({ ...ASK, target_node_id: serving.peerId })
    assert.equal(made.status, 'pending')
    const seen = await waiting(sue, made.request_id)
    assert.equal(seen.script_content, CODE)
    assert.equal(seen.requester_email, 'ada@example.org')
    assert.deepEqual([seen.approvals, seen.approvals_needed], [0, 2])
    assert.ok(seen.image && seen.epoch)

    const first = await sue.decideAnalysis(made.request_id, { status: 'approved', approval_notes: 'Fine.' })
    assert.deepEqual([first.status, first.approvals], ['pending', 1])
    await assert.rejects(sue.decideAnalysis(made.request_id, { status: 'approved' }), { code: 'PARAMETER_INVALID' })
    const second = await tom.decideAnalysis(made.request_id, { status: 'approved' })
    assert.equal(second.status, 'approved')
    assert.equal(second.approved_by, 'sue, tom')

    await ended(ada, made.request_id, 'approved')
    await until(async () => (await ada.analysis(made.request_id)).state === 'completed', 'it has run')
    assert.ok(ran.includes(CODE))
    await assert.rejects(tom.decideAnalysis(made.request_id, { status: 'denied', approval_notes: 'Late.' }), {
      code: 'JOB_ENDED'
    })
    const kinds = (await serving.database.auditLog.read({ limit: 20 })).map(({ kind, actor }) => `${kind} ${actor}`)
    assert.ok(kinds.includes('approval sue') && kinds.includes('approval tom'))
  })

  test('says whom it is about in full, what only the script is told, and who signed: the rest is the requester’s word', async (t) => {
    const { ada, sue, serving, asking } = await federation(t)
    const made = await ada.requestAnalysis({
      ...{ ...ASK, target_node_id: serving.peerId, filters: { sex: 'female', cmd: 'do it' } },
      ...{ where: { column: 'age', op: '>=', values: [65] }, requester_name: 'Somebody else' }
    } as never)
    const seen = await waiting(sue, made.request_id)
    assert.deepEqual(seen.cohort, {
      all: [
        { column: 'subjects.age', op: '>=', values: [65] },
        { column: 'subjects.sex', op: '=', values: ['female'] }
      ]
    })
    assert.deepEqual([seen.filters, seen.filters_unapplied], [{ sex: 'female', cmd: 'do it' }, ['cmd']])
    assert.deepEqual([seen.custody, seen.account], ['gateway', 'ada'])
    assert.equal(seen.asked_by?.peer_id, asking.peerId)
    assert.notEqual(seen.asked_by?.institution, '')
    const [brief] = await sue.listAnalyses({ status: 'pending', brief: true })
    assert.deepEqual([brief?.request_id, brief?.script_content], [made.request_id, ''])
  })

  test('is denied by the first no, with the steward’s words', async (t) => {
    const { ada, sue, serving } = await federation(t)
    const before = ran.length
    const made = await ada.requestAnalysis({ ...ASK, target_node_id: serving.peerId })
    await waiting(sue, made.request_id)
    await assert.rejects(sue.decideAnalysis(made.request_id, { status: 'denied' }), { code: 'PARAMETER_INVALID' })
    await sue.decideAnalysis(made.request_id, { status: 'denied', approval_notes: 'The sample is too small for this.' })
    await ended(ada, made.request_id, 'denied')
    assert.equal((await ada.analysis(made.request_id)).approval_notes, 'The sample is too small for this.')
    assert.equal(ran.length, before)
  })

  test('is refused before a steward reads it where its run would be refused', async (t) => {
    const { ada, sue, serving } = await federation(t, { sandbox: sandbox() }, [63, 64, 81])
    const before = ran.length
    const askFrom = async (age: number) => {
      const where = { column: 'age', op: '>=', values: [age] }
      const made = await ada.requestAnalysis({ ...ASK, target_node_id: serving.peerId, where } as never)
      await until(async () => (await ada.analysis(made.request_id)).state === 'blocked', 'it is refused')
      return made.request_id
    }
    const few = await askFrom(81)
    assert.deepEqual(await sue.listAnalyses({ status: 'pending' }), [])
    await assert.rejects(sue.decideAnalysis(few, { status: 'approved' }), { code: 'JOB_ENDED' })
    const seen = [await ada.analysis(few), await sue.analysis(few)]
    assert.deepEqual(
      seen.map(({ status, state, approvals }) => [status, state, approvals]),
      [1, 2].map(() => ['denied', 'blocked', 0])
    )
    assert.match(seen[0]?.approval_notes ?? '', /A script needs a cohort/)
    // Large enough, and too close to an earlier cohort: the difference is the four people of age 63.
    const count = await ada.submitBroadcast({
      ...{ data_catalog_name: 'clinical_trial_data', script_type: 'sql', targets: [serving.peerId] },
      script_content: 'SELECT COUNT(*) AS n FROM subjects WHERE age >= 63'
    } as never)
    await until(async () => (await ada.broadcast(count.id)).parts[0]?.state === 'completed', 'the count is released')
    await askFrom(64)
    assert.equal(ran.length, before)
  })

  test('is denied with its reason where it never came before people', async (t) => {
    const { ada, sue, serving } = await federation(t)
    const wrong = { ...ASK, data_catalog_name: 'nowhere', target_node_id: serving.peerId }
    const made = await ada.requestAnalysis(wrong)
    await ended(ada, made.request_id, 'denied')
    const seen = await ada.analysis(made.request_id)
    assert.deepEqual([seen.state, seen.approved_by], ['failed', null])
    assert.match(seen.approval_notes ?? '', /catalog/)
    assert.equal((await ada.listAnalyses({ status: 'approved' })).length, 0)
    assert.equal((await sue.listAnalyses()).length, 0)
  })

  test('does not run on the word of a steward who was locked meanwhile, nor on an operator’s', async (t) => {
    const held = Promise.withResolvers<void>()
    const slow = fakeSandbox({ answer: () => held.promise.then(() => ({ result: '{"mean": 61.5}' })) })
    const { ada, sue, tom, serving, logIn } = await federation(t, { sandbox: slow })
    const ask = async () => {
      const { request_id: id } = await ada.requestAnalysis({ ...ASK, target_node_id: serving.peerId })
      await waiting(sue, id)
      return id
    }
    const approve = async (client: Client, id: string) => client.decideAnalysis(id, { status: 'approved' })
    const [first, second, third] = [await ask(), await ask(), await ask()]
    await serving.accounts.put({ name: 'olga', roles: ['operator'], password: PASSWORD })
    await assert.rejects(approve(await logIn('olga'), first), { code: 'NOT_PERMITTED' })
    // One request is running, one is approved and queued, and one has a single approval.
    for (const steward of [sue, tom]) await approve(steward, first)
    await until(async () => (await ada.analysis(first)).state === 'running', 'the first runs')
    for (const steward of [sue, tom]) await approve(steward, second)
    await approve(tom, third)
    await serving.accounts.setLocked('tom', true)
    const seen = await approve(sue, third)
    assert.deepEqual([seen.status, seen.approvals, seen.approved_by], ['pending', 1, 'sue'])
    held.resolve()
    await until(async () => (await ada.analysis(second)).state === 'failed', 'the second has ended')
    const jobs = serving.database.json<{ code?: string }>('jobs')
    assert.equal((await jobs.get(second))?.code, 'APPROVAL_LAPSED')
    assert.equal((await sue.analysis(third)).state, 'pending')
  })

  test('waits with its approvals while the sandbox is away, before it runs and in the middle, and nothing else does', async (t) => {
    const engine = { isThere: false, runs: 0 }
    const flaky = fakeSandbox({
      isAvailable: () => engine.isThere,
      answer: () => {
        engine.runs += 1
        if (engine.runs > 1) return { result: '{"mean": 61.5}' }
        engine.isThere = false
        return { code: 'SANDBOX_UNAVAILABLE' }
      }
    })
    const { ada, sue, tom, serving } = await federation(t, { sandbox: flaky })
    const { request_id: id } = await ada.requestAnalysis({ ...ASK, target_node_id: serving.peerId })
    await waiting(sue, id)
    const ready = await fetch(`${serving.gatewayUrl}/ready`)
    const { checks } = (await ready.json()) as { checks: { name: string; ok: boolean; detail: string }[] }
    assert.deepEqual([ready.status, checks.filter(({ ok }) => !ok).map(({ name }) => name)], [503, ['sandbox']])
    for (const steward of [sue, tom]) await steward.decideAnalysis(id, { status: 'approved' })
    const other = await ada.submitBroadcast({
      ...{ data_catalog_name: 'clinical_trial_data', script_type: 'sql', targets: [serving.peerId] },
      script_content: 'SELECT COUNT(DISTINCT subject_id) AS n FROM subjects'
    })
    await until(async () => (await ada.broadcast(other.id)).parts[0]?.state === 'completed', 'SQL needs no sandbox')
    assert.deepEqual([(await ada.analysis(id)).state, engine.runs], ['queued', 0])
    const { request_id: spare } = await ada.requestAnalysis({ ...ASK, target_node_id: serving.peerId })
    await waiting(sue, spare)
    for (const steward of [sue, tom]) await steward.decideAnalysis(spare, { status: 'approved' })
    await ada.cancelJob((await ada.listJobs({ limit: 1 }))[0]?.job_id ?? '')
    await until(async () => (await ada.analysis(spare)).state === 'cancelled', 'what waits may be given up')
    engine.isThere = true
    await until(() => engine.runs === 1 && !engine.isThere, 'the engine goes away in the middle of the run')
    const seen = await sue.analysis(id)
    assert.deepEqual([seen.status, seen.approvals], ['approved', 2])
    engine.isThere = true
    await until(async () => (await ada.analysis(id)).state === 'completed', 'it has run again')
    assert.equal(engine.runs, 2)
  })

  test('is nobody’s to decide who is not a steward there', async (t) => {
    const { ada, sue, serving, asking, logIn } = await federation(t)
    await asking.accounts.put({ name: 'eve', roles: ['steward'], password: PASSWORD })
    const eve = await logIn('eve', asking)
    const made = await ada.requestAnalysis({ ...ASK, target_node_id: serving.peerId })
    await waiting(sue, made.request_id)
    await assert.rejects(ada.decideAnalysis(made.request_id, { status: 'approved' }), { code: 'NOT_PERMITTED' })
    await assert.rejects(eve.decideAnalysis(made.request_id, { status: 'approved' }), { code: 'JOB_UNKNOWN' })
    const bob = 'bob'
    await asking.accounts.put({ name: bob, roles: ['researcher'], password: PASSWORD })
    await assert.rejects((await logIn(bob, asking)).analysis(made.request_id), { code: 'JOB_UNKNOWN' })
  })

  test('outlives a restart of the institution that is to decide', async (t) => {
    const { ada, sue, serving, sites, logIn } = await federation(t)
    const made = await ada.requestAnalysis({ ...ASK, target_node_id: serving.peerId })
    await waiting(sue, made.request_id)
    await sue.decideAnalysis(made.request_id, { status: 'approved' })
    await serving.stop()
    const again = await startSite(sites[1] as never, { sandbox: sandbox() })
    t.after(() => again.stop())
    const tom = await logIn('tom', again)
    assert.equal((await tom.analysis(made.request_id)).approvals, 1)
    await tom.decideAnalysis(made.request_id, { status: 'approved' })
    await until(async () => (await ada.analysis(made.request_id)).state === 'completed', 'it has run')
  })

  test('does not run when what would run it is not what was approved', async (t) => {
    const { ada, sue, serving, sites, logIn } = await federation(t)
    const made = await ada.requestAnalysis({ ...ASK, target_node_id: serving.peerId })
    await waiting(sue, made.request_id)
    await sue.decideAnalysis(made.request_id, { status: 'approved' })
    await serving.stop()
    const other = fakeSandbox({ answer: () => ({ result: '{"mean": 1}' }), image: 'another image' })
    const again = await startSite(sites[1] as never, { sandbox: other })
    t.after(() => again.stop())
    await (await logIn('tom', again)).decideAnalysis(made.request_id, { status: 'approved' })
    const job = async () => (await ada.listBroadcasts({ limit: 1 })).at(0) ?? (await ada.listJobs({ limit: 1 })).at(0)
    await until(async () => (await ada.analysis(made.request_id)).state === 'failed', 'it has ended')
    assert.equal((await job())?.code, 'APPROVAL_LAPSED')
  })

  test('may be given up by who asked', async (t) => {
    const { ada, sue, serving } = await federation(t)
    const made = await ada.requestAnalysis({ ...ASK, target_node_id: serving.peerId })
    await waiting(sue, made.request_id)
    const [job] = await ada.listJobs({ limit: 1 })
    await ada.cancelJob(job?.job_id ?? '')
    await until(async () => (await sue.listAnalyses({ status: 'pending' })).length === 0, 'nothing waits')
    await assert.rejects(sue.decideAnalysis(made.request_id, { status: 'approved' }), { code: 'JOB_ENDED' })
  })
})

describe('a standing approval', () => {
  const submission = (more: object = {}) => ({
    ...{
      data_catalog_name: 'clinical_trial_data',
      script_type: 'python',
      script_content: CODE,
      parameters: { years: 1 }
    },
    ...more
  })

  test('lets the same code run again within its terms, and nothing else', async (t) => {
    const { ada, sue, tom, serving } = await federation(t)
    const made = await ada.requestAnalysis({ ...ASK, parameters: { years: 1 }, target_node_id: serving.peerId })
    await waiting(sue, made.request_id)
    const standing = { runs: 3, days: 30, parameters: { years: { minimum: 1, maximum: 5 } } }
    await sue.decideAnalysis(made.request_id, { status: 'approved', standing })
    assert.equal((await tom.analysis(made.request_id)).standing?.runs, 3, 'the next steward sees what to agree to')
    await tom.decideAnalysis(made.request_id, { status: 'approved', standing })
    await until(async () => (await ada.analysis(made.request_id)).state === 'completed', 'it has run')

    const run = async (more: object) => {
      const { id } = await ada.submitBroadcast({ ...submission(more), targets: [serving.peerId] } as never)
      await until(async () => {
        const state = (await ada.broadcast(id)).parts[0]?.state ?? 'queued'
        return !['queued', 'running'].includes(state)
      }, 'it was decided')
      return (await ada.broadcast(id)).parts[0]?.state
    }
    assert.equal(await run({}), 'completed')
    assert.equal(await run({ parameters: { years: 5 } }), 'completed')
    for (const other of [
      { parameters: { years: 6 } },
      { parameters: { years: '1' } },
      { parameters: {} },
      { parameters: { years: 1, more: 'code' } },
      { script_content: `${CODE} ` },
      { filters: { sex: 'female' } },
      { outputs: [{ name: 'n', kind: 'count' }] }
    ]) {
      assert.equal(await run(other), 'pending', JSON.stringify(other))
    }
    assert.equal(await run({ parameters: { years: 2 } }), 'completed')
    assert.equal(await run({ parameters: { years: 2 } }), 'pending', 'three runs are three runs')
    const [left] = await sue.standingApprovals()
    assert.deepEqual([left?.request_id, left?.analysis_title], [made.request_id, ASK.analysis_title])
    assert.equal(left?.runs_left, 0)
    await sue.revokeStanding(left?.id ?? '')
    assert.deepEqual(await sue.standingApprovals(), [])
  })
})
