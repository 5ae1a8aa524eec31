import assert from 'node:assert/strict'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { describe, it } from 'node:test'
import { codeOf } from '@stimnet/protocol'
import { catalogExchange, helloExchange, type Mesh, type RelayBounds } from '../src/index.ts'
import { type Plan, soon, type TestPeer, until, withNetwork } from './network.ts'

const BOUNDS: RelayBounds = {
  reservationsMax: 16,
  circuitsMax: 64,
  circuitBytesMax: 64 * 1024 * 1024,
  circuitMsMax: 3_600_000
}

/** Answers hello with this peer's own PeerId, and any catalog request with the given number of bytes. */
function answering(bytes = 1): (mesh: Mesh) => void {
  return (mesh) => {
    mesh.serve(helloExchange, async () => ({ jws: new TextEncoder().encode(mesh.peerId) }))
    mesh.serve(catalogExchange, async () => ({ catalogs: [new Uint8Array(bytes)] }))
  }
}

type Start = (plan?: Plan) => Promise<TestPeer>

const relayIn = (start: Start, plan: Plan = {}) => start({ relaying: BOUNDS, ...plan })

/** A peer that listens nowhere, and is reached through these relays. */
const hiddenIn = (start: Start, relays: readonly TestPeer[], plan: Plan = {}) => {
  const addresses = relays.flatMap(({ mesh }) => mesh.addresses().slice(0, 1))
  return start({ listen: [], bootstrap: addresses, relays: addresses, prepare: answering(), ...plan })
}

const isReserved = ({ mesh }: TestPeer) => mesh.reach().relays.some(({ sinceMs }) => sinceMs !== null)

async function helloOf(asker: TestPeer, other: TestPeer): Promise<string> {
  const { jws } = await asker.mesh.ask(helloExchange, other.mesh.peerId, { version: '1' }, { signal: soon() })
  return new TextDecoder().decode(jws)
}

const codeOfAsking = (asker: TestPeer, other: TestPeer) => helloOf(asker, other).then(() => 'OK', codeOf)

describe('peers that only dial out', () => {
  it('find each other through a relay, ask each other, and do so again after the relay was stopped and started', async () => {
    await withNetwork(async (start) => {
      const relay = await relayIn(start)
      const [north, south] = [await hiddenIn(start, [relay]), await hiddenIn(start, [relay])]
      const knowEachOther = () =>
        north.mesh.connected().includes(south.mesh.peerId) && south.mesh.connected().includes(north.mesh.peerId)
      await until(knowEachOther, 'they find each other')
      assert.equal(await helloOf(north, south), south.mesh.peerId)
      assert.equal(await helloOf(south, north), north.mesh.peerId)
      const [address = ''] = north.mesh.addresses()
      assert.equal(address, `${relay.mesh.addresses()[0]}/p2p-circuit/p2p/${north.mesh.peerId}`)
      assert.deepEqual(relay.mesh.reach().relaying?.reservations, 2)
      assert.ok((relay.mesh.reach().relaying?.circuits ?? 0) >= 1)
      assert.equal(north.mesh.reach().direct.isReached, false)

      const listen = [relay.mesh.addresses()[0]?.split('/p2p/')[0] ?? '']
      await relay.mesh.stop()
      await until(() => !isReserved(north) && !isReserved(south), 'the reservations are lost')
      await until(() => north.mesh.reach().relays[0]?.why === 'it cannot be reached', 'the reason is told')
      assert.deepEqual(north.mesh.addresses(), [])
      assert.equal(north.told.relayLost.length, 1)
      const again = await relayIn(start, { listen, seed: relay.seed })
      await until(() => isReserved(north) && isReserved(south), 'the reservations are back')
      await until(async () => (await codeOfAsking(north, south)) === 'OK', 'and the way to each other')
      assert.equal(await helloOf(south, north), north.mesh.peerId)
      assert.deepEqual(north.told.reserved, [again.mesh.peerId, again.mesh.peerId])
      assert.deepEqual([...north.told.unexpected, ...south.told.unexpected, ...again.told.unexpected], [])
    })
  })

  it('are reached through any of several relays, and say in words what is wrong with the others', async () => {
    await withNetwork(async (start) => {
      const relay = await relayIn(start)
      const silent = await start()
      const full = await relayIn(start, {
        relaying: { ...BOUNDS, reservationsMax: 0 }
      })
      const stranger = await relayIn(start, { permits: () => false })
      const relays = [silent, full, stranger, relay]
      const hidden = await hiddenIn(start, relays)
      const [first = ''] = relay.mesh.addresses()
      await until(
        () => isReserved(hidden) && hidden.mesh.reach().relays.filter(({ why }) => why !== '').length === 3,
        'asked all'
      )
      assert.deepEqual(
        hidden.mesh.reach().relays.map(({ why }) => why),
        [
          'it does not relay: mesh.relay is off there',
          'it gave no place: all are taken there, or the connection broke',
          'it does not let this peer connect',
          ''
        ]
      )
      assert.deepEqual(hidden.mesh.addresses(), [`${first}/p2p-circuit/p2p/${hidden.mesh.peerId}`])
    })
  })

  it('are reached at once after their network has changed, while the relay still holds the old connection', async () => {
    await withNetwork(async (start) => {
      const relay = await relayIn(start)
      const [, port = '0'] = /\/tcp\/(\d+)/.exec(relay.mesh.addresses()[0] ?? '') ?? []
      // This proxy ends connections of the hidden peer without informing the relay, like a NAT that gets another address.
      const inner: Socket[] = []
      const outer: Socket[] = []
      const nat = createServer((from) => {
        const to = connect(Number(port), '127.0.0.1')
        inner.push(from)
        outer.push(to)
        from.on('error', () => {}).on('data', (data) => to.write(data))
        to.on('error', () => {}).on('data', (data) => from.write(data))
      })
      await new Promise<void>((resolve) => nat.listen(0, '127.0.0.1', resolve))
      try {
        const natAddress = `/ip4/127.0.0.1/tcp/${(nat.address() as AddressInfo).port}/p2p/${relay.mesh.peerId}`
        const hidden = await hiddenIn(start, [], { relays: [natAddress] })
        const asker = await hiddenIn(start, [relay])
        const isConnected = () => hidden.mesh.connected().includes(asker.mesh.peerId)
        await until(() => isConnected() && asker.mesh.connected().includes(hidden.mesh.peerId), 'connected')
        assert.equal(await helloOf(asker, hidden), hidden.mesh.peerId)
        for (const socket of inner.splice(0)) socket.destroy()
        await until(() => hidden.told.relayLost.length === 1 && isReserved(hidden) && isConnected(), 'back')
        // The asking peer still holds a circuit over the old connection, beside the new one.
        assert.equal(await helloOf(asker, hidden), hidden.mesh.peerId)
        await asker.mesh.disconnect(hidden.mesh.peerId)
        // The relay notices only after half a minute that the old connection is dead. Until then it must not send requests
        // over that connection.
        await until(async () => (await codeOfAsking(asker, hidden)) === 'OK', 'and anew', 15_000)
      } finally {
        nat.close()
        for (const socket of [...inner, ...outer]) socket.destroy()
      }
    })
  })

  it('are asked whole answers, in circuits that are cut at their bound and opened anew', async () => {
    await withNetwork(async (start) => {
      const small = { ...BOUNDS, circuitBytesMax: 1_000_000 }
      const relay = await relayIn(start, { relaying: small })
      const hidden = await hiddenIn(start, [relay], { prepare: answering(300_000) })
      const asker = await start({ bootstrap: relay.mesh.addresses() })
      await until(() => isReserved(hidden) && asker.mesh.connected().includes(hidden.mesh.peerId), 'connected')
      // Three answers fit through one circuit. The next answers break it, and are requested once more through another
      // circuit.
      for (let i = 0; i < 8; i++) {
        const question = { words: [], name: '' }
        const answer = await asker.mesh.ask(catalogExchange, hidden.mesh.peerId, question, { signal: soon() })
        assert.equal(answer.catalogs[0]?.length, 300_000)
      }
    })
  })
})

describe('through a relay', () => {
  it('a stranger is turned away, also where the relay lets it in and says who it is', async () => {
    await withNetwork(async (start) => {
      const lax = await relayIn(start)
      const members = new Set([lax.mesh.peerId])
      const hidden = await hiddenIn(start, [lax], { permits: (peerId) => members.has(peerId) })
      await until(() => isReserved(hidden), 'reserved')
      const stranger = await start({ bootstrap: lax.mesh.addresses() })
      await until(() => stranger.mesh.connected().includes(lax.mesh.peerId), 'the relay lets the stranger in')
      const [address = ''] = hidden.mesh.addresses()
      await assert.rejects(stranger.mesh.connect(address, { signal: soon() }))
      assert.deepEqual(hidden.mesh.connected(), [lax.mesh.peerId])
      members.add(stranger.mesh.peerId)
      await stranger.mesh.connect(address, { signal: soon() })
      assert.equal(await helloOf(stranger, hidden), hidden.mesh.peerId)

      // The permission is withdrawn while they are connected.
      members.delete(stranger.mesh.peerId)
      assert.equal(await codeOfAsking(stranger, hidden), 'FORBIDDEN')
      await hidden.mesh.permitsChanged()
      await until(() => !stranger.mesh.connected().includes(hidden.mesh.peerId), 'disconnected')
      assert.notEqual(await codeOfAsking(stranger, hidden), 'OK')
      assert.deepEqual(hidden.mesh.connected(), [lax.mesh.peerId])
    })
  })

  it('nobody is relayed whom the relay does not permit, neither from nor to', async () => {
    await withNetwork(async (start) => {
      const revoked = new Set<string>()
      const relay = await relayIn(start, { permits: (peerId) => !revoked.has(peerId) })
      const [hidden, other] = [await hiddenIn(start, [relay]), await hiddenIn(start, [relay])]
      await until(() => isReserved(hidden) && isReserved(other), 'reserved')
      const [address = ''] = hidden.mesh.addresses()
      await other.mesh.connect(address, { signal: soon() })
      revoked.add(hidden.mesh.peerId)
      // Before the relay has disconnected the peer, the peer opens no further circuit; afterwards the circuits are gone.
      await other.mesh.disconnect(hidden.mesh.peerId)
      assert.equal(await codeOfAsking(other, hidden), 'PEER_UNREACHABLE')
      const permitted = relay.mesh.permitsChanged()
      assert.equal(relay.mesh.reach().relaying?.reservations, 1, 'its place is free at once')
      await permitted
      await until(() => !isReserved(hidden), 'the reservation is gone')
      await until(() => hidden.mesh.reach().relays[0]?.why === 'it does not let this peer connect', 'and none is given')
      assert.equal(await codeOfAsking(other, hidden), 'PEER_UNREACHABLE')
      assert.equal(relay.mesh.reach().relaying?.reservations, 1)
      // The peer is permitted again, and keeps its new place.
      revoked.delete(hidden.mesh.peerId)
      await until(() => isReserved(hidden) && relay.mesh.reach().relaying?.reservations === 2, 'reserved again')
      await until(async () => (await codeOfAsking(other, hidden)) === 'OK', 'reached again')
    })
  })
})
