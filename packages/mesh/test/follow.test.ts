import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Code, StimnetError } from '@stimnet/protocol'
import {
  type FollowAsk,
  type FollowEvent,
  type Follower,
  type FollowHandler,
  followExchange,
  type Mesh
} from '../src/index.ts'
import { soon, type TestPeer, until, withNetwork } from './network.ts'

/** A growing feed: it yields all events after `after`, and then the events that are added. */
class Log {
  readonly #events: FollowEvent[] = []
  #added = Promise.withResolvers<void>()
  asks: FollowAsk[] = []

  add(count = 1): void {
    for (let i = 0; i < count; i++) this.#events.push({ log: 'l', sequence: this.#events.length + 1, jobId: 'j' })
    this.#added.resolve()
    this.#added = Promise.withResolvers()
  }

  readonly serve: FollowHandler = (ask, _from, signal) => this.#after(ask, signal)

  async *#after(ask: FollowAsk, signal: AbortSignal): AsyncGenerator<FollowEvent> {
    this.asks.push(ask)
    const over = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
    for (let at = ask.after ?? 0; !signal.aborted; ) {
      const event = this.#events[at]
      if (event) {
        at += 1
        yield event
      } else await Promise.race([this.#added.promise, over])
    }
  }
}

/** A follower that records the events it receives. */
class Following {
  got: number[] = []
  states: (Code | 'open')[] = []
  readonly follower: Follower

  constructor(mesh: Mesh, peerId: string, onEvent: () => Promise<void> | void = () => {}) {
    this.follower = mesh.follow(peerId, {
      ask: () => ({ log: 'l', after: this.got.at(-1) ?? 0, openJobs: ['j'] }),
      onEvent: async (event) => {
        await onEvent()
        this.got.push(event.sequence)
      },
      onState: (_open, code) => this.states.push(code ?? 'open')
    })
  }
}

/** Longer than any test, for timers that must not fire. */
const NEVER_MS = 600_000

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1)

const connect = (a: TestPeer, b: TestPeer) => a.mesh.connect(b.mesh.addresses()[0] ?? '', { signal: soon() })

describe('following what became of jobs', () => {
  it('gives what has happened, and pushes what happens then', async () => {
    await withNetwork(async (start) => {
      const log = new Log()
      log.add(3)
      const [asker, server] = [await start(), await start({ prepare: (mesh) => mesh.serveFollow(log.serve) })]
      await connect(asker, server)
      const following = new Following(asker.mesh, server.mesh.peerId)
      await until(() => following.got.length === 3, 'the three of before')
      log.add()
      await until(() => following.got.length === 4, 'the new one')
      assert.deepEqual(following.got, upTo(4))
      // The events were pushed, not requested again.
      assert.deepEqual(log.asks, [{ log: 'l', after: 0, openJobs: ['j'] }])
      assert.equal(following.follower.isOpen(), true)
      await following.follower.close()
      assert.equal(following.follower.isOpen(), false)
    })
  })

  it('goes on where it broke when the connection is cut', async () => {
    await withNetwork(async (start) => {
      const log = new Log()
      const [asker, server] = [await start(), await start({ prepare: (mesh) => mesh.serveFollow(log.serve) })]
      await connect(asker, server)
      const following = new Following(asker.mesh, server.mesh.peerId)
      log.add(2)
      await until(() => following.got.length === 2, 'two')
      await server.mesh.disconnect(asker.mesh.peerId)
      log.add(2)
      await until(() => following.got.length === 4, 'four')
      assert.deepEqual(following.got, upTo(4))
      assert.deepEqual(
        log.asks.map((ask) => ask.after),
        [0, 2]
      )
      assert.deepEqual(following.states, ['open', 'INTERRUPTED', 'open'])
    })
  })

  it('goes on when the serving peer is started again on another port', async () => {
    await withNetwork(async (start) => {
      const log = new Log()
      const prepare = (mesh: Mesh) => mesh.serveFollow(log.serve)
      // The follower does not try again by itself. Only the return of the peer makes it reopen the stream.
      const timing = { reopenMs: NEVER_MS, redialMsMax: NEVER_MS }
      const [asker, first] = [await start({ timing }), await start({ prepare })]
      await connect(asker, first)
      const following = new Following(asker.mesh, first.mesh.peerId)
      log.add(2)
      await until(() => following.got.length === 2, 'two')
      await first.mesh.stop()
      log.add(2)
      await until(() => asker.mesh.connected().length === 0, 'the asker sees that the peer is gone')
      await start({ prepare, seed: first.seed, store: first.store })
      await until(() => following.got.length === 4, 'four')
      assert.deepEqual(following.got, upTo(4))
    })
  })

  it('gives signs of life, so that a silent stream is known to stand', async () => {
    await withNetwork(async (start) => {
      const log = new Log()
      const timing = { heartbeatMs: 50, silenceMsMax: 400 }
      const server = await start({ timing, prepare: (mesh) => mesh.serveFollow(log.serve) })
      const asker = await start({ timing })
      await connect(asker, server)
      const following = new Following(asker.mesh, server.mesh.peerId)
      await new Promise((resolve) => setTimeout(resolve, 1_000))
      // A process that is suspended for longer than the silence limit has not lost its peers.
      const startedAt = performance.now()
      while (performance.now() - startedAt < 900);
      await new Promise((resolve) => setTimeout(resolve, 500))
      assert.deepEqual(following.states, ['open'])
      assert.deepEqual(following.got, [])
    })
  })

  it('takes a stream without signs of life for dead, and opens another', async () => {
    await withNetwork(async (start) => {
      const log = new Log()
      const server = await start({
        timing: { heartbeatMs: 60_000 },
        prepare: (mesh) => mesh.serveFollow(log.serve)
      })
      const asker = await start({ timing: { silenceMsMax: 200 } })
      await connect(asker, server)
      const following = new Following(asker.mesh, server.mesh.peerId)
      // On a busy machine the first sign of life can take longer than the silence limit of this test.
      const { states } = following
      await until(() => states.some((state, i) => state === 'open' && i + 1 < states.length), 'open, and then not')
      assert.equal(states[states.indexOf('open') + 1], 'DEADLINE')
      await until(() => log.asks.length >= 2, 'asked again')
    })
  })

  it('makes a fast sender wait for a slow receiver, and loses nothing', async () => {
    await withNetwork(async (start) => {
      const count = 150
      let sent = 0
      const server = await start({
        prepare: (mesh) =>
          mesh.serveFollow(async function* (ask, _from, signal) {
            // About 24 MB in total, far more than all buffers of a stream together.
            for (let sequence = (ask.after ?? 0) + 1; sequence <= count; sequence++) {
              sent = sequence
              yield { log: 'l', sequence, result: new Uint8Array(followExchange.answerBytesMax - 100) }
            }
            await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
          })
      })
      const asker = await start()
      await connect(asker, server)
      let held = Promise.withResolvers<void>()
      const following = new Following(asker.mesh, server.mesh.peerId, () => held.promise)
      await new Promise((resolve) => setTimeout(resolve, 700))
      assert(sent < 80, `${sent} events were sent to a receiver that took none`)
      held.resolve()
      held = Promise.withResolvers()
      held.resolve()
      await until(() => following.got.length === count, 'all of them')
      assert.deepEqual(following.got, upTo(count))
      assert.deepEqual(following.states, ['open'])
    })
  })

  it('survives many small events and a receiver that is slow at each', async () => {
    await withNetwork(async (start) => {
      const log = new Log()
      log.add(3_000)
      const [asker, server] = [await start(), await start({ prepare: (mesh) => mesh.serveFollow(log.serve) })]
      await connect(asker, server)
      const slow = () => new Promise<void>((resolve) => setImmediate(resolve))
      const following = new Following(asker.mesh, server.mesh.peerId, slow)
      await until(() => following.got.length === 3_000, 'all of them')
      assert.deepEqual(following.got, upTo(3_000))
      assert.deepEqual(following.states, ['open'])
    })
  })

  it('keeps one stream for each pair of peers: the newest', async () => {
    await withNetwork(async (start) => {
      const log = new Log()
      let open = 0
      const server = await start({
        prepare: (mesh) =>
          mesh.serveFollow(async function* (ask, from, signal) {
            open += 1
            signal.addEventListener('abort', () => {
              open -= 1
            })
            yield* log.serve(ask, from, signal)
          })
      })
      const asker = await start()
      await connect(asker, server)
      const following = new Following(asker.mesh, server.mesh.peerId)
      for (let i = 0; i < 4; i++) {
        await until(() => following.follower.isOpen() && open === 1, 'one open')
        const before = log.asks.length
        following.follower.reopen()
        await until(() => log.asks.length > before && open === 1, 'one open again')
      }
      assert.throws(
        () => asker.mesh.follow(server.mesh.peerId, { ask: () => ({}), onEvent: () => {} }),
        /followed already/
      )
    })
  })

  it('opens again when the receiver could not keep an event, and the event comes again', async () => {
    await withNetwork(async (start) => {
      const log = new Log()
      log.add(2)
      const [asker, server] = [await start(), await start({ prepare: (mesh) => mesh.serveFollow(log.serve) })]
      await connect(asker, server)
      let failed = 0
      const following = new Following(asker.mesh, server.mesh.peerId, () => {
        if (failed++ === 1) throw new StimnetError('STORE_UNAVAILABLE', 'the disk is full')
      })
      await until(() => following.got.length === 2, 'both')
      assert.deepEqual(following.got, [1, 2])
      assert.deepEqual(following.states, ['open', 'STORE_UNAVAILABLE', 'open'])
    })
  })

  it('tells the asker by code why it is not served, and the asker keeps asking', async () => {
    await withNetwork(async (start) => {
      let asked = 0
      const server = await start({
        prepare: (mesh) =>
          // biome-ignore lint/correctness/useYield: it fails before there is anything to give
          mesh.serveFollow(async function* () {
            asked += 1
            throw new StimnetError('REQUESTER_NOT_PERMITTED', 'patient 17')
          })
      })
      const asker = await start()
      await connect(asker, server)
      const following = new Following(asker.mesh, server.mesh.peerId)
      await until(() => asked >= 2, 'asked again')
      assert(following.states.includes('REQUESTER_NOT_PERMITTED'))
    })
  })
})
