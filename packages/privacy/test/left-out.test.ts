import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { carryLedger, disclose, LedgerDraft, type Ledgers, leaveOut, SpanLedger, unknownFacts } from '@stimnet/privacy'
import { type Measure, SubjectSet } from '@stimnet/protocol'
import type { LeftOut } from '../src/judge/left-out.ts'
import { LeftOutDraft } from '../src/judge/left-out.ts'
import { countOf, powerOf, productOf } from '../src/judge/numbers.ts'
import { RowSets } from '../src/judge/row-sets.ts'
import { type Entry, LedgersDraft } from '../src/ledgers.ts'
import {
  ask,
  contextOf,
  ledgersOf,
  measure,
  ownersOf,
  people,
  planOf,
  ROWS_EACH,
  reduce,
  ref,
  SUBJECTS,
  tableOf
} from './fixtures.ts'

const K = 5
const EVERYBODY = SubjectSet.everyone(60)
const first = (count: number) =>
  SubjectSet.of(
    60,
    Array.from({ length: count }, (_, i) => i)
  )
const MEAN = measure('mean', 'x')
const sumOver = (subjects: SubjectSet): Entry => ({
  number: powerOf({ subjects }, ref('x'), 1, unknownFacts),
  about: [],
  aboutPeople: []
})
const countOver = (subjects: SubjectSet): Entry => ({ number: countOf({ subjects }), about: [], aboutPeople: [] })

/** Records one number, then tries to fit another. Returns the people who were left out, and the remaining objection. */
function fitted(told: Entry, asked: Entry, kind: Measure = MEAN) {
  const draft = new LedgersDraft(ledgersOf(60))
  assert.equal(draft.tell([told], K), undefined)
  const objection = draft.tell([asked], K)
  assert.ok(objection?.why === 'leverage')
  const leftOut = new LeftOutDraft(60)
  const remaining = leftOut.fit(kind, [asked], objection, { draft, rowSets: undefined, k: K })
  return { remaining, result: leftOut.result(), draft }
}

describe('people are left out of an answer', () => {
  test('who would be told apart from an earlier one: those that it has more, and nobody else', () => {
    const { remaining, result, draft } = fitted(sumOver(first(58)), sumOver(EVERYBODY))
    assert.equal(remaining, undefined)
    assert.deepEqual([...(result?.columns.get(ref('x')) ?? [])], [58, 59])
    assert.equal(result?.people, undefined)
    assert.ok(draft.isWithin(sumOver(first(58)).number), 'what is told then is what was told')
  })

  test('beside those that the earlier one had more, until they are k together', () => {
    const { remaining, result, draft } = fitted(sumOver(EVERYBODY), sumOver(first(58)))
    assert.equal(remaining, undefined)
    const out = result?.columns.get(ref('x')) ?? SubjectSet.none(60)
    assert.ok(out.size === 3 && out.without(first(58)).size === 0, 'three more beside two')
    assert.ok(draft.isWithin(sumOver(first(58).without(out)).number))
  })

  test('of a count only those that it has more, and then out of everything', () => {
    const more = fitted(countOver(first(58)), countOver(EVERYBODY), SUBJECTS)
    assert.deepEqual([...(more.result?.people ?? [])], [58, 59])
    const fewer = fitted(countOver(EVERYBODY), countOver(first(58)), SUBJECTS)
    assert.deepEqual([fewer.remaining?.why, fewer.result], ['leverage', undefined])
  })

  test('of what is made of a pair, out of the pair alone', () => {
    const pair: Measure = { kind: 'correlation', name: 'r', variables: [ref('x'), ref('y')] }
    const over = (subjects: SubjectSet): Entry => ({
      ...{ about: [], aboutPeople: [] },
      number: productOf({ subjects }, [ref('x'), ref('y')], unknownFacts)
    })
    const { result } = fitted(over(first(58)), over(EVERYBODY), pair)
    assert.deepEqual([[...(result?.pairs.keys() ?? [])], result?.columns.size], [['t.x t.y'], 0])
  })

  test('those who were with them in earlier sums, but never so many that it would be another number', () => {
    const outWith = (group: number) => {
      const draft = new LedgersDraft(ledgersOf(60))
      for (const set of [EVERYBODY, first(group)]) assert.equal(draft.tell([sumOver(set)], K), undefined)
      const asked = sumOver(EVERYBODY.without(SubjectSet.of(60, [0])))
      const objection = draft.tell([asked], K)
      assert.ok(objection?.why === 'leverage')
      const leftOut = new LeftOutDraft(60)
      const remaining = leftOut.fit(MEAN, [asked], objection, { draft, rowSets: undefined, k: K })
      assert.equal(remaining === undefined, leftOut.result() !== undefined)
      return leftOut.result()?.columns.get(ref('x'))?.size
    }
    assert.deepEqual([outWith(11), outWith(13)], [10, undefined], 'more than twice k, and than a tenth of all')
  })

  test('with all of their rows', () => {
    const rowSets = new RowSets({ table: 't', rows: 60 * ROWS_EACH, owners: ownersOf(60) }, 60)
    const rowsOf = (subjects: SubjectSet, visits: number) =>
      SubjectSet.of(
        60 * ROWS_EACH,
        [...subjects].flatMap((person) => Array.from({ length: visits }, (_, visit) => person * ROWS_EACH + visit))
      )
    const over = (subjects: SubjectSet): Entry => ({
      ...{ about: [], aboutPeople: [] },
      number: powerOf({ subjects, rows: rowsOf(subjects, 2) }, ref('x'), 1, unknownFacts)
    })
    const draft = new LedgersDraft(ledgersOf(60))
    assert.equal(draft.tell([over(first(58))], K), undefined)
    const asked = over(EVERYBODY)
    const objection = draft.tell([asked], K)
    assert.ok(objection?.why === 'leverage')
    const leftOut = new LeftOutDraft(60)
    assert.equal(leftOut.fit(MEAN, [asked], objection, { draft, rowSets, k: K }), undefined)
    assert.deepEqual([...(leftOut.result()?.columns.get(ref('x')) ?? [])], [58, 59])
    assert.ok(draft.isWithin(over(first(58)).number))
  })
})

test('a mean that two people more would tell apart is told without them, and says that some were left out', () => {
  const rows = people(60, (i) => ({ x: 20 + ((i * 7) % 31) }))
  const before = ask(planOf([MEAN]), 60, rows.slice(0, 58))
  assert.ok(before.ok)
  const plan = planOf([MEAN])
  const context = contextOf(60, { ledgers: before.ledgers })
  const whole = { kind: 'table', plan, reduction: reduce(plan, 60, rows), defining: [] } as const
  assert.equal(disclose(whole, context).ok, false)
  const leftOut = leaveOut(whole, context)
  assert.deepEqual([...(leftOut?.columns.get(ref('x')) ?? [])], [58, 59])
  assert.ok(leftOut)
  const less = rows.map((row, i) => (i < 58 ? row : { ...row, x: null }))
  const told = disclose({ ...whole, reduction: reduce(plan, 60, less), leftOut }, context)
  const output = tableOf(told)
  assert.ok(Math.abs(Number(output.rows[0]?.values[0]) - Number(tableOf(before).rows[0]?.values[0])) < 0.05)
  assert.match(output.left_out?.[0] ?? '', /^Some people were left out of t\.x/)
  assert.ok(!/\d\d/.test(output.left_out?.[0] ?? ''), 'not how many')
  assert.equal(leaveOut({ ...whole, reduction: reduce(plan, 60, less), leftOut }, context), undefined, 'nobody more')
})

test('beside people who were left out of the whole answer there is no total, which would say how many they are', () => {
  const plan = planOf([SUBJECTS])
  const reduction = reduce(
    plan,
    60,
    people(55, () => ({}))
  )
  const cohort = first(55)
  const card = (leftOut?: LeftOut) =>
    tableOf(
      disclose(
        { kind: 'table', plan, reduction, defining: [], ...(leftOut === undefined ? {} : { leftOut }) },
        contextOf(60, { cohort })
      )
    ).disclosure.subjects
  const none = { columns: new Map(), pairs: new Map() }
  assert.equal(card(), 55)
  assert.equal(card({ ...none, people: EVERYBODY.without(cohort) }), null)
})

describe('who came with a newer epoch', () => {
  const arrived = (count: number): Ledgers => {
    const draft = new LedgerDraft(SpanLedger.start(40))
    assert.equal(draft.tell([{ quantity: '1', set: SubjectSet.everyone(40) }], K), undefined)
    const to = Uint32Array.from({ length: 40 }, (_, i) => i)
    return { subjects: carryLedger(draft.result(), { universe: 40 + count, gone: { items: 0 }, to }) }
  }
  const held = (count: number) => {
    const plan = planOf([SUBJECTS])
    const rows = people(40 + count, () => ({}))
    const leftOut = leaveOut(
      { kind: 'table', plan, reduction: reduce(plan, 40 + count, rows), defining: [] },
      contextOf(40 + count, { ledgers: arrived(count) })
    )
    return [...(leftOut?.people ?? [])]
  }

  test('is left out of everything until there are k of them', () => {
    assert.deepEqual(held(3), [40, 41, 42])
    assert.deepEqual(held(5), [])
  })

  test('also where nothing else objects: of another quantity nothing was told before', () => {
    const plan = planOf([MEAN])
    const rows = people(43, (i) => ({ x: 20 + i }))
    const leftOut = leaveOut(
      { kind: 'table', plan, reduction: reduce(plan, 43, rows), defining: [] },
      contextOf(43, { ledgers: arrived(3) })
    )
    assert.deepEqual([...(leftOut?.people ?? [])], [40, 41, 42])
  })

  test('is left out wherever he could be: that he is not in a group must not show what others do not know of him', () => {
    const plan = planOf([SUBJECTS])
    const rows = people(43, () => ({}))
    const leftOutOf = (group: SubjectSet) => {
      const inGroup = rows.filter((_, i) => group.has(i))
      const reduction = reduce(plan, 43, inGroup)
      const possible = {
        unknown: [ref('arm')],
        keys: [],
        otherCells: 1,
        levelsLeft: new Map(),
        groups: [],
        sets: [{ people: SubjectSet.everyone(43) }]
      }
      const leftOut = leaveOut(
        { kind: 'table', plan, reduction, defining: [{ variable: ref('arm'), level: 'b' }], possible },
        contextOf(43, { ledgers: arrived(3) })
      )
      return [...(leftOut?.people ?? [])]
    }
    const twenty = Array.from({ length: 20 }, (_, i) => i)
    assert.deepEqual(leftOutOf(SubjectSet.of(43, [...twenty, 41])), [40, 41, 42])
    assert.deepEqual(leftOutOf(SubjectSet.of(43, twenty)), [40, 41, 42])
  })

  test('has come for good once he is in a release', () => {
    const draft = new LedgerDraft(arrived(5).subjects)
    assert.equal(draft.arrivals(SubjectSet.everyone(45)).size, 5)
    assert.equal(draft.tell([{ quantity: '1', set: SubjectSet.everyone(45) }], K), undefined)
    assert.equal(draft.arrivals(SubjectSet.everyone(45)).size, 0)
    assert.equal(new LedgerDraft(draft.result()).arrivals(SubjectSet.everyone(45)).size, 0)
  })
})
