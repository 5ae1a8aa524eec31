import assert from 'node:assert/strict'
import { connect, type Server, type Socket } from 'node:net'
import { describe, it } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Stream, StreamMuxer } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { systemClock } from '@stimnet/protocol'
import { Uint8ArrayList } from 'uint8arraylist'
import { LevelDatastore } from '../src/connect/datastore.ts'
import { Discipline } from '../src/connect/limits/discipline.ts'
import { type DoorLimits, Doorway } from '../src/connect/limits/doorway.ts'
import { createNode, dhtOf, KAD_PROTOCOL, type MeshNode, startNode } from '../src/connect/node.ts'
import { framesOf, openAnswer } from '../src/streams/frame.ts'
import { followExchange, helloExchange, jobExchange, type Mesh } from '../src/index.ts'
import { withIntruder as withNode } from './hops.ts'
import { newStore, soon, type TestPeer, until, withNetwork } from './network.ts'

/** Bytes of all buffers that are still referenced. Garbage is collected first, so it does not count. */
function heldBytes(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().arrayBuffers
}

const TIMING = { providerValidityMs: 60_000 } as Parameters<typeof createNode>[1]

/** Members of yamux that are not in its interface. */
interface RawMuxer {
  sendFrame(header: { type: number; flag: number; streamID: number; length: number }, data?: Uint8ArrayList): void
}
const [DATA, WINDOW, PING] = [0, 1, 2]
const [SYN, RST] = [1, 8]

function resets(muxer: RawMuxer): void {
  for (let i = 0; i < 1_500; i++) {
    for (const flag of [SYN, RST]) muxer.sendFrame({ type: WINDOW, flag, streamID: 1_001 + 2 * i, length: 0 })
  }
}

function pings(muxer: RawMuxer): void {
  for (let length = 0; length < 300; length++) muxer.sendFrame({ type: PING, flag: SYN, streamID: 0, length })
}

function hugeFrame(muxer: RawMuxer): void {
  const header = { type: DATA, flag: SYN, streamID: 1_001, length: 2 ** 32 - 1 }
  muxer.sendFrame(header, new Uint8ArrayList(new Uint8Array(10)))
}

/** Runs a test with a permitted peer that misuses its connections and streams. */
function withIntruder(
  server: TestPeer,
  test: (node: MeshNode) => Promise<void>,
  listen: readonly string[] = []
): Promise<void> {
  const dialled = async (node: MeshNode) => {
    await node.dial(multiaddr(server.mesh.addresses()[0] ?? ''))
    await test(node)
  }
  return withNode(dialled, {}, { listen, bootstrap: server.mesh.addresses() })
}

const streamTo = (node: MeshNode, server: TestPeer, protocol: string): Promise<Stream> =>
  node.dialProtocol(multiaddr(server.mesh.addresses()[0] ?? ''), protocol, { maxOutboundStreams: 100 })

const hello = (mesh: Mesh) => mesh.serve(helloExchange, async () => ({ jws: Uint8Array.of(1) }))

/** The code in the only frame that is returned. */
async function codeFrom(stream: Stream, frames = framesOf(stream, 1_000)): Promise<string> {
  const frame = await frames.read({ signal: soon() })
  try {
    openAnswer(frame, 'asking')
    return 'OK'
  } catch (error) {
    return (error as { code: string }).code
  }
}

describe('a member that misbehaves', () => {
  it('and sends a question of another kind is told MALFORMED, and the next is answered', async () => {
    await withNetwork(async (start) => {
      const server = await start({ prepare: hello })
      await withIntruder(server, async (node) => {
        for (const bytes of [Uint8Array.of(0xff, 0xff, 0xff), Uint8Array.of(0x0a, 0x7f, 1)]) {
          const stream = await streamTo(node, server, helloExchange.id)
          const frames = framesOf(stream, 1_000)
          await frames.write(bytes, { signal: soon() })
          assert.equal(await codeFrom(stream, frames), 'MALFORMED')
        }
        const stream = await streamTo(node, server, helloExchange.id)
        const frames = framesOf(stream, 1_000)
        await frames.write(helloExchange.question.encode({ version: '1' }), { signal: soon() })
        assert.equal(await codeFrom(stream, frames), 'OK')
      })
    })
  })

  it('and sends a length that never ends is told TOO_LARGE at once', async () => {
    await withNetwork(async (start) => {
      const server = await start({ prepare: hello })
      await withIntruder(server, async (node) => {
        const stream = await streamTo(node, server, helloExchange.id)
        const answered = codeFrom(stream)
        for (let i = 0; i < 64 && stream.status === 'open'; i++) {
          if (!stream.send(new Uint8Array(65_536).fill(0xff))) await stream.onDrain().catch(() => {})
        }
        assert.equal(await answered, 'TOO_LARGE')
      })
      assert.equal(server.told.refused[0]?.code, 'TOO_LARGE')
    })
  })

  it('and sends the DHT lengths that never end is shut out and named, without holding anybody up', async () => {
    await withNetwork(async (start) => {
      const server = await start({ prepare: hello })
      const other = await start({ bootstrap: server.mesh.addresses() })
      await until(() => other.mesh.connected().length === 1, 'a member is connected')
      await withIntruder(server, async (node) => {
        const self = node.peerId.toString()
        const before = heldBytes()
        const flood = async () => {
          const stream = await streamTo(node, server, KAD_PROTOCOL)
          for (let i = 0; i < 64 && stream.status === 'open'; i++) {
            if (!stream.send(new Uint8Array(65_536).fill(0xff))) await stream.onDrain().catch(() => {})
          }
        }
        const flooding = Promise.allSettled(Array.from({ length: 16 }, flood))
        const asked = other.mesh.ask(helloExchange, server.mesh.peerId, { version: '' }, { signal: soon() })
        const slowest = await slowestTurn(() => asked)
        assert.ok(slowest < 1_000, `a turn of ${slowest} ms`)
        await until(() => server.told.shutOut.length > 0, 'it is shut out')
        assert.deepEqual(server.told.shutOut[0], { peerId: self, why: 'a length that does not end' })
        await flooding
        await until(() => !server.mesh.connected().includes(self), 'it is disconnected')
        await assert.rejects(streamTo(node, server, helloExchange.id), 'and may not come back')
        await until(() => heldBytes() - before < 16 * 2 ** 20, 'the memory is given back')
      })
      assert.equal(server.told.shutOut.length, 1, 'told of once')
    })
  })

  it('and asks the DHT on and on without reading an answer is shut out', async () => {
    await withNetwork(async (start) => {
      const server = await start()
      await withIntruder(server, async (node) => {
        // PING, the smallest possible request: field 1 with value 5.
        const frame = Uint8Array.of(2, 0x08, 5)
        const many = new Uint8Array(frame.length * 2_000)
        for (let at = 0; at < many.length; at += frame.length) many.set(frame, at)
        const flood = async () => {
          const stream = await streamTo(node, server, KAD_PROTOCOL)
          stream.pause()
          stream.send(many)
        }
        for (let i = 0; i < 12; i++) await flood().catch(() => undefined)
        await until(() => server.told.shutOut.length > 0, 'it is shut out')
        assert.match(server.told.shutOut[0]?.why ?? '', /too many questions|answers that are not read/)
      })
    })
  })

  for (const [does, why, flood] of [
    ['opens and resets streams', 'too many streams opened', resets],
    ['asks for replies to pings', 'too many pings', pings],
    ['announces a frame of four gigabytes', 'too large a frame', hugeFrame]
  ] as const) {
    it(`and ${does} loses its connection, and then is shut out`, async () => {
      await withNetwork(async (start) => {
        const server = await start()
        await withIntruder(server, async (node) => {
          for (let i = 0; i < 2; i++) {
            const connection = await node.dial(multiaddr(server.mesh.addresses()[0]))
            flood((connection as unknown as { muxer: RawMuxer }).muxer)
            await until(() => connection.status !== 'open', 'its connection is ended')
          }
          await until(() => server.told.shutOut.length > 0, 'it is shut out')
          assert.equal(server.told.shutOut[0]?.why, why)
        })
      })
    })
  }

  it('and never finishes its question, or never begins, is given up after some seconds', async () => {
    await withNetwork(async (start) => {
      const server = await start({
        prepare: (mesh) => {
          hello(mesh)
          mesh.serveFollow(async function* () {
            yield* []
          })
        }
      })
      await withIntruder(server, async (node) => {
        const unfinished = await streamTo(node, server, helloExchange.id)
        const silent = await streamTo(node, server, followExchange.id)
        const codes = Promise.all([codeFrom(unfinished), codeFrom(silent)])
        unfinished.send(Uint8Array.of(100, 1))
        assert.deepEqual(await codes, ['DEADLINE', 'DEADLINE'])
      })
    })
  })

  it('and opens more streams than the exchange allows has the further ones reset', async () => {
    await withNetwork(async (start) => {
      const server = await start({
        prepare: (mesh) => mesh.serve(helloExchange, () => new Promise(() => {}))
      })
      await withIntruder(server, async (node) => {
        const question = helloExchange.question.encode({ version: '1' })
        const opened = await Promise.allSettled(
          Array.from({ length: 40 }, async () => {
            const stream = await streamTo(node, server, helloExchange.id)
            await framesOf(stream, 1_000).write(question, { signal: soon() })
            return stream
          })
        )
        const streams = opened.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
        const open = () => streams.filter((stream) => stream.status === 'open').length
        await until(() => open() <= helloExchange.streamsPerConnectionMax + 8, 'the rest is reset')
      })
    })
  })

  it('and floods its follow stream after the question fills no memory, and is still told what happens', async () => {
    await withNetwork(async (start) => {
      const server = await start({
        timing: { heartbeatMs: 100 },
        prepare: (mesh) =>
          mesh.serveFollow(async function* (_ask, _from, signal) {
            await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
            yield* []
          })
      })
      await withIntruder(server, async (node) => {
        const stream = await streamTo(node, server, followExchange.id)
        const frames = framesOf(stream, 1_000)
        await frames.write(followExchange.question.encode({}), { signal: soon() })
        assert.equal(await codeFrom(stream, frames), 'OK')
        const before = heldBytes()
        for (let i = 0; i < 1_000 && stream.status === 'open'; i++) {
          stream.send(new Uint8Array(65_536))
          // The sender waits, because its own limits would otherwise end the stream before those of the server.
          while (stream.status === 'open' && stream.writeBufferLength > 1 << 20)
            await new Promise((resolve) => setTimeout(resolve, 1))
        }
        const grownMiB = (heldBytes() - before) / 2 ** 20
        assert(grownMiB < 40, `${grownMiB} MiB more after 64 MiB were sent`)
        assert.equal(await codeFrom(stream, frames), 'OK')
      })
    })
  })

  it('and follows many times at once is followed once: by the newest stream', async () => {
    await withNetwork(async (start) => {
      let served = 0
      const server = await start({
        prepare: (mesh) =>
          mesh.serveFollow(async function* (_ask, _from, signal) {
            served += 1
            await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
            served -= 1
            yield* []
          })
      })
      await withIntruder(server, async (node) => {
        const streams: Stream[] = []
        for (let i = 0; i < 4; i++) {
          const stream = await streamTo(node, server, followExchange.id)
          const frames = framesOf(stream, 1_000)
          await frames.write(followExchange.question.encode({}), { signal: soon() })
          assert.equal(await codeFrom(stream, frames), 'OK')
          streams.push(stream)
        }
        await until(() => served === 1, 'one is served')
        await until(() => streams.filter((stream) => stream.status === 'open').length === 1, 'one is open')
        assert.equal(streams.at(-1)?.status, 'open')
      })
      await until(() => served === 0, 'none is served after the connection is gone')
    })
  })

  it('is not believed when it puts values into the DHT', async () => {
    await withNetwork(async (start) => {
      const server = await start()
      await withIntruder(server, async (node) => {
        await until(() => server.mesh.connected().length === 1, 'connected')
        const key = new TextEncoder().encode('/stimnet/anything')
        const put = async () => {
          for await (const event of dhtOf(node).put(key, new Uint8Array(1_000), { signal: soon(3_000) })) {
            assert.notEqual(event.name === 'PEER_RESPONSE' && event.messageName === 'PUT_VALUE', true)
          }
        }
        await put().catch(() => {})
      })
      let stored = 0
      for await (const name of server.store.keys()) if (name.includes('/dht/record')) stored += 1
      assert.equal(stored, 0)
    })
  })

  it('does not stop others from being answered while it asks as much as it can', async () => {
    await withNetwork(async (start) => {
      const quota = { perPeer: { burst: 20, perSecond: 5 }, total: { burst: 1_000, perSecond: 100 } }
      const server = await start({
        prepare: (mesh) => mesh.serve({ ...jobExchange, quota }, async () => ({ decision: Uint8Array.of(1) }))
      })
      const [flooder, modest] = [await start({ bootstrap: server.mesh.addresses() }), await start()]
      await modest.mesh.connect(server.mesh.addresses()[0] ?? '', { signal: soon() })
      const ask = (peer: TestPeer, bytes: number) =>
        peer.mesh.ask(jobExchange, server.mesh.peerId, { request: new Uint8Array(bytes) }, { signal: soon() })
      let flooding = true
      const flood = Array.from({ length: 16 }, async () => {
        while (flooding) await ask(flooder, 50_000).catch(() => {})
      })
      for (let i = 0; i < 10; i++) await ask(modest, 1_000)
      flooding = false
      await Promise.all(flood)
      assert(server.told.refused.length > 0)
      assert(server.told.refused.every(({ peerId, code }) => peerId === flooder.mesh.peerId && code === 'BUSY'))
    })
  })

  it('and names a stream’s protocol without end is shut out and named, without holding anybody up', async () => {
    await withNetwork(async (start) => {
      const server = await start({ prepare: hello })
      await withIntruder(server, async (node) => {
        const muxer = (node.getConnections()[0] as unknown as { muxer: StreamMuxer }).muxer
        const slowest = await slowestTurn(async () => {
          for (let i = 0; i < 2; i++) (await muxer.createStream()).send(new Uint8Array(200_000).fill(0xff))
          await until(() => server.told.shutOut.length > 0, 'it is shut out')
        })
        assert.deepEqual(server.told.shutOut[0], { peerId: node.peerId.toString(), why: 'a length that does not end' })
        assert.ok(slowest < 1_000, `a turn of ${slowest} ms`)
      })
    })
  })

  it('and answers the DHT with a length that never ends is shut out and named, without holding anybody up', async () => {
    await withNetwork(async (start) => {
      const server = await start()
      // This peer answers which peers can be reached.
      const listen = ['/ip4/127.0.0.1/tcp/0']
      const answerEndlessly = async (node: MeshNode) => {
        await node.unhandle(KAD_PROTOCOL)
        await node.handle(KAD_PROTOCOL, (stream) => void stream.send(new Uint8Array(200_000).fill(0xff)))
        const slowest = await slowestTurn(() =>
          until(async () => {
            await server.mesh.findProviders('anything', soon())
            return server.told.shutOut.length > 0
          }, 'it is shut out')
        )
        assert.deepEqual(server.told.shutOut[0], { peerId: node.peerId.toString(), why: 'a length that does not end' })
        assert.ok(slowest < 1_000, `a turn of ${slowest} ms`)
      }
      await withIntruder(server, answerEndlessly, listen)
    })
  })

  it('and connects over and over has a few connections at most, the newest', async () => {
    await withNetwork(async (start) => {
      const server = await start({ prepare: hello })
      await withIntruder(server, async (node) => {
        const address = multiaddr(server.mesh.addresses()[0] ?? '')
        for (let i = 0; i < 24; i++) await node.dial(address, { force: true })
        await until(() => node.getConnections().length <= 8, 'the oldest are closed')
        const stream = await streamTo(node, server, helloExchange.id)
        const frames = framesOf(stream, 1_000)
        await frames.write(helloExchange.question.encode({ version: '1' }), { signal: soon() })
        assert.equal(await codeFrom(stream, frames), 'OK')
      })
    })
  })
})

/** The longest processor time of this thread during which nothing else could run, ms. */
async function slowestTurn(doing: () => Promise<unknown>): Promise<number> {
  let [slowest, last] = [0, process.threadCpuUsage()]
  const look = () => {
    const { user, system } = process.threadCpuUsage(last)
    slowest = Math.max(slowest, (user + system) / 1_000)
    last = process.threadCpuUsage()
  }
  const timer = setInterval(look, 10)
  try {
    await doing()
  } finally {
    clearInterval(timer)
  }
  look()
  return slowest
}

/** Runs a test with a node that permits only `friend` and has its own doorway. */
async function withDoor(
  { limits, friend }: { limits: Partial<DoorLimits>; friend: string },
  test: (port: number, address: string, node: MeshNode) => Promise<void>
): Promise<void> {
  const settings = {
    ...{ nodeSeed: crypto.getRandomValues(new Uint8Array(32)), listen: ['/ip4/127.0.0.1/tcp/0'] },
    ...{ bootstrap: [], mdns: false, permits: (peerId: string) => peerId === friend }
  }
  const node = await createNode(settings, TIMING, {
    ...{ datastore: await LevelDatastore.open(newStore()), clock: systemClock, denied: () => {} },
    ...{ discipline: new Discipline(systemClock), door: new Doorway(systemClock, limits) }
  })
  await startNode(node, settings)
  const address = String(node.getMultiaddrs()[0])
  try {
    await test(Number(/tcp\/(\d+)/.exec(address)?.[1]), address, node)
  } finally {
    await node.stop()
  }
}

function listenerOf(node: MeshNode): Server {
  const { transportManager } = (node as unknown as { components: { transportManager: TransportManager } }).components
  const [listener] = transportManager.getListeners()
  return (listener as unknown as { server: Server }).server
}

interface TransportManager {
  getListeners(): unknown[]
}

/** Opens this number of connections that prove nothing; `open` counts the connections that are still open. */
async function withStrangers(
  port: number,
  many: number,
  says: Uint8Array,
  test: (open: () => number) => Promise<void>
) {
  const sockets = Array.from({ length: many }, (): Socket => connect(port, '127.0.0.1'))
  try {
    for (const socket of sockets) {
      socket.on('error', () => {})
      socket.on('connect', () => says.length > 0 && socket.write(says))
    }
    const settled = (socket: Socket) => !socket.connecting
    await until(() => sockets.every(settled), 'all have come')
    await test(
      () => sockets.filter((socket) => !socket.closed && !socket.destroyed && socket.readyState === 'open').length
    )
  } finally {
    for (const socket of sockets) socket.destroy()
  }
}

describe('a stranger', () => {
  it('with three hundred silent connections holds the few that there may be, and keeps nobody else out', async () => {
    await withNetwork(async (start) => {
      const friend = await start()
      await withDoor({ limits: { pendingMax: 20 }, friend: friend.mesh.peerId }, async (port, address) => {
        await withStrangers(port, 300, new Uint8Array(), async (open) => {
          await until(() => open() <= 20, 'the others are closed')
          assert.ok(open() > 0, 'some wait for what they would say')
          await friend.mesh.connect(address, { signal: soon() })
          assert.equal(friend.mesh.connected().length, 1)
        })
      })
    })
  })

  it('that comes more often than an address may is closed before a socket is made of it', async () => {
    await withDoor({ limits: {}, friend: '' }, async (port, _, node) => {
      let sockets = 0
      listenerOf(node).on('connection', () => {
        sockets += 1
      })
      const before = heldBytes()
      for (let round = 0; round < 10; round++) {
        await withStrangers(port, 150, new Uint8Array(), (open) =>
          until(() => open() <= 100, 'the others are closed').then(() => {})
        )
      }
      // Six hundred at first, and ten more per second.
      assert.ok(sockets >= 600 && sockets < 900, `${sockets} of 1,500`)
      assert.ok(heldBytes() - before < 8 * 2 ** 20)
    })
  })

  it('that sends a length that never ends is closed at once, and stops nobody', async () => {
    await withDoor({ limits: {}, friend: '' }, async (port) => {
      const endless = new Uint8Array(1_000_000).fill(0xff)
      const slowest = await slowestTurn(() =>
        withStrangers(port, 3, endless, (open) => until(() => open() === 0, 'they are closed', 5_000).then(() => {}))
      )
      assert.ok(slowest < 1_000, `a turn of ${slowest} ms`)
    })
  })

  it('that proposes protocols on and on is closed', async () => {
    await withDoor({ limits: {}, friend: '' }, async (port) => {
      const line = (text: string) => [text.length + 1, ...new TextEncoder().encode(`${text}\n`)]
      const proposals = Uint8Array.from([
        ...line('/multistream/1.0.0'),
        ...Array.from({ length: 200 }, () => line('/x')).flat()
      ])
      await withStrangers(port, 1, proposals, (open) => until(() => open() === 0, 'it is closed', 5_000).then(() => {}))
    })
  })
})
