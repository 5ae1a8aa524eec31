import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { RELAY_V2_HOP_CODEC } from '@libp2p/circuit-relay-v2'
import type { Stream } from '@libp2p/interface'
import { streamPair } from '@libp2p/utils'
import { multiaddr } from '@multiformats/multiaddr'
import { codeOf, SimulatedClock, systemClock } from '@stimnet/protocol'
import { Discipline } from '../src/connect/limits/discipline.ts'
import type { MeshNode } from '../src/connect/node.ts'
import { Arrivals } from '../src/connect/relay/arrivals.ts'
import { Circuits } from '../src/connect/relay/circuits.ts'
import { type Hop, Hops, STREAMS_OF_PEER_MAX } from '../src/connect/relay/hops.ts'
import { helloExchange } from '../src/index.ts'
import { askForCircuit, BOUNDS, claimAndEnd, withIntruder } from './hops.ts'
import { type Plan, soon, type TestPeer, until, withNetwork } from './network.ts'

const MiB = 1024 * 1024
const DIALLER = '12D3KooWJWoaqZhDaoEFshF7Rh1bpY9ohihFhzcW6d69Lr2NASuq'
const firstOf = (peer: TestPeer) => multiaddr(peer.mesh.addresses()[0] ?? '')

/** A relay, a peer that is reached only through it, and a function that sends this peer a request. */
async function withHidden(
  test: (peers: { relay: TestPeer; hidden: TestPeer; ask: () => Promise<string> }) => Promise<void>
): Promise<void> {
  await withNetwork(async (start) => {
    const relay = await start({ relaying: BOUNDS })
    const relays = [String(firstOf(relay))]
    const prepare: Plan['prepare'] = (mesh) => mesh.serve(helloExchange, async () => ({ jws: Uint8Array.of(1) }))
    const hidden = await start({
      listen: [],
      bootstrap: relays,
      relays,
      prepare
    })
    await until(() => hidden.mesh.addresses().length === 1, 'reserved')
    const asker = await start({ listen: [], bootstrap: relays })
    await until(() => asker.mesh.connected().includes(hidden.mesh.peerId), 'connected')
    const ask = async () => {
      await asker.mesh.disconnect(hidden.mesh.peerId)
      const asked = asker.mesh.ask(helloExchange, hidden.mesh.peerId, { version: '1' }, { signal: soon() })
      return asked.then(() => 'OK', codeOf)
    }
    await test({ relay, hidden, ask })
  })
}

describe('a member that asks a relay without end', () => {
  it('does not make a hidden peer shut out its own relay by circuits that it opens and ends at once', async () => {
    const clock = new SimulatedClock()
    const discipline = new Discipline(clock)
    const circuits = new Circuits([], clock)
    await withIntruder(async (relay) => {
      const hidden = async (node: MeshNode) => {
        await node.dial(relay.getMultiaddrs().slice(0, 1), { signal: soon() })
        await circuits.reserve(relay.peerId)
        const [connection] = relay.getConnections(node.peerId)
        assert.ok(connection)
        for (let round = 0; round < 31; round++) {
          await Promise.all(Array.from({ length: 20 }, () => claimAndEnd(connection, DIALLER)))
        }
        assert.equal(discipline.isShutOut(relay.peerId.toString()), false)
        assert.equal(circuits.isReserved(relay.peerId), true)
      }
      await withIntruder(hidden, {
        clock,
        discipline,
        circuits,
        relaying: undefined
      })
    })
  })

  it('takes no circuit from others by streams on which it says nothing', async () => {
    await withHidden(async ({ relay, ask }) => {
      await withIntruder(async (node) => {
        const connection = await node.dial(firstOf(relay))
        const silent = () =>
          connection.newStream(RELAY_V2_HOP_CODEC, {
            signal: soon(),
            maxOutboundStreams: 1_000
          })
        await Promise.all(Array.from({ length: BOUNDS.circuitsMax + 4 }, silent))
        assert.equal(await ask(), 'OK')
      })
    })
  })

  it('gets few circuits at once to one peer to which it proves nothing, and none to itself', async () => {
    await withHidden(async ({ relay, hidden, ask }) => {
      await withIntruder(async (node) => {
        const connection = await node.dial(firstOf(relay))
        const asked = await Promise.all(Array.from({ length: 12 }, () => askForCircuit(connection, hidden.mesh.peerId)))
        assert.equal(asked.filter(({ isOpen }) => isOpen).length, 4)
        assert.equal(await ask(), 'OK')
      })
    })
  })
})

/** Requests to relay, as a relay sees them. */
function hopsAt(clock = new SimulatedClock(), circuitsMax = 512) {
  const hops = new Hops({ circuitsMax }, clock)
  const begin = async (from: string) => {
    const [stream, asker] = await streamPair({ capacity: 64 * MiB })
    return { hop: hops.begin(stream, from), stream, asker }
  }
  const circuit = async (from: string, to: string) => {
    const { hop, stream, asker } = await begin(from)
    assert.ok(hop)
    const isAdmitted = hops.admits(hop, to)
    const [other, reader] = await streamPair({ capacity: 64 * MiB })
    if (isAdmitted) assert.ok(hops.join(hop, other))
    return { hop, stream, asker, other, reader, isAdmitted }
  }
  return { hops, clock, begin, circuit }
}

/** Passes on the data that arrive, as the library does; `sent` counts the pieces. */
function join(stream: Stream, other: Stream): { sent: number; bytes: number } {
  const count = { sent: 0, bytes: 0 }
  stream.addEventListener('message', ({ data }) => {
    count.sent += 1
    count.bytes += data.byteLength
    other.send(data)
  })
  return count
}

describe('the places of a relay', () => {
  it('are not taken by streams without a request, which are few per peer and end after seconds', async () => {
    const { hops, clock, begin } = hopsAt(undefined, 1)
    const streams = []
    for (let i = 0; i < STREAMS_OF_PEER_MAX; i++) streams.push(await begin('greedy'))
    assert.equal((await begin('greedy')).hop, undefined)
    const { hop } = await begin('modest')
    assert.ok(hop && hops.admits(hop, 'hidden'))
    assert.equal((await begin('modest')).hop?.to, null)
    await clock.advance(5_000)
    assert.ok(streams.every(({ stream }) => stream.status === 'aborted'))
    assert.ok((await begin('greedy')).hop)
  })

  it('are given back when the request is refused, also where the asker keeps the stream', async () => {
    const { hops, clock, begin } = hopsAt(undefined, 1)
    const { hop, stream } = await begin('greedy')
    assert.ok(hop && hops.admits(hop, 'hidden'))
    const { hop: another } = await begin('modest')
    assert.ok(another && !hops.admits(another, 'hidden'))
    void hops.endRefused(hop)
    assert.ok(hops.admits(another, 'hidden'))
    await clock.advance(10_000)
    assert.notEqual(stream.status, 'open')
  })

  it('are few between two peers, where the oldest circuit gives way, and none from a peer to itself', async () => {
    const { circuit } = hopsAt()
    assert.equal((await circuit('one', 'one')).isAdmitted, false)
    const first = await circuit('one', 'two')
    for (let i = 1; i < 12; i++) await circuit('one', 'two')
    assert.equal(first.stream.status, 'open')
    assert.equal((await circuit('one', 'two')).isAdmitted, true)
    assert.equal(first.stream.status, 'aborted')
    assert.equal((await circuit('one', 'three')).isAdmitted, true)
  })

  it('can be asked for at a rate, between two peers and by one', async () => {
    const { hops, clock, begin } = hopsAt()
    const asks = async (from: string, to: string): Promise<boolean> => {
      const { hop, stream } = await begin(from)
      const isAdmitted = hop !== undefined && hops.admits(hop, to)
      stream.abort(new Error('enough'))
      return isAdmitted
    }
    for (let i = 0; i < 40; i++) assert.ok(await asks('one', 'two'))
    assert.equal(await asks('one', 'two'), false)
    assert.equal(await asks('three', 'two'), true)
    for (let i = 40; i < 200; i++) assert.ok(await asks('one', `${i}`))
    assert.equal(await asks('one', 'another'), false)
    await clock.advance(2_000)
    assert.equal(await asks('one', 'two'), true)
  })

  it('pass on so few pieces to one peer that nobody shuts out the relay, and lose nothing', async () => {
    const { clock, circuit } = hopsAt()
    const circuits = [await circuit('one', 'two'), await circuit('three', 'two')]
    const counts = circuits.map(({ stream, other }) => join(stream, other))
    for (let i = 0; i < 6_000; i++) for (const { asker } of circuits) asker.send(Uint8Array.of(7))
    await until(() => circuits.every(({ stream }) => stream.readStatus === 'paused'), 'it waits')
    const sum = () => counts.reduce((all, { sent }) => all + sent, 0)
    assert.ok(sum() <= 5_002, `${sum()} pieces`)
    const bytes = () => counts.reduce((all, count) => all + count.bytes, 0)
    await until(
      () => circuits.every(({ stream }, at) => stream.readBufferLength + (counts[at]?.bytes ?? 0) === 6_000),
      'all came'
    )
    await clock.advance(200)
    await until(() => bytes() === 12_000, 'the rest is passed on as one piece each')
    assert.ok(sum() <= 5_002 + 400, `${sum()} pieces`)
  })

  it('pass on what they collect before the sender has closed its side', async () => {
    const { circuit } = hopsAt()
    const { stream, asker, other } = await circuit('one', 'two')
    const count = join(stream, other)
    for (let i = 0; i < 5_500; i++) asker.send(Uint8Array.of(7))
    await asker.close({ signal: soon() })
    await until(() => count.bytes === 5_500, 'nothing is lost')
  })

  it('hold little of each circuit, and end the fullest of the two peers that hold most', async () => {
    const { hops, circuit } = hopsAt()
    const honest = await circuit('honest', 'hidden')
    const all: { hop: Hop; stream: Stream }[] = [honest]
    for (let from = 0; from < 8; from++) {
      for (let i = 0; i < 12; i++) all.push(await circuit(`greedy ${from}`, 'partner'))
    }
    // Nobody passes on the data that arrive.
    for (const { hop } of all) {
      const isHonest = hop === honest.hop
      hop.passages = hop.passages.map((passage) =>
        Object.create(passage, {
          heldBytes: { value: isHonest ? MiB / 2 : MiB - 1 }
        })
      )
    }
    hops.makeRoom()
    assert.equal(honest.stream.status, 'open')
    const left = all.filter(({ stream }) => stream.status === 'open')
    const held = left.flatMap(({ hop }) => hop.passages).reduce((bytes, { heldBytes }) => bytes + heldBytes, 0)
    assert.ok(held <= 32 * MiB && held > 30 * MiB, `${held} bytes are held`)
  })

  it('end a circuit on which bytes wait and nothing moves, and no other', async () => {
    const { hops, circuit } = hopsAt()
    const [stuck, moving, idle] = [await circuit('a', 'b'), await circuit('c', 'd'), await circuit('e', 'f')]
    join(moving.stream, moving.other)
    stuck.stream.addEventListener('message', () => undefined)
    stuck.asker.send(new Uint8Array(1_000))
    for (let look = 0; look < 5; look++) {
      moving.asker.send(new Uint8Array(1_000))
      await new Promise((resolve) => setTimeout(resolve, 5))
      hops.look()
    }
    assert.deepEqual(
      [stuck, moving, idle].map(({ stream }) => stream.status),
      ['aborted', 'open', 'open']
    )
  })
})

describe('circuits that arrive', () => {
  it('are few while the peer at the other end has proved nothing, for each peer by itself', () => {
    const arrivals = new Arrivals(systemClock)
    const admit = (from: string, relay = 'relay') => arrivals.admit({ relay, from })
    const settles = Array.from({ length: 4 }, () => admit('greedy'))
    assert.ok(settles.every((settle) => settle !== undefined))
    assert.equal(admit('greedy'), undefined)
    assert.ok(admit('modest'))
    // The claims of one relay do not affect another relay.
    assert.ok(admit('greedy', 'another relay'))
    settles[0]?.()
    assert.ok(admit('greedy'))
    assert.equal(admit('greedy'), undefined)
  })

  it('have a rate, for each peer and for a relay', async () => {
    const clock = new SimulatedClock()
    const arrivals = new Arrivals(clock)
    const arrive = (from: string): boolean => {
      const settle = arrivals.admit({ relay: 'relay', from })
      settle?.()
      return settle !== undefined
    }
    for (let i = 0; i < 80; i++) assert.ok(arrive('one'))
    assert.equal(arrive('one'), false)
    for (let i = 80; i < 1_200; i++) assert.ok(arrive(`${i}`))
    assert.equal(arrive('another'), false)
    await clock.advance(1_000)
    assert.ok(arrive('one') && arrive('another'))
  })
})
