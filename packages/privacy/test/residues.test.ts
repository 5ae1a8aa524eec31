import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { SubjectSet } from '@stimnet/protocol'
import fc from 'fast-check'
import { LedgerDraft } from '../src/ledger/draft.ts'
import { Patterns } from '../src/ledger/patterns.ts'
import { alikeBy, restOnFewModulo } from '../src/ledger/residues.ts'
import { SpanLedger } from '../src/ledger/span-ledger.ts'

const K = 5
/** Counts over sets of named groups, as patterns: the one called x is a single person, the others are a hundred people each. */
function patterns(...sets: readonly string[]) {
  const names = [...new Set(sets.join(''))].sort()
  return names.map((name) => ({
    rows: [sets.map((set) => (set.includes(name) ? 1 : 0))],
    people: name === 'x' ? 1 : 100
  }))
}

/** Sets found at random for which a combination modulo a number leaves one person alone. */
const FOUND = [
  { modulus: 4, sets: ['bcd', 'xdf', 'cef', 'bdef', 'bf'] },
  { modulus: 8, sets: ['df', 'xbcde', 'eg', 'cdg', 'bfg', 'cef'] },
  { modulus: 9, sets: ['bfg', 'cfg', 'xbce', 'deg', 'bcdf', 'ef'] },
  { modulus: 17, sets: ['xbcefi', 'bcdeghi', 'cdefi', 'bdeg', 'cdefgh', 'eghi', 'bdeh', 'bdfi'] }
]

/** For all combinations of counts modulo numbers up to a maximum: the patterns on which they rest. Pattern p is in set i if bit i of p is 1. */
function restingOn(sets: number, modulusMax: number): readonly (readonly number[])[] {
  const found = new Map<string, readonly number[]>()
  for (let modulus = 2; modulus <= modulusMax; modulus++) {
    for (let code = 1; code < modulus ** sets; code++) {
      const factors = Array.from({ length: sets }, (_, i) => Math.floor(code / modulus ** i) % modulus)
      const on: number[] = []
      for (let pattern = 1; pattern < 1 << sets; pattern++) {
        let sum = 0
        for (let i = 0; i < sets; i++) if ((pattern >> i) & 1) sum += factors[i] ?? 0
        if (sum % modulus !== 0) on.push(pattern)
      }
      found.set(on.join(), on)
    }
  }
  return [...found.values()]
}

/** Compares the verdict about groups, given as the number of people of each pattern, with all combinations. */
function tried(sets: number, resting: readonly (readonly number[])[], people: ReadonlyMap<number, number>, k: number) {
  return triedRows(
    sets,
    resting,
    [...people].map(([pattern, count]) => [[pattern], count]),
    k
  )
}

/** The same of groups of people who have the given patterns in several rows. */
function triedRows(
  sets: number,
  resting: readonly (readonly number[])[],
  people: readonly (readonly [readonly number[], number])[],
  k: number
) {
  const isFound = resting.some((on) => {
    const sum = people.reduce((total, [own, count]) => total + (own.some((one) => on.includes(one)) ? count : 0), 0)
    return sum > 0 && sum < k
  })
  const row = (pattern: number) => Array.from({ length: sets }, (_, i) => (pattern >> i) & 1)
  const groups = people.map(([own, count]) => ({ rows: own.map(row), people: count }))
  assert.equal(restOnFewModulo(groups, k), isFound, JSON.stringify(groups))
  return isFound
}

/** For each letter, the pattern of its people: the sets that contain the letter. */
function patternsOf(sets: readonly string[]): readonly number[] {
  const letters = [...new Set(sets.join(''))].filter((letter) => letter !== 'x')
  return letters.map((letter) => sets.reduce((sum, set, i) => sum + (set.includes(letter) ? 1 << i : 0), 0))
}

describe('counts modulo whole numbers', () => {
  test('of large sets leave one person, though over fractions of people nothing rests on few', () => {
    assert.equal(restOnFewModulo(patterns('xbc', 'bd', 'cd'), K), true, 'their sum is odd exactly if x is counted')
    assert.equal(restOnFewModulo(patterns('xb', 'bc', 'bd', 'cd'), K), true, 'modulo 3: b is counted three times')
    // The determinant of the sets without x is 5.
    assert.equal(restOnFewModulo(patterns('xbe', 'cdef', 'bcf', 'bdf', 'bcd'), K), true, 'modulo 5')
  })

  test('of large sets leave one person modulo 4, 8, 9 and 17', () => {
    for (const { modulus, sets } of FOUND) {
      assert.equal(restOnFewModulo(patterns(...sets), K), true, `modulo ${modulus}`)
      for (const set of sets) {
        const others = sets.filter((one) => one !== set)
        assert.equal(restOnFewModulo(patterns(...others), K), false, `without ${set}`)
      }
    }
  })

  test('are found exactly where a combination rests on few, in all groups by three sets', () => {
    const resting = restingOn(3, 30)
    for (let code = 0; code < 4 ** 7; code++) {
      const people = Array.from({ length: 7 }, (_, i) => [i + 1, Math.floor(code / 4 ** i) % 4] as const)
      tried(3, resting, new Map(people), 3)
    }
  })

  test('are found exactly where a combination rests on few, in groups by four and five sets', () => {
    for (const [sets, modulusMax] of [
      [4, 10],
      // The determinants of five sets are at most 5.
      [5, 6]
    ] as const) {
      const resting = restingOn(sets, modulusMax)
      const group = fc.tuple(fc.integer({ min: 1, max: 2 ** sets - 1 }), fc.integer({ min: 1, max: 5 }))
      fc.assert(
        fc.property(fc.array(group, { maxLength: 9 }), fc.integer({ min: 2, max: 5 }), (groups, k) => {
          tried(sets, resting, new Map(groups), k)
        }),
        { numRuns: 500 }
      )
    }
  })

  test('are found exactly where a combination rests on few people, who have one to three rows each', () => {
    for (const [sets, modulusMax] of [
      [3, 10],
      [4, 6]
    ] as const) {
      const resting = restingOn(sets, modulusMax)
      const rows = fc.uniqueArray(fc.integer({ min: 1, max: 2 ** sets - 1 }), { minLength: 1, maxLength: 3 })
      const group = fc.tuple(rows, fc.integer({ min: 1, max: 5 }))
      const found = [0, 0]
      fc.assert(
        fc.property(fc.array(group, { maxLength: 8 }), fc.integer({ min: 2, max: 5 }), (groups, k) => {
          const at = triedRows(sets, resting, groups, k) ? 1 : 0
          found[at] = (found[at] ?? 0) + 1
        }),
        { numRuns: 500 }
      )
      assert.ok(Math.min(...found) > 50, `${found}`)
    }
  })

  test('are found exactly where a combination rests on few, beside large groups whose determinant is 4 or 5', () => {
    const resting = restingOn(5, 6)
    const verdicts = [FOUND[0]?.sets ?? [], ['be', 'cdef', 'bcf', 'bdf', 'bcd']].map((sets) => {
      const large = patternsOf(sets)
      let count = 0
      for (let one = 1; one < 32; one++) {
        for (let other = one; other < 32; other++) {
          const people = new Map([
            [one, 1] as const,
            [other, 2] as const,
            ...large.map((pattern) => [pattern, 9] as const)
          ])
          if (tried(5, resting, people, 3 + (other % 2))) count++
        }
      }
      return count
    })
    assert.ok(verdicts.every((count) => count > 100))
  })

  test('of many small groups are judged, and refused where this takes too long', () => {
    // Ten groups of a hundred people and ten groups of one person, each in the sets given by the bits of the group's number.
    const bits = Array.from({ length: 4 }, (_, bit) => bit)
    const group = (i: number, people: number) => ({ rows: [bits.map((bit) => (i >> bit) & 1)], people })
    const groups = Array.from({ length: 10 }, (_, i) => [group(i + 1, 1), group(i + 1, 100)]).flat()
    assert.equal(restOnFewModulo(groups, K), false)
    // Random patterns of a single person each. For twelve sets this is decided; for forty sets it would take too long.
    let state = 1
    const coin = () => {
      state = (state * 16807) % 2147483647
      return state < 0.4 * 2147483647 ? 1 : 0
    }
    const alone = (sets: number) =>
      Array.from({ length: 150 }, () => ({ rows: [Array.from({ length: sets }, coin)], people: 1 }))
    assert.equal(restOnFewModulo(alone(12), K), false)
    assert.equal(restOnFewModulo(alone(40), K), true)
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
      // There are sixty-three patterns: beyond forty, only fractions of people are considered.
      for (let bit = 0; bit < 6; bit++)
        assert.ok(tell(Array.from({ length: 600 }, (_, i) => i + 1).filter((i) => ((i % 64) >> bit) & 1)))
      assert.deepEqual([tell([0, ...b, ...c]), tell([...b, ...d]), tell([...c, ...d])], [true, true, false])
    }
  })

  test('are not told of rows of one person, however many these are', () => {
    // Ten rows of one person, and two rows of each of 300 others.
    const owners = Uint32Array.from({ length: 610 }, (_, row) => (row < 10 ? 0 : 1 + ((row - 10) >> 1)))
    const block = (at: number) => Array.from({ length: 200 }, (_, i) => 10 + 200 * at + i)
    const [x, b, c, d] = [Array.from({ length: 10 }, (_, i) => i), block(0), block(1), block(2)]
    const draft = new LedgerDraft(SpanLedger.start(610, owners))
    const tell = (...sets: readonly (readonly number[])[]) =>
      draft.tellWholeSum('v', SubjectSet.of(610, sets.flat()), K)
    assert.deepEqual([tell(x, b, c), tell(b, d), tell(c, d)], [true, true, false])
  })

  test('are not told of rows of one person, of which some are gone', () => {
    // Of x, three rows are gone, after all others. Each pattern has rows of x, and of three or four other people.
    const owners = Uint32Array.of(0, 1, 2, 3, 4, 5, 6, 7, 0, 0, 0)
    const patterns = Patterns.of(8, Uint32Array.of(0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 0))
    const alike = alikeBy(patterns, owners, (pattern) => [1 - pattern, pattern])
    assert.deepEqual(Object.fromEntries(alike.map(({ rows, people }) => [rows.join(' '), people])), {
      '1,0': 3,
      '0,1': 4,
      '1,0 0,1': 1
    })
  })

  test('are not told of a level that follows from all others', () => {
    const universe = 601
    const block = (at: number) => Array.from({ length: 100 }, (_, i) => 1 + 100 * at + i)
    const [b, c, d] = [block(0), block(1), block(2)]
    const draft = new LedgerDraft(SpanLedger.start(universe))
    const tell = (level: number, people: readonly number[]) => {
      const of = SubjectSet.of(universe, people)
      const having = SubjectSet.of(
        universe,
        people.filter((i) => i % 3 === level)
      )
      return draft.tellLevel({ variable: 'stage', level: `${level}`, levels: 3 }, { of, having }, K)
    }
    for (let bit = 0; bit < 6; bit++)
      assert.ok(
        tell(
          2,
          Array.from({ length: 600 }, (_, i) => i + 1).filter((i) => ((i % 64) >> bit) & 1)
        )
      )
    const one = [0, ...b, ...c]
    assert.deepEqual([tell(2, [...b, ...d]), tell(2, [...c, ...d])], [true, true])
    assert.deepEqual([tell(0, one), tell(1, one)], [false, false], 'then the number with level 2 would follow')
  })
})
