import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LedgerDraft, SpanLedger } from '@stimnet/privacy'
import { randomUnit, SubjectSet, seededRandom } from '@stimnet/protocol'
import { rationalWeights } from '../src/ledger/weights.ts'
import { rankOf } from './support.ts'

const rows = (...texts: string[]) => texts.map((text) => Uint8Array.from(text, Number))
const inFirst = (own: number) => (own === 0 ? 1 : 0)

test('a set is made of others only where whole numbers say so, however near the weights are', () => {
  assert.equal(rationalWeights(Float64Array.of(1, -1), rows('10', '11'), inFirst), true)
  assert.equal(rationalWeights(Float64Array.of(0.5, 0.5), rows('11', '00'), inFirst), true)
  assert.equal(rationalWeights(Float64Array.of(0.5, 0.5), rows('10', '01'), inFirst), false)
  assert.equal(rationalWeights(Float64Array.of(1 - 1e-9, 1e-9), rows('10', '01'), inFirst), true)
  assert.equal(rationalWeights(Float64Array.of(1 - 1e-9, 1e-9), rows('10', '11'), inFirst), false)
  assert.equal(rationalWeights(Float64Array.of(Math.SQRT1_2, 1), rows('10', '01'), inFirst), false, 'no fraction')
  assert.equal(
    rationalWeights(Float64Array.of(1), rows('1', '1'), (own) => (own === 0 ? 1 : undefined)),
    false,
    'a pattern that the set cuts'
  )
})

test('a set lies in the span exactly where it adds nothing to the rank, in whole numbers', () => {
  const random = seededRandom(11)
  let [within, beside] = [0, 0]
  for (let history = 0; history < 300; history++) {
    const people = 4 + Math.floor(randomUnit(random) * 8)
    const draw = () =>
      SubjectSet.of(
        people,
        Array.from({ length: people }, (_, i) => i).filter(() => randomUnit(random) < 0.5)
      )
    const draft = new LedgerDraft(SpanLedger.start(people))
    const sets = Array.from({ length: 6 }, draw)
    // With k = 1 nothing is refused.
    for (const set of sets) assert.equal(draft.tell([{ quantity: 'x', set }], 1), undefined)
    const matrix = (all: readonly SubjectSet[]) =>
      all.map((set) => Array.from({ length: people }, (_, i) => (set.has(i) ? 1n : 0n)))
    for (let asked = 0; asked < 5; asked++) {
      const [a = draw(), b = draw()] = [sets[asked], sets[asked + 1]]
      const set = [draw(), a.without(b), a.or(b), a.and(b), b.complement()][asked] ?? draw()
      if (set.size === 0) continue
      const isWithin = rankOf(matrix([...sets, set])) === rankOf(matrix(sets))
      assert.equal(draft.isWithin('x', set), isWithin)
      if (isWithin) within += 1
      else beside += 1
    }
  }
  assert.ok(within > 100 && beside > 100, `${within} within, ${beside} beside`)
})

test('what can be decided neither in doubles nor in small fractions is refused', () => {
  const random = seededRandom(3)
  const items = 30
  const sets = Array.from({ length: items }, () =>
    SubjectSet.of(
      items,
      Array.from({ length: items }, (_, i) => i).filter(() => randomUnit(random) < 0.5)
    )
  )
  const draft = new LedgerDraft(SpanLedger.start(items))
  for (const set of sets) assert.equal(draft.tell([{ quantity: 'x', set }], 1), undefined)
  const matrix = sets.map((set) => Array.from({ length: items }, (_, i) => (set.has(i) ? 1n : 0n)))
  assert.equal(rankOf(matrix), items, 'everything follows, by fractions of large numbers')
  assert.deepEqual(draft.tell([{ quantity: 'x', set: SubjectSet.of(items, [0]) }], 1), { why: 'unsure' })
})
