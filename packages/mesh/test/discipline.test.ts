import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SimulatedClock } from '@stimnet/protocol'
import { Discipline } from '../src/connect/limits/discipline.ts'
import { FrameWatch } from '../src/connect/limits/guarded.ts'

describe('discipline', () => {
  it('shuts out who earns ten marks within a minute, longer each time, and tells once', async () => {
    const clock = new SimulatedClock()
    const discipline = new Discipline(clock)
    const told: string[] = []
    discipline.onShutOut((peerId, why) => told.push(`${peerId} ${why}`))
    for (let mark = 0; mark < 9; mark++) discipline.mark('a', 'x')
    await clock.advance(60_000)
    discipline.mark('a', 'x')
    assert.deepEqual([discipline.isShutOut('a'), told], [false, []], 'marks are forgotten after a minute')
    for (let mark = 0; mark < 30; mark++) discipline.mark('a', 'x')
    assert.deepEqual([discipline.isShutOut('a'), discipline.isShutOut('b'), told], [true, false, ['a x']])
    await clock.advance(60_000)
    assert.equal(discipline.isShutOut('a'), false)
    discipline.mark('a', 'y', 10)
    await clock.advance(60_000)
    assert.equal(discipline.isShutOut('a'), true)
    await clock.advance(60_000)
    assert.equal(discipline.isShutOut('a'), false)
  })
})

describe('frames', () => {
  it('are followed over any cuts, and what is none is told before its bytes are there', () => {
    const bytes = Uint8Array.of(3, 1, 2, 3, 0, 0x80, 1, ...new Uint8Array(128))
    for (const cut of [1, 2, 5, 6, 7, 100]) {
      const watch = new FrameWatch({ bytesMax: 200 })
      const found = [watch.follow(bytes.subarray(0, cut)), watch.follow(bytes.subarray(cut))]
      assert.equal(Number(found[0]) + Number(found[1]), 3)
    }
    assert.equal(new FrameWatch({ bytesMax: 200 }).follow(Uint8Array.of(0xc9, 1)), 'too large a frame')
    assert.equal(new FrameWatch({ bytesMax: 200 }).follow(new Uint8Array(9).fill(0xff)), 'a length that does not end')
  })
})
