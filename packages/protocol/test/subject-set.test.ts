import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { SubjectSet } from '../src/index.ts'

const sorted = (members: Iterable<number>) => [...new Set(members)].sort((a, b) => a - b)

/** Two subject sets over one universe, with the members of each as a Set. */
const pairs = fc.integer({ min: 1, max: 200 }).chain((universe) => {
  const members = fc.array(fc.nat(universe - 1), { maxLength: 60 })
  return fc.record({ universe: fc.constant(universe), a: members, b: members })
})

describe('a subject set is a set', () => {
  const laws: Readonly<Record<string, (a: Set<number>, b: Set<number>) => Iterable<number>>> = {
    and: (a, b) => [...a].filter((member) => b.has(member)),
    or: (a, b) => [...a, ...b],
    without: (a, b) => [...a].filter((member) => !b.has(member))
  }
  for (const [name, law] of Object.entries(laws)) {
    test(`its ${name} is that of plain sets`, () => {
      fc.assert(
        fc.property(pairs, ({ universe, a, b }) => {
          const left = SubjectSet.of(universe, a)
          const joined = left[name as 'and' | 'or' | 'without'](SubjectSet.of(universe, b))
          assert.deepEqual([...joined], sorted(law(new Set(a), new Set(b))))
          assert.equal(joined.size, [...joined].length)
          // The operation does not change its operands.
          assert.deepEqual([...left], sorted(a))
        })
      )
    })
  }

  test('it counts, lists, holds and compares like a plain set', () => {
    fc.assert(
      fc.property(pairs, ({ universe, a, b }) => {
        const set = SubjectSet.of(universe, a)
        assert.equal(set.size, new Set(a).size)
        assert.deepEqual([...set], sorted(a))
        for (let member = -2; member < universe + 40; member++) assert.equal(set.has(member), a.includes(member))
        assert.equal(set.equals(SubjectSet.of(universe, b)), sorted(a).join() === sorted(b).join())
      })
    )
  })

  test('its complement is everyone else, and the complement of that is itself', () => {
    fc.assert(
      fc.property(pairs, ({ universe, a }) => {
        const set = SubjectSet.of(universe, a)
        const rest = set.complement()
        assert.equal(rest.size, universe - set.size)
        assert.equal(set.and(rest).size, 0)
        assert.ok(set.or(rest).equals(SubjectSet.everyone(universe)))
        assert.ok(rest.complement().equals(set))
      })
    )
  })

  test('nobody and everyone, at the edges of a word', () => {
    for (const universe of [0, 1, 31, 32, 33, 63, 64, 65, 1_000]) {
      assert.equal(SubjectSet.none(universe).size, 0)
      assert.equal(SubjectSet.everyone(universe).size, universe)
      assert.equal([...SubjectSet.everyone(universe)].length, universe)
      assert.ok(SubjectSet.everyone(universe).complement().equals(SubjectSet.none(universe)))
    }
  })
})

describe('a subject set on disk', () => {
  test('comes back as it was', () => {
    fc.assert(
      fc.property(pairs, ({ universe, a }) => {
        const set = SubjectSet.of(universe, a)
        // Reading also works from the middle of a larger buffer, as a database returns it.
        const padded = Buffer.concat([Uint8Array.of(9, 9, 9), set.toBytes()]).subarray(3)
        assert.ok(SubjectSet.fromBytes(universe, padded).equals(set))
      })
    )
  })

  test('of another size, or with members beyond its universe, is refused', () => {
    assert.deepEqual(SubjectSet.of(33, [0, 32]).toBytes(), Uint8Array.of(1, 0, 0, 0, 1, 0, 0, 0))
    for (const length of [0, 4, 7, 9, 12]) {
      assert.throws(() => SubjectSet.fromBytes(33, new Uint8Array(length)), RangeError)
    }
    assert.throws(() => SubjectSet.fromBytes(33, Uint8Array.of(0, 0, 0, 0, 2, 0, 0, 0)), RangeError)
  })
})

test('a subject that is none is neither taken nor found', () => {
  const set = SubjectSet.of(64, [0])
  for (const member of [-1, 64, 2 ** 32, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(() => set.add(member), RangeError)
    assert.equal(set.has(member), false)
  }
  assert.deepEqual([...set], [0])
})

test('sets of two epochs do not mix', () => {
  const [small, large] = [SubjectSet.none(10), SubjectSet.none(11)]
  for (const join of ['and', 'or', 'without'] as const) assert.throws(() => small[join](large), RangeError)
  assert.equal(small.equals(large), false)
})
