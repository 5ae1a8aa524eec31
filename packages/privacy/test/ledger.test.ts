import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  carryLedger,
  LedgerDraft,
  ledgerFromBytes,
  ledgerToBytes,
  needsGone,
  SpanLedger,
  startLedger,
  tellEverything
} from '@stimnet/privacy'
import { randomUnit, SubjectSet, seededRandom } from '@stimnet/protocol'
import fc from 'fast-check'
import { LedgersDraft } from '../src/ledgers.ts'
import { supportMin } from './support.ts'

const set = (universe: number, members: Iterable<number>) => SubjectSet.of(universe, members)

/** A set, and whether others do not know who is in it. */
interface Asked {
  readonly of: SubjectSet
  readonly isOfUnknown: boolean
}

/** Records the sets one after the other. Returns the ledger, and the sets that were admitted. */
function told(
  ledger: SpanLedger,
  sets: readonly (SubjectSet | Asked)[],
  k: number,
  quantity = 'x'
): { ledger: SpanLedger; sets: SubjectSet[]; unknown: SubjectSet[] } {
  const admitted: SubjectSet[] = []
  const unknown: SubjectSet[] = []
  let now = ledger
  for (const one of sets) {
    const draft = new LedgerDraft(now)
    const { of, isOfUnknown } = 'of' in one ? one : { of: one, isOfUnknown: false }
    // Values that others do not know, without a limit of information.
    const about = [{ variable: 'secret', bits: 0, bitsMax: 1 }]
    if (draft.tell([{ quantity, set: of, isOfUnknown, about }], k) !== undefined) continue
    admitted.push(of)
    if (isOfUnknown) unknown.push(of)
    now = draft.result()
  }
  return { ledger: now, sets: admitted, unknown }
}

/** Sets that are judged together: for counts, the sets that others know and the other sets separately; for sums, all sets. */
function judgedTogether(quantity: string, { sets, unknown }: Pick<ReturnType<typeof told>, 'sets' | 'unknown'>) {
  return quantity === '1' ? [unknown, sets.filter((one) => !unknown.includes(one))] : [sets]
}

describe('no combination of told sums of a quantity rests on fewer than k people', () => {
  test('in every sequence of up to four sets of five people', () => {
    let admitted = 0
    const all = Array.from({ length: 31 }, (_, i) =>
      set(
        5,
        [0, 1, 2, 3, 4].filter((person) => ((i + 1) >> person) & 1)
      )
    )
    for (let code = 0; code < 31 ** 3; code++) {
      const chosen = [code % 31, Math.floor(code / 31) % 31, Math.floor(code / 961)].map((i) => all[i] ?? set(5, []))
      const { sets } = told(SpanLedger.start(5), chosen, 2)
      if (sets.length > 2) admitted += 1
      assert.ok(supportMin(sets, 5) >= 2, JSON.stringify(chosen.map((one) => [...one])))
    }
    assert.ok(admitted > 1_000, `${admitted} sequences`)
  })

  test('in histories of a dozen sets of up to nine people, for k of 2, 3 and 4', () => {
    let rank = 0
    const history = fc.integer({ min: 4, max: 9 }).chain((universe) =>
      fc.record({
        universe: fc.constant(universe),
        k: fc.integer({ min: 2, max: 4 }),
        sets: fc.array(fc.uniqueArray(fc.nat(universe - 1), { minLength: 1 }), { minLength: 2, maxLength: 12 })
      })
    )
    fc.assert(
      fc.property(history, ({ universe, k, sets }) => {
        const { ledger, sets: admitted } = told(
          SpanLedger.start(universe),
          sets.map((members) => set(universe, members)),
          k
        )
        rank = Math.max(rank, ledger.rankOf('x'))
        const least = supportMin(admitted, universe)
        assert.ok(least >= k, `${least} of ${JSON.stringify(admitted.map((one) => [...one]))}`)
      }),
      { numRuns: 3_000 }
    )
    assert.ok(rank >= 3, 'the property must not hold for want of told sets')
  })

  for (const quantity of ['1', 'x']) {
    test(`nor where others do not know who is in some of the sets: ${quantity === '1' ? 'counts' : 'sums'}`, () => {
      let beyond = 0
      const history = fc.integer({ min: 5, max: 10 }).chain((universe) =>
        fc.record({
          universe: fc.constant(universe),
          k: fc.integer({ min: 2, max: 4 }),
          sets: fc.array(
            fc.record({
              of: fc.uniqueArray(fc.nat(universe - 1), { minLength: 1 }),
              isOfUnknown: fc.boolean()
            }),
            { minLength: 2, maxLength: 10 }
          )
        })
      )
      fc.assert(
        fc.property(history, ({ universe, k, sets }) => {
          const asked = sets.map(({ of, isOfUnknown }) => ({ of: set(universe, of), isOfUnknown }))
          const all = told(SpanLedger.start(universe), asked, k, quantity)
          const { ledger } = all
          const leverage = ledger.parts.spans.get(quantity)?.leverage ?? new Float64Array()
          const largest = leverage.reduce((most, one) => Math.max(most, one), 0)
          if (largest > 1.2 / k) beyond++
          if (quantity !== '1') assert.ok(largest <= 2 * (1 / k + 1 / (2 * k * k)), `${largest}`)
          for (const together of judgedTogether(quantity, all)) {
            const least = supportMin(together, universe)
            assert.ok(least >= k, `${least} of ${JSON.stringify(together.map((one) => [...one]))}`)
          }
          const known = told(
            SpanLedger.start(universe),
            asked.filter(({ isOfUnknown }) => !isOfUnknown),
            k,
            quantity
          )
          const alone = known.ledger.parts.spans.get(quantity)?.leverage ?? []
          if (quantity !== '1') for (const one of alone) assert.ok(one <= 1 / k + 1 / (2 * k * k), `${one}`)
        }),
        { numRuns: 2_000 }
      )
      assert.ok(beyond > 50, `${beyond} histories in which somebody weighs more than by leverage alone`)
    })
  }

  test('of rows, a person’s together', () => {
    const rows = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 4, maxLength: 7 }).chain((counts) => {
      const owners = Uint32Array.from(counts.flatMap((count, owner) => Array.from({ length: count }, () => owner)))
      const of = fc.uniqueArray(fc.nat(owners.length - 1), { minLength: 1 })
      const one = fc.record({ of, isOfUnknown: fc.boolean() })
      return fc.record({ owners: fc.constant(owners), sets: fc.array(one, { minLength: 2, maxLength: 10 }) })
    })
    let judged = 0
    fc.assert(
      fc.property(rows, fc.integer({ min: 2, max: 3 }), fc.constantFrom('1', 'x'), ({ owners, sets }, k, quantity) => {
        const start = SpanLedger.start(owners.length, owners)
        const asked = sets.map(({ of, isOfUnknown }) => ({ of: set(owners.length, of), isOfUnknown }))
        const all = told(start, asked, k, quantity)
        if (all.sets.length > 1) judged += 1
        for (const together of judgedTogether(quantity, all))
          assert.ok(supportMin(together, owners.length, { owners, upTo: k }) >= k)
      }),
      { numRuns: 3_000 }
    )
    assert.ok(judged > 300)
  })
})

test('three visits of the same people are three numbers of one group, not of three', () => {
  const people = 12
  const owners = Uint32Array.from({ length: 3 * people }, (_, row) => Math.floor(row / 3))
  const visits = [0, 1, 2].map((visit) =>
    set(
      36,
      Array.from({ length: people }, (_, person) => 3 * person + visit)
    )
  )
  assert.equal(told(SpanLedger.start(36, owners), visits, 5).sets.length, 3)
  // The trace of a person's block is 3/12, which would be more than 1/5.
  const both = set(
    36,
    Array.from({ length: 24 }, (_, i) => 3 * (i % 12) + Math.floor(i / 12))
  )
  assert.equal(told(SpanLedger.start(36, owners), [...visits, both], 5).sets.length, 4, 'their sum tells nothing more')
})

test('groups of exactly k people are told, whichever of them follow from others', () => {
  for (const k of [3, 5, 7, 10, 11]) {
    const groups = Array.from({ length: 9 }, (_, group) =>
      set(
        9 * k,
        Array.from({ length: k }, (_, i) => 9 * i + group)
      )
    )
    const unions = groups.map((_, at) => groups.slice(at).reduce((all, one) => all.or(one)))
    assert.equal(told(SpanLedger.start(9 * k), unions, k).sets.length, 9, 'from all to the last one, each k fewer')
    const [group = set(9 * k, [])] = groups
    const butOne = group.without(set(9 * k, [0]))
    assert.equal(told(SpanLedger.start(9 * k), [butOne], k).sets.length, 0, 'and no group of k − 1')
  }
})

for (const quantity of ['1', 'x']) {
  test(`whether a group of k known people is told shows of nobody whether others count them: ${quantity === '1' ? 'counts' : 'sums'}`, () => {
    const people = 120
    const group = (at: number, k: number) =>
      set(
        people,
        Array.from({ length: k }, (_, i) => k * at + i)
      )
    for (const k of [3, 5, 8]) {
      // Each group has the same number of people in the unknown set.
      for (const inside of [0, 1, 2].filter((many) => many < k / 2)) {
        const groups = Array.from({ length: Math.floor(people / k) }, (_, at) => group(at, k))
        const unknown = {
          of: set(
            people,
            groups.flatMap((one) => [...one].slice(0, inside)).concat(inside === 0 ? [...group(0, 2 * k)] : [])
          ),
          isOfUnknown: true
        }
        const asked = groups.filter((_, at) => inside > 0 || at > 1)
        const all = [unknown, ...asked]
        assert.equal(told(SpanLedger.start(people), all, k, quantity).sets.length, all.length, `${k}, ${inside}`)
        const after = [...asked, unknown]
        assert.equal(told(SpanLedger.start(people), after, k, quantity).sets.length, after.length, `${k}, ${inside}`)
      }
    }
  })
}

describe('information about people whom others do not know', () => {
  const about = [{ variable: 'v', bits: 4, bitsMax: 0.5 }]
  const range = (from: number, to: number) =>
    set(
      100,
      Array.from({ length: to - from }, (_, i) => from + i)
    )
  const tell = (draft: LedgerDraft, of: SubjectSet, payers?: SubjectSet) =>
    draft.tell(
      [
        {
          ...{ quantity: 'x', set: of, isOfUnknown: true, about },
          ...(payers ? { payers: { people: payers, about: of.size, paid: 0 } } : {})
        }
      ],
      5
    )?.why

  test('is paid by all who could be among them, alike, so that a later refusal shows nobody', () => {
    // After the numbers of the first ten of fifty people: a group with one of them, and a group with none.
    const groups = [range(9, 18).or(range(60, 61)), range(19, 28).or(range(60, 61))]
    const toldOf = (payers?: SubjectSet) =>
      groups.map((group) => {
        const draft = new LedgerDraft(SpanLedger.start(100))
        assert.equal(tell(draft, range(0, 10), payers), undefined)
        return tell(draft, group, payers && group.or(range(30, 31)))
      })
    assert.deepEqual(toldOf(range(0, 50)), ['information', 'information'])
    assert.deepEqual(toldOf(), ['information', undefined], 'without payers it does')
  })

  test('is paid by people whom no earlier set told apart, beside the cohort of a program', () => {
    const draft = new LedgerDraft(SpanLedger.start(100))
    assert.equal(draft.tellAnything(range(0, 60), 5), undefined)
    assert.equal(tell(draft, range(0, 20), range(0, 43)), undefined)
    assert.ok(draft.mostSpent('v', true) > 0)
  })

  test('is not taken from what may be told of groups that others know', () => {
    const draft = new LedgerDraft(SpanLedger.start(100))
    assert.equal(tell(draft, range(0, 10), range(0, 50)), undefined)
    assert.equal(draft.tell([{ quantity: 'x', set: range(5, 15), about }], 5), undefined)
  })

  test('costs in a difference what it says of the few who are in it', () => {
    const draft = new LedgerDraft(SpanLedger.start(100))
    assert.equal(tell(draft, range(0, 40), range(0, 80)), undefined)
    // Ten more people could be in this number, and five are: 4/5 of a bit, as for a number of these five.
    assert.equal(tell(draft, range(0, 40).or(range(80, 85)), range(0, 90)), 'information')
    assert.equal(tell(draft, range(0, 40).or(range(80, 92)), range(0, 100)), undefined)
  })
})

test('sums of different quantities are not held against each other, and of one they are', () => {
  const draft = new LedgerDraft(SpanLedger.start(20))
  const everybody = SubjectSet.everyone(20)
  const butTwo = set(
    20,
    Array.from({ length: 18 }, (_, i) => i)
  )
  assert.equal(draft.tell([{ quantity: 'age', set: everybody }], 5), undefined)
  assert.equal(draft.tell([{ quantity: 'change', set: butTwo }], 5), undefined)
  const objection = draft.tell([{ quantity: 'age', set: butTwo }], 5)
  assert.ok(objection?.why === 'leverage')
  assert.deepEqual([objection.apart.outside, objection.apart.inside], [[18, 19], []])
  const more = draft.tell([{ quantity: 'change', set: everybody }], 5)
  assert.ok(more?.why === 'leverage')
  assert.deepEqual([...more.apart.inside], [18, 19])
})

test('of several numbers all are told or none', () => {
  const ledger = SpanLedger.start(20)
  const draft = new LedgerDraft(ledger)
  const numbers = [
    { quantity: 'a', set: SubjectSet.everyone(20) },
    { quantity: 'b', set: set(20, [1, 2]) }
  ]
  assert.equal(draft.tell(numbers, 5)?.why, 'leverage')
  assert.equal(draft.result(), ledger)
})

test('what follows from what was told costs nothing, and changes nothing', () => {
  const halves = [0, 1].map((half) =>
    set(
      40,
      Array.from({ length: 20 }, (_, i) => 2 * i + half)
    )
  )
  const about = [{ variable: 'v', bits: 4, bitsMax: 0.25 }]
  const draft = new LedgerDraft(SpanLedger.start(40))
  for (const half of halves) assert.equal(draft.tell([{ quantity: 'x', set: half, about }], 5), undefined)
  const ledger = draft.result()
  assert.ok(Math.abs(ledger.bitsEach('v') * ledger.universe - 8) < 1e-9)
  const again = new LedgerDraft(ledger)
  assert.equal(again.tell([{ quantity: 'x', set: SubjectSet.everyone(40), about }], 5), undefined)
  assert.equal(again.result(), ledger)
})

test('no more is told of a variable than it may, of each person', () => {
  const draft = new LedgerDraft(SpanLedger.start(40))
  const about = [{ variable: 'v', bits: 8, bitsMax: 0.5 }]
  const first = set(
    40,
    Array.from({ length: 20 }, (_, i) => i)
  )
  const tell = (quantity: string, one: SubjectSet) => draft.tell([{ quantity, set: one, about }], 5)
  // Eight bits over 20 people are 0.4 bits per person; over 40 people they are 0.2.
  assert.equal(tell('x', first), undefined)
  assert.deepEqual(tell('x^2', first), { why: 'information', variable: 'v' })
  assert.equal(tell('x^2', first.complement()), undefined)
  assert.deepEqual(tell('y', SubjectSet.everyone(40)), { why: 'information', variable: 'v' })
})

test('a rounded count that follows from others is what theirs add up to', () => {
  const part = set(
    40,
    Array.from({ length: 13 }, (_, i) => i)
  )
  const draft = new LedgerDraft(SpanLedger.start(40))
  draft.tell([{ quantity: '1', set: part, shown: 15 }], 5)
  draft.tell([{ quantity: '1', set: part.complement(), shown: 25 }], 5)
  assert.equal(draft.shownOf('1', SubjectSet.everyone(40)), 40)
  const other = new LedgerDraft(SpanLedger.start(40))
  other.tell([{ quantity: '1', set: SubjectSet.everyone(40), shown: 40 }], 5)
  other.tell([{ quantity: '1', set: part, shown: 15 }], 5)
  assert.equal(other.shownOf('1', part.complement()), 25)
  assert.equal(other.shownOf('1', set(40, [0, 1, 2, 3, 4, 5])), undefined)
})

test('about a set that a program read anything may have been told: every quantity knows it, also those to come', () => {
  const everybody = SubjectSet.everyone(20)
  const butOne = set(
    20,
    Array.from({ length: 19 }, (_, i) => i)
  )
  const draft = new LedgerDraft(SpanLedger.start(20))
  draft.tell([{ quantity: 'age', set: everybody }], 5)
  assert.equal(draft.tellAnything(butOne, 5)?.why, 'leverage')
  assert.equal(draft.tellAnything(everybody, 5), undefined)
  const ledger = ledgerFromBytes(ledgerToBytes(draft.result()), { universe: 20 })
  for (const quantity of ['age', 'never asked before']) {
    assert.equal(new LedgerDraft(ledger).tell([{ quantity, set: butOne }], 5)?.why, 'leverage', quantity)
    assert.equal(new LedgerDraft(ledger).tell([{ quantity, set: everybody }], 5), undefined)
  }
})

test('base cells of a lattice are known from the start', () => {
  const cells = [0, 1, 2].map((cell) =>
    set(
      30,
      Array.from({ length: 10 }, (_, i) => 3 * i + cell)
    )
  )
  const ledger = startLedger(30, cells)
  assert.equal(ledger.rankOf('1'), 3)
  assert.ok(new LedgerDraft(ledger).isWithin('1', cells[0]?.or(cells[1] ?? SubjectSet.none(30)) ?? SubjectSet.none(30)))
})

test('people to leave out come from those of whom most is alike, each time the same', () => {
  const draft = new LedgerDraft(SpanLedger.start(40))
  draft.tell(
    [
      {
        quantity: 'x',
        set: set(
          40,
          Array.from({ length: 10 }, (_, i) => i)
        )
      }
    ],
    5
  )
  assert.deepEqual(draft.someOf('x', SubjectSet.everyone(40), { count: 3, from: 0 }), [10, 11, 12])
  assert.deepEqual(draft.someOf('x', SubjectSet.everyone(40), { count: 3, from: 38 }), [38, 39, 10])
  // One of the ten people who were in one sum is missing from the set. The other nine are bound to that person.
  const butOne = SubjectSet.everyone(40).without(set(40, [4]))
  assert.deepEqual(draft.matesOf('x', butOne, { apart: [4], count: 4 }), [0, 1, 2, 3, 5, 6, 7, 8, 9])
})

describe('a stored ledger', () => {
  const sample = (): SpanLedger => {
    const draft = new LedgerDraft(SpanLedger.start(30))
    const about = [{ variable: 'v', bits: 4, bitsMax: 3 }]
    draft.tell([{ quantity: 'x', set: SubjectSet.everyone(30), about }], 5)
    draft.tell(
      [
        {
          quantity: 'x',
          set: set(
            30,
            Array.from({ length: 11 }, (_, i) => 2 * i)
          ),
          about
        }
      ],
      5
    )
    draft.tell(
      [
        {
          quantity: '1',
          set: set(
            30,
            Array.from({ length: 12 }, (_, i) => i)
          ),
          shown: 10
        }
      ],
      5
    )
    return draft.result()
  }

  test('is read as it was', () => {
    const ledger = sample()
    // As from a store, the bytes lie somewhere in a larger buffer.
    const again = ledgerFromBytes(Buffer.from(ledgerToBytes(ledger)), { universe: 30 })
    assert.deepEqual(Buffer.from(ledgerToBytes(again)), Buffer.from(ledgerToBytes(ledger)))
    assert.equal(again.rankOf('x'), 2)
    assert.ok(Math.abs(again.bitsEach('v') * again.universe - 8) < 1e-9)
    const butOne = set(
      30,
      Array.from({ length: 29 }, (_, i) => i)
    )
    assert.equal(new LedgerDraft(again).tell([{ quantity: 'x', set: butOne }], 5)?.why, 'leverage')
  })

  test('that was cut short, is of a newer form or of another epoch tells nothing', () => {
    const bytes = ledgerToBytes(sample())
    const newer = bytes.slice()
    newer[3] = 0x39
    for (const [what, broken, universe] of [
      ['cut short', bytes.slice(0, -4), 30],
      ['cut in its heading', bytes.slice(0, 40), 30],
      ['nothing', new Uint8Array(0), 30],
      ['longer', Uint8Array.from([...bytes, 0, 0, 0, 0]), 30],
      ['a newer form', newer, 30],
      ['another epoch', bytes, 31]
    ] as const) {
      assert.throws(() => ledgerFromBytes(broken, { universe }), { code: 'NODE_ERROR' }, what)
    }
    const owners = Uint32Array.from({ length: 30 }, (_, i) => Math.floor(i / 2))
    assert.throws(() => ledgerFromBytes(bytes, { universe: 30, owners }), { code: 'NODE_ERROR' }, 'of rows')
  })

  test('of which a byte was changed tells nothing', () => {
    const bytes = ledgerToBytes(sample())
    for (let at = 0; at < bytes.length; at += 3) {
      const changed = bytes.slice()
      changed[at] = (changed[at] ?? 0) ^ 0x40
      assert.throws(() => ledgerFromBytes(changed, { universe: 30 }), { code: 'NODE_ERROR' }, `byte ${at}`)
    }
  })

  test('of the first edition is a set told of everything for each of its parts', () => {
    // 'SNA1', 30 items in 2 parts, no owners, and a label for each item.
    const words = Uint32Array.from([0x31414e53, 30, 2, 0, ...Array.from({ length: 30 }, (_, i) => (i < 12 ? 0 : 1))])
    const bytes = new Uint8Array(words.buffer)
    assert.equal(needsGone(bytes), false)
    const ledger = ledgerFromBytes(bytes, { universe: 30 })
    const first = set(
      30,
      Array.from({ length: 12 }, (_, i) => i)
    )
    const butTwo = set(
      30,
      Array.from({ length: 10 }, (_, i) => i)
    )
    for (const quantity of ['1', 'x', 'y*z']) {
      assert.equal(new LedgerDraft(ledger).tell([{ quantity, set: first }], 5), undefined)
      assert.equal(new LedgerDraft(ledger).tell([{ quantity, set: butTwo }], 5)?.why, 'leverage')
    }
    const one = ledgerFromBytes(new Uint8Array(Uint32Array.from([0x31414e53, 30, 1, 0, ...Array(30).fill(0)]).buffer), {
      universe: 30
    })
    const butOne = set(
      30,
      Array.from({ length: 29 }, (_, i) => i)
    )
    assert.equal(new LedgerDraft(one).tell([{ quantity: 'x', set: butOne }], 5)?.why, 'leverage')
    assert.throws(() => ledgerFromBytes(bytes.slice(0, -4), { universe: 30 }), { code: 'NODE_ERROR' })
    const unordered = words.slice()
    unordered[4] = 1
    assert.throws(() => ledgerFromBytes(new Uint8Array(unordered.buffer), { universe: 30 }), { code: 'NODE_ERROR' })
  })
})

test('a script and the rows of its people are held against each other, whichever came first', () => {
  const owners = Uint32Array.from({ length: 60 }, (_, row) => Math.floor(row / 2))
  const all = Array.from({ length: 60 }, (_, row) => row)
  const start = { table: 't', ledger: SpanLedger.start(60, owners) }
  const sumBut = (ledger: SpanLedger) => {
    const draft = new LedgerDraft(ledger)
    return { objection: draft.tell([{ quantity: 't.x', set: set(60, all.slice(2)) }], 5), next: draft.result() }
  }
  const everybody = set(30, all.slice(0, 30))
  const told = tellEverything({ cohort: everybody }, { subjects: SpanLedger.start(30), tables: [start] }, 5)
  assert.ok(told?.tables?.[0])
  assert.equal(sumBut(told.tables[0].ledger).objection?.why, 'leverage')
  const asked = sumBut(start.ledger)
  assert.equal(asked.objection, undefined)
  const tables = [{ ...start, ledger: asked.next }]
  assert.equal(tellEverything({ cohort: everybody }, { subjects: SpanLedger.start(30), tables }, 5), undefined)
})

test('of a variable its rows and their people together are told no more than it may', () => {
  const owners = Uint32Array.from({ length: 40 }, (_, row) => Math.floor(row / 2))
  const ledgers = { subjects: SpanLedger.start(20), rows: { table: 't', ledger: SpanLedger.start(40, owners) } }
  const rows = set(
    40,
    Array.from({ length: 40 }, (_, row) => row)
  )
  const people = set(
    20,
    Array.from({ length: 20 }, (_, person) => person)
  )
  const entry = (bits: number, of: { subjects: SubjectSet; rows?: SubjectSet }, quantity: string) => ({
    number: { quantity, of, variables: [], kind: 'sum' as const },
    about: [{ variable: 't.x', bits, bitsMax: 1 }],
    aboutPeople: []
  })
  const draft = new LedgersDraft(ledgers)
  assert.equal(draft.tell([entry(24, { subjects: people, rows }, 't.x')], 5), undefined)
  assert.equal(draft.tell([entry(12, { subjects: people }, '1')], 5)?.why, 'information')
  assert.equal(draft.tell([entry(7, { subjects: people }, '1')], 5), undefined)
})

describe('a ledger that is carried into a newer epoch', () => {
  test('knows who came and was in no release, and forgets nobody who left', () => {
    const draft = new LedgerDraft(SpanLedger.start(20))
    draft.tell([{ quantity: 'x', set: SubjectSet.everyone(20) }], 5)
    // Two of the twenty left and three arrived. 21 are present, and the two that left come after them.
    const to = Uint32Array.from({ length: 20 }, (_, i) => (i < 2 ? 21 + i : i - 2))
    const carried = carryLedger(draft.result(), { universe: 21, gone: { items: 2 }, to })
    const next = ledgerFromBytes(ledgerToBytes(carried), { universe: 21, gone: { items: 2 } })
    assert.ok(needsGone(ledgerToBytes(carried)))
    assert.deepEqual([...new LedgerDraft(next).arrivals(SubjectSet.everyone(21))], [18, 19, 20], 'those who came')
    const stayed = set(
      21,
      Array.from({ length: 18 }, (_, i) => i)
    )
    const left = new LedgerDraft(next).tell([{ quantity: 'x', set: stayed }], 5)
    assert.ok(left?.why === 'leverage' && left.apart.outside.length === 2, 'those who left')
  })

  test('knows what it was told of each variable and of whose levels', () => {
    const draft = new LedgerDraft(SpanLedger.start(20))
    const about = [{ variable: 'v', bits: 6, bitsMax: 0.5 }]
    assert.equal(draft.tell([{ quantity: 'x', set: SubjectSet.everyone(20), about }], 5), undefined)
    const yes = set(20, [0, 2, 4, 6, 8])
    assert.equal(
      draft.tellLevel({ variable: 'v', level: 'yes', levels: 2 }, { of: SubjectSet.everyone(20), having: yes }, 5),
      true
    )
    const to = Uint32Array.from({ length: 20 }, (_, i) => i)
    const carried = carryLedger(draft.result(), { universe: 23, gone: { items: 0 }, to })
    const next = ledgerFromBytes(ledgerToBytes(carried), { universe: 23 })
    assert.ok(Math.abs(next.bitsEach('v') * 23 - 6) < 1e-9)
    const again = new LedgerDraft(next)
    assert.deepEqual(again.tell([{ quantity: 'y', set: set(23, [...Array(20).keys()]), about }], 5), {
      why: 'information',
      variable: 'v'
    })
    // All five people with the level are among these nine, so the others would be certain not to have it.
    const nine = set(23, [...Array(9).keys()])
    assert.equal(
      again.tellLevel({ variable: 'v', level: 'yes', levels: 2 }, { of: nine, having: set(23, [...yes]) }, 5),
      false
    )
  })

  test('through three epochs: no combination of what was told in any of them rests on fewer than k people', () => {
    const K = 3
    let later = 0
    for (let seed = 1; seed <= 120; seed++) {
      const random = seededRandom(seed)
      const below = (n: number) => Math.floor(randomUnit(random) * n)
      const all = Array.from({ length: 16 }, (_, id) => id)
      let [here, gone] = [all.filter(() => below(4) > 0), [] as number[]]
      let ledger = SpanLedger.start(here.length)
      const released: number[][] = []
      for (let epoch = 0; epoch < 3; epoch++) {
        if (epoch > 0) {
          const before = [...here, ...gone]
          const next = all.filter((id) => (below(6) === 0 ? !here.includes(id) : here.includes(id)))
          const away = before.filter((id) => !next.includes(id))
          const places = [...next, ...away]
          const to = Uint32Array.from(before, (id) => places.indexOf(id))
          ledger = carryLedger(ledger, { universe: next.length, gone: { items: away.length }, to })
          ;[here, gone] = [next, away]
        }
        for (let question = 0; question < 8; question++) {
          const chosen = question === 0 ? here : here.filter((id) => (id * 5 + seed + question) % (2 + below(3)) === 0)
          const places = chosen.map((id) => here.indexOf(id))
          const draft = new LedgerDraft(ledger)
          if (chosen.length === 0 || draft.tell([{ quantity: 'x', set: set(here.length, places) }], K)) continue
          ledger = draft.result()
          released.push(chosen)
          if (epoch > 0) later += 1
        }
      }
      const sets = released.map((ids) => set(16, ids))
      assert.ok(supportMin(sets, 16, { upTo: K }) >= K, `seed ${seed}`)
    }
    assert.ok(later > 30, `${later} later sets`)
  })
})
