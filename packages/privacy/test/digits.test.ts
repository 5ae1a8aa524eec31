import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  type Disclosed,
  effectiveSettings,
  LedgerDraft,
  type Ledgers,
  ledgerFromBytes,
  ledgerToBytes,
  SpanLedger
} from '@stimnet/privacy'
import { SubjectSet } from '@stimnet/protocol'
import fc from 'fast-check'
import { roundOnRung, stepFor } from '../src/judge/precision.ts'
import { ask, factsOf, ledgersOf, measure, people, planOf, SUBJECTS, tableOf } from './fixtures.ts'

const UNIVERSE = 60
const K = 5
const about = (bits: number) => [{ variable: 'x', bits, bitsMax: 1 }]
const of = (from: number, to: number) =>
  SubjectSet.of(
    UNIVERSE,
    Array.from({ length: to - from }, (_, i) => from + i)
  )

/** A ledger in which the sums over two groups of twenty were released in fewer digits, for a tenth of a bit each. */
function twoTold(): SpanLedger {
  const draft = new LedgerDraft(SpanLedger.start(UNIVERSE))
  for (const set of [of(0, 20), of(20, 40)])
    assert.equal(draft.tell([{ quantity: 'x', set, rung: 1, about: about(2) }], K), undefined)
  return draft.result()
}

describe('a sum that was told in fewer digits', () => {
  for (const ledger of [twoTold(), ledgerFromBytes(ledgerToBytes(twoTold()), { universe: UNIVERSE })]) {
    test('costs nothing when it is asked for again in the same digits', () => {
      const draft = new LedgerDraft(ledger)
      assert.equal(draft.isNew('x', of(0, 20), { rung: 1 }), false)
      for (let times = 0; times < 100; times++)
        assert.equal(draft.tell([{ quantity: 'x', set: of(0, 20), rung: 1, about: about(2) }], K), undefined)
      assert.equal(draft.result(), ledger)
    })

    test('is told in more digits, or in other ones, for the bits of all of them', () => {
      for (const rung of [0, 2]) {
        const draft = new LedgerDraft(ledger)
        assert.equal(draft.isNew('x', of(0, 20), { rung }), true)
        assert.equal(draft.tell([{ quantity: 'x', set: of(0, 20), rung, about: about(20) }], K)?.why, 'information')
        assert.equal(draft.tell([{ quantity: 'x', set: of(0, 20), rung, about: about(10) }], K), undefined)
        assert.ok(Math.abs(draft.mostSpent('x') - 0.6) < 1e-9)
      }
    })

    test('gives no sum of both for nothing: rounding errors of many combinations would average out', () => {
      let now = ledger
      let times = 0
      for (; times < 100; times++) {
        const draft = new LedgerDraft(now)
        if (draft.tell([{ quantity: 'x', set: of(0, 40), rung: 1, about: about(4) }], K) !== undefined) break
        now = draft.result()
      }
      assert.equal(times, 9, 'a tenth of a bit each, beside the tenth that was spent')
    })

    test('is charged once in one release, and again after it was rolled back', () => {
      const draft = new LedgerDraft(ledger)
      const union = { quantity: 'x', set: of(0, 40), rung: 1, about: about(4) }
      const { mark } = draft
      for (let times = 0; times < 3; times++) draft.tell([union], K)
      assert.ok(Math.abs(draft.mostSpent('x') - 0.2) < 1e-9)
      draft.rollBack(mark)
      draft.tell([union], K)
      assert.ok(Math.abs(draft.mostSpent('x') - 0.2) < 1e-9)
    })
  }

  test('is dear also where it follows from full digits that are rounded, and free where they are exact', () => {
    const draft = new LedgerDraft(twoTold())
    for (const set of [of(40, 50), of(50, 60)]) draft.tell([{ quantity: 'x', set, about: about(2) }], K)
    assert.equal(draft.isNew('x', of(40, 60)), false)
    assert.equal(draft.isNew('x', of(30, 60)), true)
    assert.equal(draft.isNew('x', of(40, 60), { isRounded: true }), true)
    assert.equal(draft.isNew('x', of(40, 50), { isRounded: true }), false)
  })

  test('of many unions of rounded sums is told as often as their bits allow', () => {
    let now = SpanLedger.start(UNIVERSE)
    const told = (from: number, to: number, bits: number) => {
      const draft = new LedgerDraft(now)
      const objection = draft.tell([{ quantity: 'x', set: of(from, to), isRounded: true, about: about(bits) }], K)
      now = draft.result()
      return objection === undefined
    }
    for (let from = 0; from < 60; from += 10) assert.ok(told(from, from + 10, 2))
    let unions = 0
    for (let from = 0; from < 60; from += 10)
      for (let to = from + 20; to <= 60; to += 10) if (told(from, to, (to - from) / 5)) unions++
    assert.ok(
      unions < 12,
      `${unions} of 15 unions, a fifth of a bit for everybody in each, beside a fifth that was spent`
    )
  })

  test('is not forgotten where another comes beside it, and a ledger from before there were such sums has none', () => {
    const draft = new LedgerDraft(twoTold())
    draft.tell([{ quantity: 'x', set: of(30, 50), about: about(2) }], K)
    assert.equal(new LedgerDraft(draft.result()).isNew('x', of(0, 20)), true)
    const full = new LedgerDraft(SpanLedger.start(UNIVERSE))
    full.tell([{ quantity: 'x', set: of(0, 20), about: about(2) }], K)
    const bytes = ledgerToBytes(full.result())
    new DataView(bytes.buffer).setUint32(bytes.byteOffset, 0x31534e53, true)
    const before = ledgerFromBytes(bytes, { universe: UNIVERSE })
    assert.equal(new LedgerDraft(before).isNew('x', of(0, 20)), false)
  })
})

test('fewer digits follow from full ones, and say within what they are right', () => {
  const settings = { significantDigits: 17 }
  const number = fc.double({ min: -1e4, max: 1e4, noNaN: true })
  fc.assert(
    fc.property(
      number,
      fc.double({ min: 1e-2, max: 1e3, noNaN: true }),
      fc.constantFrom(1, 2),
      (value, error, rung) => {
        const full = roundOnRung(value, error, { rung: 0 }, settings)
        const fewer = roundOnRung(value, error, { rung }, settings)
        assert.equal(roundOnRung(full.value, error, { rung }, settings).value, fewer.value)
        assert.ok(Math.abs(fewer.value - value) <= fewer.within * (1 + 1e-9))
        assert.ok(fewer.within <= (rung === 1 ? 0.3 : 0.55) * error * (1 + 1e-9))
        const step = stepFor(error, rung)
        assert.ok(Math.abs(fewer.value / step - Math.round(fewer.value / step)) < 1e-6)
      }
    )
  )
})

describe('an answer about a variable of which much was told', () => {
  const settings = effectiveSettings({ preset: 'default' })
  const variables = new Map([factsOf('x', { bounded: true, values: 1_000, step: 1 })])
  const rows = people(90, (i) => ({ x: 100 + ((i * 37) % 61), arm: i % 3 === 0 ? 'a' : 'b' }))
  const plan = planOf([SUBJECTS, measure('count', 'x'), measure('mean', 'x'), measure('sd', 'x')], 'arm')
  const asked = (ledgers: Ledgers) => ask(plan, 90, rows, { settings, variables, ledgers, synthetic: false })
  /** The ledgers after a part of the information about everybody was spent. */
  const after = (bits: number): Ledgers => {
    const draft = new LedgerDraft(ledgersOf(90).subjects)
    assert.ok(draft.charge(SubjectSet.everyone(90), { variable: 't.x', bits, bitsMax: 1 }))
    return { ...ledgersOf(90), subjects: draft.result() }
  }

  test('has full digits first, then fewer, then none, all of its numbers alike', () => {
    const seen = [0, 0.5, 0.85, 0.9, 0.99].map((bits) => {
      const disclosed = asked(after(bits))
      if (!disclosed.ok || rowsShown(disclosed) === 0) return 'none'
      return tableOf(disclosed).withheld.digits ?? 0
    })
    assert.deepEqual(seen, [0, 0, 1, 2, 'none'])
  })

  test('is near the truth, says how near, and the meter counts that digits are missing', () => {
    for (const [bits, within] of [
      [0, 0.05],
      [0.85, 0.3],
      [0.9, 0.55]
    ] as const) {
      const disclosed = asked(after(bits))
      assert.ok(disclosed.ok)
      const { withheld } = tableOf(disclosed)
      assert.equal(disclosed.withheld, withheld.groups + withheld.cells + (withheld.digits ?? 0))
      for (const row of tableOf(disclosed).rows) {
        const own = rows.filter(({ arm }) => arm === row.values[0]).map(({ x }) => Number(x))
        const mean = own.reduce((sum, value) => sum + value, 0) / own.length
        const sd = Math.sqrt(own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (own.length - 1))
        const error = sd / Math.sqrt(own.length)
        assert.ok(Math.abs(Number(row.values[3]) - mean) <= within * error * 1.05, `${bits}: ${row.values[3]}, ${mean}`)
        const part = row.parts.mean_x
        const accuracy = part && 'moments' in part ? (part.moments.accuracy?.sum ?? 0) / part.moments.n : 0
        assert.ok(Math.abs(Number(row.values[3]) - mean) <= accuracy + 1e-9)
      }
    }
  })

  test('costs something where it follows from earlier ones, since it is rounded by itself', () => {
    const spent = (disclosed: Disclosed) => {
      assert.ok(disclosed.ok)
      return new LedgerDraft(disclosed.ledgers.subjects).mostSpent('t.x')
    }
    const groups = asked(ledgersOf(90))
    assert.ok(groups.ok)
    const all = planOf([measure('count', 'x'), measure('mean', 'x')])
    const whole = ask(all, 90, rows, { settings, variables, ledgers: groups.ledgers, synthetic: false })
    assert.ok(Math.abs(spent(whole) - spent(groups) - 5.37 / 90) < 1e-3)
  })

  test('is the same when it is asked for again', () => {
    const first = asked(after(0.9))
    assert.ok(first.ok)
    const again = asked(first.ledgers)
    assert.deepEqual(tableOf(again).rows, tableOf(first).rows)
  })
})

function rowsShown(disclosed: Disclosed): number {
  return disclosed.ok ? tableOf(disclosed).rows.filter(({ values }) => values[3] !== null).length : 0
}
