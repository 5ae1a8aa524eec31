import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Partition } from '@stimnet/privacy'
import { SubjectSet } from '@stimnet/protocol'
import fc from 'fast-check'

const set = (universe: number, members: Iterable<number>) => SubjectSet.of(universe, members)
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i)

/** Admits one after the other, as a history of releases does. */
function history(
  universe: number,
  sets: readonly SubjectSet[],
  k: number
): { partition: Partition; admitted: SubjectSet[] } {
  let partition = Partition.start(universe)
  const admitted: SubjectSet[] = []
  for (const candidate of sets) {
    const admission = partition.admit([candidate], k)
    if (!admission.ok) continue
    partition = admission.next
    admitted.push(candidate)
  }
  return { partition, admitted }
}

/** Subjects with a weight other than zero, for every combination of coefficients from -2 to 2. */
function smallestSupport(universe: number, sets: readonly SubjectSet[]): number {
  let smallest = Number.POSITIVE_INFINITY
  for (let code = 0; code < 5 ** sets.length; code++) {
    const weights = new Int32Array(universe)
    for (let j = 0, rest = code; j < sets.length; j++, rest = Math.floor(rest / 5)) {
      for (const member of sets[j] ?? []) weights[member] = (weights[member] ?? 0) + (rest % 5) - 2
    }
    const support = weights.filter((weight) => weight !== 0).length
    if (support > 0) smallest = Math.min(smallest, support)
  }
  return smallest
}

const world = fc.integer({ min: 6, max: 20 }).chain((universe) =>
  fc.record({
    universe: fc.constant(universe),
    sets: fc.array(fc.uniqueArray(fc.nat(universe - 1), { minLength: 1 }), { minLength: 2, maxLength: 14 })
  })
)

test('no combination of released cohorts rests on fewer than k people, for all coefficients from -2 to 2', () => {
  let judged = 0
  fc.assert(
    fc.property(world, ({ universe, sets }) => {
      const { admitted } = history(
        universe,
        sets.map((members) => set(universe, members)),
        3
      )
      const five = admitted.slice(0, 5)
      if (five.length > 1) judged += 1
      assert.ok(smallestSupport(universe, five) >= 3)
    }),
    { numRuns: 400 }
  )
  assert.ok(judged > 50, 'the property must not hold for want of admitted cohorts')
})

test('comparing cohorts two by two would let three of them single out one person; the atoms do not', () => {
  const [x, p, q] = [[0], range(1, 11), range(11, 21)]
  const cohorts = [[...x, ...p], [...p, ...q], q].map((members) => set(40, members))
  const differences = cohorts.flatMap((a, i) => cohorts.slice(i + 1).map((b) => a.without(b).or(b.without(a)).size))
  assert.ok(
    differences.every((size) => size >= 5),
    'the pairwise rule sees nothing'
  )
  assert.equal(smallestSupport(40, cohorts), 1)
  assert.equal(history(40, cohorts, 5).admitted.length, 2)
  assert.equal(Partition.start(40).admit(cohorts, 5).ok, false)
})

test('R04: a cohort, and the same without one person, are not both answered', () => {
  const partition = Partition.start(100)
  const first = partition.admit([set(100, range(0, 50))], 5)
  assert.ok(first.ok)
  assert.equal(first.next.admit([set(100, range(1, 50))], 5).ok, false)
})

test('R06: everyone but one small group is refused like the small group itself', () => {
  const target = set(100, range(0, 4))
  assert.equal(Partition.start(100).admit([target], 5).ok, false)
  assert.equal(Partition.start(100).admit([target.complement()], 5).ok, false)
})

test('R07: a general tracker of six questions never reaches the person it is about', () => {
  const [person, tracker] = [set(60, [7]), set(60, range(0, 30))]
  const asked = [
    person.or(tracker),
    person.or(tracker.complement()),
    tracker,
    tracker.complement(),
    SubjectSet.everyone(60)
  ]
  const { admitted } = history(60, asked, 5)
  assert.ok(smallestSupport(60, admitted) >= 5)
})

test('the same question again splits nothing and is answered', () => {
  const cohort = set(30, range(0, 12))
  const first = Partition.start(30).admit([cohort], 5)
  assert.ok(first.ok)
  const again = first.next.admit([cohort, cohort.complement(), SubjectSet.everyone(30)], 5)
  assert.ok(again.ok && again.next === first.next, 'nothing new to store')
  assert.ok(first.next.isUnionOfAtoms(cohort))
  assert.equal(first.next.isUnionOfAtoms(set(30, range(0, 11))), false)
})

test('a refusal leaves the atoms as they were, also when an earlier set of the same release fitted', () => {
  const partition = Partition.start(30)
  assert.equal(partition.admit([set(30, range(0, 10)), set(30, range(0, 9))], 5).ok, false)
  assert.equal(partition.atoms, 1)
  const draft = partition.refine()
  assert.equal(draft.admit([set(30, range(0, 10)), set(30, range(0, 9))], 5), false)
  assert.deepEqual([...draft.labels], new Array(30).fill(0))
  assert.equal(draft.admit([set(30, range(0, 9))], 5), true)
})

test('whether sets are admitted together does not depend on their order', () => {
  fc.assert(
    fc.property(world, ({ universe, sets }) => {
      const all = sets.slice(0, 4).map((members) => set(universe, members))
      const [forth, back] = [
        Partition.start(universe).admit(all, 2),
        Partition.start(universe).admit(all.toReversed(), 2)
      ]
      assert.equal(forth.ok, back.ok)
      if (forth.ok && back.ok) assert.ok(forth.next.equals(back.next))
    })
  )
})

test('no atom is ever smaller than k, and the sizes add up to everyone', () => {
  fc.assert(
    fc.property(world, ({ universe, sets }) => {
      const { partition } = history(
        universe,
        sets.map((members) => set(universe, members)),
        3
      )
      assert.ok(partition.atoms === 1 || partition.smallestAtom >= 3)
    })
  )
})

test('an epoch of fewer than k people answers nothing', () => {
  assert.equal(Partition.start(4).admit([SubjectSet.everyone(4)], 5).ok, false)
  assert.equal(Partition.start(0).smallestAtom, 0)
})

test('a lattice starts with its base cells, and tells when one is too small', () => {
  const cells = [set(30, range(0, 10)), set(30, range(10, 20))]
  const partition = Partition.start(30, cells)
  assert.deepEqual([partition.atoms, partition.smallestAtom], [3, 10])
  assert.equal(partition.admit([set(30, range(5, 20))], 5).ok, true)
  assert.equal(partition.admit([set(30, range(7, 20))], 5).ok, false)
  assert.equal(Partition.start(30, [set(30, range(0, 2))]).smallestAtom, 2)
})

test('atoms survive being stored', () => {
  fc.assert(
    fc.property(world, ({ universe, sets }) => {
      const { partition } = history(
        universe,
        sets.map((members) => set(universe, members)),
        2
      )
      assert.ok(Partition.fromBytes(partition.toBytes(), universe).equals(partition))
    })
  )
})

test('stored atoms that are damaged, of another epoch or not in canonical form are refused', () => {
  const admission = Partition.start(20).admit([set(20, range(0, 10))], 5)
  assert.ok(admission.ok)
  const bytes = admission.next.toBytes()
  const broken = (change: (copy: Uint8Array) => Uint8Array, universe = 20) =>
    assert.throws(() => Partition.fromBytes(change(bytes.slice()), universe), { code: 'NODE_ERROR' })
  broken((copy) => copy.subarray(0, -4))
  broken((copy) => copy, 21)
  broken(() => new Uint8Array())
  broken((copy) => {
    for (let at = 12; at < copy.length; at += 4) copy[at] = 1 - (copy[at] ?? 0)
    return copy
  })
  for (const at of [0, 4, 8, 12, 12 + 4 * 10]) {
    broken((copy) => {
      copy[at] = (copy[at] ?? 0) ^ 0x40
      return copy
    })
  }
})

test('a set of another epoch is never judged', () => {
  assert.throws(() => Partition.start(20).admit([SubjectSet.everyone(21)], 5), RangeError)
  assert.throws(() => Partition.start(-1), RangeError)
})
