/** Tests that records older than the configured age are deleted, recorded once, and reported in words. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { appendFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Clock, systemClock } from '@stimnet/protocol'
import { type Broadcast, type Client, createClient } from '@stimnet/sdk'
import { loadConfig } from '../src/config/config.ts'
import { follow } from '../src/jobs/run/follow.ts'
import { startPeer } from '../src/peer.ts'
import { NONE } from '../src/retention/ages.ts'
import { Database } from '../src/store/database.ts'
import { JobStore } from '../src/store/jobs.ts'
import { unpacked } from './fixtures/unpacked.ts'

const DAY = 24 * 3_600_000
/** Shortly after the fixture was made. */
const FIXTURE_MS = Date.parse('2026-11-30T21:30:00Z')
const PASSWORD = 'correct horse battery'
const AGES = `
retention: { results_days: 30, jobs_days: 60, requests_days: 60, uploads_days: 3, epochs_days: 10, locked_accounts_days: 10 }
`

/** The machine's clock, moved to the time of the fixture and then forward by hand. */
function movedClock(): Clock & { forward(ms: number): void } {
  let offset = FIXTURE_MS - Date.now()
  return {
    ...systemClock,
    now: () => Date.now() + offset,
    forward: (ms) => {
      offset += ms
    }
  }
}

async function clientOf(url: string | undefined, name = 'ada'): Promise<Client> {
  const client = createClient({ url: url ?? '' })
  await client.authenticate(name, PASSWORD)
  return client
}

async function askAgain(client: Client, { asked }: Broadcast): Promise<Broadcast> {
  if (!asked) throw new Error('nothing was asked')
  const { script_content, where, privacy } = asked
  const submission = { data_catalog_name: 'trial', script_type: 'sql', script_content, targets: ['fixture'] }
  const made = await client.submitBroadcast({
    ...submission,
    ...(where ? { where } : {}),
    ...(privacy ? { privacy } : {})
  } as never)
  for await (const _ of client.watchBroadcast(made.id)) void _
  return client.broadcast(made.id)
}

test('results, then jobs and requests, are deleted at their ages; the same question has the same answer and costs nothing', async (t) => {
  const { configFile, dataDir } = await unpacked(t, 1)
  await appendFile(configFile, AGES)
  const clock = movedClock()
  let peer = await startPeer(await loadConfig(configFile, {}), { clock })
  t.after(() => peer.stop())
  const restarted = async () => {
    await peer.stop()
    peer = await startPeer(await loadConfig(configFile, {}), { clock })
    return clientOf(peer.gatewayUrl)
  }
  const ledgers = async () => {
    const names = ['privacy-totals', 'privacy-spends', 'privacy-answers', 'answered']
    const atoms = peer.database.root.sublevel<string, string>('atoms', { valueEncoding: 'hex' })
    const stored = await Promise.all(names.map((name) => peer.database.json(name).iterator().all()))
    return [await atoms.iterator().all(), ...stored]
  }
  const swept = async () =>
    (await peer.database.auditLog.read({ limit: 100 })).filter(({ kind }) => kind === 'retention')
  const before = await ledgers()

  let ada = await clientOf(peer.gatewayUrl)
  const newestFirst = await ada.listBroadcasts({ toOne: true })
  const past = await Promise.all(newestFirst.map(({ id }) => ada.broadcast(id)))
  const answers = past.filter(({ state }) => state === 'completed')
  const ofFormerEpoch = answers.at(-1)
  const [current] = (await ada.status()).catalogs
  assert.equal(answers.length, 4)
  assert.deepEqual([await peer.retention.due(), await peer.retention.sweep()], [NONE, NONE], 'nothing is old enough')
  assert.deepEqual(await swept(), [], 'and nothing is recorded')

  clock.forward(31 * DAY)
  const due = { ...NONE, results: 8, uploads: 1, epochs: 1, accounts: 1 }
  assert.deepEqual(await peer.retention.due(), due)
  assert.deepEqual((await (await clientOf(peer.gatewayUrl)).status()).retention.slice(0, 2), [
    { what: 'results', days: 30, due: 8 },
    { what: 'jobs', days: 60, due: 0 }
  ])
  assert.deepEqual(await peer.retention.sweep(), due)
  assert.deepEqual(await peer.retention.sweep(), NONE)
  assert.deepEqual(
    (await swept()).map(({ detailJson }) => JSON.parse(detailJson)),
    [due],
    'one record for one sweep'
  )
  for (const name of ['job-results', 'request-results'])
    assert.deepEqual(await peer.database.json(name).keys().all(), [])
  assert.equal(peer.accounts.get('eve'), undefined)
  const snapshots = await readdir(join(dataDir, 'snapshots/trial'))
  assert.deepEqual(snapshots.sort(), [current?.epoch, `gone-${current?.epoch}`].sort())

  ada = await restarted()
  for (const one of answers) {
    const [part] = (await ada.broadcast(one.id)).parts
    assert.deepEqual(
      [part?.state, part?.code, part?.output, part?.receipt],
      ['completed', 'RESULT_DELETED', null, null]
    )
    assert.match(
      part?.reason ?? '',
      /^The result was deleted on 2026-12-31 by the gateway that keeps it, as its retention rules say/
    )
    // For an earlier epoch, the question counts as new.
    if (part?.job_id === ofFormerEpoch?.parts[0]?.job_id) continue
    const again = await askAgain(ada, one)
    assert.deepEqual(again.parts[0]?.output, one.parts[0]?.output, 'byte for byte what was released before')
    assert.notEqual(again.parts[0]?.receipt, null)
  }
  assert.deepEqual(await ledgers(), before, 'nothing was charged')

  clock.forward(30 * DAY)
  const { jobs, requests } = await peer.retention.sweep()
  assert.deepEqual([jobs, requests], [4, 5], 'without the request that waits for stewards')
  ada = await restarted()
  for (const { id, number, parts } of answers) {
    for (const named of [id, String(number)]) {
      await assert.rejects(ada.job(named), { code: 'RESULT_DELETED', status: 410 })
    }
    const [part] = parts
    const left = await peer.database.json<{ results: string[] }>('deleted').get(`job!${part?.job_id}`)
    assert.deepEqual(left?.results, [
      createHash('sha256')
        .update(part?.receipt ?? '')
        .digest('hex')
    ])
  }
  await assert.rejects((await clientOf(peer.gatewayUrl, 'sue')).job(answers[0]?.id ?? ''), { code: 'JOB_UNKNOWN' })
  const again = await askAgain(ada, answers[1] as Broadcast)
  assert.deepEqual(again.parts[0]?.output, answers[1]?.parts[0]?.output)
  assert.equal(again.number, 10, 'numbers are not used twice')
  assert.deepEqual(await ledgers(), before)
  assert.equal((await peer.database.verify()).ok, true)

  // The first answer and its kept copy are gone: nothing here deletes them, and no answer is guessed.
  await peer.database.json('answered-outputs').clear()
  const lost = await askAgain(ada, answers[1] as Broadcast)
  assert.deepEqual([lost.parts[0]?.state, lost.parts[0]?.code], ['failed', 'RESULT_DELETED'])
  assert.deepEqual(await ledgers(), before)
})

test('what a sweep deleted before it was cut short is recorded by the next one', async (t) => {
  const { configFile, db } = await unpacked(t, 1)
  const database = await Database.open({ directory: db }, () => 0)
  await database.json('retention-pending').put('counts', { ...NONE, jobs: 7 })
  await database.close()
  const peer = await startPeer(await loadConfig(configFile, {}), { clock: movedClock() })
  t.after(() => peer.stop())
  assert.deepEqual(await peer.retention.sweep(), { ...NONE, jobs: 7 })
  const [last] = await peer.database.auditLog.read({ limit: 1 })
  assert.deepEqual([last?.kind, JSON.parse(last?.detailJson ?? '').jobs], ['retention', 7])
  assert.deepEqual(await peer.retention.sweep(), NONE)
})

test('a peer that never heard of an end is told that the result was deleted, and no other peer is', async (t) => {
  const { db } = await unpacked(t, 1)
  const database = await Database.open({ directory: db }, () => 0)
  t.after(() => database.close())
  const jobs = await JobStore.open(database, () => 'log')
  const [ended, other] = (await database.json<{ id: string; state: string }>('jobs').values().all()).filter(
    ({ state }) => state === 'completed'
  )
  const [one, two] = await Promise.all([ended, other].map((job) => jobs.get(job?.id ?? '')))
  assert.ok(one && two)
  await database.commit(async (draft) => {
    assert.equal(await jobs.delete(draft, one, 5), true)
    jobs.deleteResult(draft, two, 5)
  })
  assert.deepEqual([await jobs.isTaken(one.id), await jobs.get(one.id)], [true, undefined], 'its nonce stays used')
  const first = async (askedBy: string, ask: object, count: number) => {
    const events = []
    const stop = new AbortController()
    for await (const event of follow(jobs, { log: '', after: 0, openJobs: [], ...ask }, askedBy, stop.signal)) {
      events.push([event.jobId, event.state, event.code])
      if (events.length === count) stop.abort()
    }
    return events
  }
  const told = await first(one.askedBy, { openJobs: [one.id] }, 5)
  assert.deepEqual(told[0], [one.id, 'unknown', 'RESULT_DELETED'])
  assert.ok(told.some(([id, state, code]) => id === two.id && state === 'unknown' && code === 'RESULT_DELETED'))
  assert.ok(!told.slice(1).some(([id]) => id === one.id), 'it left the feed')
  assert.deepEqual(await first('elsewhere', { openJobs: [one.id] }, 1), [[one.id, 'unknown', '']])
})
