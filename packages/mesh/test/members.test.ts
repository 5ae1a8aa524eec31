import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SimulatedClock } from '@stimnet/protocol'
import { Members } from '../src/connect/members.ts'
import { newStore } from './network.ts'

const DAY_MS = 24 * 3_600_000

describe('the peers that were met', () => {
  it('are known after a restart, with when and where they were last seen', async () => {
    const [store, clock] = [newStore(), new SimulatedClock()]
    const members = await Members.open(store, clock)
    members.saw('a', ['/ip4/127.0.0.1/tcp/1'])
    await clock.advance(1_000)
    members.saw('a')
    await members.close()
    const again = await Members.open(store, clock)
    assert.deepEqual(again.ids(), ['a'])
    assert.equal(again.lastSeen('a'), clock.now())
    assert.equal(again.lastSeen('b'), null)
    assert.deepEqual(again.addressesOf('a'), ['/ip4/127.0.0.1/tcp/1'])
  })

  it('are forgotten after thirty days, and at once when told so', async () => {
    const [store, clock] = [newStore(), new SimulatedClock()]
    const members = await Members.open(store, clock)
    members.saw('old')
    await clock.advance(20 * DAY_MS)
    members.saw('young')
    members.saw('left')
    members.forget('left')
    await members.close()
    await clock.advance(11 * DAY_MS)
    assert.deepEqual((await Members.open(store, clock)).ids(), ['young'])
  })

  it('are at most 1,000: the one that was not seen for longest is forgotten', async () => {
    const clock = new SimulatedClock()
    const members = await Members.open(newStore(), clock)
    for (let i = 0; i <= 1_000; i++) {
      members.saw(`peer ${i}`)
      await clock.advance(1)
    }
    assert.equal(members.ids().length, 1_000)
    assert.equal(members.lastSeen('peer 0'), null)
    await members.close()
  })

  it('whose entry cannot be read can be met again', async () => {
    const store = newStore()
    await store.put('a', new TextEncoder().encode('{"lastSeenMs":"x"'))
    await store.put('b', new TextEncoder().encode('{"lastSeenMs":1e15,"addresses":[7]}'))
    assert.deepEqual((await Members.open(store, new SimulatedClock())).ids(), [])
  })
})
