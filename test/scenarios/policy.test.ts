import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { createEvents, loadConfig, type Peer, type PeerOptions, startPeer } from '@stimnet/peer'
import { cryptographicRandom, messages, open, type Signer, signerFromSeed, systemClock } from '@stimnet/protocol'
import { fakeSandbox } from '@stimnet/sandbox'
import { type BroadcastSubmission, type Client, type Job, type SignedRequest, signRequest } from '@stimnet/sdk'
import { parse, stringify } from 'yaml'
import { CHEAP_PASSWORDS, clientOf, PASSWORD, scratchFolder } from '../mesh.ts'

/** A hundred and fifty people, not marked as synthetic: in wards of three, and one with higher costs than all others together. */
const PEOPLE = Array.from({ length: 150 }, (_, i) => ({
  id: `p${i}`,
  age: 30 + ((i * 7) % 55),
  sex: i % 2 === 0 ? 'F' : 'M',
  ward: i < 30 ? `w${Math.floor(i / 3)}` : 'other',
  cost: i === 77 ? 900_000 : 100 + ((i * 37) % 900)
}))

const CATALOG = {
  name: 'wards',
  subject_key: 'id',
  access_level: 'public',
  tables: [
    {
      name: 'people',
      file: 'people.csv',
      one_row_per_subject: true,
      variables: [
        { name: 'age', type: 'integer', breakpoints: [40, 50, 60, 70], minimum: 18, maximum: 100 },
        { name: 'sex', type: 'category', levels: ['F', 'M'] },
        { name: 'ward', type: 'category', levels: [...Array.from({ length: 10 }, (_, i) => `w${i}`), 'other'] },
        { name: 'cost', type: 'integer' }
      ]
    }
  ]
}

interface House {
  readonly configFile: string
  /** Replaces the data files of a stopped peer. */
  write(people: readonly (typeof PEOPLE)[number][]): Promise<void>
  peer: Peer
  client: Client
  restart(config?: object, options?: PeerOptions): Promise<void>
}

async function houseOf(t: TestContext, config: object, options: PeerOptions = {}): Promise<House> {
  const folder = join(await scratchFolder(t), 'house')
  await mkdir(folder)
  const write: House['write'] = (people) => {
    const rows = people.map(({ id, age, sex, ward, cost }) => [id, age, sex, ward, cost].join(','))
    return writeFile(join(folder, 'people.csv'), `id,age,sex,ward,cost\n${rows.join('\n')}\n`)
  }
  await write(PEOPLE)
  const configFile = join(folder, 'stimnet.yaml')
  const start = async (changes: object, more: PeerOptions) => {
    await writeFile(configFile, stringify(configOf(changes)))
    const events = createEvents({ level: process.env.STIMNET_TEST_LOG ?? 'silent', nodeId: 'house' })
    const peer = await startPeer(await loadConfig(configFile, {}), { events, passwordCost: CHEAP_PASSWORDS, ...more })
    if (!peer.accounts.get('ada')) {
      await peer.accounts.put({ name: 'ada', roles: ['researcher', 'auditor'], password: PASSWORD })
    }
    return peer
  }
  const peer = await start(config, options)
  const house: House = {
    ...{ configFile, write, peer, client: await clientOf(peer) },
    restart: async (changes = config, more = options) => {
      await house.peer.stop()
      house.peer = await start(changes, more)
      house.client = await clientOf(house.peer)
    }
  }
  t.after(() => house.peer.stop())
  return house
}

function configOf(changes: object): object {
  return {
    node_id: 'house',
    institution: 'Hospital',
    mesh: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    requesters: ['gateway:self'],
    gateway: { port: 0 },
    sandbox: { engine: 'none' },
    log: { level: 'silent' },
    catalogs: [{ ...CATALOG, lattice: 'none' }],
    ...changes
  }
}

const submission = (sql: string, more: object = {}) => ({
  target_node_id: 'house',
  data_catalog_name: 'wards',
  script_type: 'sql' as const,
  script_content: sql,
  ...more
})

async function ask({ client }: House, sql: string, more: object = {}): Promise<Job> {
  return client.waitForJob((await client.submitJob(submission(sql, more) as never)).job_id)
}

const COUNT = 'SELECT COUNT(DISTINCT id) AS n FROM people'
const ofWard = (ward: number) => `${COUNT} WHERE ward = 'w${ward}'`

describe('a small catalog of real people', () => {
  test('is opened with a lattice and without one', async (t) => {
    for (const more of [{ lattice: [{ variable: 'people.sex' }] }, { lattice: 'none' }, {}]) {
      const { peer } = await houseOf(t, { catalogs: [{ ...CATALOG, ...more }] })
      assert.ok(peer.catalogs.has('wards'))
    }
  })

  test('is asked by `filters` as by the full filter language: both are the same cohort', async (t) => {
    const house = await houseOf(t, {})
    const cohortOf = (job: Job) => (job.result_data as { disclosure: { cohort_hash: string } }).disclosure.cohort_hash
    const pairs = await ask(house, COUNT, { filters: { sex: 'F', ward: ['other', 'w1'] } })
    const where = {
      all: [
        { column: 'people.sex', op: '=', values: ['F'] },
        { column: 'people.ward', op: 'in', values: ['other', 'w1'] }
      ]
    }
    const full = await ask(house, COUNT, { where })
    assert.deepEqual([pairs.status, cohortOf(pairs)], ['completed', cohortOf(full)])
    assert.match((await ask(house, COUNT, { filters: { sex: 'X' } })).error_message ?? '', /^VALUE_NOT_DECLARED/)
    assert.match((await ask(house, COUNT, { filters: { height: 3 } })).error_message ?? '', /^VARIABLE_UNKNOWN/)
    assert.match((await ask(house, COUNT, { filters: { age: 93 } })).error_message ?? '', /^VALUE_NOT_DECLARED/)
  })

  test('with a lattice refuses what is not made of it before anything is looked at, and names it', async (t) => {
    const house = await houseOf(t, { catalogs: [{ ...CATALOG, lattice: [{ variable: 'people.sex' }] }] })
    assert.match((await ask(house, ofWard(1))).error_message ?? '', /^FILTER_OFF_LATTICE: .*people\.sex/)
    assert.equal((await ask(house, `${COUNT} WHERE sex = 'F'`)).status, 'completed')
  })
})

test('a question from whose answer people were left out is answered alike again, whatever was answered meanwhile', async (t) => {
  const ages = JSON.parse(
    JSON.stringify(CATALOG)
      .replace('[40,50,60,70]', '[44,45,49,50,53,55,58,60]')
      .replace(
        '"cost","type":"integer"',
        '"cost","type":"integer","breakpoints":[300,500,700],"minimum":0,"maximum":1000'
      )
  )
  const house = await houseOf(t, {})
  await house.peer.stop()
  await house.write(PEOPLE.map((person) => ({ ...person, cost: Math.min(person.cost, 1_000) })))
  const config = { catalogs: [{ ...ages, name: 'visits', lattice: 'none' }] }
  await house.restart(config)
  const medians = async (age: number) => {
    const call = JSON.stringify({ name: 'quantile', variables: ['cost'], by: ['sex'], arguments: { q: 0.5 } })
    const where = { column: 'age', op: '>=', values: [age] }
    const more = { data_catalog_name: 'visits', script_type: 'statistic', where }
    const { result_data: told, error_message: why } = await ask(house, call, more)
    const { rows, left_out: leftOut } = (told ?? {}) as { rows?: unknown; left_out?: readonly string[] }
    return { rows, leftOut, why }
  }
  const firsts = new Map<number, Awaited<ReturnType<typeof medians>>>()
  for (const age of [50, 49, 55, 53, 60, 58, 45, 44]) firsts.set(age, await medians(age))
  // Who is left out, and so from which answers, depends on a secret order of the people.
  assert.ok(
    [...firsts.values()].some(({ leftOut = [] }) => leftOut.length > 0),
    'people were left out'
  )
  for (const [age, first] of firsts) if (first.rows !== undefined) assert.deepEqual(await medians(age), first)
  await house.restart(config)
  for (const [age, first] of firsts) if (first.leftOut?.length) assert.deepEqual(await medians(age), first)
})

describe('a share of a variable', () => {
  const unknown = JSON.parse(JSON.stringify(CATALOG).replace('"name":"ward",', '"name":"ward","identifying":false,'))
  const shared = { catalogs: [{ ...unknown, lattice: 'none', privacy: { requester_share: 0.05 } }] }
  const ofOthers = `${COUNT} WHERE ward = 'other'`
  const older = `${ofOthers} AND age >= 50`
  const women = `${COUNT} WHERE sex = 'F'`

  test('is all that one requester may take in thirty days; what was answered stays answerable, and the rest is others’', async (t) => {
    const house = await houseOf(t, shared)
    const codeOf = async (sql: string) => (await ask(house, sql)).error_message?.split(':')[0] ?? 'answered'
    assert.equal(await codeOf(ofOthers), 'answered')
    const over = (await ask(house, older)).error_message ?? ''
    assert.match(
      over,
      /^SHARE_EXCEEDED: wards keeps a part of people\.ward for others: .* may take 0\.050 bits of it per person, have taken 0\.031, and this takes 0\.031/
    )
    assert.equal(await codeOf(ofOthers), 'answered', 'the same again')
    assert.equal(await codeOf(women), 'answered', 'what others know anyway is nobody’s share')
    // Another account of the same institution is no other institution.
    await house.peer.accounts.put({ name: 'ben', roles: ['researcher'], password: PASSWORD })
    const ben = await clientOf(house.peer, 'ben')
    const his = await ben.waitForJob((await ben.submitJob(submission(older) as never)).job_id)
    assert.match(his.error_message ?? '', /^SHARE_EXCEEDED/)
    await house.restart()
    assert.equal(await codeOf(older), 'SHARE_EXCEEDED', 'after a restart too')
    const day = 24 * 3_600_000
    await house.restart(shared, { clock: { ...systemClock, now: () => systemClock.now() + 31 * day } })
    assert.equal(await codeOf(older), 'answered', 'in the next thirty days')
  })
})

describe('refusals that depend on data', () => {
  const few = { catalogs: [{ ...CATALOG, lattice: 'none', privacy: { refusal_bits_max: 3 } }] }

  test('are counted, and past the last one nothing that could be refused is taken, also after a restart', async (t) => {
    const house = await houseOf(t, few)
    for (const ward of [1, 2, 3])
      assert.match((await ask(house, ofWard(ward))).error_message ?? '', /^COHORT_NOT_RELEASABLE/)
    assert.match(
      (await ask(house, COUNT)).error_message ?? '',
      /^REFUSALS_EXHAUSTED: .*disclosed 3 of at most 3 bits about wards to you in thirty days.* or ask the steward to raise refusal_bits_max/
    )
    await house.restart()
    assert.match((await ask(house, COUNT)).error_message ?? '', /^REFUSALS_EXHAUSTED/)
    const records = await house.client.audit({ limit: 100 })
    const counted = records
      .map(({ detail }) => (detail as { refusal_bits?: number }).refusal_bits)
      .filter((n) => n !== undefined)
    assert.deepEqual(counted.toSorted(), [1, 2, 3], 'the audit log has them')
  })

  test('are told to whoever asks before they run out: with the price, and with an answer once most are used', async (t) => {
    const config = { catalogs: [{ ...CATALOG, lattice: 'none', privacy: { refusal_bits_max: 50 } }] }
    const house = await houseOf(t, config)
    const { target_node_id: _, ...question } = submission(COUNT)
    const used = async () =>
      (await house.client.privacyCost({ ...question, targets: '*' })).peers.map(
        ({ refusals }) => refusals && [refusals.bits, refusals.bits_max]
      )
    const warningsAfter = async (from: number, to: number) => {
      for (let i = from; i < to; i++) await ask(house, ofWard(i % 10))
      const job = await ask(house, COUNT)
      return (job.warnings ?? []).filter((warning) => warning.startsWith('Refusals'))
    }
    assert.deepEqual(await used(), [null], 'nothing was asked')
    assert.deepEqual(await warningsAfter(0, 5), [])
    assert.deepEqual(await used(), [[10, 50]])
    const [warning = ''] = await warningsAfter(5, 30)
    assert.match(
      warning,
      /^Refusals and withheld numbers: 40 of 50 bits used for wards at Hospital in thirty days\. When all.* or its steward raises refusal_bits_max\./
    )
    await house.restart()
    assert.deepEqual(await used(), [[40, 50]])
  })

  test('of a question about rare rows and others at once say what to ask instead', async (t) => {
    const levels = ['month_12', 'month_24']
    const visit = { name: 'visit', type: 'category', levels, identifying: true }
    const score = { name: 'score', type: 'integer', minimum: 0, maximum: 100 }
    const visits = { name: 'visits', file: 'visits.csv', variables: [visit, score] }
    const house = await houseOf(t, few)
    await house.peer.stop()
    const rows = PEOPLE.flatMap(({ id }, i) =>
      levels.slice(0, i % 5 === 0 ? 2 : 1).map((at) => `${id},${at},${i % 90}`)
    )
    await writeFile(join(dirname(house.configFile), 'visits.csv'), `id,visit,score\n${rows.join('\n')}\n`)
    await house.restart({ catalogs: [{ ...CATALOG, lattice: 'none', tables: [...CATALOG.tables, visits] }] })
    const job = await ask(house, "SELECT AVG(score) AS m FROM visits WHERE visit IN ('month_12', 'month_24')")
    const said =
      'about rows that few people have and about others at once, by visits.visit. Ask about each by itself, such as with visits.visit !='
    assert.ok(job.error_message?.startsWith(`FILTER_INVALID: The question is ${said}`), job.error_message ?? '')
  })

  test('are forgotten after thirty days, not after twenty-nine', async (t) => {
    const house = await houseOf(t, few)
    for (const ward of [1, 2, 3]) await ask(house, ofWard(ward))
    const day = 24 * 3_600_000
    const later = (days: number) => ({ clock: { ...systemClock, now: () => systemClock.now() + days * day } })
    await house.restart(few, later(29))
    assert.match((await ask(house, COUNT)).error_message ?? '', /^REFUSALS_EXHAUSTED/)
    await house.restart(few, later(31))
    assert.equal((await ask(house, COUNT)).status, 'completed')
  })

  test('are as many as answers show of who lacks a value: past the last one nothing new is answered', async (t) => {
    const config = { catalogs: [{ ...CATALOG, lattice: 'none', privacy: { refusal_bits_max: 2 } }] }
    const house = await houseOf(t, config)
    await house.peer.stop()
    // Two people lack a cost, which is an empty field.
    await house.write(PEOPLE.map((one, i) => ({ ...one, cost: i % 77 === 0 ? ('' as never) : one.cost })))
    await house.restart(config)
    const values = (where: string) => ask(house, `SELECT COUNT(cost) AS n FROM people WHERE ${where}`)
    assert.equal((await ask(house, COUNT)).status, 'completed', 'nobody lacks what is counted')
    for (const where of ["sex = 'F'", "sex = 'M'"]) assert.equal((await values(where)).status, 'completed')
    assert.match(
      (await values('age >= 50')).error_message ?? '',
      /^REFUSALS_EXHAUSTED: .*disclosed 2 of at most 2 bits/
    )
    assert.equal((await values("sex = 'M'")).status, 'completed', 'the same again')
  })

  test('are not counted for questions about whole base cells: there is nothing to learn from them', async (t) => {
    const lattice = [{ variable: 'people.sex' }]
    const house = await houseOf(t, { catalogs: [{ ...CATALOG, lattice, privacy: { refusal_bits_max: 1 } }] })
    for (let i = 0; i < 3; i++) {
      // Nobody has both, so the cohort is empty. It is refused like a small one.
      const job = await ask(house, `${COUNT} WHERE sex = 'F' AND sex = 'M'`)
      assert.match(job.error_message ?? '', /^COHORT_NOT_RELEASABLE/)
    }
    assert.equal((await ask(house, COUNT)).status, 'completed')
  })

  test('look the same whatever the reason: too few, told apart by earlier answers, or one person’s sum', async (t) => {
    const house = await houseOf(t, {})
    assert.equal((await ask(house, `${COUNT} WHERE sex = 'F'`)).status, 'completed')
    const refused = [
      await ask(house, ofWard(1)),
      await ask(house, `${COUNT} WHERE ward = 'w1' AND sex = 'F' AND sex = 'M'`),
      await ask(house, `${COUNT} WHERE sex = 'F' AND NOT ward = 'w1'`),
      await ask(house, 'SELECT SUM(cost) AS s FROM people')
    ]
    // The advice depends only on the question, not on the data.
    const told = refused.map((job) => JSON.stringify(withoutNames(job)).replaceAll(/ (Another way|Or ask)[^"]*/g, ''))
    assert.equal(new Set(told.map((text) => text.replaceAll(/ With noise[^"]*/g, ''))).size, 1, told.join('\n'))
    for (const { job_id, error_message } of refused) {
      const { admittedAtMs, visibleAtMs, body } = await storedEnd(house, job_id)
      assert.equal((visibleAtMs - admittedAtMs) % 25, 0, 'an end lies on the grid')
      assert.deepEqual(
        [body.code, body.reason, body.state, body.outputJson?.length ?? 0],
        ['COHORT_NOT_RELEASABLE', error_message?.replace(/^\w+: /, ''), 'blocked', 0]
      )
    }
  })
})

/** A job as its requester sees it, without fields that differ between any two jobs. */
function withoutNames(job: Job): object {
  const varying = /(_id|_at|id|time|hash|content|receipt)$/
  return Object.fromEntries(Object.entries(job).filter(([key]) => !varying.test(key)))
}

/** The serving peer's record of a request's end. */
async function storedEnd({ peer }: House, requestId: string) {
  const jobs = peer.database.json<{ admittedAtMs: number; visibleAtMs: number; id: string }>('jobs')
  const requests = peer.database.json<{ id: string; parts: Record<string, { jobId: string }> }>('requests')
  const request = await requests.get(requestId)
  const jobId = Object.values(request?.parts ?? {})[0]?.jobId ?? requestId
  const job = await jobs.get(jobId)
  assert.ok(job, `no stored job ${jobId}`)
  const sealed = Buffer.from((await peer.database.json<string>('job-results').get(jobId)) ?? '', 'base64url')
  const opened = await open(new Uint8Array(sealed), { type: 'job-result', clock: systemClock, atAnyTime: true })
  return { ...job, body: messages.JobResult.decode(opened.body) }
}

describe('ledgers by project', () => {
  async function withProjects(t: TestContext) {
    const [a, b] = [await newSigner(), await newSigner()]
    const projects = [
      { name: 'alpha', requesters: [a.id] },
      { name: 'beta', requesters: [b.id] }
    ]
    const config = {
      requesters: ['gateway:self', a.id, b.id],
      catalogs: [{ ...CATALOG, lattice: 'none', privacy: { scope: 'project', projects } }]
    }
    return { a, b, config, house: await houseOf(t, config) }
  }
  const newSigner = () => signerFromSeed(cryptographicRandom.bytes(32))

  async function askAs(house: House, signer: Signer, project: string, sql: string) {
    const signed = await signRequest({
      ...{ signer, project, catalog: 'wards', program: { kind: 'sql', sql } },
      targets: [house.peer.peerId]
    })
    return endOf(house.client, signed)
  }

  async function endOf(client: Client, request: SignedRequest | BroadcastSubmission) {
    const { id } = await client.submitBroadcast(request)
    for await (const broadcast of client.watchBroadcast(id)) {
      const [part] = broadcast.parts
      if (part && ['completed', 'blocked', 'failed', 'denied', 'refused'].includes(part.state)) return part
    }
    throw new Error('no end')
  }

  const women = `${COUNT} WHERE sex = 'F'`
  const womenButOneWard = `${COUNT} WHERE sex = 'F' AND NOT ward = 'w1'`

  test('do not know of each other’s answers, each knows its own, and the card says so', async (t) => {
    const { a, b, house } = await withProjects(t)
    const first = await askAs(house, a, 'alpha', women)
    assert.equal(first.state, 'completed', JSON.stringify(first))
    assert.equal(first.output?.disclosure.scope, 'project')
    assert.match(first.output?.disclosure.claim ?? '', /other projects/)
    const leavesOut = async (signer: Signer, project: string, sql: string) => {
      const part = await askAs(house, signer, project, sql)
      return part.code === 'COHORT_NOT_RELEASABLE' || part.warnings.some((one) => /were left out/.test(one))
    }
    assert.equal(await leavesOut(a, 'alpha', womenButOneWard), true)
    assert.equal(await leavesOut(b, 'beta', womenButOneWard), false)
    assert.equal(await leavesOut(b, 'beta', women), true)
  })

  test('are not to be had for a name: by a project nobody listed, another’s, or an account of a gateway', async (t) => {
    const { a, house } = await withProjects(t)
    for (const project of ['gamma', 'beta', '', 'alpha!x']) {
      assert.equal((await askAs(house, a, project, women)).code, 'PURPOSE_NOT_PERMITTED', project)
    }
    const account = await ask(house, women, { project: 'alpha' })
    assert.match(account.error_message ?? '', /^CUSTODY_NOT_PERMITTED/)
  })

  test('do not become everybody’s again while their answers are out, and start from what everybody was given', async (t) => {
    const { a, config, house } = await withProjects(t)
    await house.restart({})
    assert.equal((await ask(house, women)).status, 'completed')
    await house.restart(config)
    assert.equal((await askAs(house, a, 'alpha', womenButOneWard)).code, 'COHORT_NOT_RELEASABLE')
    assert.equal((await askAs(house, a, 'alpha', women)).state, 'completed')
    await house.peer.stop()
    await assert.rejects(house.restart({}), { code: 'CONFIG_INVALID', message: /answered from by project/ })
  })

  test('are not for an open peer, for affiliations nobody can verify, or without a list', async (t) => {
    const key = (await newSigner()).id
    const withPrivacy = (privacy: object, more: object = {}) =>
      houseOf(t, { catalogs: [{ ...CATALOG, synthetic: true, privacy }], ...more })
    const projects = [{ name: 'alpha', requesters: [key] }]
    const refused = { code: 'CONFIG_INVALID' }
    const openToAll = { mesh: { listen: ['/ip4/127.0.0.1/tcp/0'], open: true }, requesters: [] }
    await assert.rejects(withPrivacy({ scope: 'project', projects }, openToAll), { ...refused, message: /mesh\.open/ })
    await assert.rejects(withPrivacy({ scope: 'project', projects }), { ...refused, message: /not among requesters/ })
    await assert.rejects(withPrivacy({ scope: 'project' }), { ...refused, message: /lists its projects/ })
    await assert.rejects(withPrivacy({ scope: 'affiliation' }), { ...refused, message: /cannot be verified/ })
  })
})

describe('the bits that scripts tell', () => {
  const config = (bits: number) => ({
    catalogs: [{ ...CATALOG, synthetic: true, privacy: { script_bits_scope_max: bits } }]
  })
  const script = { script_type: 'python', script_content: 'print(1)' }

  test('have an end for all scripts together, failing ones included, also after a restart', async (t) => {
    let result = '{}'
    let fails = false
    const sandbox = fakeSandbox({ answer: () => (fails ? { code: 'PROGRAM_FAILED' } : { result }) })
    const house = await houseOf(t, config(40), { sandbox })
    const first = await ask(house, '', script)
    assert.equal(first.status, 'completed', JSON.stringify(first))
    const told = (first.result_data as { disclosure: { bits: number } }).disclosure.bits
    assert.ok(told > 3 && told < 20, `${told} bits`)
    result = '[1.5, 2.5, 3.5]'
    assert.match((await ask(house, '', script)).error_message ?? '', /^OUTPUT_NOT_RELEASABLE/)
    fails = true
    const restarted = () =>
      house.restart(config(40), { sandbox: fakeSandbox({ answer: () => ({ code: 'PROGRAM_FAILED' }) }) })
    await restarted()
    let failures = 0
    for (; failures < 20; failures++) {
      if (/^BUDGET_EXCEEDED/.test((await ask(house, '', script)).error_message ?? '')) break
    }
    // The first answer costs `told` bits, and the withheld one three. Each failure costs three more, up to 40 in total.
    assert.equal(failures, Math.floor((40 - told - 3) / 3))
    assert.equal((await ask(house, COUNT)).status, 'completed', 'SQL tells no bits')
  })
})

const MAIN = join(import.meta.dirname, '../../packages/cli/src/main.ts')

async function stimnet(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], { env: { PATH: process.env.PATH ?? '' } })
  const collected = { out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    collected.out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    collected.err += text
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, ...collected }
}

describe('stimnet policy', () => {
  test('dry-run shows job by job what other rules would have released, and changes nothing', async (t) => {
    const house = await houseOf(t, {})
    await ask(
      house,
      `SELECT ward, COUNT(DISTINCT id) AS n FROM people WHERE ward = 'other' OR ward = 'w1' GROUP BY ward`
    )
    await ask(house, `SELECT age, COUNT(DISTINCT id) AS n FROM people WHERE sex = 'F' GROUP BY age`)
    await ask(house, ofWard(2))
    const locked = await stimnet('policy', 'dry-run', '--preset', 'cms', '--config', house.configFile)
    assert.deepEqual([locked.code, /locked while the peer runs/.test(locked.err)], [1, true], locked.err)
    const before = await ledgersIn(house)
    await house.peer.stop()
    const dry = await stimnet('policy', 'dry-run', '--preset', 'ons-srs', '--json', '--config', house.configFile)
    assert.equal(dry.code, 0, dry.err)
    const report = JSON.parse(dry.out)
    assert.deepEqual([report.preset, report.k, report.jobs.length], ['ons-srs', 10, 3])
    assert.deepEqual(
      report.jobs.map((job: { before: { outcome: string; k: number | null } }) => [job.before.outcome, job.before.k]),
      [
        ['COHORT_NOT_RELEASABLE', null],
        ['released', 5],
        ['COHORT_NOT_RELEASABLE', null]
      ]
    )
    const [, byAge] = report.jobs
    assert.equal(byAge.now.k, 10)
    assert.doesNotMatch(dry.out, /"n"|values|rows/, 'no answer is in it')
    const table = await stimnet('policy', 'dry-run', '--preset', 'cms', '--last', '1', '--config', house.configFile)
    assert.match(table.out, /1 job\. Released before: 0; under cms \(k 11\): 0\./)
    await house.restart()
    assert.deepEqual(await ledgersIn(house), before)
  })

  test('dry-run under the same rules gives the same answers: it is the same machinery', async (t) => {
    const house = await houseOf(t, {})
    for (const sql of [`${COUNT} WHERE sex = 'F'`, ofWard(1), `${COUNT} WHERE sex = 'F' AND NOT ward = 'w1'`, COUNT]) {
      await ask(house, sql)
    }
    await house.peer.stop()
    const { out, err } = await stimnet(
      'policy',
      'dry-run',
      '--preset',
      'default',
      '--json',
      '--config',
      house.configFile
    )
    const { jobs } = JSON.parse(out || err)
    for (const { before, now } of jobs) assert.deepEqual([now.outcome, now.withheld], [before.outcome, before.withheld])
    await house.restart()
  })

  test('explain says each rule in words, of a preset and of one catalog', async (t) => {
    const house = await houseOf(t, { catalogs: [{ ...CATALOG, lattice: 'none', privacy: { preset: 'opensafely' } }] })
    const preset = await stimnet('policy', 'explain', 'ons-srs')
    assert.match(preset.out, /more than 43\.75 % of it/)
    const catalog = await stimnet('policy', 'explain', '--config', house.configFile, '--catalog', 'wards')
    assert.match(catalog.out, /^opensafely: .*\n[\s\S]*fewer than 8 people/)
    const json = JSON.parse(
      (await stimnet('policy', 'explain', '--config', house.configFile, '--catalog', 'wards', '--json')).out
    )
    assert.equal(
      json.policy_hash,
      house.peer.catalogs.get('wards')?.descriptor.policyHash,
      'the hash is that of the catalog'
    )
    assert.equal((await stimnet('policy', 'explain', 'lax')).code, 2)
  })

  test('check names what contradicts the preset and what is weak', async (t) => {
    const house = await houseOf(t, {})
    await house.peer.stop()
    const privacy = { preset: 'opensafely', min_cohort_size: 5, round_base: 3 }
    const projects = [{ name: 'alpha', requesters: [house.peer.peerId] }]
    const catalogs = [{ ...CATALOG, privacy: { preset: 'datashield-like', scope: 'project', projects } }]
    const requesters = ['gateway:self', house.peer.peerId]
    const tooFine = { ...CATALOG, name: 'fine', lattice: [{ variable: 'people.ward' }], privacy: { round_base: 2 } }
    await writeFile(house.configFile, stringify(configOf({ privacy, catalogs: [...catalogs, tooFine], requesters })))
    const { code, out } = await stimnet('policy', 'check', house.configFile)
    assert.match(out, /^FIX {2}catalogs\.fine: cannot be opened \(SOURCE_INVALID\).*fewer than 8 subjects/m)
    assert.match(out, /^FIX {2}catalogs\.fine\.privacy\.round_base: 2 is laxer than 5/m)
    assert.equal(code, 1)
    assert.match(out, /^note privacy\.min_cohort_size: 5 is below the preset’s 8/m)
    assert.match(out, /^FIX {2}privacy\.round_base: 3 is laxer than 5, which holds/m)
    assert.match(out, /^note catalogs\.wards\.privacy\.preset: datashield-like alone would be laxer.*: the stricter/m)
    assert.match(out, /^note catalogs\.wards\.privacy\.scope: two projects together/m)
    const doctor = await stimnet('doctor', '--config', house.configFile)
    assert.match(doctor.out, /FIX +policy +catalogs\.fine/)
    assert.match(doctor.out, /^note +policy +privacy\.min_cohort_size/m)
    await house.restart({})
  })

  test('lattice proposes base cells with which the catalog opens', async (t) => {
    const house = await houseOf(t, {})
    const proposal = await stimnet('policy', 'lattice', '--catalog', 'wards', '--config', house.configFile)
    assert.match(proposal.out, /^lattice:\n {2}- \{ variable: people\.sex \}\n {2}- \{ variable: people\.age/m)
    assert.match(proposal.out, /# people\.ward: left out/)
    const { lattice } = parse(proposal.out) as { lattice: object[] }
    await house.restart({ catalogs: [{ ...CATALOG, lattice }] })
    assert.ok(house.peer.catalogs.has('wards'))
  })

  test('init takes a description in, with its files named from the new folder', async (t) => {
    const house = await houseOf(t, {})
    const folder = join(house.configFile, '..')
    await writeFile(join(folder, 'wards.yaml'), stringify(CATALOG))
    const peer = join(folder, 'peer')
    const init = await stimnet('init', peer, '--institution', 'Hospital', '--catalog', join(folder, 'wards.yaml'))
    assert.equal(init.code, 0, init.err)
    const { config, baseDir } = await loadConfig(join(peer, 'stimnet.yaml'), {})
    assert.equal(join(baseDir, config.catalogs[0]?.tables[0]?.file ?? ''), join(folder, 'people.csv'))
    assert.equal((await stimnet('policy', 'check', join(peer, 'stimnet.yaml'))).code, 0)
  })
})

/** Whether an answer is refused or leaves people out, so that it cannot be subtracted from an earlier one. */
function leavesOut(job: Job): boolean {
  return job.code === 'COHORT_NOT_RELEASABLE' || ((job.result_data?.left_out as string[] | undefined)?.length ?? 0) > 0
}

describe('a newer epoch', () => {
  const more = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ id: `n${i}`, age: 41 + i, sex: 'F', ward: 'other', cost: 150 }))
  const women = `SELECT COUNT(DISTINCT id) AS n, SUM(age) AS s FROM people WHERE sex = 'F'`
  const men = `${COUNT} WHERE sex = 'M'`

  async function asked(t: TestContext, config: object = {}) {
    const house = await houseOf(t, config)
    assert.equal((await ask(house, women)).status, 'completed')
    assert.equal((await ask(house, men)).status, 'completed')
    const take = async (people: readonly (typeof PEOPLE)[number][], ...flags: string[]) => {
      await house.peer.stop()
      await house.write(people)
      const accepted = await stimnet('epoch', 'accept', 'wards', ...flags, '--config', house.configFile)
      await house.restart()
      return accepted
    }
    return { house, take }
  }

  test('is taken with its ledger: one who came is not the difference of two answers, five may be', async (t) => {
    const { house, take } = await asked(t)
    const one = await take([...PEOPLE, ...more(1)])
    assert.deepEqual([one.code, /with its ledgers: 1 arrived, 0 left/.test(one.out)], [0, true], one.err)
    assert.equal(leavesOut(await ask(house, women)), true)
    assert.equal((await ask(house, men)).status, 'completed', 'nobody came or went among the men')
    await take([...PEOPLE, ...more(5)])
    const job = await ask(house, women)
    assert.deepEqual((job.result_data as { rows?: { n: number }[] }).rows?.[0]?.n, 80)
    await house.restart()
    assert.equal((await ask(house, women)).status, 'completed', 'the carried ledger is read again')
    assert.equal(leavesOut(await ask(house, `${women} AND NOT ward = 'w1'`)), true)
  })

  test('does not tell who left, nor that somebody came back', async (t) => {
    const { house, take } = await asked(t)
    const left = await take(PEOPLE.filter(({ id }) => id !== 'p40'))
    assert.match(left.out, /0 arrived, 1 left/)
    assert.equal(leavesOut(await ask(house, women)), true)
    await take(PEOPLE)
    assert.equal((await ask(house, women)).status, 'completed')
  })

  test('answers as before about people whom others do not know, until the values of enough people have come', async (t) => {
    const [people] = CATALOG.tables
    const variables = people?.variables.map((one) => (one.name === 'ward' ? { ...one, identifying: false } : one))
    const tables = [{ ...people, variables }]
    const { house, take } = await asked(t, { catalogs: [{ ...CATALOG, lattice: 'none', tables }] })
    const lacking = (count: number) => PEOPLE.map((one, i) => (i > 20 && i <= 20 + count ? { ...one, ward: '' } : one))
    await take(lacking(22), '--forget')
    const elsewhere = `${COUNT} WHERE ward = 'other'`
    const countOf = async () => (await ask(house, elsewhere)).result_data as { rows?: { n: number }[] } | undefined
    const before = (await countOf())?.rows?.[0]?.n
    assert.equal(before, 107)
    assert.match((await take(lacking(21))).out, /of 1 values were filled in/)
    assert.equal((await countOf())?.rows?.[0]?.n, before)
    await take(lacking(1))
    assert.equal((await countOf())?.rows?.[0]?.n, 120)
  })

  test('stays away where a value was changed, and is taken with an empty ledger only by a word of its own', async (t) => {
    const { house, take } = await asked(t)
    const edited = PEOPLE.map((person) => (person.id === 'p40' ? { ...person, age: person.age + 1 } : person))
    const before = house.peer.catalogs.get('wards')?.epoch
    const refused = await take(edited)
    assert.deepEqual(
      [refused.code, /values of 1 subject in people were changed or removed/.test(refused.err)],
      [1, true]
    )
    assert.equal(house.peer.catalogs.get('wards')?.epoch, before)
    assert.equal((await take(edited, '--forget')).code, 0)
    assert.notEqual(house.peer.catalogs.get('wards')?.epoch, before)
    const back = await take([...PEOPLE])
    assert.match(back.err, /an earlier epoch, which answered questions and has its own ledger/)
  })
})

/** All ledgers of released numbers. */
async function ledgersIn({ peer }: House): Promise<unknown> {
  const atoms = await peer.database.root
    .sublevel<string, Uint8Array>('atoms', { valueEncoding: 'view' })
    .iterator()
    .all()
  const refusals = await peer.database.json('refusals').iterator().all()
  return [atoms.map(([key, bytes]) => [key, Buffer.from(bytes).toString('base64')]), refusals]
}
