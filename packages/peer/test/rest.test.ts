import assert from 'node:assert/strict'
import { test } from 'node:test'
import { getHeapSpaceStatistics } from 'node:v8'
import { type Look, RestWatch, collectAll, collectAtRest } from '../src/start/rest.ts'

const MB = 1024 * 1024
const look = (busyShare: number, megabytes: number): Look => ({ busyShare, heapBytes: megabytes * MB })

test('a peer collects its garbage once it is at rest, not while it works', () => {
  const watch = new RestWatch()
  const due = [0.9, 0.01, 0.2, 0.01, 0.01].map((busyShare) => watch.isDue(look(busyShare, 200)))
  assert.deepEqual(due, [false, false, false, false, true])
})

test('a peer at rest collects again after 20 s at the earliest, and only what is worth it', () => {
  const watch = new RestWatch()
  const looksUntilDue = (megabytes: number, most = 1_000) => {
    for (let count = 1; count <= most; count++) if (watch.isDue(look(0, megabytes))) return count
    return undefined
  }
  assert.equal(looksUntilDue(200), 2)
  watch.collected(50 * MB)
  assert.equal(looksUntilDue(81), undefined)
  assert.equal(looksUntilDue(82), 1)
  watch.collected(50 * MB)
  assert.equal(looksUntilDue(200), 40)
})

test('a collection gives back the memory of the young generation too', () => {
  for (let i = 0; i < 200; i++) JSON.parse(JSON.stringify(Array.from({ length: 20_000 }, (_, at) => ({ at }))))
  const young = () => getHeapSpaceStatistics().find((space) => space.space_name === 'new_space')?.space_size ?? 0
  const before = young()
  assert.ok(before >= 8 * MB, `${before} bytes`)
  collectAll()
  assert.ok(young() <= 2 * MB, `${young()} bytes`)
  assert.equal((globalThis as { gc?: unknown }).gc, undefined)
})

test('the process is looked at until its end', () => {
  let work = () => {}
  let isEnded = false
  const end = collectAtRest((_, given) => {
    work = given
    return () => {
      isEnded = true
    }
  })
  for (let count = 0; count < 5; count++) work()
  end()
  assert.ok(isEnded)
})
