import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { runDirectory } from './directory-run.ts'

const again = (seed: number, peers: number) =>
  `again: npm run simulate -- --world directory --seed ${seed} --peers ${peers} --hours 0.05`

describe('a hundred and more simulated peers, whose messages are lost and whose clocks are wrong', () => {
  for (const [seed, peers] of [
    [1, 40],
    [2, 150]
  ] as const) {
    it(`list every newcomer within a minute and nobody who was revoked (${peers} peers, seed ${seed})`, async () => {
      const found = await runDirectory({ seed, peers, minutes: 3 })
      assert.deepEqual(found.breaches, [], again(seed, peers))
      assert.ok(found.joinsMs.every((ms) => ms <= 60_000))
      // About two messages in half a minute, and a few more where digests were renewed.
      assert.ok(found.messagesPerHour < 400, `${found.messagesPerHour} messages per peer and hour at rest`)
    })
  }

  it('do the same for the same seed, and something else for another', async () => {
    const [one, same, other] = [
      await runDirectory({ seed: 3, peers: 30, minutes: 1 }),
      await runDirectory({ seed: 3, peers: 30, minutes: 1 }),
      await runDirectory({ seed: 4, peers: 30, minutes: 1 })
    ]
    assert.equal(one.trace, same.trace)
    assert.equal(one.events, same.events)
    assert.notEqual(one.trace, other.trace)
  })
})
