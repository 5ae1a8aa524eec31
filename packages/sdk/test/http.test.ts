import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SimulatedClock } from '@stimnet/protocol'
import fc from 'fast-check'
import { ApiError, type Client, createClient, statisticText } from '../src/index.ts'
import { errorOf } from '../src/problem.ts'

type Answer = (url: string, init?: RequestInit) => Response | Promise<Response>

const clientOf = (answer: Answer, clock = new SimulatedClock()) =>
  createClient({ url: 'http://gateway//', token: 't0ken', clock, fetch: async (url, init) => answer(url, init) })

describe('a request', () => {
  it('carries the token, and follows no redirect that could carry it elsewhere', async () => {
    const seen: [url: string, init: RequestInit | undefined][] = []
    const client = clientOf((url, init) => {
      seen.push([url, init])
      return Response.json([])
    })
    await client.listJobs({ limit: 5 })
    const [[url, init] = []] = seen
    assert.equal(url, 'http://gateway/api/v1/jobs?limit=5')
    assert.equal(new Headers(init?.headers).get('authorization'), 'Bearer t0ken')
    assert.equal(init?.redirect, 'error')
  })

  it('that nobody answers fails by a code', async () => {
    const unreachable = clientOf(() => {
      throw new TypeError('fetch failed')
    })
    await assert.rejects(unreachable.health(), { code: 'PEER_UNREACHABLE' })
    await assert.rejects(clientOf(() => new Response('<html>')).health(), { code: 'MALFORMED' })
  })

  /** What reads one whole answer, and the head of an event stream. */
  const READERS: Record<string, (client: Client) => Promise<unknown>> = {
    json: (client) => client.health(),
    crate: (client) => client.crate('1'),
    upload: (client) => client.analysisUpload('1', 'ab'),
    'problem of a stream': (client) => client.followEvents()[Symbol.asyncIterator]().next()
  }

  it('has a deadline, also where an answer drips', async () => {
    const silent: Answer = (_, init) =>
      new Promise((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')))
      })
    // A body that begins, and ends only with the request.
    const dripping: Answer = (url, init) => {
      const start = (controller: ReadableStreamDefaultController<Uint8Array>) => {
        controller.enqueue(new Uint8Array([32]))
        init?.signal?.addEventListener('abort', () => controller.error(new DOMException('aborted', 'AbortError')))
      }
      return new Response(new ReadableStream({ start }), { status: url.includes('/events/') ? 400 : 200 })
    }
    for (const [name, read] of Object.entries(READERS)) {
      for (const answer of [silent, dripping]) {
        const clock = new SimulatedClock()
        // Followers of events try again, a few times.
        const code = name === 'problem of a stream' ? 'INTERRUPTED' : 'DEADLINE'
        const late = assert.rejects(read(clientOf(answer, clock)), { code }, name)
        for (let i = 0; i < 16; i++) {
          await new Promise((resolve) => setImmediate(resolve))
          await clock.advance(30_000)
        }
        await late
      }
    }
  })

  it('that its caller aborts throws the reason', async () => {
    const stop = new AbortController()
    const client = clientOf((_, init) => {
      stop.abort(new Error('enough'))
      init?.signal?.throwIfAborted()
      return Response.json({})
    })
    await assert.rejects(client.health({ signal: stop.signal }), { message: 'enough' })
  })

  it('whose answer never ends is cut off', async () => {
    for (const [name, read] of Object.entries(READERS)) {
      let pulled = 0
      const endless = clientOf((url) => {
        const pull = (controller: ReadableStreamDefaultController<Uint8Array>) => {
          // Without a limit of its own, the test ends here.
          if (++pulled > 64) return controller.error(new Error('read on'))
          controller.enqueue(new Uint8Array(8 * 1024 * 1024).fill(32))
        }
        return new Response(new ReadableStream({ pull }), { status: url.includes('/events/') ? 400 : 200 })
      })
      await assert.rejects(read(endless), { code: 'TOO_LARGE' }, name)
    }
  })

  it('reads bytes as they are, in however many pieces they come', async () => {
    const pieces = [new Uint8Array([80, 75]), new Uint8Array([0, 255]), new Uint8Array([10])]
    const client = clientOf(
      () =>
        new Response(
          new ReadableStream({
            pull: (controller) => {
              const piece = pieces.shift()
              if (piece) controller.enqueue(piece)
              else controller.close()
            }
          })
        )
    )
    assert.deepEqual([...(await client.crate('1'))], [80, 75, 0, 255, 10])
    assert.equal((await clientOf(() => new Response(null)).crate('1')).length, 0)
  })
})

describe('a problem', () => {
  it('is the error of its code, with what the gateway said', () => {
    const problem = { code: 'QUEUE_FULL', detail: 'Later.', incident: 'i1', errors: [{ field: 'a', message: 'b' }, 5] }
    const error = errorOf(503, JSON.stringify(problem))
    assert.ok(error instanceof ApiError)
    assert.deepEqual(
      [error.code, error.reason, error.status, error.incident, error.fields],
      ['QUEUE_FULL', 'Later.', 503, 'i1', [{ field: 'a', message: 'b' }]]
    )
  })

  it('that is none of ours is read by its status', () => {
    assert.equal(errorOf(502, '<html>').code, 'INTERRUPTED')
    assert.equal(errorOf(418, '').code, 'INTERNAL')
    assert.equal(errorOf(401, '{"code":"toString"}').code, 'UNAUTHENTICATED')
  })

  it('of any text is an error and no crash', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), fc.integer({ min: 400, max: 599 }), (text, status) => {
        assert.ok(errorOf(status, text) instanceof ApiError)
      })
    )
  })
})

describe('a statistic', () => {
  it('is written as the JSON that script_content wants', () => {
    assert.equal(statisticText({ name: 'mean', variables: ['age'] }), '{"name":"mean","variables":["age"]}')
  })
})
