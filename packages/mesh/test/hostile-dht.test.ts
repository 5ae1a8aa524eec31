import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { PeerId } from '@libp2p/interface'
import { peerIdFromMultihash, peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import type { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { dhtOf, KAD_PROTOCOL, type MeshNode } from '../src/connect/node.ts'
import { membershipKey } from '../src/connect/terms.ts'
import { withIntruder } from './hops.ts'
import { soon, type TestPeer, until, withNetwork } from './network.ts'

const PUSH_PROTOCOL = '/stimnet/id/push/1.0.0'
const [ADD_PROVIDER, FIND_NODE] = [2, 4]

/** A field of bytes in Protocol Buffers. */
const field = (number: number, bytes: ArrayLike<number>): number[] => [
  (number << 3) | 2,
  ...varint(bytes.length),
  ...Array.from(bytes)
]

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(Math.floor(value / 0x80))]
}

const framed = (message: readonly number[]): Uint8Array => Uint8Array.from([...varint(message.length), ...message])
const peerOf = (id: ArrayLike<number>, addresses: readonly Uint8Array[]): number[] => [
  ...field(1, id),
  ...addresses.flatMap((address) => field(2, address))
]
const closerTo = (peers: readonly (readonly number[])[]): Uint8Array =>
  framed([0x08, FIND_NODE, ...peers.flatMap((peer) => field(8, peer))])
const announcement = (id: PeerId, { key, addresses }: { key: Uint8Array; addresses: readonly Uint8Array[] }) =>
  framed([0x08, ADD_PROVIDER, ...field(2, key), ...field(9, peerOf(id.toMultihash().bytes, addresses))])

/** /ip4/10.x.y.z/tcp/4002 */
const addressOf = (n: number): Uint8Array =>
  Uint8Array.of(4, 10, (n >> 16) & 255, (n >> 8) & 255, n & 255, 6, 0x0f, 0xa2)
const addresses = (count: number, from = 0): Uint8Array[] =>
  Array.from({ length: count }, (_, i) => addressOf(from + i))
const inventedId = (): Uint8Array => Uint8Array.of(0, 36, 8, 1, 18, 32, ...crypto.getRandomValues(new Uint8Array(32)))
const hashKey = (): Uint8Array => Uint8Array.of(0x12, 0x20, ...crypto.getRandomValues(new Uint8Array(32)))

/** The sizes of the entries of other peers that a peer has stored, and of the names of its DHT records. */
async function storedBy({ store }: TestPeer): Promise<{ peers: number[]; records: number[] }> {
  const found = { peers: [] as number[], records: [] as number[] }
  for await (const [name, { byteLength }] of store.iterator()) {
    if (name.includes('/peers/')) found.peers.push(byteLength)
    if (name.includes('/dht/')) found.records.push(name.length)
  }
  return found
}

/** Answers each question to the DHT with the bytes. Returns how often it was asked. */
async function answering(node: MeshNode, answer: () => Uint8Array): Promise<() => number> {
  let asked = 0
  await node.unhandle(KAD_PROTOCOL)
  await node.handle(KAD_PROTOCOL, (stream) => {
    stream.addEventListener('message', () => {
      asked += 1
      const bytes = answer()
      for (let at = 0; at < bytes.length; at += 60_000) stream.send(bytes.subarray(at, at + 60_000))
    })
  })
  return () => asked
}

const firstOf = ({ mesh }: TestPeer) => multiaddr(mesh.addresses()[0] ?? '')

/** Sends bytes to the protocol of a peer, as often as the peer takes streams. */
async function sendTo(node: MeshNode, { to, protocol, bytes }: { to: TestPeer; protocol: string; bytes: Uint8Array }) {
  const stream = await node.dialProtocol(firstOf(to), protocol, { signal: soon() })
  for (let at = 0; at < bytes.length; at += 60_000) {
    if (stream.status === 'open') stream.send(bytes.subarray(at, at + 60_000))
  }
  return stream
}

describe('a member that tells of peers', () => {
  it('that it invented, hundreds in an answer of the DHT, is shut out, and none of them is stored', async () => {
    await withNetwork(async (start) => {
      const server = await start()
      await withIntruder(async (node) => {
        const peers = Array.from({ length: 400 }, (_, i) => peerOf(inventedId(), addresses(1, i)))
        await answering(node, () => closerTo(peers))
        await node.dial(firstOf(server))
        await until(async () => {
          await server.mesh.findProviders('anything', soon())
          return server.told.shutOut.length > 0
        }, 'it is shut out')
        assert.deepEqual(server.told.shutOut, [{ peerId: node.peerId.toString(), why: 'too many peers' }])
        const { peers: stored } = await storedBy(server)
        assert.ok(stored.length <= 2, `${stored.length} peers are stored: itself, and the member`)
      })
    })
  })

  it('who are not permitted is heard, and none of them is stored', async () => {
    await withNetwork(async (start) => {
      let member = ''
      const server = await start({ permits: (peerId) => peerId === member })
      await withIntruder(async (node) => {
        member = node.peerId.toString()
        const asked = await answering(node, () =>
          closerTo(Array.from({ length: 20 }, (_, i) => peerOf(inventedId(), addresses(8, 8 * i))))
        )
        await node.dial(firstOf(server))
        await until(async () => {
          await server.mesh.findProviders('anything', soon())
          return asked() >= 3
        }, 'it has answered')
        const { peers: stored } = await storedBy(server)
        assert.ok(stored.length <= 2, `${stored.length} peers are stored`)
        assert.deepEqual(server.told.shutOut, [])
      })
    })
  })

  it('with thousands of addresses is shut out before they are decoded', async () => {
    await withNetwork(async (start) => {
      const server = await start()
      await withIntruder(async (node) => {
        await answering(node, () => closerTo([peerOf(inventedId(), addresses(4_000))]))
        await node.dial(firstOf(server))
        await until(async () => {
          await server.mesh.findProviders('anything', soon())
          return server.told.shutOut.length > 0
        }, 'it is shut out')
        assert.equal(server.told.shutOut[0]?.why, 'too many addresses of a peer')
        const { peers: stored } = await storedBy(server)
        assert.ok(Math.max(...stored) < 4_096, `an entry of ${Math.max(...stored)} bytes`)
      })
    })
  })
})

describe('what members tell of others', () => {
  it('stays few addresses, among them those that the peer itself has signed', async () => {
    await withNetwork(async (start) => {
      const honest = await start()
      await withIntruder(async (node) => {
        await node.dial(firstOf(honest))
        const id = peerIdFromString(honest.mesh.peerId)
        const own = firstOf(honest).toString().split('/p2p/')[0] ?? ''
        const signed = async () => (await node.peerStore.get(id)).addresses.some(({ isCertified }) => isCertified)
        await until(signed, 'it has identified itself')
        for (let round = 0; round < 20; round++) {
          const told = addresses(8, 8 * round).map((bytes) => multiaddr(bytes))
          const long = multiaddr(`/dns4/${'x'.repeat(300)}/tcp/1`)
          await node.peerStore.merge(id, { multiaddrs: [long, ...told] })
        }
        const known = (await node.peerStore.get(id)).addresses.map((address) => address.multiaddr.toString())
        assert.equal(known.length, 8)
        assert.ok(known.includes(own), `${own} is among ${known}`)
        assert.ok(known.every((address) => address.length < 300))
        assert.ok(known.includes('/ip4/10.0.0.152/tcp/4002'), 'the others are those that were told last')
      })
    })
  })

  it('makes no honest member shut another one out, and stops no honest answer', async () => {
    await withNetwork(async (start) => {
      const first = await start()
      const others = [
        await start({ bootstrap: [String(firstOf(first))] }),
        await start({ bootstrap: [String(firstOf(first))] })
      ]
      const honest = [first, ...others]
      await until(() => honest.every(({ mesh }) => mesh.connected().length >= 2), 'connected')
      await withIntruder(async (node) => {
        let round = 0
        // Names of 7,000 bytes were stored and passed on, until an honest answer was longer than an answer may be.
        const long = (i: number) => [
          54,
          ...varint(7_000),
          ...new TextEncoder().encode(`${round % 3}-${i}`.padEnd(7_000, 'x')),
          6,
          0,
          1
        ]
        const asked = await answering(node, () => {
          round += 1
          const ids = honest.map(({ mesh }) => peerIdFromString(mesh.peerId).toMultihash().bytes)
          return closerTo(
            ids.map((id) =>
              peerOf(
                id,
                Array.from({ length: 10 }, (_, i) => Uint8Array.from(long(i)))
              )
            )
          )
        })
        await Promise.all(honest.map((peer) => node.dial(firstOf(peer))))
        await until(async () => {
          await Promise.all(honest.map(({ mesh }) => mesh.findProviders(`term ${round}`, soon())))
          return asked() >= 3
        }, 'it has answered')
        for (const { mesh } of honest) await mesh.findProviders('another', soon())
        const blamed = honest.flatMap(({ told }) => told.shutOut.map(({ peerId }) => peerId))
        assert.ok(
          blamed.every((peerId) => peerId === node.peerId.toString()),
          'only who told is shut out'
        )
        for (const peer of honest) {
          const { peers } = await storedBy(peer)
          assert.ok(Math.max(...peers) < 4_096, `an entry of ${Math.max(...peers)} bytes`)
        }
      })
    })
  })
})

describe('a member that tells of itself', () => {
  it('thousands of addresses, in an announcement or in a push, is shut out before they are decoded', async () => {
    for (const protocol of [KAD_PROTOCOL, PUSH_PROTOCOL]) {
      await withNetwork(async (start) => {
        const server = await start()
        await withIntruder(async (node) => {
          await node.dial(firstOf(server))
          const bytes =
            protocol === KAD_PROTOCOL
              ? announcement(node.peerId, { key: hashKey(), addresses: addresses(700) })
              : framed(addresses(700).flatMap((address) => field(2, address)))
          await until(async () => {
            await sendTo(node, { to: server, protocol, bytes }).catch(() => {})
            return server.told.shutOut.length > 0
          }, 'it is shut out')
          const { peers: stored, records } = await storedBy(server)
          assert.ok(Math.max(...stored) < 4_096, `an entry of ${Math.max(...stored)} bytes`)
          assert.deepEqual(
            records.filter((length) => length > 160),
            []
          )
        })
      })
    }
  })

  it('new addresses with each announcement is known by the newest', async () => {
    await withNetwork(async (start) => {
      const server = await start()
      await withIntruder(async (node) => {
        await node.dial(firstOf(server))
        const frames = Array.from({ length: 60 }, (_, i) =>
          announcement(node.peerId, { key: hashKey(), addresses: addresses(8, 8 * i) })
        )
        await sendTo(node, {
          to: server,
          protocol: KAD_PROTOCOL,
          bytes: Uint8Array.from(frames.flatMap((frame) => [...frame]))
        })
        await until(async () => (await storedBy(server)).records.length >= 60, 'all are stored')
        const { peers: stored } = await storedBy(server)
        assert.ok(Math.max(...stored) < 4_096, `an entry of ${Math.max(...stored)} bytes`)
        assert.deepEqual(server.told.shutOut, [])
      })
    })
  })

  it('an announcement under a key of kilobytes, or a value, is shut out, and nothing is stored', async () => {
    await withNetwork(async (start) => {
      const server = await start()
      await withIntruder(async (node) => {
        await node.dial(firstOf(server))
        // A CID whose hash is the identity of 4,000 bytes.
        const key = Uint8Array.of(1, 0x55, 0, ...varint(4_000), ...new Uint8Array(4_000))
        await until(async () => {
          const bytes = announcement(node.peerId, { key, addresses: addresses(1) })
          await sendTo(node, { to: server, protocol: KAD_PROTOCOL, bytes }).catch(() => {})
          return server.told.shutOut.length > 0
        }, 'it is shut out')
        assert.equal(server.told.shutOut[0]?.why, 'too long a key')
        assert.deepEqual(
          (await storedBy(server)).records.filter((length) => length > 160),
          []
        )
      })
    })
  })
})

describe('the door of an invitation', () => {
  it('serves neither the DHT nor news of addresses', async () => {
    await withNetwork(async (start) => {
      const door = await start({ answersOnly: { isProved: () => true } })
      await withIntruder(async (node) => {
        await node.dial(firstOf(door))
        for (const protocol of [KAD_PROTOCOL, PUSH_PROTOCOL]) {
          await assert.rejects(node.dialProtocol(firstOf(door), protocol, { signal: soon() }), protocol)
        }
      })
    })
  })
})

describe('the providers of a key', () => {
  it('are named up to a bound, those of the last announcements, and one that is forgotten hides no other', async () => {
    await withIntruder(async (node) => {
      const { providers } = dhtOf(node) as unknown as { providers: ProviderRecords }
      const key = await membershipKey()
      const ids = Array.from({ length: 104 }, () => peerIdFromMultihash(Digest.decode(inventedId())))
      for (const [at, id] of ids.entries()) {
        await providers.writeProviderEntry(key, id, { time: new Date(at + 1) })
        if (at !== 103) await node.peerStore.merge(id, { multiaddrs: [multiaddr(addressOf(at))] })
      }
      const named = (await providers.getProviders(key)).map(String)
      assert.deepEqual(named, ids.slice(3, 103).reverse().map(String))
    })
  })
})

/** Members of the library's provider records that are not in their interface. */
interface ProviderRecords {
  writeProviderEntry(key: CID, id: PeerId, options: { time: Date }): Promise<void>
  getProviders(key: CID): Promise<PeerId[]>
}
