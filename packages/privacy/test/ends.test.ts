import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { LedgerDraft, SpanLedger } from '@stimnet/privacy'
import { randomUnit, SubjectSet, seededRandom } from '@stimnet/protocol'
import { ask, measure, people, planOf, tableOf } from './fixtures.ts'

const VALUES_MAX = 4

/** All assignments of values to people that give the same sums over the sets. */
function* othersWith(sets: readonly SubjectSet[], values: readonly number[]): Generator<readonly number[]> {
  const sums = (some: readonly number[]) =>
    sets.map((set) => [...set].reduce((all, i) => all + (some[i] ?? 0), 0)).join()
  const told = sums(values)
  const some = values.map(() => 0)
  for (;;) {
    if (sums(some) === told) yield [...some]
    let at = 0
    while (at < some.length && some[at] === VALUES_MAX) some[at++] = 0
    if (at === some.length) return
    some[at] = (some[at] ?? 0) + 1
  }
}

/** Whether somebody in a disclosed sum has zero in all of these assignments. */
function zeroByHand(sets: readonly SubjectSet[], values: readonly number[]): boolean {
  const all = [...othersWith(sets, values)]
  return values.some((value, i) => value === 0 && sets.some((set) => set.has(i)) && all.every((one) => one[i] === 0))
}

describe('sums at their least', () => {
  test('are told exactly where nobody’s zero follows from them: against every other way in which they come out', () => {
    const random = seededRandom(11)
    const below = (n: number) => Math.floor(randomUnit(random) * n)
    let [refused, told] = [0, 0]
    for (let round = 0; round < 1_500; round++) {
      const universe = 2 + below(4)
      // A value that is not zero is inside the range, so it could be larger or smaller.
      const values = Array.from({ length: universe }, () => (below(2) === 0 ? 0 : 2))
      const draft = new LedgerDraft(SpanLedger.start(universe))
      const sets: SubjectSet[] = []
      for (let i = 0; i < 3; i++) {
        const set = SubjectSet.of(
          universe,
          values.flatMap((_, person) => (below(2) === 0 ? [person] : []))
        )
        if (set.size === 0) continue
        const off = SubjectSet.of(
          universe,
          [...set].filter((person) => values[person] !== 0)
        )
        const objection = draft.tell([{ quantity: 'x', set, off: [off] }], 1)
        const isCertain = zeroByHand([...sets, set], values)
        if (objection === undefined) sets.push(set)
        assert.equal(
          objection?.why === 'certain',
          isCertain,
          JSON.stringify({ values, sets: [...sets, set].map((s) => [...s]) })
        )
        if (isCertain) refused += 1
        else told += 1
      }
    }
    assert.ok(refused > 300 && told > 300, `${refused} refused, ${told} told`)
  })

  for (const more of [0, 1, 4, 5]) {
    const isTold = more >= 5
    test(`and a count of all above the least: of ten people, ${more} have more than the second value, which is ${isTold ? 'told' : 'withheld'}`, () => {
      const [all, least, second] = [20, 10, 10 - more].map((from) =>
        SubjectSet.of(30, Array.from({ length: 20 }, (_, person) => person).slice(20 - from))
      )
      assert.ok(all && least && second)
      const draft = new LedgerDraft(SpanLedger.start(30))
      const beyond = least.without(second)
      const objection = draft.tell([{ quantity: 'x', set: all, off: [least, undefined, beyond] }], 5)
      assert.equal(objection?.why, isTold ? undefined : more === 0 ? 'certain' : 'leverage')
    })
  }

  test('over people of whom a program may have told anything, the same people are in it', () => {
    const of = (...members: number[]) => SubjectSet.of(60, members)
    const all = of(...Array.from({ length: 60 }, (_, person) => person))
    const group = of(...Array.from({ length: 40 }, (_, person) => person))
    const off = group.without(of(0, 1))
    const draft = new LedgerDraft(SpanLedger.start(60))
    assert.equal(draft.tellAnything(all, 5), undefined)
    const after = new LedgerDraft(draft.result())
    // The two people at the end divide the group only when its sum is judged.
    assert.equal(after.tell([{ quantity: 'x', set: group, off: [off] }], 5), undefined)
    assert.ok(after.isWithin('x', group) && !after.isWithin('x', off))
  })

  const MEAN = planOf([measure('mean', 'x')])
  /** The first `count` of sixty people. Of the last twenty, `more` people have a value above zero. */
  const firstOf = (count: number, more: number) =>
    people(60, (subject) => ({
      x: subject < 40 ? subject % 3 : subject < 40 + more ? 2 : 0
    })).slice(0, count)

  for (const more of [0, 1, 4, 5]) {
    test(`a mean of twenty people more, of whom ${more} have more than zero, is ${more < 5 ? 'withheld' : 'told'}`, () => {
      const before = ask(MEAN, 60, firstOf(40, more))
      assert.ok(before.ok)
      const after = ask(MEAN, 60, firstOf(60, more), {
        ledgers: before.ledgers
      })
      if (more < 5) assert.equal(after.ok, false)
      else assert.equal(tableOf(after).rows.length, 1)
    })
  }

  const among = (from: number, to: number) =>
    SubjectSet.of(
      60,
      Array.from({ length: to - from }, (_, i) => from + i)
    )
  /** Discloses sums over the sets in turn. The people in `off` have more than the least value. Returns the objections. */
  function toldInTurn(sums: readonly { readonly set: SubjectSet; readonly off: SubjectSet }[]) {
    const draft = new LedgerDraft(SpanLedger.start(60))
    return sums.map(({ set, off }) => draft.tell([{ quantity: 'x', set, off: [off] }], 5)?.why)
  }

  test('are held against sums from before somebody was at the least, which were of nobody else', () => {
    const first = { set: among(0, 40), off: among(0, 40) }
    // Four of the twenty additional people have more than the least value: the difference of the two sums rests on them.
    assert.deepEqual(toldInTurn([first, { set: among(0, 60), off: among(0, 44) }]), [undefined, 'leverage'])
    assert.deepEqual(toldInTurn([first, { set: among(0, 60), off: among(0, 45) }]), [undefined, undefined])
  })

  test('remember who was at the least in earlier sums, though the last one is of nobody at it', () => {
    const sums = [
      // Only the first ten people have the least value.
      { set: among(0, 20), off: among(10, 20) },
      { set: among(10, 40), off: among(10, 40) },
      { set: among(20, 40), off: among(20, 40) }
    ]
    assert.deepEqual(toldInTurn(sums), [undefined, undefined, 'certain'])
  })
})
