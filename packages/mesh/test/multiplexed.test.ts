import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SimulatedClock } from '@stimnet/protocol'
import { MultiplexRates, MultiplexWatch, PAYLOAD_BYTES_MAX } from '../src/connect/multiplexed.ts'

const DATA = 0
const WINDOW = 1
const PING = 2
const SYN = 1
const RST = 8

function frame(type: number, flags: number, length: number, payload = 0): number[] {
  const header = new DataView(new ArrayBuffer(12))
  header.setUint8(1, type)
  header.setUint16(2, flags)
  header.setUint32(4, 7)
  header.setUint32(8, length)
  return [...new Uint8Array(header.buffer), ...Array.from({ length: payload }, () => 0xff)]
}

describe('frames of a connection that carries several streams', () => {
  it('are counted over any cuts, by what they cost', () => {
    const bytes = Uint8Array.from([
      ...frame(WINDOW, SYN, 0),
      ...frame(DATA, 0, 2000, 2000),
      ...frame(DATA, RST, 3, 3),
      ...frame(PING, SYN, 1),
      // The length of a window update announces no payload.
      ...frame(WINDOW, 0, 2 ** 32 - 1),
      ...frame(DATA, SYN, 0)
    ])
    for (const cut of [0, 1, 11, 12, 13, 500, 2030, 2040, bytes.length]) {
      const watch = new MultiplexWatch()
      const all = { opened: 0, pings: 0, small: 0 }
      for (const part of [bytes.subarray(0, cut), bytes.subarray(cut)]) {
        const found = watch.follow(part)
        assert.ok(typeof found === 'object')
        for (const name of ['opened', 'pings', 'small'] as const) all[name] += found[name]
      }
      assert.deepEqual(all, { opened: 2, pings: 1, small: 5 }, `${cut}`)
    }
  })

  it('are refused by their header where they are longer than any window', () => {
    assert.equal(
      new MultiplexWatch().follow(Uint8Array.from(frame(DATA, 0, PAYLOAD_BYTES_MAX + 1))),
      'too large a frame'
    )
    assert.equal(new MultiplexWatch().follow(Uint8Array.from(frame(DATA, 0, 2 ** 32 - 1))), 'too large a frame')
    assert.ok(typeof new MultiplexWatch().follow(Uint8Array.from(frame(DATA, 0, PAYLOAD_BYTES_MAX))) === 'object')
  })

  it('are limited for each peer by itself, over all of its connections, and again later', () => {
    const clock = new SimulatedClock()
    const rates = new MultiplexRates(clock)
    const take = (peer: string, more: object) => rates.take(peer, { opened: 0, pings: 0, small: 0, ...more })
    assert.equal(take('a', { opened: 1_000 }), undefined)
    assert.equal(take('a', { opened: 1 }), 'too many streams opened')
    assert.equal(take('a', { pings: 101 }), 'too many pings')
    assert.equal(take('a', { small: 20_001 }), 'too many small frames')
    assert.equal(take('b', { opened: 1_000, pings: 100, small: 20_000 }), undefined)
    clock.advance(1_000)
    assert.equal(take('a', { opened: 300, pings: 10, small: 5_000 }), undefined)
  })
})
