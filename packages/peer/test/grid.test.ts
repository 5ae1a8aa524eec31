import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { visibleAt } from '../src/jobs/grid.ts'

const at = (took: number, script: boolean, timing: 'padded' | 'prompt' = 'padded') =>
  visibleAt({ admittedAtMs: 1_000, endedAtMs: 1_000 + took, script, timing }) - 1_000

describe('the release grid', () => {
  test('what the node computes shows at multiples of 25 ms', () => {
    assert.deepEqual([at(1, false), at(25, false), at(26, false), at(60, false)], [25, 25, 50, 75])
  })

  test('a script shows at 250 ms times a power of two', () => {
    assert.deepEqual(
      [at(1, true), at(250, true), at(251, true), at(900, true), at(2_001, true)],
      [250, 250, 500, 1_000, 4_000]
    )
  })

  test('a synthetic catalog does not wait', () => {
    assert.equal(at(7, true, 'prompt'), 7)
  })

  test('an end never shows before it happened, and two that fall between the same boundaries look alike', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e7 }), fc.boolean(), (took, script) => {
        const shown = at(took, script)
        assert.ok(shown >= took)
        assert.equal(at(shown, script), shown)
      })
    )
  })
})
