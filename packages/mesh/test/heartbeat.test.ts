import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SimulatedClock } from '@stimnet/protocol'
import { withHeartbeats } from '../src/streams/heartbeat.ts'

const settle = () => new Promise((resolve) => setImmediate(resolve))

describe('signs of life', () => {
  it('come first, and whenever nothing else has come for a while', async () => {
    const clock = new SimulatedClock()
    const stop = new AbortController()
    async function* events() {
      await clock.sleep(2_500)
      yield 'event'
      await clock.sleep(1_000_000, stop.signal)
    }
    const got: string[] = []
    const reading = (async () => {
      const beats = withHeartbeats(events(), 'sign', { everyMs: 1_000, clock, signal: stop.signal })
      for await (const event of beats) got.push(event)
    })()
    for (let i = 0; i < 7; i++) {
      await settle()
      await clock.advance(500)
    }
    assert.deepEqual(got, ['sign', 'sign', 'sign', 'event', 'sign'])
    stop.abort()
    await reading
  })

  it('end with the events, with their failure, and with the signal', async () => {
    const clock = new SimulatedClock()
    const options = { everyMs: 1_000, clock, signal: new AbortController().signal }
    const all = async (events: AsyncIterable<string>, signal = options.signal) => {
      const got: string[] = []
      for await (const event of withHeartbeats(events, 'sign', { ...options, signal })) got.push(event)
      return got
    }
    async function* two() {
      yield 'a'
      yield 'b'
    }
    assert.deepEqual(await all(two()), ['sign', 'a', 'b'])
    async function* failing() {
      yield 'a'
      throw new Error('broken')
    }
    await assert.rejects(all(failing()), /broken/)
    let returned = false
    const endless: AsyncIterable<string> = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise<never>(() => {}),
        return: async () => {
          returned = true
          return { done: true, value: undefined }
        }
      })
    }
    const stop = new AbortController()
    const reading = all(endless, stop.signal)
    await settle()
    stop.abort()
    assert.deepEqual(await reading, ['sign'])
    assert.equal(returned, true)
  })
})
