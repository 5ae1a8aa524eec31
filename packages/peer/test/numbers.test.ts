/**
 * Tests of numbers and feed positions: accounts and asking peers count only their own requests, and learn nothing about
 * those of others.
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { SimulatedClock, seededRandom } from '@stimnet/protocol'
import { Database } from '../src/store/database.ts'
import { type JobRecord, JobStore } from '../src/store/jobs.ts'
import { type RequestRecord, RequestStore } from '../src/store/requests.ts'
import { UploadStore } from '../src/store/uploads.ts'
import { scratchFolder } from '../../../test/scratch.ts'

const inMemory = () => Database.open({ memory: true }, () => 1_000)

const requestOf = (owner: string, at: number): Omit<RequestRecord, 'number'> => ({
  ...{ id: `${owner}-${at}`, owner, broadcast: false, mayUsePrivate: false, targets: '*', catalog: 'trial' },
  ...{ programWord: 'sql', title: '', submittedAtMs: at, parts: [] }
})

const jobOf = (askedBy: string, at: number): JobRecord => ({
  ...{ id: `${askedBy}-${at}`, state: 'running', request: '', requestHash: '', issuer: '', custody: '', askedBy },
  ...{ catalog: 'trial', epoch: '', programWord: 'sql', admittedAtMs: at, runs: 1, warnings: [] }
})

describe('the numbers of an account', () => {
  test('count its own requests, whatever others ask in between, also after a restart', async () => {
    const database = await inMemory()
    const store = await RequestStore.open(database)
    const ask = async (of: RequestStore, owner: string, at: number) =>
      (await of.add(requestOf(owner, at), { key: undefined, contentHash: '' })).number
    assert.equal(await ask(store, 'ada', 1), 1)
    assert.deepEqual(await Promise.all([1, 2, 3, 4, 5].map((at) => ask(store, 'bob', at))), [1, 2, 3, 4, 5])
    assert.equal(await ask(store, 'ada', 2), 2)
    const again = await RequestStore.open(database)
    assert.deepEqual([await ask(again, 'ada', 3), await ask(again, 'bob', 6), await ask(again, 'eve', 1)], [3, 6, 1])
    assert.deepEqual([await again.idOf('ada', 2), await again.idOf('bob', 2)], ['ada-2', 'bob-2'])
    assert.equal(again.total, 10)
    await database.close()
  })

  test('count its own files', async (t) => {
    const directory = await scratchFolder(t)
    const database = await inMemory()
    const parts = { database, directory, clock: new SimulatedClock(1_000), random: seededRandom(1) }
    const put = async (store: UploadStore, owner: string) =>
      (await store.add({ owner, kind: 'data', filename: 'a.csv', bytes: Uint8Array.of(1) })).number
    const store = await UploadStore.open(parts)
    assert.deepEqual([await put(store, 'ada'), await put(store, 'bob'), await put(store, 'ada')], [1, 1, 2])
    const again = await UploadStore.open(parts)
    assert.deepEqual([await put(again, 'bob'), await put(again, 'ada')], [2, 3])
    await database.close()
  })
})

describe('the places of a feed', () => {
  const placesOf = async (store: JobStore, askedBy: string) =>
    (await store.feed(askedBy, 0, 100)).map(({ sequence }) => sequence)

  test('count what that peer asked, whatever others ask in between', async () => {
    const database = await inMemory()
    const store = await JobStore.open(database, () => 'log')
    await store.show(jobOf('a', 1), 0)
    await Promise.all([1, 2, 3, 4, 5].map((at) => store.show(jobOf('b', at), 0)))
    await store.show(jobOf('a', 2), 0)
    const [first = 0, second] = await placesOf(store, 'a')
    assert.equal(second, first + 1)
    assert.deepEqual(
      await placesOf(store, 'b'),
      [1, 2, 3, 4, 5].map((at) => first + at - 1)
    )
    const again = await JobStore.open(database, () => 'log')
    await Promise.all([again.show(jobOf('c', 1), 0), again.show(jobOf('b', 6), 0)])
    assert.deepEqual(await placesOf(again, 'c'), (await placesOf(again, 'b')).slice(-1), 'all begin at the same place')
    await database.close()
  })

  test('are beyond all that were given before a loss of power, however often it comes', async () => {
    const database = await inMemory()
    let seen = 0
    for (let life = 0; life < 3; life++) {
      const store = await JobStore.open(database, () => 'log')
      for (let at = 0; at < 3; at++) await store.show(jobOf('a', at), 0)
      const places = await placesOf(store, 'a')
      assert.ok(
        places.every((place) => place > seen),
        `${places} after ${seen}`
      )
      seen = await store.lastPlace('a')
      // Writes that were not synced are lost.
      for (const name of ['feed', 'feed-places']) await database.json(name).clear()
    }
    await database.close()
  })
})
