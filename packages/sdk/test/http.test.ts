import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SimulatedClock } from '@stimnet/protocol'
import fc from 'fast-check'
import { ApiError, createClient, statisticText } from '../src/index.ts'
import { errorOf } from '../src/problem.ts'

const clientOf = (
  answer: (url: string, init?: RequestInit) => Response | Promise<Response>,
  clock = new SimulatedClock()
) => createClient({ url: 'http://gateway//', token: 't0ken', clock, fetch: async (url, init) => answer(url, init) })

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

  it('has a deadline', async () => {
    const clock = new SimulatedClock()
    const never = clientOf((_, init) => {
      return new Promise((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')))
      })
    }, clock)
    const late = assert.rejects(never.health(), { code: 'DEADLINE' })
    await new Promise((resolve) => setImmediate(resolve))
    await clock.advance(30_000)
    await late
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
    const endless = clientOf(
      () =>
        new Response(
          new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(8 * 1024 * 1024).fill(32)) })
        )
    )
    await assert.rejects(endless.health(), { code: 'TOO_LARGE' })
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
