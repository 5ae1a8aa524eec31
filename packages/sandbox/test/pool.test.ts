import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SimulatedClock } from '@stimnet/protocol'
import { Pool, type Slot } from '../src/pool.ts'

class CountedSlot implements Slot {
  isAlive = true
  isDestroyed = false
  async destroy(): Promise<void> {
    this.isAlive = false
    this.isDestroyed = true
  }
}

function poolOf(options: { size: number; fails?: () => boolean }) {
  const clock = new SimulatedClock()
  const started: CountedSlot[] = []
  let tries = 0
  const pool = new Pool<CountedSlot>({
    size: options.size,
    waitMsMax: 10_000,
    clock,
    start: async () => {
      tries++
      if (options.fails?.()) throw new Error('no start')
      const slot = new CountedSlot()
      started.push(slot)
      return slot
    }
  })
  const never = new AbortController().signal
  return { pool, clock, started, tries: () => tries, take: () => pool.take(never) }
}

test('nothing waits before the pool is asked to fill', async () => {
  const { started, take } = poolOf({ size: 2 })
  assert.equal(await take(), undefined)
  assert.equal(started.length, 0)
})

test('each waiting sandbox is handed out once, and the pool fills only when told', async () => {
  const { pool, started, take } = poolOf({ size: 2 })
  pool.refill()
  await pool.settled()
  assert.deepEqual([pool.waiting, pool.waitingMax], [2, 2])
  const [first, second, third] = [await take(), await take(), await take()]
  assert.deepEqual([first, second, third], [started[0], started[1], undefined])
  assert.equal(pool.waiting, 0)
  pool.refill()
  await pool.settled()
  assert.equal(started.length, 4)
  assert.ok(!started.slice(0, 2).includes((await take()) as CountedSlot))
})

test('a job takes a sandbox that is on its way rather than start another', async () => {
  const { pool, started, take } = poolOf({ size: 1 })
  pool.refill()
  const [first, second] = await Promise.all([take(), take()])
  assert.equal(first, started[0])
  assert.equal(second, undefined)
  await pool.close()
})

test('a job that is cancelled while it waits leaves the sandbox to the next', async () => {
  const { pool, started, take } = poolOf({ size: 1 })
  pool.refill()
  const cancel = new AbortController()
  const waiting = pool.take(cancel.signal)
  cancel.abort()
  assert.equal(await waiting, undefined)
  await pool.settled()
  assert.equal(await take(), started[0])
})

test('a sandbox that died while it waited is not handed out', async () => {
  const { pool, started, take } = poolOf({ size: 2 })
  pool.refill()
  await pool.settled()
  if (started[0]) started[0].isAlive = false
  assert.equal(await take(), started[1])
})

test('a sandbox that has waited too long is replaced', async () => {
  const { pool, clock, started, take } = poolOf({ size: 1 })
  pool.refill()
  await pool.settled()
  await clock.advance(10_000)
  await pool.settled()
  assert.equal(started.length, 2)
  assert.ok(started[0]?.isDestroyed)
  assert.equal(await take(), started[1])
})

test('after a failed start the next waits longer and longer', async () => {
  let isBroken = true
  const { pool, clock, tries, take } = poolOf({ size: 1, fails: () => isBroken })
  pool.refill()
  await pool.settled()
  pool.refill()
  await clock.advance(499)
  assert.equal(tries(), 1)
  await clock.advance(1)
  await pool.settled()
  assert.equal(tries(), 2)
  isBroken = false
  pool.refill()
  await clock.advance(999)
  assert.equal(tries(), 2)
  await clock.advance(1)
  await pool.settled()
  assert.equal(tries(), 3)
  assert.ok(await take())
})

test('a job that waits for a start that fails is told so', async () => {
  const { pool, take } = poolOf({ size: 1, fails: () => true })
  pool.refill()
  assert.equal(await take(), undefined)
})

test('closing destroys what waits and what is still starting, and nothing starts afterwards', async () => {
  const { pool, started, take } = poolOf({ size: 2 })
  pool.refill()
  await pool.settled()
  await take()
  pool.refill()
  await pool.close()
  assert.deepEqual(
    started.map((slot) => slot.isDestroyed),
    // The first sandbox belongs to the job that took it.
    [false, ...started.slice(1).map(() => true)]
  )
  const before = started.length
  pool.refill()
  await pool.settled()
  assert.equal(started.length, before)
})
