import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { describe, type TestContext, test } from 'node:test'
import type { Account } from '@stimnet/gateway'
import { SimulatedClock, StimnetError } from '@stimnet/protocol'
import { ATTACKS, type AttackableEngine, fakeSandbox, type FakeBehaviour } from '@stimnet/sandbox'
import type { Alert } from '../src/events.ts'
import { sandboxMethods } from '../src/gateway/sandbox-view.ts'
import { SELF_TEST_EVERY_MS_MIN, SELF_TEST_MS_MAX, SelfTests } from '../src/self-test/self-tests.ts'
import { Database } from '../src/store/database.ts'
import { SelfTestStore } from '../src/self-test/store.ts'

const HOSTILE = '<img src=x onerror=alert(1)>'
const attacks = ATTACKS.filter(({ id }) => ['files.secret', 'files.home', 'answer.link'].includes(id))
const REFUSED = { 'files.secret': 'refused', 'files.home': 'refused' }

/** A sandbox that contains all of these attacks. */
const holds: FakeBehaviour['answer'] = ({ code }) =>
  code.includes('TRIES')
    ? { result: JSON.stringify({ got: [], why: REFUSED }) }
    : { result: '{"got":[]}', log: 'ATTACK BEGINS' }

/** A sandbox that never answers, so that the attacks run until they are ended. */
const hangs: FakeBehaviour['answer'] = () => new Promise(() => undefined)

/** An engine that cannot be opened, as if Docker had been stopped. */
const ABSENT: AttackableEngine = {
  ...{ grade: 'docker', howTo: 'Install it.', memoryBytesMax: 1, startMsMax: 0 },
  open: () => Promise.reject(new StimnetError('SANDBOX_UNAVAILABLE', 'asking Docker what it is'))
}

async function open(
  t: TestContext,
  answer: FakeBehaviour['answer'] = holds,
  more: { engines?: AttackableEngine[] } = {}
) {
  const clock = new SimulatedClock(1_700_000_000_000)
  const database = await Database.open({ memory: true }, () => clock.now())
  t.after(() => database.close())
  const alerts: Alert[] = []
  const problems: unknown[] = []
  const opened: string[] = []
  const engine: AttackableEngine = {
    ...{ grade: 'docker', howTo: 'Install it.', memoryBytesMax: 1024, startMsMax: 0 },
    open: async () => {
      const sandbox = fakeSandbox({ answer })
      opened.push('opened')
      const close = async () => {
        await sandbox.close()
        opened.push('closed')
      }
      return { sandbox: { ...sandbox, close }, left: async () => [] }
    }
  }
  const store = await SelfTestStore.open(database)
  const environment: NodeJS.ProcessEnv = {}
  const parent = await mkdtemp(join(tmpdir(), 'stimnet-self-tests-'))
  const folder = join(parent, 'self-test')
  const openTests = (by = clock) =>
    new SelfTests({
      ...{ clock: by, database, store, attacks, environment, folder, engines: more.engines ?? [engine] },
      events: { unexpected: (error) => void problems.push(error) },
      monitor: { raise: (alert, subject) => void alerts.push({ ...alert, detail: `${alert.detail} ${subject}` }) },
      settings: { cacheDir: '', owner: '' }
    })
  const selfTests = openTests()
  t.after(() => selfTests.close())
  t.after(() => rm(parent, { recursive: true, force: true }))
  const ended = async () => {
    while (selfTests.progress) await turn()
  }
  const audit = async () =>
    (await database.auditLog.read({ limit: 10 }))
      .filter(({ kind }) => kind === 'self-test')
      .map(({ actor, detailJson }) => [actor, JSON.parse(detailJson).state])
      .reverse()
  return { clock, database, alerts, problems, opened, store, environment, selfTests, openTests, ended, audit }
}

describe('a self-test of the sandboxes', () => {
  test('tries every attack, keeps a report that outlives a restart, and is in the audit log', async (t) => {
    const { selfTests, database, alerts, problems, opened, environment, ended, audit } = await open(t)
    assert.deepEqual(selfTests.start('stew'), { is: 'started' })
    assert.deepEqual([selfTests.progress?.by, selfTests.progress?.of], ['stew', attacks.length])
    await ended()
    assert.deepEqual(problems, [])
    const report = selfTests.report ?? assert.fail()
    assert.deepEqual([report.by, report.isClean, report.engines.length], ['stew', true, 1])
    const [engine] = report.engines
    assert.deepEqual(engine?.isHere && engine.counts, { contained: 3, bounded: 0, open: 0, unjudged: 0 })
    assert.deepEqual((await SelfTestStore.open(database)).latest, report)
    assert.deepEqual(await audit(), [
      ['stew', 'started'],
      ['stew', 'held']
    ])
    assert.deepEqual([opened, alerts, Object.keys(environment)], [['opened', 'closed'], [], []])
    // The findings do not contain the attacks' code.
    const told = ['id', 'title', 'tries', 'language', 'outcome', 'by', 'isAdmitted']
    assert.deepEqual(engine?.isHere && Object.keys(engine.results[0] ?? {}), told)
  })

  test('raises an alert where something got through, and keeps what a program said as text, cut off', async (t) => {
    const boast = `${HOSTILE} ${'x'.repeat(5_000)}`
    const { selfTests, alerts, ended, audit } = await open(t, (job, signal) =>
      job.code.includes('TRIES')
        ? holds(job, signal)
        : { result: JSON.stringify({ got: [boast] }), log: 'ATTACK BEGINS' }
    )
    selfTests.start('stew')
    await ended()
    assert.deepEqual(
      alerts.map(({ kind, actor, detail }) => [kind, actor, detail]),
      [['sandbox-open', 'stew', 'docker: answer.link open 1700000000000']]
    )
    assert.deepEqual((await audit()).at(-1), ['stew', 'did not hold'])
    const [engine] = selfTests.report?.engines ?? []
    const found = engine?.isHere ? engine.results.find(({ id }) => id === 'answer.link') : undefined
    assert.ok(found?.by.startsWith(HOSTILE) && found.by.length <= 300)
    assert.ok(JSON.stringify(selfTests.report).length < 5_000)
  })

  test('runs once at a time: who starts another meanwhile is told of the one that runs', async (t) => {
    const { selfTests, opened } = await open(t, hangs)
    assert.deepEqual(selfTests.start('stew'), { is: 'started' })
    assert.deepEqual(selfTests.start('olga'), { is: 'running' })
    assert.equal(selfTests.progress?.by, 'stew')
    while (opened.length === 0) await turn()
    assert.deepEqual(selfTests.start('olga'), { is: 'running' })
    await selfTests.close()
    assert.deepEqual(opened, ['opened', 'closed'])
  })

  test('is not begun again within ten minutes, also after a restart, and a clock set back keeps nobody waiting', async (t) => {
    const { selfTests, openTests, clock, ended } = await open(t)
    selfTests.start('stew')
    await ended()
    assert.deepEqual(selfTests.start('stew'), { is: 'too-soon', waitMs: SELF_TEST_EVERY_MS_MIN })
    await clock.advance(60_000)
    assert.deepEqual(openTests().start('stew'), { is: 'too-soon', waitMs: SELF_TEST_EVERY_MS_MIN - 60_000 })
    await clock.advance(SELF_TEST_EVERY_MS_MIN)
    assert.deepEqual(selfTests.start('stew'), { is: 'started' })
    await ended()
    assert.equal(openTests(new SimulatedClock(1_600_000_000_000)).waitMs, 0)
  })

  test('is ended when the peer closes, with all it started: no report, and the log says so', async (t) => {
    const { selfTests, opened, audit, problems } = await open(t, hangs)
    selfTests.start('stew')
    while (opened.length === 0) await turn()
    await selfTests.close()
    assert.deepEqual(opened, ['opened', 'closed'])
    assert.deepEqual([selfTests.report, selfTests.progress, problems], [undefined, undefined, []])
    assert.deepEqual((await audit()).at(-1), ['stew', 'cancelled'])
    assert.deepEqual(selfTests.start('stew'), { is: 'nothing-to-test' })
  })

  test('is ended after half an hour, and what it had not tried by then counts as open', async (t) => {
    const { selfTests, opened, alerts, clock, ended } = await open(t, hangs)
    selfTests.start('stew')
    while (opened.length === 0) await turn()
    await clock.advance(SELF_TEST_MS_MAX)
    await ended()
    assert.equal(selfTests.report?.isClean, false)
    const [engine] = selfTests.report?.engines ?? []
    assert.deepEqual(engine?.isHere && engine.counts.unjudged, attacks.length)
    assert.equal(alerts.length, 1)
  })

  test('does not hold where time was over between two engines', async (t) => {
    const sandbox = fakeSandbox({ answer: holds })
    const slow: AttackableEngine = {
      ...{ grade: 'docker', howTo: '', memoryBytesMax: 1, startMsMax: 0 },
      open: async () => ({
        sandbox: { ...sandbox, close: () => clock.advance(SELF_TEST_MS_MAX) },
        left: async () => []
      })
    }
    const { selfTests, clock, alerts, ended } = await open(t, holds, { engines: [slow, ABSENT] })
    selfTests.start('stew')
    await ended()
    assert.deepEqual([selfTests.report?.isClean, selfTests.report?.engines.length], [false, 1])
    assert.match(alerts[0]?.detail ?? '', /^it was ended before every engine was tried/)
  })

  test('does not hold where the engine could not be opened, and says why', async (t) => {
    const { selfTests, alerts, ended } = await open(t, holds, { engines: [ABSENT] })
    selfTests.start('stew')
    await ended()
    assert.deepEqual(selfTests.report?.engines, [
      { grade: 'docker', isHere: false, why: 'asking Docker what it is', howTo: 'Install it.' }
    ])
    assert.match(alerts[0]?.detail ?? '', /^docker could not be opened/)
  })

  test('says so where it failed itself, and can be started again', async (t) => {
    const broken: AttackableEngine = {
      ...{ grade: 'docker', howTo: '', memoryBytesMax: 1, startMsMax: 0 },
      open: () => Promise.reject(new TypeError('a bug'))
    }
    const { selfTests, clock, problems, ended } = await open(t, holds, { engines: [broken] })
    selfTests.start('stew')
    await ended()
    assert.equal(problems.length, 1)
    assert.deepEqual([selfTests.report, selfTests.failedAtMs], [undefined, clock.now()])
    await clock.advance(SELF_TEST_EVERY_MS_MIN)
    assert.deepEqual(selfTests.start('stew'), { is: 'started' })
    assert.equal(selfTests.failedAtMs, undefined)
    await ended()
  })
})

describe('the sandboxes of a peer', () => {
  const account = (...roles: Account['roles']): Account => ({ name: 'somebody', roles })
  const config = {
    sandbox: { engine: 'auto', memory_mib: 512, wall_time_ms: 60_000 },
    jobs: { concurrency: 2 }
  } as never
  const around = [{ grade: 'docker', isHere: true, howTo: 'Install Docker.' }] as const

  test('are told to those who watch over it; a self-test is started by stewards and operators alone', async (t) => {
    const { selfTests } = await open(t)
    const sandbox = fakeSandbox({ answer: holds, image: 'fake sha256:aa' })
    const methods = sandboxMethods({ config, sandbox, selfTests, around })
    await assert.rejects(methods.sandboxes(account('researcher')), { code: 'NOT_PERMITTED' })
    for (const role of ['researcher', 'auditor'] as const)
      await assert.rejects(methods.testSandboxes(account(role)), { code: 'NOT_PERMITTED' })
    const { engines, others } = await methods.sandboxes(account('auditor'))
    assert.deepEqual([engines[0]?.grade, engines[0]?.languages[0]?.image], ['none', 'fake sha256:aa'])
    assert.deepEqual(others[0]?.here, true)
    const started = await methods.testSandboxes(account('operator'))
    assert.ok(started.ok && started.view.self_test.running?.started_by === 'somebody')
  })

  test('are none where nothing runs: then there is nothing to test either', async (t) => {
    const { selfTests } = await open(t, holds, { engines: [] })
    const methods = sandboxMethods({ config, sandbox: undefined, selfTests, around })
    const { engines, self_test } = await methods.sandboxes(account('steward'))
    assert.deepEqual([engines, self_test.possible], [[], false])
    await assert.rejects(methods.testSandboxes(account('steward')), { code: 'NOT_FOUND' })
  })
})
