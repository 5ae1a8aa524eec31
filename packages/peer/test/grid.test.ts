import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { endVisibleAt, visibleAt } from '../src/jobs/run/grid.ts'
import type { RunTerms } from '../src/store/jobs.ts'

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

  describe('of a job that waited for people', () => {
    const DAYS_MS = 3 * 24 * 3_600_000
    const said = (more: object = {}) => ({
      ...{ needed: 1, approvals: [{ by: 'sue', atMs: DAYS_MS, notes: '' }], expiresAtMs: 2 * DAYS_MS, image: 'i' },
      ...{ run: {} as RunTerms, ...more }
    })
    const end = { endedAtMs: DAYS_MS + 700, script: true, timing: 'padded' } as const

    test('begins at their last word: from when it was asked, the next boundary would be days away', () => {
      assert.equal(endVisibleAt({ state: 'disclosing', admittedAtMs: 0, review: said() }, end), DAYS_MS + 1_000)
    })

    test('begins at its admission where it waited for nobody', () => {
      const review = said({ standing: 'x' })
      const admittedAtMs = DAYS_MS + 600
      assert.equal(endVisibleAt({ state: 'disclosing', admittedAtMs, review }, end), admittedAtMs + 250)
      assert.equal(endVisibleAt({ state: 'disclosing', admittedAtMs: DAYS_MS - 1, review }, end), DAYS_MS + 999)
      assert.equal(endVisibleAt({ state: 'disclosing', admittedAtMs }, end), admittedAtMs + 250)
    })

    test('does not hold back what people themselves ended', () => {
      const review = said({ approvals: [] })
      assert.equal(endVisibleAt({ state: 'pending', admittedAtMs: 0, review }, end), end.endedAtMs)
    })
  })
})
