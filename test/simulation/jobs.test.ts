import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { runJobs } from './jobs.ts'

describe('simulated institutions, whose machines stop and whose messages are lost, delayed and doubled', () => {
  for (const [seed, peers] of [
    [1, 4],
    [2, 6]
  ] as const) {
    it(`lose no job, answer none twice and overspend no budget (${peers} peers, seed ${seed})`, async () => {
      const found = await runJobs({ seed, peers, askers: 2, minutes: 2 })
      const again = `npm run simulate -- --world jobs --seed ${seed} --peers ${peers} --hours ${2 / 60}`
      assert.deepEqual(found.breaches, [], again)
      assert.ok(found.released > 5, `${found.released} answers`)
      assert.ok(found.kills > 0)
    })
  }
})
