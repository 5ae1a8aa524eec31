import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { multiaddr } from '@multiformats/multiaddr'
import { SimulatedClock, systemClock } from '@stimnet/protocol'
import { LevelDatastore } from '../src/connect/datastore.ts'
import { Discipline } from '../src/connect/limits/discipline.ts'
import { Doorway } from '../src/connect/limits/doorway.ts'
import { createNode, type MeshNode, startNode } from '../src/connect/node.ts'
import { Pulse } from '../src/connect/pulse.ts'
import { chooseNeighbours, rankOf } from '../src/upkeep/neighbours.ts'
import { Tending, type TendingDeps } from '../src/upkeep/tending.ts'
import { newStore, until } from './network.ts'

const PEERS = Array.from({ length: 200 }, (_, at) => `peer-${at}`)
const MOST = 24

const candidatesOf = (self: string, peers: readonly string[], ill: readonly string[] = []) =>
  peers
    .filter((peerId) => peerId !== self)
    .map((peerId) => ({ peerId, rank: rankOf(self, peerId), isWell: !ill.includes(peerId) }))

describe('the choice of neighbours', () => {
  it('is everybody up to the limit, and half as many beyond it', () => {
    const few = candidatesOf('self', PEERS.slice(0, MOST))
    assert.equal(chooseNeighbours(few, MOST).size, MOST)
    assert.equal(chooseNeighbours(candidatesOf('self', PEERS), MOST).size, MOST / 2)
    assert.equal(chooseNeighbours(candidatesOf('self', PEERS), Number.POSITIVE_INFINITY).size, PEERS.length)
    const near = [...chooseNeighbours(candidatesOf('self', PEERS), MOST)].slice(0, 3)
    const others = chooseNeighbours(candidatesOf('self', PEERS, near), MOST)
    assert.equal(others.size, MOST / 2 + near.length, 'others stand in for those that cannot be reached')
    assert.ok(
      near.every((peerId) => others.has(peerId)),
      'which are tried again all the same'
    )
  })

  it('connects two hundred peers in three steps, and changes little when one more comes', () => {
    const linksOf = (peers: readonly string[]) => {
      const links = new Map(peers.map((peerId) => [peerId, new Set<string>()]))
      for (const peerId of peers) {
        for (const other of chooseNeighbours(candidatesOf(peerId, peers), MOST)) {
          links.get(peerId)?.add(other)
          links.get(other)?.add(peerId)
        }
      }
      return links
    }
    const links = linksOf(PEERS)
    let reached = new Set(['peer-0'])
    for (let step = 0; step < 3; step++) {
      reached = new Set([...reached].flatMap((peerId) => [peerId, ...(links.get(peerId) ?? [])]))
    }
    assert.equal(reached.size, PEERS.length)
    const counts = [...links.values()].map(({ size }) => size)
    assert.ok(
      counts.filter((count) => count > MOST).length <= PEERS.length / 20,
      'few have more than the limit for a while'
    )
    const before = linksOf(PEERS.slice(1))
    const changed = [...before].filter(([peerId, had]) => [...had].some((other) => !links.get(peerId)?.has(other)))
    assert.ok(changed.length <= 2 * MOST, `${changed.length} peers have other neighbours`)
  })
})

interface Fake {
  peerId: string
  direction: 'inbound' | 'outbound'
  protocols?: string[]
  isRelayed?: boolean
  closed?: boolean
}

function tending(clock: SimulatedClock, fakes: Fake[], options: Partial<TendingDeps> = {}): Tending {
  const connectionOf = (fake: Fake) => ({
    remotePeer: fake.peerId,
    remoteAddr: fake.isRelayed ? '/ip4/192.0.2.1/tcp/1/p2p/relay/p2p-circuit' : '/ip4/192.0.2.2/tcp/1',
    direction: fake.direction,
    streams: (fake.protocols ?? []).map((protocol) => ({ protocol })),
    timeline: { open: 0 },
    close: async () => {
      fake.closed = true
    }
  })
  const node = { peerId: 'self', getConnections: () => fakes.filter(({ closed }) => !closed).map(connectionOf) }
  const rules = { isKept: () => false, isSparing: () => true, limit: () => 4, idleMs: 30_000 }
  const stopping = new AbortController().signal
  return new Tending({ node: node as unknown as TendingDeps['node'], clock, stopping, ...rules, ...options })
}

const closed = (fakes: readonly Fake[]) => fakes.filter((fake) => fake.closed).map(({ peerId }) => peerId)

describe('idle connections', () => {
  it('that this peer opened are closed after a while, unless they are kept or in use', () => {
    const clock = new SimulatedClock(1_000_000)
    const fakes: Fake[] = [
      { peerId: 'idle', direction: 'outbound', protocols: ['/stimnet/kad/1.0.0'] },
      { peerId: 'kept', direction: 'outbound' },
      { peerId: 'used', direction: 'outbound' },
      { peerId: 'followed', direction: 'outbound', protocols: ['/stimnet/follow/1.0.0'] },
      { peerId: 'theirs', direction: 'inbound' }
    ]
    const tended = tending(clock, fakes, { isKept: (peerId) => peerId === 'kept' })
    tended.used('used')
    tended.look()
    assert.deepEqual(closed(fakes), ['idle'])
    clock.advance(30_000)
    tended.look()
    assert.deepEqual(closed(fakes), ['idle', 'used'])
  })

  it('through a relay are closed beside a direct one, though the peer is kept, as soon as nothing uses them', () => {
    const fakes: Fake[] = [
      { peerId: 'both', direction: 'outbound' },
      { peerId: 'both', direction: 'outbound', isRelayed: true },
      { peerId: 'in use', direction: 'inbound' },
      { peerId: 'in use', direction: 'outbound', isRelayed: true, protocols: ['/stimnet/follow/1.0.0'] },
      { peerId: 'relayed only', direction: 'outbound', isRelayed: true }
    ]
    tending(new SimulatedClock(1_000_000), fakes, { isKept: () => true }).look()
    assert.deepEqual(
      fakes.map((fake) => fake.closed ?? false),
      [false, true, false, false, false]
    )
  })

  it('of others are closed only above the limit, the last in rank first, and not of versions that would dial again', () => {
    const clock = new SimulatedClock(1_000_000)
    const fakes = PEERS.slice(0, 8).map((peerId): Fake => ({ peerId, direction: 'inbound' }))
    const [old = ''] = PEERS
    tending(clock, fakes, { isSparing: (peerId) => peerId !== old }).look()
    const last = PEERS.slice(1, 8).sort((a, b) => rankOf('self', b) - rankOf('self', a))
    assert.deepEqual(closed(fakes).sort(), last.slice(0, 4).sort())
  })
})

describe('a connection', () => {
  it('on which nothing arrives for half a minute is dead, and one with any byte is not', () => {
    const pulse = new Pulse()
    const aborted: string[] = []
    const watched = (name: string) =>
      pulse.watch({ abort: () => void aborted.push(name), addEventListener: () => undefined })
    const [, heard] = [watched('silent'), watched('alive')]
    for (let look = 0; look < 6; look++) {
      pulse.look()
      heard()
    }
    assert.deepEqual(aborted, [])
    pulse.look()
    assert.deepEqual(aborted, ['silent'])
  })
})

describe('a node without a dialler', () => {
  const nodeOf = async (listen: readonly string[]): Promise<MeshNode> => {
    const nodeSeed = crypto.getRandomValues(new Uint8Array(32))
    const bootstrap = ['/ip4/127.0.0.1/tcp/9']
    const settings = { nodeSeed, listen, bootstrap, mdns: false, permits: () => true }
    const parts = { clock: systemClock, discipline: new Discipline(systemClock), door: new Doorway(systemClock) }
    const datastore = await LevelDatastore.open(newStore())
    const timing = { providerValidityMs: 60_000 } as Parameters<typeof createNode>[1]
    const node = await createNode(settings, timing, { ...parts, datastore, denied: () => undefined })
    await startNode(node, settings)
    return node
  }

  it('does not open again what was closed, also to a peer that its DHT has marked as near', async () => {
    const [near, node] = [await nodeOf(['/ip4/127.0.0.1/tcp/0']), await nodeOf([])]
    try {
      const connection = await node.dial(multiaddr(String(near.getMultiaddrs()[0])))
      await node.peerStore.merge(near.peerId, { tags: { 'keep-alive-kad-dht': { value: 1 } } })
      let opened = 0
      node.addEventListener('connection:open', () => {
        opened += 1
      })
      await connection.close()
      await until(() => node.getConnections().length === 0, 'it is closed')
      // The wait is long enough for the library, which would dial at once.
      await new Promise((resolve) => setTimeout(resolve, 500))
      assert.deepEqual([opened, node.getConnections().length], [0, 0])
    } finally {
      await Promise.all([near.stop(), node.stop()])
    }
  })
})
