import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SimulatedClock } from '@stimnet/protocol'
import { Buckets, GATEWAY_LIMITS, Places, Turnstile } from '../src/http/limits.ts'

describe('token buckets', () => {
  it('remember a bounded number of callers, the longest unseen forgotten first', () => {
    const buckets = new Buckets(1, new SimulatedClock())
    buckets.take('first')
    for (let i = 1; i < GATEWAY_LIMITS.callersMax; i++) buckets.take(`caller ${i}`)
    assert.equal(buckets.take('first').ok, false)
    buckets.take('one too many')
    assert.ok(buckets.size <= GATEWAY_LIMITS.callersMax)
    // The key `first` was seen recently, so it is still remembered and its bucket is still empty.
    assert.equal(buckets.take('first').ok, false)
    assert.equal(buckets.take('caller 1').ok, true, 'of buckets that are all empty, the oldest is forgotten')
  })

  it('forget the fullest first: no number of other keys washes out a limit that was reached', async () => {
    const clock = new SimulatedClock()
    const buckets = new Buckets(100, clock)
    for (let i = 0; i < 100; i++) assert.ok(buckets.take('victim').ok)
    for (let i = 0; i < 2 * GATEWAY_LIMITS.callersMax; i++) buckets.take(`other ${i}`)
    assert.equal(buckets.take('victim').ok, false)
    // A bucket that has filled up in the meantime is as good as none.
    for (let i = 0; i < 50; i++) assert.ok(buckets.take('busy').ok)
    await clock.advance(30_000)
    for (let i = 0; i < 2 * GATEWAY_LIMITS.callersMax; i++) buckets.take(`another ${i}`)
    assert.equal(Array.from({ length: 100 }, () => buckets.take('victim').ok).filter(Boolean).length, 50)
    assert.ok(buckets.size <= GATEWAY_LIMITS.callersMax)
  })

  it('let nobody save up more than a minute', async () => {
    const clock = new SimulatedClock()
    const buckets = new Buckets(3, clock)
    buckets.take('a')
    await clock.advance(3_600_000)
    const taken = [1, 2, 3, 4].map(() => buckets.take('a').ok)
    assert.deepEqual(taken, [true, true, true, false])
  })
})

describe('places', () => {
  it('are bounded in all and by key, and given back once', () => {
    const places = new Places({ max: 3, perKeyMax: 2 })
    const leave = places.take('a')
    places.take('a')
    assert.equal(places.take('a'), null)
    assert.ok(places.take('b'))
    assert.equal(places.take('c'), null)
    leave?.()
    leave?.()
    assert.equal(places.taken, 2)
    assert.ok(places.take('c'))
  })
})

describe('places of which half are taken', () => {
  it('leave room for those who hold few: no few keys take all', () => {
    const places = new Places({ max: 64, perKeyMax: 32 })
    for (let i = 0; i < 32; i++) assert.ok(places.take('greedy'))
    assert.equal(places.take('greedy'), null)
    const second = Array.from({ length: 32 }, () => places.take('second')).filter(Boolean)
    assert.equal(second.length, 4)
    assert.ok(places.take('third'))
  })
})

describe('a turnstile', () => {
  it('goes on after work that failed', async () => {
    const turnstile = new Turnstile({ atOnce: 1, waitingMax: 1 })
    const failing = turnstile.pass(() => Promise.reject(new Error('broken')))
    const next = turnstile.pass(async () => 'done')
    assert.equal(await turnstile.pass(async () => 'too many'), null)
    await assert.rejects(failing, /broken/)
    assert.deepEqual(await next, { value: 'done' })
    assert.deepEqual(await turnstile.pass(async () => 'again'), { value: 'again' })
  })
})
