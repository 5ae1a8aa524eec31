import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { SimulatedClock, systemClock } from '../src/index.ts'

/** Whether the promise has settled already. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending')
  const turn = new Promise((resolve) => setImmediate(resolve, pending))
  return (await Promise.race([promise.catch(() => undefined), turn])) !== pending
}

describe('a simulated clock', () => {
  test('stands still until it is moved', async () => {
    const clock = new SimulatedClock(1_000)
    const sleep = clock.sleep(5)
    assert.equal(clock.now(), 1_000)
    await clock.advance(4)
    assert.equal(await isSettled(sleep), false)
    await clock.advance(1)
    assert.equal(await isSettled(sleep), true)
    assert.equal(clock.now(), 1_005)
  })

  test('wakes sleepers in the order of their time, those of one time in the order they came', async () => {
    const property = fc.asyncProperty(fc.array(fc.nat(50), { maxLength: 15 }), fc.nat(60), async (naps, ms) => {
      const clock = new SimulatedClock(0)
      const woken: { index: number; at: number }[] = []
      for (const [index, nap] of naps.entries()) {
        void clock.sleep(nap).then(() => woken.push({ index, at: clock.now() }))
      }
      await clock.advance(ms)
      const due = [...naps.entries()].filter(([, nap]) => nap <= ms).sort((a, b) => a[1] - b[1] || a[0] - b[0])
      assert.deepEqual(
        woken,
        due.map(([index, nap]) => ({ index, at: nap }))
      )
      assert.equal(clock.now(), ms)
    })
    await fc.assert(property, { numRuns: 60 })
  })

  test('wakes within one advance who falls asleep again during it', async () => {
    const clock = new SimulatedClock(0)
    const ticks: number[] = []
    const ticking = (async () => {
      for (let i = 0; i < 5; i++) {
        await clock.sleep(10)
        ticks.push(clock.now())
      }
    })()
    await clock.advance(45)
    assert.deepEqual(ticks, [10, 20, 30, 40])
    await clock.advance(5)
    await ticking
    assert.deepEqual(ticks, [10, 20, 30, 40, 50])
  })

  test('lets go of a sleeper whose signal is given, and of the signal of one who woke', async () => {
    const clock = new SimulatedClock(0)
    const controller = new AbortController()
    const reason = new Error('no longer needed')
    const cancelled = clock.sleep(10, controller.signal)
    const woken = clock.sleep(5, controller.signal)
    await clock.advance(5)
    await woken
    controller.abort(reason)
    await assert.rejects(cancelled, reason)
    await assert.rejects(clock.sleep(1, controller.signal), reason)
    await clock.advance(100)
  })
})

describe("the system's clock", () => {
  test('tells the time of the machine, and passes it', async () => {
    assert.ok(Math.abs(systemClock.now() - Date.now()) < 1_000)
    const started = performance.now()
    await systemClock.sleep(30)
    assert.ok(performance.now() - started >= 28)
    await systemClock.sleep(-5)
  })

  test('sleeps no longer once the signal is given', async () => {
    const reason = new Error('stop')
    await assert.rejects(systemClock.sleep(60_000, AbortSignal.abort(reason)), reason)
    const controller = new AbortController()
    const sleep = systemClock.sleep(60_000, controller.signal)
    controller.abort(reason)
    await assert.rejects(sleep, reason)
  })

  test('sleeps on when asked for longer than a timer of the platform lasts', async () => {
    const controller = new AbortController()
    const sleep = systemClock.sleep(31 * 24 * 3_600_000, controller.signal)
    await systemClock.sleep(20)
    assert.equal(await isSettled(sleep), false)
    controller.abort(new Error('stop'))
    await assert.rejects(sleep, /stop/)
  })

  test('sleeps for a month when asked to, and does not wake at once', async (context) => {
    context.mock.timers.enable({ apis: ['setTimeout'] })
    const month = 31 * 24 * 3_600_000
    let awake = false
    const sleep = systemClock.sleep(month).then(() => {
      awake = true
    })
    context.mock.timers.tick(2 ** 31 - 1)
    await Promise.resolve()
    assert.equal(awake, false)
    context.mock.timers.tick(month - (2 ** 31 - 1) - 1)
    await Promise.resolve()
    assert.equal(awake, false)
    context.mock.timers.tick(1)
    await sleep
    assert.equal(awake, true)
  })
})
