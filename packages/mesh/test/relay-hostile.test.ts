import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { RELAY_V2_HOP_CODEC, RELAY_V2_STOP_CODEC } from '@libp2p/circuit-relay-v2'
import { type Connection, LimitedConnectionError, type PeerId } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { streamPair } from '@libp2p/utils'
import { multiaddr } from '@multiformats/multiaddr'
import { codeOf, systemClock } from '@stimnet/protocol'
import { gaterOf } from '../src/connect/limits/gater.ts'
import { FrameWatch } from '../src/connect/limits/guarded.ts'
import { KAD_PROTOCOL } from '../src/connect/node.ts'
import { directOnly } from '../src/connect/relay/direct-only.ts'
import { Passage } from '../src/connect/relay/passage.ts'
import { helloExchange } from '../src/index.ts'
import { BOUNDS, withIntruder } from './hops.ts'
import { soon, type TestPeer, until, withNetwork } from './network.ts'

const firstOf = (peer: TestPeer) => multiaddr(peer.mesh.addresses()[0] ?? '')

describe('a member that misuses relays', () => {
  it('is no relay of a peer that has not named it, whatever it says', async () => {
    await withNetwork(async (start) => {
      const peer = await start()
      await withIntruder(async (node) => {
        const connection = await node.dial(firstOf(peer))
        // Opening this stream claims that somebody wants to reach the peer through this connection.
        const stream = await connection.newStream(RELAY_V2_STOP_CODEC, { signal: soon() })
        await until(() => stream.status === 'reset', 'the stream is reset')
        assert.deepEqual(peer.mesh.reach().relays, [])
        assert.ok(peer.mesh.addresses().every((address) => !address.includes('p2p-circuit')))
      })
    })
  })

  it('gets no circuit to a peer without a reservation, none through a peer that does not relay, and none over its own relay', async () => {
    await withNetwork(async (start) => {
      const relay = await start({ relaying: BOUNDS })
      const [plain, target] = [await start(), await start({ bootstrap: relay.mesh.addresses() })]
      await until(() => relay.mesh.connected().includes(target.mesh.peerId), 'connected')
      await withIntruder(async (node) => {
        for (const through of [relay, plain]) {
          const address = multiaddr(`${firstOf(through)}/p2p-circuit/p2p/${target.mesh.peerId}`)
          await assert.rejects(node.dial(address, { signal: soon() }))
        }
      })
      assert.equal(relay.mesh.reach().relaying?.circuits, 0)
    })
  })

  it('is shut out where its requests are malformed without end, and what follows a request is not counted', async () => {
    await withNetwork(async (start) => {
      const relay = await start({ relaying: BOUNDS })
      await withIntruder(async (node) => {
        for (let i = 0; i < 2; i++) {
          const connection = await node.dial(firstOf(relay))
          const stream = await connection.newStream(RELAY_V2_HOP_CODEC, { signal: soon() })
          stream.send(new Uint8Array(64).fill(0xff))
          await until(() => stream.status !== 'open', 'the stream is aborted')
        }
        await until(() => relay.told.shutOut.length === 1, 'shut out')
      })
    })
    const watch = new FrameWatch({ bytesMax: 100, framesMax: 1 })
    assert.equal(watch.follow(Uint8Array.of(2, 7)), 1)
    assert.equal(watch.hasEnded, false)
    assert.equal(watch.follow(Uint8Array.of(7, 0xff, 0xff, 0xff, 0xff, 0xff)), 0)
    assert.equal(watch.hasEnded, true)
  })

  it('and relays cuts connections: others go on through the next relay', async () => {
    await withNetwork(async (start) => {
      const [one, two] = [await start({ relaying: BOUNDS }), await start({ relaying: BOUNDS })]
      const relays = [one, two].map((relay) => String(firstOf(relay)))
      const prepare: Parameters<typeof start>[0] = {
        prepare: (mesh) => mesh.serve(helloExchange, async () => ({ jws: Uint8Array.of(1) }))
      }
      const hidden = await start({ ...prepare, listen: [], bootstrap: relays, relays })
      const asker = await start({ listen: [], bootstrap: relays })
      await until(() => hidden.mesh.addresses().length === 2, 'reserved at both')
      await until(() => asker.mesh.connected().includes(hidden.mesh.peerId), 'connected')
      await one.mesh.stop()
      const ask = () => asker.mesh.ask(helloExchange, hidden.mesh.peerId, { version: '1' }, { signal: soon() })
      const codeOfAsking = () => ask().then(() => 'OK', codeOf)
      await until(async () => (await codeOfAsking()) === 'OK', 'answered through the other relay')
      assert.ok(hidden.mesh.addresses().every((address) => address.startsWith(relays[1] ?? '-')))
      await two.mesh.stop()
      assert.equal(await codeOfAsking(), 'PEER_UNREACHABLE')
    })
  })

  it('fills no memory of the relay by sending to somebody who reads nothing', async () => {
    const [sender, arriving] = await streamPair({ capacity: 1_000 })
    const [leaving, reader] = await streamPair({ capacity: 1_000 })
    const queue: { byteLength: number }[] = []
    const passage = new Passage(arriving, leaving, { clock: systemClock, mayPass: () => true })
    arriving.addEventListener('message', ({ data }) => queue.push(data))
    const read: number[] = []
    reader.addEventListener('message', ({ data }) => read.push(data.byteLength))
    const piece = new Uint8Array(32 * 1024)
    for (let i = 0; i < 8; i++) sender.send(piece)
    await until(() => arriving.readStatus === 'paused', 'it reads no more')
    const held = () => queue.reduce((sum, { byteLength }) => sum + byteLength, 0)
    const most = 128 * 1024
    assert.ok(held() > most && held() <= most + 2 * piece.length, `${held()} bytes are held`)
    assert.equal(passage.heldBytes >= held(), true)
    while (read.reduce((sum, bytes) => sum + bytes, 0) < 8 * piece.length) {
      for (const { byteLength } of queue.splice(0)) leaving.send(new Uint8Array(byteLength))
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    assert.equal(arriving.readStatus, 'readable')
  })
})

describe('relayed connections', () => {
  it('are refused by the gate from and to whom is not permitted, and where nothing is relayed', () => {
    const peer = (name: string) => ({ toString: () => name }) as never
    const gater = gaterOf((peerId) => peerId !== 'stranger', { relays: true })
    assert.equal(gater.denyInboundRelayReservation?.(peer('member')), false)
    assert.equal(gater.denyInboundRelayReservation?.(peer('stranger')), true)
    const isDenied = (from: string, to: string) => gater.denyOutboundRelayedConnection?.(peer(from), peer(to))
    assert.deepEqual(
      [isDenied('member', 'other'), isDenied('stranger', 'other'), isDenied('member', 'stranger')],
      [false, true, true]
    )
    assert.equal(gater.denyInboundRelayedConnection?.(peer('member'), peer('stranger')), true)
    assert.equal(gater.denyInboundRelayedConnection?.(peer('stranger'), peer('member')), true)
    const none = gaterOf(() => true)
    assert.equal(none.denyInboundRelayReservation?.(peer('member')), true)
    assert.equal(none.denyOutboundRelayedConnection?.(peer('member'), peer('other')), true)
  })

  it('carry only exchanges that say so, and never the DHT', async () => {
    await withNetwork(async (start) => {
      const relay = await start({ relaying: BOUNDS })
      const relays = [String(firstOf(relay))]
      const { mayBeRelayed: _, ...direct } = { ...helloExchange, id: '/stimnet/test/1.0.0' }
      const hidden = await start({
        listen: [],
        relays,
        prepare: (mesh) => {
          for (const exchange of [helloExchange, direct]) mesh.serve(exchange, async () => ({ jws: Uint8Array.of(1) }))
        }
      })
      await until(() => hidden.mesh.addresses().length === 1, 'reserved')
      // The asking peer listens nowhere either, so neither peer can reach the other directly.
      const asker = await start({ listen: [], bootstrap: relays })
      await asker.mesh.connect(hidden.mesh.addresses()[0] ?? '', { signal: soon() })
      const ask = (exchange: typeof direct) =>
        asker.mesh.ask(exchange, hidden.mesh.peerId, { version: '1' }, { signal: soon() })
      await ask(helloExchange)
      assert.equal(await ask(direct).then(() => 'OK', codeOf), 'PEER_UNREACHABLE')
      await withIntruder(async (node) => {
        const connection = await node.dial(multiaddr(hidden.mesh.addresses()[0] ?? ''), { signal: soon() })
        const stream = connection.newStream(KAD_PROTOCOL, { signal: soon(), runOnLimitedConnection: true })
        const isReset = async () => (await stream).status !== 'open'
        await until(() => isReset().catch(() => true), 'the other end refuses the DHT as well')
      })
    })
    const id = peerIdFromString('12D3KooWJWoaqZhDaoEFshF7Rh1bpY9ohihFhzcW6d69Lr2NASuq')
    const opened: string[] = []
    const components = (remote: string) => ({
      connectionManager: {
        getConnections: () => [{ remoteAddr: multiaddr(remote) } as Connection],
        openStream: async (_peer: PeerId) => opened.push(remote)
      },
      ping: { ping: async (_peer: PeerId) => opened.push('ping') },
      peerStore: { get: async () => ({ addresses: [] }) as never }
    })
    const relayed = directOnly(components(`/ip4/192.0.2.1/tcp/1/p2p/${id}/p2p-circuit`))
    await assert.rejects(relayed.connectionManager.openStream(id), LimitedConnectionError)
    await assert.rejects(relayed.ping.ping(id), LimitedConnectionError)
    const direct = directOnly(components('/ip4/192.0.2.1/tcp/1'))
    await direct.connectionManager.openStream(id)
    await direct.ping.ping(id)
    assert.deepEqual(opened, ['/ip4/192.0.2.1/tcp/1', 'ping'])
  })
})
