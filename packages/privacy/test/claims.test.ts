import assert from 'node:assert/strict'
import { test } from 'node:test'
import { claimOfScript } from '../src/rules/claims.ts'

const claim = (reviewers: number, isTyped: boolean) => claimOfScript({ reviewers, isTyped, synthetic: false })

test('only what two people read and the request declared is called reviewed', () => {
  assert.equal(claim(2, true).level, 'P0')
  for (const [reviewers, isTyped] of [
    [0, true],
    [1, true],
    [2, false]
  ] as const) {
    assert.equal(claim(reviewers, isTyped).level, 'unreviewed')
  }
})

test('the claim says how many people read the code, and never that nobody did when somebody did', () => {
  assert.match(claim(0, true).claim, /typed contract.*Nobody has read this code/)
  assert.match(claim(1, true).claim, /^The outputs fit.*One steward .*No disclosure claim/)
  assert.match(claim(2, true).claim, /2 stewards .* A single fact about one person can be hidden/)
  assert.match(claim(3, false).claim, /^3 stewards .*No disclosure claim/)
})
