import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SimulatedClock } from '@stimnet/protocol'
import fc from 'fast-check'
import { readEvents, type ServerEvent } from '../src/events.ts'
import { createClient } from '../src/index.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

function bodyOf(chunks: readonly Uint8Array[], options: { open?: boolean } = {}): ReadableStream<Uint8Array> {
  const left = [...chunks]
  return new ReadableStream({
    pull: (controller) => {
      const chunk = left.shift()
      if (chunk) controller.enqueue(chunk)
      else if (!options.open) controller.close()
    }
  })
}

async function eventsIn(chunks: readonly Uint8Array[]): Promise<ServerEvent[]> {
  const events: ServerEvent[] = []
  for await (const event of readEvents(bodyOf(chunks), new SimulatedClock())) events.push(event)
  return events
}

const TEXT =
  ': alive\n\nid: 1\nevent: change\ndata: {"a":"ü"}\n\n: alive\n\nid: 2-end\ndata:one\ndata: two\n\ndata: unfinished'
const EVENTS = [
  { id: '1', name: 'change', data: '{"a":"ü"}' },
  { id: '2-end', name: 'message', data: 'one\ntwo' }
]

describe('server-sent events', () => {
  it('are read the same however the bytes are cut, also with the line ends of a proxy', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(200), { maxLength: 8 }), fc.boolean(), async (cuts, crlf) => {
        const whole = bytes(crlf ? TEXT.replaceAll('\n', '\r\n') : TEXT)
        const at = [0, ...cuts.map((cut) => Math.min(cut, whole.length)), whole.length].sort((a, b) => a - b)
        const chunks = at.slice(1).map((end, i) => whole.slice(at[i], end))
        assert.deepEqual(await eventsIn(chunks.filter((chunk) => chunk.length > 0)), EVENTS)
      }),
      { numRuns: 200 }
    )
  })

  it('of any text are read without an error', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string()), async (texts) => {
        for (const event of await eventsIn(texts.map(bytes))) assert.equal(typeof event.data, 'string')
      })
    )
  })

  it('after a long silence count as interrupted', async () => {
    const clock = new SimulatedClock()
    const events = readEvents(bodyOf([bytes('data: 1\n\n')], { open: true }), clock)
    assert.equal((await events.next()).value?.data, '1')
    const next = events.next()
    const refused = assert.rejects(next, { code: 'INTERRUPTED' })
    await new Promise((resolve) => setImmediate(resolve))
    await clock.advance(45_000)
    await refused
  })

  it('one of which never ends are not kept', async () => {
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(4 * 1024 * 1024).fill(97))
    })
    await assert.rejects(readEvents(endless, new SimulatedClock()).next(), { code: 'TOO_LARGE' })
  })
})

/** A gateway that returns one stream after another, and a clock that does not wait. */
function gatewayOf(answers: (() => Response)[]) {
  const clock = new SimulatedClock()
  const asked: (string | null)[] = []
  const slept: number[] = []
  const client = createClient({
    url: 'http://gateway',
    clock: {
      now: () => clock.now(),
      sleep: (ms, signal) => {
        if (ms >= 30_000) return clock.sleep(ms, signal)
        slept.push(ms)
        return Promise.resolve()
      }
    },
    fetch: async (_, init) => {
      asked.push(new Headers(init?.headers).get('last-event-id'))
      const answer = answers.shift()
      if (!answer) throw new TypeError('fetch failed')
      return answer()
    }
  })
  return { client, asked, slept }
}

const streamOf = (text: string) => () => new Response(bodyOf([bytes(text)]))
const change = (id: number) => `id: ${id}\nevent: change\ndata: {"progress":${id}}\n\n`
const end = (id: number) => `id: ${id}-end\nevent: end\ndata: {"progress":${id}}\n\n`

async function progressOf(client: ReturnType<typeof createClient>): Promise<number[]> {
  const seen: number[] = []
  for await (const { progress } of client.watchBroadcast('b')) seen.push(progress)
  return seen
}

describe('following', () => {
  it('goes on from the last event after the connection broke, until the end', async () => {
    const broken = () => {
      throw new TypeError('fetch failed')
    }
    const { client, asked, slept } = gatewayOf([
      streamOf(change(1) + change(2)),
      broken,
      () => new Response('bad gateway', { status: 502 }),
      streamOf(change(3)),
      streamOf(end(4))
    ])
    assert.deepEqual(await progressOf(client), [1, 2, 3, 4])
    assert.deepEqual(asked, [null, '2', '2', '2', '3'])
    assert.deepEqual(slept, [250, 500, 1_000, 250])
  })

  it('ends quietly where the end was already seen', async () => {
    const { client } = gatewayOf([streamOf(change(1)), () => new Response(null, { status: 204 })])
    assert.deepEqual(await progressOf(client), [1])
  })

  it('gives up after eight attempts in a row without news', async () => {
    const { client, asked } = gatewayOf([streamOf(change(1))])
    await assert.rejects(progressOf(client), { code: 'INTERRUPTED' })
    assert.equal(asked.length, 8)
  })

  it('does not try again what trying again cannot help', async () => {
    const problem = { code: 'JOB_UNKNOWN', detail: 'There is no such job here.' }
    const { client, asked } = gatewayOf([() => Response.json(problem, { status: 404 })])
    await assert.rejects(progressOf(client), { code: 'JOB_UNKNOWN', reason: problem.detail })
    assert.equal(asked.length, 1)
  })

  it('refuses an event that is no JSON', async () => {
    const { client } = gatewayOf([streamOf('event: change\ndata: {\n\n')])
    await assert.rejects(progressOf(client), { code: 'MALFORMED' })
  })
})
