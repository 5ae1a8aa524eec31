/**
 * Tests that data folders of earlier formats are opened with their whole content, and that a folder of a newer format is
 * refused.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createClient } from '@stimnet/sdk'
import { checkUp } from '../src/checkup/checkup.ts'
import { loadConfig } from '../src/config/config.ts'
import { startPeer } from '../src/peer.ts'
import { Database } from '../src/store/database.ts'
import { FORMAT, FORMAT_MARKER } from '../src/store/level/marker.ts'
import type { Root } from '../src/store/level/level.ts'
import { unpacked } from './fixtures/unpacked.ts'

const FIXTURES = [1]

async function formatFinding(configFile: string): Promise<string> {
  const findings = await checkUp(await loadConfig(configFile, {}))
  const found = findings.find(({ name }) => name === 'store')
  return `${found?.ok ? 'ok' : 'FIX'} ${found?.detail}`
}

for (const format of FIXTURES) {
  test(`a folder of format ${format} is brought up once, with its log, ledgers, answers, accounts and epochs`, async (t) => {
    const { configFile, db } = await unpacked(t, format)
    assert.match(
      await formatFinding(configFile),
      new RegExp(`^ok .*; format ${format}; the next start brings it to ${FORMAT}`)
    )
    const peer = await startPeer(await loadConfig(configFile, {}))
    t.after(() => peer.stop())
    assert.equal((await peer.database.verify()).ok, true)
    const kinds = (await peer.database.auditLog.read({ limit: 10 })).map(({ kind }) => kind)
    assert.deepEqual(kinds.slice(0, 2), ['start', 'format'])

    const client = createClient({ url: peer.gatewayUrl ?? '' })
    await client.authenticate('ada', 'correct horse battery')
    const newestFirst = await client.listBroadcasts({ toOne: true })
    const listed = await Promise.all(newestFirst.map(({ id }) => client.broadcast(id)))
    assert.deepEqual(
      listed.map(({ number, state, code }) => [number, state, code]),
      [
        [6, 'pending', null],
        [5, 'failed', 'SQL_NOT_SUPPORTED'],
        ...[4, 3, 2, 1].map((number) => [number, 'completed', null])
      ]
    )
    const results = listed.map(({ parts: [part] }) => part?.receipt != null)
    assert.deepEqual(
      results,
      [false, false, true, true, true, true],
      'each with its receipt, verified again by the client'
    )
    assert.equal((await client.listJobs({ status: 'failed' })).length, 1)
    assert.equal((await client.listUploads('data')).length, 1)
    assert.equal((await client.apiKeys()).length, 1)
    await assert.rejects(client.authenticate('eve', 'correct horse battery'), { code: 'ACCOUNT_LOCKED' })

    await client.authenticate('sue', 'correct horse battery')
    const [waiting] = await client.listAnalyses({ status: 'pending' })
    assert.equal(waiting?.analysis_title, 'Age')
    const { usage } = await client.status()
    assert.ok(usage.some(({ what }) => what === 'privacy budget'))

    // The same question has the same answer, and costs nothing: the ledgers and the answered questions are still there.
    await client.authenticate('ada', 'correct horse battery')
    for (const [number, privacy] of [
      [2, undefined],
      [4, { level: 'P2', epsilon: '0.1' }]
    ] as const) {
      const before = listed.find((one) => one.number === number)
      const { asked } = before ?? {}
      const made = await client.submitBroadcast({
        ...{ data_catalog_name: 'trial', script_type: 'sql', script_content: asked?.script_content ?? '' },
        ...{ targets: ['fixture'], ...(privacy ? { privacy } : {}) }
      } as never)
      for await (const _ of client.watchBroadcast(made.id)) void _
      const again = await client.broadcast(made.id)
      assert.deepEqual(again.parts[0]?.output, before?.parts[0]?.output)
    }
    await client.authenticate('sue', 'correct horse battery')
    assert.deepEqual((await client.status()).usage, usage)
    await peer.stop()

    assert.match(
      await formatFinding(configFile),
      new RegExp(`^ok .*; format ${FORMAT}; jobs .*, requests .*, results .*, audit .*, ledgers .*, answered `)
    )
    const database = await Database.open({ directory: db }, () => 0)
    t.after(() => database.close())
    assert.deepEqual(
      await database
        .json('jobs-reviewed')
        .keys()
        .all()
        .then((keys) => keys.length),
      1
    )
    for await (const job of database.json<{ result?: string }>('jobs').values()) assert.equal(job.result, undefined)
    assert.equal((await database.json('job-results').keys().all()).length, 6)
  })
}

test('a folder whose steps were cut short is brought up at the next start', async (t) => {
  const { db } = await unpacked(t, 1)
  const database = await Database.open({ directory: db }, () => 0)
  const stored = async (names: readonly string[]) =>
    Promise.all(names.map((name) => database.json(name).iterator().all()))
  const names = ['jobs', 'job-results', 'jobs-reviewed', 'requests', 'request-results', 'request-owners', 'ended']
  const whole = await stored([...names, 'answered-jobs'])
  assert.ok(whole.every((records) => records.length > 0))
  await (database.root as Root).put(FORMAT_MARKER, JSON.stringify({ format: 1, to: FORMAT }))
  await database.close()
  const again = await Database.open({ directory: db }, () => 0)
  t.after(() => again.close())
  const found = await Promise.all([...names, 'answered-jobs'].map((name) => again.json(name).iterator().all()))
  assert.deepEqual(found, whole, 'applied twice, the steps write the same')
})

test('an older program refuses a folder of a newer format, also half-way to one, and changes nothing in it', async (t) => {
  const { configFile, db } = await unpacked(t, 1)
  const database = await Database.open({ directory: db }, () => 0)
  const mark = (format: object) => (database.root as Root).put(FORMAT_MARKER, JSON.stringify(format))
  await mark({ format: FORMAT, to: FORMAT + 1 })
  await database.close()
  const refused = { code: 'STORE_UNAVAILABLE', message: /newer version of StimNet \(format 3; this one knows 2\)/ }
  await assert.rejects(
    Database.open({ directory: db }, () => 0),
    refused
  )
  await assert.rejects(startPeer(await loadConfig(configFile, {})), refused)
  assert.match(await formatFinding(configFile), /^FIX the data folder was written by a newer version/)
})
