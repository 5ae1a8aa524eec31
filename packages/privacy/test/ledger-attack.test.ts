/**
 * Attack by an outsider who keeps every disclosed sum and solves for single people by
 * least squares, with independent arithmetic.
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { LedgerDraft, ledgerFromBytes, ledgerToBytes, SpanLedger } from '@stimnet/privacy'
import { randomUnit, SubjectSet, seededRandom } from '@stimnet/protocol'

type Random = ReturnType<typeof seededRandom>
const below = (random: Random, n: number) => Math.floor(randomUnit(random) * n)

/** Orthonormal vectors of the span of the disclosed sets (Gram-Schmidt, twice for accuracy). */
function basisOf(sets: readonly SubjectSet[], items: number): number[][] {
  const basis: number[][] = []
  for (const set of sets) {
    let left: number[] = Array.from({ length: items }, (_, item) => (set.has(item) ? 1 : 0))
    for (let twice = 0; twice < 2; twice++) {
      for (const one of basis) {
        const along = one.reduce((sum, value, i) => sum + value * (left[i] ?? 0), 0)
        left = left.map((value, i) => value - along * (one[i] ?? 0))
      }
    }
    const size = Math.hypot(...left)
    if (size > 1e-7) basis.push(left.map((value) => value / size))
  }
  return basis
}

/**
 * The leverage of a person: the part of the person's own vector that lies in the span. For several rows, the largest
 * leverage of a combination of them.
 */
function leverageOf(rows: readonly number[], basis: readonly (readonly number[])[]): number {
  let direction = rows.map((_, i) => 1 + i / 7)
  let found = 0
  for (let round = 0; round < 200; round++) {
    const along = basis.map((one) => rows.reduce((sum, row, i) => sum + (one[row] ?? 0) * (direction[i] ?? 0), 0))
    const next = rows.map((row) => basis.reduce((sum, one, j) => sum + (one[row] ?? 0) * (along[j] ?? 0), 0))
    const size = Math.hypot(...next)
    if (size === 0) return 0
    found = size / Math.hypot(...direction)
    direction = next.map((value) => value / size)
  }
  return found
}

/** An ordinary question: conditions on a few covariates, sometimes with one person added or removed. */
function question(random: Random, covariates: readonly (readonly number[])[], people: number): number[] {
  const conditions = Array.from(
    { length: below(random, 3) },
    () => [below(random, covariates.length), below(random, 3)] as const
  )
  const isNot = below(random, 3) === 0
  const chosen = Array.from({ length: people }, (_, i) => i).filter(
    (i) => conditions.every(([at, value]) => covariates[at]?.[i] === value) !== (isNot && conditions.length > 0)
  )
  const extra = below(random, people)
  if (below(random, 3) > 0) return chosen
  return chosen.includes(extra) ? chosen.filter((i) => i !== extra) : [...chosen, extra]
}

/** Up to this limit a combination rests on more than k − 1 people, and so on at least k. */
const leverageMax = (k: number) => 1 / k + 1 / (2 * k * k)

describe('nobody can be estimated from told sums with more than one k-th of his own value', () => {
  for (const k of [3, 5, 10]) {
    test(`k = ${k}, in streams of forty questions about small cohorts`, () => {
      let [told, refused, rank] = [0, 0, 0]
      for (let seed = 1; seed <= 25; seed++) {
        const random = seededRandom(100 * k + seed)
        const people = 15 + below(random, 45)
        const covariates = [2, 3, 3].map((values) => Array.from({ length: people }, () => below(random, values)))
        let ledger = SpanLedger.start(people)
        const sets: SubjectSet[] = []
        for (let asked = 0; asked < 40; asked++) {
          const set = SubjectSet.of(people, question(random, covariates, people))
          const draft = new LedgerDraft(ledger)
          if (draft.tell([{ quantity: 'x', set }], k) !== undefined) {
            refused += 1
            continue
          }
          // The ledger is stored and read again, as by a node that stops between two questions.
          ledger = ledgerFromBytes(ledgerToBytes(draft.result()), {
            universe: people
          })
          sets.push(set)
        }
        told += sets.length
        const basis = basisOf(sets, people)
        assert.equal(ledger.rankOf('x'), basis.length)
        rank = Math.max(rank, basis.length)
        for (let i = 0; i < people; i++) {
          assert.ok(leverageOf([i], basis) <= leverageMax(k) + 1e-9, `seed ${seed}, person ${i}`)
        }
      }
      assert.ok(told > 100 && refused > 100 && rank >= 3, `${told} told, ${refused} refused, rank ${rank}`)
    })
  }

  test('of rows, no combination of a person’s values over all rows', () => {
    const k = 4
    let [told, refused] = [0, 0]
    for (let seed = 1; seed <= 30; seed++) {
      const random = seededRandom(seed)
      const people = 12 + below(random, 16)
      const rows = Array.from({ length: people }, (_, person) =>
        Array.from({ length: 1 + below(random, 4) }, (_, visit) => ({
          person,
          visit,
          value: below(random, 3)
        }))
      ).flat()
      const owners = Uint32Array.from(rows, ({ person }) => person)
      let ledger = SpanLedger.start(rows.length, owners)
      const sets: SubjectSet[] = []
      for (let asked = 0; asked < 30; asked++) {
        const [visit, value, odd] = [below(random, 5), below(random, 5), below(random, 2 * people)]
        const members = [...rows.keys()].filter((at) => {
          const row = rows[at]
          const fits = (visit > 3 || row?.visit === visit) && (value > 2 || row?.value === value)
          return fits !== (row?.person === odd)
        })
        const set = SubjectSet.of(rows.length, members)
        const draft = new LedgerDraft(ledger)
        if (members.length === 0 || draft.tell([{ quantity: 'x', set }], k) !== undefined) {
          refused += 1
          continue
        }
        ledger = draft.result()
        sets.push(set)
      }
      told += sets.length
      const basis = basisOf(sets, rows.length)
      for (let person = 0; person < people; person++) {
        const own = [...rows.keys()].filter((at) => rows[at]?.person === person)
        assert.ok(leverageOf(own, basis) <= leverageMax(k) + 1e-9, `seed ${seed}, person ${person}`)
      }
    }
    assert.ok(told > 60 && refused > 60, `${told} told, ${refused} refused`)
  })

  test('and a set that lies just beside the span is not taken for one within', () => {
    const draft = new LedgerDraft(SpanLedger.start(2_000))
    const everybody = SubjectSet.everyone(2_000)
    assert.equal(draft.tell([{ quantity: 'x', set: everybody }], 5), undefined)
    for (const out of [0, 999, 1_999]) {
      const set = everybody.without(SubjectSet.of(2_000, [out]))
      assert.equal(draft.isWithin('x', set), false)
      assert.equal(draft.tell([{ quantity: 'x', set }], 5)?.why, 'leverage')
    }
  })
})
