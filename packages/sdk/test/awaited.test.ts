/** Awaited institutions are reported while nothing happens. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SimulatedClock, signerFromSeed } from '@stimnet/protocol'
import { type Awaited, awaitedInWords, type Broadcast, createClient, withAwaited } from '@stimnet/sdk'

const part = (name: string, state: string, code: string | null = null) => ({
  ...{ peer_id: `12D3Koo${name}`, institution: name, state, code }
})
const stateOf = (...parts: object[]) => ({ parts }) as unknown as Broadcast
const turn = () => new Promise((resolve) => setImmediate(resolve))

/** A stream of states that a test sends by hand. */
function byHand() {
  const sent: (Broadcast | undefined)[] = []
  let wake = () => {}
  const send = (state: Broadcast | undefined) => {
    sent.push(state)
    wake()
    return turn()
  }
  async function* states() {
    for (;;) {
      while (sent.length === 0) await new Promise<void>((resolve) => (wake = resolve))
      const next = sent.shift()
      if (next === undefined) return
      yield next
    }
  }
  return { send, states: states() }
}

/** Follows the states to their end. */
async function followed(states: AsyncIterable<Broadcast>): Promise<number> {
  let seen = 0
  for await (const _ of states) seen += 1
  return seen
}

test('an institution that does not answer is named after some seconds, then less and less often, until the end', async () => {
  const clock = new SimulatedClock()
  const { send, states } = byHand()
  const said: Awaited[] = []
  const all = followed(withAwaited(states, { clock, onAwaited: (one) => said.push(one) }))
  await send(stateOf(part('North', 'running'), part('South', 'queued', 'PEER_UNREACHABLE'), part('East', 'completed')))
  await clock.advance(4_999)
  assert.equal(said.length, 0)
  await clock.advance(1)
  assert.deepEqual(said.map(awaitedInWords), [
    'No answer after 5 s from North (computing), South (cannot be reached so far: PEER_UNREACHABLE).'
  ])
  await send(
    stateOf(part('North', 'completed'), part('South', 'queued', 'PEER_UNREACHABLE'), part('East', 'completed'))
  )
  await clock.advance(235_000)
  assert.deepEqual(
    said.map(({ waitedMs, institutions }) => [waitedMs / 1000, institutions.map(({ institution }) => institution)]),
    [[5, ['North', 'South']], ...[10, 20, 40, 80, 140, 200].map((seconds) => [seconds, ['South']])]
  )
  assert.match(said.map(awaitedInWords).at(-1) ?? '', /^No answer after 3 min 20 s from South \(/)
  await send(undefined)
  assert.equal(await all, 2)
  await clock.advance(600_000)
  assert.equal(said.length, 7, 'nothing is said after the end')
})

test('an error of whoever is told is thrown at the end, and a stream that fails stops the telling', async () => {
  const clock = new SimulatedClock()
  const { send, states } = byHand()
  const all = followed(
    withAwaited(states, {
      clock,
      onAwaited: () => {
        throw new RangeError('the reader is gone')
      }
    })
  )
  const thrown = assert.rejects(all, /the reader is gone/)
  await send(stateOf(part('South', 'queued')))
  await clock.advance(5_000)
  await send(undefined)
  await thrown
  const said: Awaited[] = []
  const failing = (async function* () {
    yield stateOf(part('South', 'queued'))
    throw new TypeError('the connection is lost')
  })()
  await assert.rejects(followed(withAwaited(failing, { clock, onAwaited: (one) => said.push(one) })), /lost/)
  await clock.advance(60_000)
  assert.deepEqual(said, [])
})

test('client.model says which round awaits whom', async () => {
  const clock = new SimulatedClock()
  const said: (Awaited & { readonly round: number | null })[] = []
  const variables = [
    { name: 'fell', type: 'category', levels: ['no', 'yes'] },
    { name: 'dose', type: 'number', levels: [] }
  ].map((one) => ({ unit: '', description: '', breakpoints: [], minimum: 0, maximum: 9, missing_share: null, ...one }))
  const { id: peer } = await signerFromSeed(new Uint8Array(32).fill(3))
  const found = {
    ...{ peer_id: peer, node_id: 's', institution: 'South', name: 'trial', synthetic: true, mode: 'sdc' },
    schema_definition: {
      ...{ subject_key: 'id', lattice: [] },
      tables: [{ name: 'people', description: '', one_row_per_subject: true, variables }]
    }
  }
  const answers: Readonly<Record<string, (signal: AbortSignal | null | undefined) => Response>> = {
    '/api/v1/mesh/catalogs': () => Response.json([found]),
    '/api/v1/broadcasts': () => Response.json({ id: 'b1' }),
    '/api/v1/broadcasts/b1/events': (signal) => {
      const first = `id: 1\nevent: broadcast\ndata: ${JSON.stringify(stateOf(part('South', 'queued')))}\n\n`
      return new Response(
        new ReadableStream({
          start: (controller) => {
            controller.enqueue(new TextEncoder().encode(first))
            signal?.addEventListener('abort', () => controller.error(signal.reason))
          }
        }),
        { headers: { 'content-type': 'text/event-stream' } }
      )
    }
  }
  const client = createClient({
    url: 'http://gateway.test',
    clock,
    fetch: async (input, init) =>
      answers[new URL(String(input)).pathname]?.(init?.signal) ?? new Response('', { status: 404 })
  })
  const stop = new AbortController()
  const asked = client.model('fell ~ dose', {
    ...{ catalog: 'trial', family: 'binomial', clock, signal: stop.signal },
    onAwaited: (one) => said.push(one)
  })
  for (let i = 0; i < 20; i++) await turn()
  await clock.advance(5_000)
  assert.deepEqual(
    said.map(({ round, institutions }) => [round, institutions[0]?.institution]),
    [[0, 'South']]
  )
  stop.abort(new DOMException('given up', 'AbortError'))
  await assert.rejects(asked, /given up/)
})
