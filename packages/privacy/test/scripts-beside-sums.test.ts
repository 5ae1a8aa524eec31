import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { LedgerDraft, SpanLedger } from '@stimnet/privacy'
import { randomUnit, SubjectSet, seededRandom } from '@stimnet/protocol'
import { supportMin } from './support.ts'

const first = (count: number, from = 0) =>
  SubjectSet.of(
    100,
    Array.from({ length: count }, (_, i) => from + i)
  )
const K = 3
const everyone = (count: number) => Array.from({ length: count }, (_, i) => i)
const EVERYBODY = SubjectSet.everyone(100)

describe('a program over a cohort may have told what of a sum lies in it', () => {
  test('so that a sum over some who are not its cohort’s is told only where these are k or more', () => {
    const draft = new LedgerDraft(SpanLedger.start(100))
    assert.equal(draft.tellAnything(EVERYBODY.without(SubjectSet.of(100, [3])), 5), undefined)
    // The program may have disclosed the sum over 49 of these 50 people.
    assert.equal(draft.tell([{ quantity: 'x', set: first(50) }], 5)?.why, 'leverage')
  })

  test('so that two programs differ by k or more on each side', () => {
    const draft = new LedgerDraft(SpanLedger.start(100))
    assert.equal(draft.tellAnything(EVERYBODY.without(first(10)), 5), undefined)
    assert.equal(draft.tellAnything(EVERYBODY.without(first(1, 10)), 5)?.why, 'leverage')
  })

  test('so that of those whom no program read, no combination of sums rests on fewer than k', () => {
    const random = seededRandom(7)
    const half = () =>
      SubjectSet.of(
        24,
        everyone(24).filter(() => randomUnit(random) < 0.5)
      )
    let [programs, sums, refused] = [0, 0, 0]
    for (let round = 0; round < 40; round++) {
      const draft = new LedgerDraft(SpanLedger.start(24))
      const told: SubjectSet[] = []
      let read = SubjectSet.none(24)
      for (let step = 0; step < 12; step++) {
        const set = half()
        const isProgram = randomUnit(random) < 0.2
        const objection = isProgram ? draft.tellAnything(set, K) : draft.tell([{ quantity: 'x', set }], K)
        if (objection !== undefined) refused++
        else if (isProgram) read = read.or(set)
        else told.push(set)
        programs += isProgram && objection === undefined ? 1 : 0
      }
      sums += told.length
      const least = supportMin(
        told.map((set) => set.without(read)),
        24,
        { upTo: K }
      )
      assert.ok(least >= K, `${least} people`)
    }
    assert.ok(programs > 10 && sums > 40 && refused > 40, `${programs} programs, ${sums} sums, ${refused} refused`)
  })
})
