import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SimulatedClock } from '@stimnet/protocol'
import { type Arrival, Doorway, hostOf } from '../src/connect/limits/doorway.ts'

class Comer implements Arrival {
  readonly remoteAddr: string
  isAborted = false
  readonly #closed: (() => void)[] = []

  constructor(address: string) {
    this.remoteAddr = `/ip4/${address}/tcp/4001`
  }

  abort(): void {
    this.isAborted = true
    this.close()
  }

  addEventListener(_: 'close', listener: () => void): void {
    this.#closed.push(listener)
  }

  close(): void {
    for (const listener of this.#closed) listener()
  }
}

/** A connection from an address; undefined if the doorway does not admit it. */
function comes(door: Doorway, address: string): Comer | undefined {
  if (!door.admits(address)) return undefined
  const comer = new Comer(address)
  door.begins(comer)
  return comer
}

describe('the doorway', () => {
  it('lets no address connect without end, and others meanwhile', async () => {
    const clock = new SimulatedClock()
    const door = new Doorway(clock)
    let entered = 0
    while (door.admits('192.0.2.1')) entered += 1
    assert.equal(entered, 600)
    assert.equal(door.admits('192.0.2.2'), true)
    await clock.advance(1_000)
    assert.equal(door.admits('192.0.2.1'), true)
  })

  it('lets strangers of many addresses keep no peer out that was here before', () => {
    const door = new Doorway(new SimulatedClock())
    const friend = comes(door, '198.51.100.1')
    assert.ok(friend)
    door.welcomes('friend', friend)
    let entered = 0
    for (let i = 0; i < 2_000; i++) if (door.admits(`203.0.${i >> 8}.${i & 255}`)) entered += 1
    assert.equal(entered, 999)
    assert.equal(door.admits('198.51.100.1'), true)
  })

  it('ends connections without a proof after seconds, and the oldest of an address or of all before', async () => {
    const clock = new SimulatedClock()
    const proved = new Set<string>()
    const limits = { unprovedMax: 4, unprovedOfHostMax: 2, proofMsMax: 5_000 }
    const door = new Doorway(clock, limits, (peerId) => proved.has(peerId))
    const enters = (peerId: string, address: string) => {
      const comer = comes(door, address)
      assert.ok(comer)
      door.welcomes(peerId, comer)
      return comer
    }
    const invited = enters('invited', '192.0.2.1')
    proved.add('invited')
    const crowd = [1, 2, 3].map((peer) => enters(`a${peer}`, '192.0.2.1'))
    const areAborted = (comers: readonly Comer[]) => comers.map(({ isAborted }) => isAborted)
    assert.deepEqual(areAborted([invited, ...crowd]), [false, true, false, false])
    const others = [2, 3, 4].map((host) => enters(`b${host}`, `192.0.2.${host}`))
    assert.deepEqual(areAborted([invited, ...crowd, ...others]), [false, true, true, false, false, false, false])
    await clock.advance(5_000)
    assert.deepEqual(areAborted([invited, ...crowd, ...others]), [false, true, true, true, true, true, true])
  })

  it('ends, where all places are taken, the oldest of the address that has most', () => {
    const door = new Doorway(new SimulatedClock(), { pendingMax: 4 })
    const many = [1, 2, 3].map(() => comes(door, '192.0.2.1'))
    const other = comes(door, '192.0.2.2')
    const newcomer = comes(door, '192.0.2.3')
    assert.ok(newcomer && other)
    assert.deepEqual(
      [...many, other, newcomer].map((comer) => comer?.isAborted),
      [true, false, false, false, false]
    )
    // Another connection from the same address ends the oldest connection from that address.
    assert.ok(comes(door, '192.0.2.1'))
    assert.deepEqual([many[1]?.isAborted, other.isAborted, newcomer.isAborted], [true, false, false])
  })

  it('ends a stranger’s before that of an address that a peer came from, and a place is free again once one is let in or gone', () => {
    const door = new Doorway(new SimulatedClock(), { pendingMax: 2 })
    const first = comes(door, '198.51.100.1')
    assert.ok(first)
    door.welcomes('friend', first)
    const [again, stranger] = [comes(door, '198.51.100.1'), comes(door, '192.0.2.1')]
    const third = comes(door, '198.51.100.1')
    assert.deepEqual([again?.isAborted, stranger?.isAborted, third?.isAborted], [false, true, false])
    again?.close()
    const other = new Comer('203.0.113.1')
    door.welcomes('another friend', other)
    assert.ok(comes(door, '203.0.113.1'))
    assert.equal(comes(door, '192.0.2.2'), undefined, 'a stranger ends nobody who is known')
    third?.close()
    assert.ok(comes(door, '192.0.2.2'))
  })

  it('ends the oldest of a known address that has more than half of the places: it may be shared with an attacker', () => {
    const door = new Doorway(new SimulatedClock(), { pendingMax: 2 })
    const first = comes(door, '198.51.100.1')
    assert.ok(first)
    door.welcomes('friend', first)
    const [oldest, next] = [comes(door, '198.51.100.1'), comes(door, '198.51.100.1')]
    assert.ok(comes(door, '192.0.2.2'))
    assert.deepEqual([oldest?.isAborted, next?.isAborted], [true, false])
  })

  it('ends the oldest connection of a peer that has too many, and nobody else’s', () => {
    const door = new Doorway(new SimulatedClock(), { perPeerMax: 2 })
    const [first, other, second, third] = ['a', 'b', 'a', 'a'].map((peerId) => {
      const comer = new Comer('192.0.2.1')
      door.welcomes(peerId, comer)
      return comer
    })
    assert.deepEqual(
      [first, other, second, third].map((comer) => comer?.isAborted),
      [true, false, false, false]
    )
    second?.close()
    const fourth = new Comer('192.0.2.1')
    door.welcomes('a', fourth)
    assert.equal(third?.isAborted, false)
  })

  it('takes the last 64 bits of IPv6 for one host, and a mapped address for what it is', () => {
    assert.equal(hostOf('::ffff:192.0.2.1'), '192.0.2.1')
    assert.equal(hostOf('::FFFF:c000:201'), '192.0.2.1')
    assert.equal(hostOf('2001:db8:0:7::1'), hostOf('2001:0db8::0007:a:b:c:d'))
    assert.notEqual(hostOf('2001:db8:0:7::1'), hostOf('2001:db8:0:8::1'))
    assert.equal(hostOf('fe80::1%eth0'), 'fe80:0:0:0')
    assert.equal(hostOf('::1'), '0:0:0:0')
  })

  it('is asked by the platform’s list of addresses that are closed at once', () => {
    const door = new Doorway(new SimulatedClock())
    const list = door.list()
    assert.equal(list.check('192.0.2.1', 'ipv4'), false)
    while (door.admits('192.0.2.1'));
    assert.equal(list.check('192.0.2.1', 'ipv4'), true)
    assert.equal(list.check('::ffff:192.0.2.1', 'ipv6'), true)
  })
})
