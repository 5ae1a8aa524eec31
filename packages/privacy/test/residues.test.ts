import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { SubjectSet } from '@stimnet/protocol'
import { LedgerDraft } from '../src/ledger/draft.ts'
import { restOnFewModulo } from '../src/ledger/residues.ts'
import { SpanLedger } from '../src/ledger/span-ledger.ts'

const K = 5
/** Counts over sets of named groups, as patterns: the one called x is a single person, the others are a hundred people each. */
function patterns(...sets: readonly string[]) {
  const names = [...new Set(sets.join(''))].sort()
  return names.map((name) => ({
    row: sets.map((set) => (set.includes(name) ? 1 : 0)),
    people: name === 'x' ? 1 : 100,
    having: name === 'x' ? 0 : 40
  }))
}

describe('counts modulo small primes', () => {
  test('of large sets leave one person, though over fractions of people nothing rests on few', () => {
    assert.equal(restOnFewModulo(patterns('xbc', 'bd', 'cd'), K), true, 'their sum is odd exactly if x is counted')
    assert.equal(restOnFewModulo(patterns('xb', 'bc', 'bd', 'cd'), K), true, 'modulo 3: b is counted three times')
    // The determinant of the sets without x is 5.
    assert.equal(restOnFewModulo(patterns('xbe', 'cdef', 'bcf', 'bdf', 'bcd'), K), true, 'modulo 5')
  })

  test('of ordinary groups leave nobody', () => {
    for (const sets of [
      ['xbc', 'bd'],
      ['xb', 'cd'],
      ['xb', 'xc', 'xd', 'xe']
    ])
      assert.equal(restOnFewModulo(patterns(...sets), K), false, `${sets}`)
  })

  test('are not told of a level, whatever the counts are and however many patterns there are', () => {
    const universe = 601
    const block = (at: number) => Array.from({ length: 100 }, (_, i) => 1 + 100 * at + i)
    const [b, c, d] = [block(0), block(1), block(2)]
    for (const isIll of [true, false]) {
      const ill = SubjectSet.of(universe, [...(isIll ? [0] : []), ...[b, c, d].flatMap((one) => one.slice(0, 30))])
      const draft = new LedgerDraft(SpanLedger.start(universe))
      const tell = (people: readonly number[]) => {
        const of = SubjectSet.of(universe, people)
        return draft.tellLevel({ variable: 'ill', level: 'yes', levels: 2 }, { of, having: of.and(ill) }, K)
      }
      // Sixty-three patterns: beyond forty only fractions of people are considered.
      for (let bit = 0; bit < 6; bit++)
        assert.ok(tell(Array.from({ length: 600 }, (_, i) => i + 1).filter((i) => ((i % 64) >> bit) & 1)))
      assert.deepEqual([tell([0, ...b, ...c]), tell([...b, ...d]), tell([...c, ...d])], [true, true, false])
    }
  })
})
