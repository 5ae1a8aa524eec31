import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { type Filter, type Program, SimulatedClock, seededRandom } from '@stimnet/protocol'
import { type Alert, createEvents } from '../src/events.ts'
import { EventFeed, toldOn } from '../src/monitor/feed.ts'
import { contentOf, likenessOf } from '../src/monitor/likeness.ts'
import { Monitor } from '../src/monitor/monitor.ts'
import { Database } from '../src/store/database.ts'

const MINUTE_MS = 60_000
const sql = (text: string): Program => ({ kind: 'sql', sql: text })
const from = (age: number): Filter => ({ column: 'subjects.age', op: '>=', values: [age] })
const question = (program: Program, cohort?: Filter, parameters = {}) => ({ program, cohort, parameters, filters: {} })

async function open(t: TestContext) {
  const clock = new SimulatedClock()
  const database = await Database.open({ memory: true }, () => clock.now())
  t.after(() => database.close())
  const alerts: Alert[] = []
  const feed = new EventFeed(clock, seededRandom(1))
  const silent = createEvents({ level: 'silent', nodeId: 'node-1' })
  const events = toldOn(feed, { ...silent, alert: (alert) => void alerts.push(alert) })
  const limits = { nearIdentical: 5, refused: 4, usedShare: 0.8 }
  return { clock, database, alerts, feed, events, monitor: new Monitor({ clock, database, events, limits }) }
}

describe('questions are nearly identical', () => {
  test('where values alone tell them apart', () => {
    const same = (a: string, b: string) => assert.equal(likenessOf(question(sql(a))), likenessOf(question(sql(b))))
    same('SELECT COUNT(*) FROM s WHERE age >= 65', 'select  count(*) from s where age >= 66.5')
    same("SELECT COUNT(*) FROM s WHERE d = 'it''s'", "SELECT COUNT(*) FROM s WHERE d = 'other'")
    same('SELECT COUNT(*) FROM s WHERE v IN (1, 2, 3)', 'SELECT COUNT(*) FROM s WHERE v IN (7)')
    const one = sql('SELECT COUNT(*) FROM s')
    assert.equal(likenessOf(question(one, from(65))), likenessOf(question(one, from(66))))
    assert.equal(likenessOf(question(one, undefined, { a: 1 })), likenessOf(question(one, undefined, { a: 2 })))
    assert.notEqual(contentOf(question(one, from(65))), contentOf(question(one, from(66))))
    const reading = (file: string) => ({ ...question(one), files: [file] })
    assert.equal(likenessOf(reading('aa')), likenessOf(reading('bb')))
    assert.notEqual(contentOf(reading('aa')), contentOf(reading('bb')))
  })

  test('and not where they ask something else', () => {
    const one = sql('SELECT COUNT(*) FROM s')
    assert.notEqual(likenessOf(question(one)), likenessOf(question(sql('SELECT AVG(x) FROM s'))))
    assert.notEqual(likenessOf(question(one)), likenessOf(question(one, from(65))))
    assert.notEqual(likenessOf(question(one, from(65))), likenessOf(question(one, { not: from(65) })))
    const script = (code: string): Program => ({ kind: 'script', language: 'python', code })
    assert.notEqual(likenessOf(question(script('a = 1'))), likenessOf(question(script('a = 2'))))
  })
})

describe('an alert', () => {
  test('is raised by many variants of one question, and not by the same one again and again', async (t) => {
    const { monitor, alerts } = await open(t)
    for (let n = 0; n < 20; n++) monitor.asked('trial', 'ada', question(sql('SELECT COUNT(*) FROM s WHERE age >= 65')))
    assert.deepEqual(alerts, [])
    for (let age = 60; age < 64; age++)
      monitor.asked('trial', 'ada', question(sql('SELECT COUNT(*) FROM s'), from(age)))
    assert.deepEqual(alerts, [], 'four')
    monitor.asked('trial', 'eve', question(sql('SELECT COUNT(*) FROM s'), from(64)))
    assert.deepEqual(
      alerts.map(({ kind, actor }) => [kind, actor]),
      [['near-identical', 'eve']]
    )
  })

  test('is not raised by variants that are a day apart, or about different catalogs', async (t) => {
    const { monitor, alerts, clock } = await open(t)
    for (let age = 60; age < 70; age++) {
      monitor.asked(`catalog-${age}`, 'ada', question(sql('SELECT COUNT(*) FROM s'), from(age)))
      monitor.asked('trial', 'ada', question(sql('SELECT COUNT(*) FROM s'), from(age)))
      await clock.advance(7 * 60 * MINUTE_MS)
    }
    assert.deepEqual(alerts, [])
  })

  test('is raised by many refusals of what one peer carries, once in ten minutes', async (t) => {
    const { monitor, alerts, clock } = await open(t)
    for (let n = 0; n < 3; n++) monitor.refused('peer-b', 'SQL_NOT_SUPPORTED')
    monitor.refused('peer-c', 'SQL_NOT_SUPPORTED')
    assert.deepEqual(alerts, [])
    for (let n = 0; n < 50; n++) monitor.refused('peer-b', 'FILTER_INVALID')
    assert.deepEqual(
      alerts.map(({ kind, actor }) => [kind, actor]),
      [['refused-often', 'peer-b']]
    )
    await clock.advance(10 * MINUTE_MS)
    for (let n = 0; n < 4; n++) monitor.refused('peer-b', 'FILTER_INVALID')
    assert.equal(alerts.length, 2)
  })

  test('is raised when a budget is nearly used up, and once more when it is gone', async (t) => {
    const { monitor, alerts } = await open(t)
    const look = (used: number) =>
      monitor.looked([{ catalog: 'trial', scope: '', what: 'privacy budget', used, max: 100 }])
    for (const used of [0, 79, 80, 85, 99, 100, 100]) look(used)
    assert.deepEqual(
      alerts.map(({ detail }) => detail),
      ['privacy budget of trial: 80 % used', 'privacy budget of trial: used up']
    )
    monitor.looked([{ catalog: 'trial', scope: '', what: 'script bits', used: 0, max: 0 }])
    assert.equal(alerts.length, 2, 'what there is none of is not used up')
  })

  test('stands in the audit log', async (t) => {
    const { monitor, database } = await open(t)
    monitor.turnedAway('stranger')
    await database.commit(() => undefined)
    const [record] = await database.auditLog.read({ limit: 1 })
    assert.deepEqual([record?.kind, record?.actor], ['alert', 'stranger'])
    assert.match(record?.detailJson ?? '', /connection-refused/)
  })

  test('of strangers with ever new keys is one, and the next says how many there were', async (t) => {
    const { monitor, alerts, clock, database } = await open(t)
    for (let n = 0; n < 3_000; n++) monitor.turnedAway(`stranger-${n}`)
    await database.commit(() => undefined)
    assert.equal(database.auditLog.head.size, 1)
    await clock.advance(10 * MINUTE_MS)
    monitor.turnedAway('last')
    assert.deepEqual(
      alerts.map(({ detail }) => detail),
      ['1 connections since the last alert', '3000 connections since the last alert']
    )
  })

  test('about one question is not kept quiet by another that was told of before', async (t) => {
    const { monitor, alerts } = await open(t)
    const vary = (catalog: string) => {
      for (let age = 60; age < 65; age++)
        monitor.asked(catalog, 'eve', question(sql('SELECT COUNT(*) FROM s'), from(age)))
    }
    vary('decoy')
    vary('patients')
    assert.equal(alerts.length, 2)
  })

  test('that a budget is gone is told once, however much else is told of', async (t) => {
    const { monitor, alerts } = await open(t)
    const look = () => monitor.looked([{ catalog: 'trial', scope: '', what: 'refusals', used: 20, max: 20 }])
    look()
    for (let n = 0; n < 6_000; n++) monitor.overQuota(`peer-${n}`, 'job')
    look()
    assert.equal(alerts.filter(({ kind }) => kind === 'nearly-used-up').length, 1)
  })

  test('a flood of strangers fills neither memory nor log without end', async (t) => {
    const { monitor, alerts } = await open(t)
    for (let n = 0; n < 20_000; n++)
      monitor.asked('trial', 'eve', question(sql(`SELECT COUNT(*) FROM t_${'x'.repeat(n % 7)}${n}`)))
    for (let n = 0; n < 500; n++) monitor.overQuota('eve', '/stimnet/job/1.0.0')
    assert.equal(alerts.filter(({ kind }) => kind === 'quota').length, 1)
  })
})

describe('the feed', () => {
  test('gives what came after a number, then what comes, and says of a refusal its code and never its cause', async (t) => {
    const { feed, events } = await open(t)
    events.refused({ code: 'FILTER_INVALID', askedBy: 'peer-b', cause: new Error('Patient 17') })
    events.peerConnected('peer-c')
    const stop = new AbortController()
    const seen: string[] = []
    const watching = (async () => {
      const first = await feed.watch('', stop.signal).next()
      for await (const { event } of feed.watch(first.value?.id ?? '', stop.signal)) {
        seen.push(event.kind)
        if (event.kind === 'ended') stop.abort()
      }
    })()
    await new Promise((resolve) => setImmediate(resolve))
    events.ended({ jobId: 'job', state: 'completed' })
    await watching
    assert.deepEqual(seen, ['peer-connected', 'ended'])
    assert.doesNotMatch(JSON.stringify(feed.recent({ limit: 10, alertsOnly: false })), /Patient/)
  })

  test('begins anew for whoever comes with a number from before a restart, and keeps a bounded past', async (t) => {
    const { feed } = await open(t)
    for (let n = 0; n < 2_500; n++) {
      feed.publish({ kind: `k${n}`, alert: n === 7, actor: '', job_id: '', code: '', detail: '' })
    }
    assert.equal(feed.recent({ limit: 5_000, alertsOnly: false }).length, 2_000)
    // Alerts are kept separately, so that many other events do not displace one.
    assert.deepEqual(
      feed.recent({ limit: 10, alertsOnly: true }).map(({ kind }) => kind),
      ['k7']
    )
    const seen: string[] = []
    let last = ''
    for await (const { id, event } of feed.watch('00000000-600', new AbortController().signal)) {
      if (seen.length < 3) seen.push(event.kind)
      last = id
      if (event.kind === 'k2499') break
    }
    assert.deepEqual(seen, ['k7', 'k500', 'k501'], 'of an earlier life: everything')
    const next = feed.watch(last, new AbortController().signal).next()
    feed.publish({ kind: 'new', alert: false, actor: '', job_id: '', code: '', detail: '' })
    assert.equal((await next).value?.event.kind, 'new')
  })

  test('keeps an alert of one kind whatever a stranger causes of another', async (t) => {
    const { feed } = await open(t)
    const publish = (kind: string) => feed.publish({ kind, alert: true, actor: '', job_id: '', code: '', detail: '' })
    publish('near-identical')
    for (let n = 0; n < 3_000; n++) publish('login-failed')
    const kept = feed.recent({ limit: 1_000, alertsOnly: true })
    assert.deepEqual([kept.length, kept.at(-1)?.kind], [101, 'near-identical'])
  })

  test('lets a watcher go that waits for nothing', async (t) => {
    const { feed } = await open(t)
    const stop = new AbortController()
    const watching = feed.watch('', stop.signal).next()
    stop.abort()
    assert.equal((await watching).done, true)
  })
})
