/**
 * Tests that a peer's reads at its start and for lists do not grow with the number of past records. Reads are counted, not
 * timed: fixtures/past-bench.ts measures times.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JobState } from '@stimnet/protocol'
import { Database } from '../src/store/database.ts'
import { type JobRecord, JobStore, reviewedEntry } from '../src/store/jobs.ts'
import { newestFitting } from '../src/store/level/level.ts'
import { Ended, endedKey } from '../src/store/past/ended.ts'
import { AnsweredStore } from '../src/store/released/answered.ts'
import { PrivacyLedger } from '../src/store/released/privacy-ledger.ts'
import { RecentBits } from '../src/store/released/recent-bits.ts'
import {
  listedEntry,
  REQUEST_RESULTS,
  type RequestRecord,
  RequestStore,
  requestResultKey
} from '../src/store/requests.ts'

const job = (i: number): JobRecord => ({
  ...{ id: `job-${i}`, state: 'completed', request: 'r', requestHash: 'h', issuer: 'i', custody: 'gateway' },
  ...{ askedBy: 'peer', catalog: 'trial', epoch: 'e', programWord: 'sql', admittedAtMs: i, endedAtMs: i, runs: 1 },
  warnings: [],
  review: { needed: 1, approvals: [], expiresAtMs: 0, image: '', run: {} as never }
})

const request = (i: number): RequestRecord => ({
  ...{ id: `request-${i}`, number: i, owner: 'ada', broadcast: false, mayUsePrivate: false, targets: ['peer'] },
  ...{ catalog: 'trial', programWord: 'sql', title: '', submittedAtMs: i, endedAtMs: i },
  parts: [
    {
      ...{ peerId: 'peer', nodeId: '', institution: '', jobId: `job-${i}`, answered: true, progress: 1 },
      ...{ state: (i === 1 ? 'failed' : 'completed') as JobState, warnings: [], updatedAtMs: i }
    }
  ]
})

async function withPast(count: number): Promise<Database> {
  const database = await Database.open({ memory: true }, () => 0)
  const names = ['jobs', 'jobs-reviewed', 'requests', 'request-owners', REQUEST_RESULTS, 'ended', 'answered'] as const
  const [jobs, reviewed, requests, owners, results, ended, answered] = names.map((name) => database.json<unknown>(name))
  const puts: { type: 'put'; sublevel: unknown; key: string; value: unknown }[] = []
  const put = (sublevel: unknown, key: string, value: unknown) => puts.push({ type: 'put', sublevel, key, value })
  for (let i = 1; i <= count; i++) {
    put(jobs, job(i).id, job(i))
    put(reviewed, ...reviewedEntry(job(i)))
    put(requests, request(i).id, request(i))
    put(owners, ...listedEntry(request(i)))
    put(results, requestResultKey(request(i).id, 'peer'), 'result')
    put(ended, endedKey({ kind: 'job', id: job(i).id, endedAtMs: i }), true)
    put(answered, `trial!global!${i}`, job(i).id)
  }
  await database.root.batch(puts as never)
  await database.commit((draft) => {
    draft.audit({ kind: 'start', actor: 'node', detail: { spends: 0 } })
    for (let i = 1; i <= count; i++) draft.audit({ kind: 'release', actor: 'node', jobId: `job-${i}` })
  })
  return database
}

/** Counts records that are read from a database from now on. */
function counted(database: Database): { take(): number } {
  let reads = 0
  const root = database.root as unknown as Record<string, (...args: unknown[]) => unknown>
  const wrap = (on: Record<string, unknown>, method: string, many: (answer: unknown) => number) => {
    const before = (on[method] as (...args: unknown[]) => unknown).bind(on)
    on[method] = async (...args: unknown[]) => {
      const answer = await before(...args)
      reads += many(answer)
      return answer
    }
  }
  wrap(root, '_get', () => 1)
  wrap(root, '_getMany', (answer) => (answer as unknown[]).length)
  const iterator = (root._iterator as (...args: unknown[]) => unknown).bind(root)
  root._iterator = (...args) => {
    const made = iterator(...args) as Record<string, unknown>
    wrap(made, '_next', () => 1)
    wrap(made, '_nextv', (answer) => (answer as unknown[]).length)
    return made
  }
  return {
    take: () => {
      const taken = reads
      reads = 0
      return taken
    }
  }
}

async function readsAt(count: number) {
  const database = await withPast(count)
  const reads = counted(database)
  const jobs = await JobStore.open(database, () => 'log')
  const requests = await RequestStore.open(database)
  const ledger = await PrivacyLedger.open(database)
  await RecentBits.open(database, 'refusal-bits')
  const answered = new AnsweredStore(database)
  assert.equal(ledger.behind, false)
  const opening = reads.take()
  assert.equal((await requests.list('ada', 100, () => true)).length, 100)
  const list = reads.take()
  assert.equal((await jobs.reviewed(100, () => true)).length, 100)
  const reviewed = reads.take()
  const [rare] = await requests.list('ada', 100, ({ state }) => state === 'failed')
  assert.equal(rare?.id, 'request-1')
  assert.deepEqual(await jobs.reviewed(5, () => true, 10).then((found) => found.map(({ id }) => id)), [
    ...['job-10', 'job-9', 'job-8', 'job-7', 'job-6']
  ])
  reads.take()
  assert.equal(await answered.has('trial!global', '7'), true)
  const question = reads.take()
  assert.deepEqual(await new Ended(database).before('job', 4, 10), ['job-1', 'job-2', 'job-3'])
  const due = reads.take()
  await database.close()
  return { opening, list, reviewed, question, due }
}

test('a peer with ten thousand past jobs reads as little at its start, for a list and for a question as one with five hundred', async () => {
  const [few, many] = [await readsAt(500), await readsAt(10_000)]
  assert.deepEqual(many, few)
  assert.ok(many.opening < 50, `${many.opening} reads`)
  // A list reads its lines ahead; then each request with the results of its parts.
  assert.ok(many.list <= 1_000 && many.reviewed <= 1_000, `${many.list}, ${many.reviewed}`)
})

test('a page of requests is read by a few calls, not by calls for each request', async () => {
  const database = await withPast(500)
  const requests = await RequestStore.open(database)
  const calls: string[] = []
  const root = database.root as unknown as Record<string, (...args: unknown[]) => unknown>
  for (const method of ['_get', '_getMany'] as const) {
    const before = root[method]?.bind(root)
    root[method] = (...args) => {
      calls.push(method)
      return before?.(...args)
    }
  }
  const page = await requests.list('ada', 100, () => true)
  assert.deepEqual([page.length, page[0]?.number, page[99]?.number], [100, 500, 401])
  assert.equal(page[7]?.parts[0]?.result, 'result')
  assert.deepEqual(calls, ['_getMany', '_getMany'])
  await database.close()
})

test('a list that finds little reads many lines at once, and not one after another', async () => {
  const database = await Database.open({ memory: true }, () => 0)
  const lines = database.json<number>('lines')
  const puts = Array.from({ length: 4_000 }, (_, i) => ({
    ...{ type: 'put' as const, sublevel: lines, key: String(i).padStart(4, '0'), value: i }
  }))
  await database.root.batch(puts as never)
  let calls = 0
  const root = database.root as unknown as { _iterator(...args: unknown[]): Record<string, unknown> }
  const iterator = root._iterator.bind(root)
  root._iterator = (...args) => {
    const made = iterator(...args)
    for (const method of ['_next', '_nextv'] as const) {
      const before = (made[method] as (...args: unknown[]) => unknown).bind(made)
      made[method] = (...given: unknown[]) => {
        calls += 1
        return before(...given)
      }
    }
    return made
  }
  const find = (fits: (value: number) => boolean, lookedAtMax = 3_000) =>
    newestFitting(lines, { lt: '3990', limit: 3, lookedAtMax, fits })
  assert.deepEqual(await find(() => true), [3989, 3988, 3987])
  assert.equal(calls, 1, 'no line is read that is not needed')
  calls = 0
  assert.deepEqual(await find((value) => value % 1_000 === 0), [3000, 2000, 1000])
  assert.ok(calls < 10, `${calls} calls`)
  assert.deepEqual(await find((value) => value === 0), [], 'older than what is looked at')
  assert.deepEqual(await find(() => true, 2), [3989, 3988])
  await database.close()
})
