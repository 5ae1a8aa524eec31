import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Alert } from '../src/events.ts'
import { Clocks, offsetOf, spanText } from '../src/monitor/clocks.ts'

const MINUTE_MS = 60_000

function openClocks() {
  const raised: Alert[] = []
  const clocks = new Clocks({ raise: (alert) => void raised.push(alert) }, 'self')
  const hears = (peer: string, offsetMs: number) =>
    clocks.compare(peer, { askedAtMs: 1_000_000, saidMs: 1_000_000 + offsetMs, heardAtMs: 1_000_000 })
  return { clocks, hears, raised, actors: () => raised.map(({ actor }) => actor) }
}

describe('the clocks of peers', () => {
  test('differ only by what a slow answer cannot explain', () => {
    assert.equal(offsetOf({ askedAtMs: 1_000, saidMs: 31_000, heardAtMs: 61_000 }), 0)
    assert.equal(offsetOf({ askedAtMs: 1_000, saidMs: 61_500, heardAtMs: 61_000 }), 500)
    assert.equal(offsetOf({ askedAtMs: 1_000, saidMs: 0, heardAtMs: 61_000 }), -1_000)
  })

  test('are reported once when they begin to differ, and again only after they agreed', () => {
    const { hears, raised } = openClocks()
    hears('b', 29_000)
    assert.equal(raised.length, 0)
    hears('b', 5 * MINUTE_MS)
    hears('b', 6 * MINUTE_MS)
    assert.equal(raised.length, 1)
    assert.match(raised[0]?.detail ?? '', /its clock is 5 min 0 s ahead of this machine’s: one of both is wrong/)
    hears('b', 0)
    hears('b', -5 * MINUTE_MS)
    assert.match(raised[1]?.detail ?? '', /5 min 0 s behind this machine’s/)
  })

  test('do not count where their peer may no longer connect', () => {
    const revoked = new Set<string>()
    const clocks = new Clocks({ raise: () => undefined }, 'self', (peer) => !revoked.has(peer))
    for (const peer of ['b', 'c']) clocks.compare(peer, { askedAtMs: 0, saidMs: 5 * MINUTE_MS, heardAtMs: 0 })
    assert.deepEqual(clocks.verdict, { compared: 2, differing: 2, ownOffMs: 5 * MINUTE_MS })
    revoked.add('b')
    assert.deepEqual(clocks.verdict, { compared: 1, differing: 1, ownOffMs: null })
  })

  test('show that the own clock is wrong only where most of several agree on it', () => {
    const { clocks, hears, actors } = openClocks()
    hears('b', 5 * MINUTE_MS)
    assert.equal(clocks.verdict.ownOffMs, null, 'one peer alone proves nothing')
    hears('c', -5 * MINUTE_MS)
    assert.equal(clocks.verdict.ownOffMs, null, 'two that differ in both directions prove nothing')
    hears('d', 7 * MINUTE_MS)
    assert.deepEqual(clocks.verdict, { compared: 3, differing: 3, ownOffMs: 7 * MINUTE_MS })
    assert.equal(actors().at(-1), 'self')
    hears('e', 0)
    assert.equal(clocks.verdict.ownOffMs, null, 'half of them are not most of them')
    assert.equal(actors().filter((actor) => actor === 'self').length, 1)
  })

  test('are described in words', () => {
    assert.equal(spanText(-35_000), '35 s behind')
    assert.equal(spanText(3 * 60 * MINUTE_MS + 2 * MINUTE_MS), '3 h 2 min ahead of')
    assert.equal(spanText(-50 * 60 * MINUTE_MS), '2 d 2 h behind')
  })
})
