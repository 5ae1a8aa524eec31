import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { SimulatedClock } from '@stimnet/protocol'
import { Turns } from '../src/requests/turns.ts'

/** Submissions that last until the test ends them, and a record of the deliveries that proceeded. */
function world() {
  const clock = new SimulatedClock()
  const turns = new Turns(clock)
  const submission = () => {
    let end = () => {}
    const done = turns.first(() => new Promise<void>((resolve) => (end = resolve)))
    return async () => {
      end()
      await done
    }
  }
  const went: string[] = []
  const delivery = (name: string) => void turns.take().then(() => went.push(name))
  const settle = () => new Promise((resolve) => setImmediate(resolve))
  return { clock, turns, submission, delivery, went, settle }
}

describe('whose turn it is', () => {
  test('one question alone is taken out at once', async () => {
    const { submission, delivery, went, settle } = world()
    await submission()()
    delivery('only')
    await settle()
    assert.deepEqual(went, ['only'])
  })

  test('of several that come together all are accepted before the first is taken out', async () => {
    const { clock, submission, delivery, went, settle } = world()
    const [first, second] = [submission(), submission()]
    await first()
    delivery('first')
    await second()
    delivery('second')
    await settle()
    assert.deepEqual(went, [])
    await clock.advance(5)
    await settle()
    assert.deepEqual(went, ['first', 'second'])
    delivery('later')
    await settle()
    assert.equal(went.at(-1), 'later')
  })

  test('who keeps asking starves nobody: one goes on every 25 ms, in order', async () => {
    const { clock, submission, delivery, went, settle } = world()
    const [end, other] = [submission(), submission()]
    for (const name of ['a', 'b', 'c']) delivery(name)
    await clock.advance(24)
    await settle()
    assert.deepEqual(went, [])
    for (const so of [['a'], ['a', 'b']]) {
      await clock.advance(25)
      await settle()
      assert.deepEqual(went, so)
    }
    await Promise.all([end(), other()])
    await clock.advance(5)
    await settle()
    assert.deepEqual(went, ['a', 'b', 'c'])
  })

  test('however many wait, all go on within about a second, the first ones first', async () => {
    const { clock, submission, delivery, went, settle } = world()
    const [end, other] = [submission(), submission()]
    const names = Array.from({ length: 400 }, (_, i) => `d${i}`)
    for (const name of names) delivery(name)
    for (let i = 0; i < 60; i++) {
      await clock.advance(25)
      await settle()
    }
    assert.deepEqual(went.slice(0, 300), names.slice(0, 300))
    await Promise.all([end(), other()])
    await clock.advance(5)
    await settle()
    assert.deepEqual(went, names)
  })

  test('a submission that fails keeps nobody waiting', async () => {
    const { turns, delivery, went, settle } = world()
    await assert.rejects(
      turns.first(async () => {
        throw new Error('full')
      })
    )
    delivery('next')
    await settle()
    assert.deepEqual(went, ['next'])
  })
})
