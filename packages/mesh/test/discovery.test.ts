import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { multiaddr } from '@multiformats/multiaddr'
import { cryptographicRandom, systemClock } from '@stimnet/protocol'
import { LevelDatastore } from '../src/connect/datastore.ts'
import { Discipline } from '../src/connect/limits/discipline.ts'
import { Discovery } from '../src/upkeep/discovery.ts'
import { Doorway } from '../src/connect/limits/doorway.ts'
import { helloExchange, type MeshEvents, type MeshTiming } from '../src/index.ts'
import { createNode } from '../src/connect/node.ts'
import { newStore, soon, type TestPeer, until, withNetwork } from './network.ts'

const knowsAll = (peer: TestPeer, all: readonly TestPeer[]) =>
  all.every((other) => other === peer || peer.mesh.connected().includes(other.mesh.peerId))

const sorted = (texts: readonly string[]) => [...texts].sort()

/** Longer than any test, for timers that must not fire. */
const NEVER_MS = 600_000

const TIMING: MeshTiming = {
  announceEveryMs: NEVER_MS,
  providerValidityMs: NEVER_MS,
  redialMs: NEVER_MS,
  redialMsMax: NEVER_MS,
  discoverMs: NEVER_MS,
  discoverMsMax: NEVER_MS,
  heartbeatMs: NEVER_MS,
  silenceMsMax: NEVER_MS,
  idleMs: NEVER_MS,
  reopenMs: NEVER_MS
}

const NO_EVENTS: MeshEvents = {
  peerConnected: () => {},
  denied: () => {},
  shutOut: () => {},
  peerDisconnected: () => {},
  refused: () => {},
  served: () => {},
  unexpected: () => {}
}

describe('finding each other', () => {
  it('a peer that joins by one other peer becomes known to all', async () => {
    await withNetwork(async (start) => {
      const first = await start()
      const bootstrap = first.mesh.addresses()
      const others: TestPeer[] = []
      for (let i = 0; i < 5; i++) others.push(await start({ bootstrap }))
      const before = [first, ...others]
      await until(() => before.every((peer) => knowsAll(peer, before)), 'the six of before', 30_000)
      const newcomer = await start({ bootstrap })
      const all = [...before, newcomer]
      // Joining takes about 100 ms on an idle machine; the benchmark measures it.
      await until(() => all.every((peer) => knowsAll(peer, all)), 'all seven', 30_000)
      assert.deepEqual(sorted(newcomer.mesh.members()), sorted(before.map(({ mesh }) => mesh.peerId)))
      assert.equal(newcomer.told.connected.length, 6)
    })
  })

  it('a catalog announced by one is found by a third who knows only the peer between them', async () => {
    await withNetwork(async (start) => {
      const between = await start()
      const bootstrap = between.mesh.addresses()
      const [offering, looking] = [await start({ bootstrap }), await start({ bootstrap })]
      offering.mesh.announce(['Clinical_Trial_Data', '  Parkinson’s  '])
      const find = (term: string) => looking.mesh.findProviders(term, soon())
      for (const term of ['clinical_trial_data', 'parkinson’s']) {
        await until(async () => (await find(term)).length > 0, `${term} is found`)
      }
      assert.deepEqual(await find('CLINICAL_trial_data '), [offering.mesh.peerId])
      assert.deepEqual(await find('parkinson’s'), [offering.mesh.peerId])
      assert.deepEqual(await find('imaging_data'), [])
      assert.deepEqual(await find('  '), [])
    })
  })

  it('a catalog that many offer is found at all of them', async () => {
    await withNetwork(async (start) => {
      const first = await start()
      const all = [first]
      for (let i = 0; i < 7; i++) all.push(await start({ bootstrap: first.mesh.addresses() }))
      for (const peer of all.slice(1)) peer.mesh.announce(['demo'])
      const expected = sorted(all.slice(1).map(({ mesh }) => mesh.peerId))
      // Each look-up may miss a busy peer. Several look-ups together name all peers, and no others.
      const found = new Set<string>()
      const look = async () => {
        for (const peerId of await first.mesh.findProviders('demo', soon())) found.add(peerId)
        return found.size >= expected.length
      }
      await until(look, 'all seven', 60_000)
      assert.deepEqual(sorted([...found]), expected)
    })
  })

  it('what is no longer announced, and who has left, is forgotten when the records lapse', async () => {
    await withNetwork(async (start) => {
      const timing = { providerValidityMs: 1_500, announceEveryMs: 500 }
      const first = await start({ timing })
      const bootstrap = first.mesh.addresses()
      const [staying, leaving] = [await start({ timing, bootstrap }), await start({ timing, bootstrap })]
      staying.mesh.announce(['kept', 'dropped'])
      leaving.mesh.announce(['kept'])
      const find = async (term: string) => sorted(await first.mesh.findProviders(term, soon()))
      const both = sorted([staying.mesh.peerId, leaving.mesh.peerId])
      await until(
        async () => (await find('kept')).join() === both.join() && (await find('dropped')).length === 1,
        'announced'
      )
      staying.mesh.announce(['kept'])
      await leaving.mesh.stop()
      await until(async () => (await find('dropped')).length === 0, 'the dropped term lapses')
      await until(async () => (await find('kept')).length === 1, 'who left lapses')
      assert.deepEqual(await find('kept'), [staying.mesh.peerId])
    })
  })

  it('a question to the DHT ends with its signal, and gives nothing where nobody is there', async () => {
    await withNetwork(async (start) => {
      const alone = await start()
      alone.mesh.announce(['demo'])
      assert.deepEqual(await alone.mesh.findProviders('demo', soon(500)), [])
      assert.deepEqual(alone.mesh.members(), [])
    })
  })

  it('more terms than a peer may announce are refused', async () => {
    await withNetwork(async (start) => {
      const { mesh } = await start()
      const terms = Array.from({ length: 257 }, (_, i) => `term ${i}`)
      assert.throws(() => mesh.announce(terms), { code: 'PARAMETER_INVALID' })
      mesh.announce(terms.slice(1))
    })
  })
})

describe('finding each other again', () => {
  it('a peer that restarts with a new address is found by all, though it remembers nothing', async () => {
    await withNetwork(async (start) => {
      const first = await start()
      const bootstrap = first.mesh.addresses()
      const [other, moving] = [await start({ bootstrap }), await start({ bootstrap })]
      const { peerId } = moving.mesh
      await until(() => other.mesh.connected().includes(peerId), 'connected')
      const before = other.mesh.addressesOf(peerId)
      await moving.mesh.stop()
      await until(() => !other.mesh.connected().includes(peerId), 'gone')
      await start({ bootstrap, seed: moving.seed, store: newStore() })
      await until(() => other.mesh.connected().includes(peerId), 'connected again')
      assert.notDeepEqual(other.mesh.addressesOf(peerId), before)
    })
  })

  it('a peer with a new address is found through others, when it calls nobody itself', async () => {
    await withNetwork(async (start) => {
      const first = await start()
      const bootstrap = first.mesh.addresses()
      const timing = { redialMsMax: 500, discoverMs: NEVER_MS, discoverMsMax: NEVER_MS }
      const [seeking, moving] = [await start({ bootstrap, timing }), await start({ bootstrap })]
      const { peerId } = moving.mesh
      await until(() => seeking.mesh.connected().includes(peerId), 'connected')
      await moving.mesh.stop()
      await until(() => !seeking.mesh.connected().includes(peerId), 'gone')
      let turnsAway = true
      await start({
        bootstrap,
        seed: moving.seed,
        permits: (id) => id === first.mesh.peerId || !turnsAway,
        timing: { discoverMs: NEVER_MS, discoverMsMax: NEVER_MS }
      })
      await until(() => first.mesh.connected().includes(peerId), 'the one between has it again')
      turnsAway = false
      await until(() => seeking.mesh.connected().includes(peerId), 'the seeking one found it')
    })
  })

  it('others are asked where a peer is now', async () => {
    await withNetwork(async (start) => {
      const between = await start()
      const sought = await start({ bootstrap: between.mesh.addresses() })
      await until(() => between.mesh.connected().length === 1, 'connected')
      const node = await createNode(
        {
          nodeSeed: crypto.getRandomValues(new Uint8Array(32)),
          listen: [],
          bootstrap: between.mesh.addresses(),
          mdns: false,
          // The peer can learn about the sought peer only from the peer in between.
          permits: (id) => id === between.mesh.peerId
        },
        TIMING,
        {
          ...{ datastore: await LevelDatastore.open(newStore()), denied: () => {} },
          ...{ clock: systemClock, discipline: new Discipline(systemClock), door: new Doorway(systemClock) }
        }
      )
      const stop = new AbortController()
      try {
        await node.start()
        const discovery = new Discovery({
          node,
          store: newStore(),
          timing: TIMING,
          stopping: stop.signal,
          permits: () => true,
          clock: systemClock,
          random: cryptographicRandom,
          events: NO_EVENTS
        })
        await node.dial(multiaddr(between.mesh.addresses()[0] ?? ''))
        const [address = ''] = sought.mesh.addresses()
        const lookUp = () => discovery.lookUp(sought.mesh.peerId, soon(2_000))
        const expected = address.slice(0, address.indexOf('/p2p/'))
        await until(async () => (await lookUp()).includes(expected), 'the address is told', 30_000)
      } finally {
        stop.abort()
        await node.stop()
      }
    })
  })

  it('a peer that met another once calls it again after a restart, without any bootstrap address', async () => {
    await withNetwork(async (start) => {
      const [a, b] = [await start(), await start({ timing: { redialMs: NEVER_MS, redialMsMax: NEVER_MS } })]
      await a.mesh.connect(b.mesh.addresses()[0] ?? '', { signal: soon() })
      await until(() => b.mesh.connected().length === 1, 'met')
      await a.mesh.stop()
      const again = await start({ seed: a.seed, store: a.store })
      assert.equal(again.mesh.peerId, a.mesh.peerId)
      assert.deepEqual(again.mesh.members(), [b.mesh.peerId])
      assert((again.mesh.lastSeen(b.mesh.peerId) ?? 0) > 0)
      await until(() => again.mesh.connected().includes(b.mesh.peerId), 'called again')
    })
  })

  it('a peer that comes back to its old address is called again and again until it is there', async () => {
    await withNetwork(async (start) => {
      const first = await start()
      const address = first.mesh.addresses()[0] ?? ''
      const other = await start({ bootstrap: [address] })
      await until(() => other.mesh.connected().length === 1, 'connected')
      await first.mesh.stop()
      await new Promise((resolve) => setTimeout(resolve, 1_000))
      const listen = [address.slice(0, address.indexOf('/p2p/'))]
      // The restarted peer has an empty store, so only the other peer can dial.
      await start({ seed: first.seed, store: newStore(), listen })
      await until(() => other.mesh.connected().length === 1, 'connected again')
      assert.equal(other.told.connected.length, 2)
    })
  })
})

describe('who may connect', () => {
  it('a stranger is turned away, and nothing it asks is answered', async () => {
    await withNetwork(async (start) => {
      const allowed = new Set<string>()
      let asked = 0
      const guarded = await start({
        permits: (peerId) => allowed.has(peerId),
        prepare: (mesh) =>
          mesh.serve(helloExchange, async () => {
            asked += 1
            return { jws: new Uint8Array() }
          })
      })
      const [stranger, member] = [await start(), await start()]
      allowed.add(member.mesh.peerId)
      const address = guarded.mesh.addresses()[0] ?? ''
      await assert.rejects(stranger.mesh.connect(address, { signal: soon() }), { code: 'INTERRUPTED' })
      const ask = (peer: TestPeer) =>
        peer.mesh.ask(helloExchange, guarded.mesh.peerId, { version: '1' }, { signal: soon() })
      await assert.rejects(ask(stranger))
      await member.mesh.connect(address, { signal: soon() })
      await ask(member)
      assert.equal(asked, 1)
      assert.deepEqual(guarded.mesh.members(), [member.mesh.peerId])
      assert.deepEqual(guarded.told.connected, [member.mesh.peerId])
    })
  })

  it('nobody calls a stranger, also not at an address that does not name it', async () => {
    await withNetwork(async (start) => {
      const stranger = await start()
      const guarded = await start({ permits: () => false })
      const address = stranger.mesh.addresses()[0] ?? ''
      const anonymous = address.slice(0, address.indexOf('/p2p/'))
      await assert.rejects(guarded.mesh.connect(address, { signal: soon() }), { code: 'FORBIDDEN' })
      await assert.rejects(guarded.mesh.connect(anonymous, { signal: soon() }), { code: 'FORBIDDEN' })
      assert.deepEqual([guarded.mesh.connected(), stranger.mesh.connected()], [[], []])
    })
  })

  it('who loses its permit is hung up on, and not let in again', async () => {
    await withNetwork(async (start) => {
      const revoked = new Set<string>()
      const guarded = await start({ permits: (peerId) => !revoked.has(peerId) })
      const member = await start({ bootstrap: guarded.mesh.addresses() })
      await until(() => guarded.mesh.connected().length === 1, 'connected')
      revoked.add(member.mesh.peerId)
      await guarded.mesh.permitsChanged()
      await until(() => guarded.mesh.connected().length === 0, 'hung up')
      await new Promise((resolve) => setTimeout(resolve, 500))
      assert.deepEqual([guarded.mesh.connected(), guarded.mesh.members()], [[], []])
      revoked.clear()
      await until(() => guarded.mesh.connected().length === 1, 'let in again')
    })
  })

  it('a permit that cannot be judged is no permit', async () => {
    await withNetwork(async (start) => {
      const guarded = await start({
        permits: () => {
          throw new Error('the list cannot be read')
        }
      })
      const member = await start()
      const address = guarded.mesh.addresses()[0] ?? ''
      await assert.rejects(member.mesh.connect(address, { signal: soon() }), { code: 'INTERRUPTED' })
      assert.deepEqual(guarded.mesh.connected(), [])
    })
  })
})
