import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SimulatedClock } from '@stimnet/protocol'
import fc from 'fast-check'
import { Quota } from '../src/connect/limits/quota.ts'

const RATES = { perPeer: { burst: 3, perSecond: 1 }, total: { burst: 5, perSecond: 2 } }

describe('a quota', () => {
  it('gives each peer its share, and all of them together no more than the total', () => {
    const quota = new Quota(RATES, new SimulatedClock())
    const taken = ['a', 'a', 'a', 'a', 'b', 'b', 'b'].map((peer) => quota.take(peer))
    assert.deepEqual(taken, [true, true, true, false, true, true, false])
  })

  it('comes back with time, up to the burst', async () => {
    const clock = new SimulatedClock()
    const quota = new Quota(RATES, clock)
    for (let i = 0; i < 4; i++) quota.take('a')
    await clock.advance(1_000)
    assert.deepEqual([quota.take('a'), quota.take('a')], [true, false])
    await clock.advance(3_600_000)
    assert.deepEqual(
      Array.from({ length: 4 }, () => quota.take('a')),
      [true, true, true, false]
    )
  })

  it('of others is not spent by one who is refused', () => {
    const quota = new Quota(RATES, new SimulatedClock())
    for (let i = 0; i < 100; i++) quota.take('a')
    assert.deepEqual([quota.take('b'), quota.take('b')], [true, true])
  })

  it('never lets more through than burst and rate allow, whoever asks when', async () => {
    const asks = fc.array(fc.record({ peer: fc.constantFrom('a', 'b', 'c'), waitMs: fc.nat(400) }), { maxLength: 80 })
    await fc.assert(
      fc.asyncProperty(asks, async (list) => {
        const clock = new SimulatedClock()
        const startedAtMs = clock.now()
        const quota = new Quota(RATES, clock)
        const taken = new Map<string, number>()
        for (const { peer, waitMs } of list) {
          await clock.advance(waitMs)
          if (quota.take(peer)) taken.set(peer, (taken.get(peer) ?? 0) + 1)
        }
        const seconds = (clock.now() - startedAtMs) / 1_000
        for (const count of taken.values()) assert(count <= 3 + seconds + 1e-6)
        assert([...taken.values()].reduce((a, b) => a + b, 0) <= 5 + 2 * seconds + 1e-6)
      }),
      { numRuns: 50 }
    )
  })

  it('keeps a bounded number of buckets, and forgets none that is spent while full ones can go', async () => {
    const clock = new SimulatedClock()
    const rates = { perPeer: { burst: 1, perSecond: 0.0001 }, total: { burst: 1e6, perSecond: 1e6 } }
    const quota = new Quota(rates, clock)
    quota.take('spent')
    for (let i = 0; i < 1_500; i++) quota.take(`peer ${i}`)
    assert.equal(quota.take('spent'), false)
  })

  it('neither gives nor takes when the clock is set back', () => {
    let now = 1_000_000
    const quota = new Quota(RATES, { now: () => now, sleep: async () => {} })
    for (let i = 0; i < 3; i++) quota.take('a')
    now -= 500_000
    assert.equal(quota.take('a'), false)
    now += 1_000
    assert.equal(quota.take('a'), true)
  })
})
