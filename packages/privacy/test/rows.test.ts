import assert from 'node:assert/strict'
import { test } from 'node:test'
import { disclose, effectiveSettings, Partition } from '@stimnet/privacy'
import { type Measure, type Plan, SubjectSet } from '@stimnet/protocol'
import fc from 'fast-check'
import { LedgerDraft } from '../src/ledgers.ts'
import {
  ask,
  contextOf,
  ledgersOf,
  measure,
  people,
  planOf,
  type Row,
  reduce,
  ref,
  SUBJECTS,
  tableOf
} from './fixtures.ts'

const set = (universe: number, members: Iterable<number>) => SubjectSet.of(universe, members)
const ROWS: Measure = { kind: 'rows', name: 'rows' }
const AGE: Measure = { kind: 'sum', name: 'age', variable: 's.age' }
const refused = (disclosed: ReturnType<typeof ask>) => (disclosed.ok ? '' : disclosed.code)

/** Up to seven subjects with one to four rows each, and sets of rows. */
const rowWorld = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 4, maxLength: 9 }).chain((counts) => {
  const owners = Uint32Array.from(counts.flatMap((count, owner) => Array.from({ length: count }, () => owner)))
  return fc.record({
    owners: fc.constant(owners),
    sets: fc.array(fc.uniqueArray(fc.nat(owners.length - 1), { minLength: 1 }), { minLength: 2, maxLength: 14 })
  })
})

/** Subjects with a row whose weight is not zero, for every combination of coefficients from -2 to 2. */
function fewestSubjects(owners: Uint32Array, sets: readonly SubjectSet[]): number {
  let fewest = Number.POSITIVE_INFINITY
  for (let code = 0; code < 5 ** sets.length; code++) {
    const weights = new Int32Array(owners.length)
    for (let j = 0, rest = code; j < sets.length; j++, rest = Math.floor(rest / 5)) {
      for (const row of sets[j] ?? []) weights[row] = (weights[row] ?? 0) + (rest % 5) - 2
    }
    const subjects = new Set([...owners].filter((_, row) => weights[row] !== 0))
    if (subjects.size > 0) fewest = Math.min(fewest, subjects.size)
  }
  return fewest
}

test('no combination of released sets of rows rests on rows of fewer than k people, for all coefficients from -2 to 2', () => {
  let judged = 0
  fc.assert(
    fc.property(rowWorld, ({ owners, sets }) => {
      let partition = Partition.start(owners.length, [], { owners, k: 2 })
      const admitted: SubjectSet[] = []
      for (const members of sets) {
        const candidate = set(owners.length, members)
        const admission = partition.admit([candidate], 2)
        if (!admission.ok) continue
        partition = admission.next
        admitted.push(candidate)
      }
      const five = admitted.slice(0, 5)
      if (five.length > 1) judged += 1
      assert.ok(fewestSubjects(owners, five) >= 2)
      assert.ok(partition.atoms === 1 || partition.smallestAtom >= 2)
      assert.ok(Partition.fromBytes(partition.toBytes(), owners.length, owners).equals(partition))
    }),
    { numRuns: 300 }
  )
  assert.ok(judged > 50, 'the property must not hold for want of admitted sets')
})

test('whether sets of rows are admitted together does not depend on their order, and a refusal changes nothing', () => {
  fc.assert(
    fc.property(rowWorld, ({ owners, sets }) => {
      const all = sets.slice(0, 4).map((members) => set(owners.length, members))
      const start = Partition.start(owners.length, [], { owners, k: 2 })
      const [forth, back] = [start.admit(all, 2), start.admit(all.toReversed(), 2)]
      assert.equal(forth.ok, back.ok)
      if (forth.ok && back.ok) assert.ok(forth.next.equals(back.next))
      const draft = start.refine()
      for (const one of all) draft.admit([one], 2)
      const known = start.refinedBy(draft)
      const { mark } = draft
      if (!draft.admit(all, 3)) assert.ok(start.refinedBy(draft).equals(known))
      draft.rollBack(mark)
      assert.ok(start.refinedBy(draft).equals(known))
      // What is counted after rolling back is what a partition made anew counts.
      for (const one of all) assert.equal(draft.admit([one], 3), known.refine().admit([one], 3))
    })
  )
})

test('five rows of two people are two people', () => {
  const owners = Uint32Array.from([0, 0, 0, 1, 1, 2, 3, 4, 5, 6])
  const start = Partition.start(10, [], { owners, k: 3 })
  assert.equal(start.smallestAtom, 7)
  assert.equal(start.admit([set(10, [0, 1, 2, 3, 4])], 3).ok, false)
  assert.equal(start.admit([set(10, [0, 1, 2, 3, 4]).complement()], 3).ok, false)
  assert.equal(start.admit([set(10, [0, 3, 5])], 3).ok, true, 'a subject can have rows on both sides')
})

test('base cells of which too few people have rows start as one, which is large enough', () => {
  const owners = Uint32Array.from([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  const cells = [
    [0, 1],
    [2, 3],
    [4, 5, 6, 7, 8, 9]
  ].map((rows) => set(10, rows))
  const start = (k: number) => Partition.start(10, cells, { owners, k })
  assert.deepEqual([start(2).atoms, start(4).atoms, start(5).atoms, start(11).atoms], [3, 2, 1, 1])
  assert.equal(start(4).smallestAtom, 4)
  assert.deepEqual(
    cells.map((cell) => start(4).admit([cell], 4).ok),
    [false, false, true]
  )
})

test('a ledger of rows is read with its own owners and no others', () => {
  const owners = Uint32Array.from([0, 0, 1, 1, 2, 2])
  const bytes = Partition.start(6, [], { owners, k: 2 }).toBytes()
  assert.ok(Partition.fromBytes(bytes, 6, owners))
  for (const other of [undefined, Uint32Array.from([0, 1, 1, 1, 2, 2])]) {
    assert.throws(() => Partition.fromBytes(bytes, 6, other), { code: 'NODE_ERROR' })
  }
  assert.throws(() => Partition.fromBytes(Partition.start(6).toBytes(), 6, owners), { code: 'NODE_ERROR' })
  assert.throws(() => Partition.start(6, [], { owners: Uint32Array.from([0, 1, 0, 1, 2, 2]), k: 2 }), RangeError)
  assert.throws(() => Partition.start(5, [], { owners, k: 2 }), RangeError)
})

/** Thirty people with three rows each. */
const VISITS: Row[] = people(30, () => ({})).flatMap(({ subject }) =>
  [0, 1, 2].map((row) => ({
    subject,
    row,
    s: 20 + ((subject * 7 + row * 11) % 50),
    change: ((subject + row) % 25) - 12
  }))
)

test('two questions whose rows differ by one, and whose people do not, are not both answered', () => {
  const plan = planOf([SUBJECTS, ROWS, measure('sum', 's')])
  const first = ask(plan, 30, VISITS)
  assert.ok(first.ok)
  const without = VISITS.filter((row) => !(row.subject === 7 && row.row === 2))
  const asked = reduce(plan, 30, without)
  assert.ok(asked.groups[0]?.support.equals(reduce(plan, 30, VISITS).groups[0]?.support ?? SubjectSet.none(30)))
  const second = ask(plan, 30, without, { ledgers: first.ledgers })
  assert.deepEqual(tableOf(second).rows[0]?.values, [30, null, null])
  const month = ask(
    plan,
    30,
    VISITS.filter((row) => row.row === 2),
    { ledgers: first.ledgers }
  )
  assert.ok(month.ok && ask(plan, 30, VISITS, { ledgers: month.ledgers }).ok, 'a visit of everyone is another question')
  const others = ask(
    plan,
    30,
    VISITS.filter((row) => row.row !== 2 || row.subject === 7),
    { ledgers: month.ledgers }
  )
  assert.deepEqual(
    tableOf(others).rows[0]?.values,
    [30, null, null],
    'and then one row more than the other visits is not'
  )
})

test('a value of the subject is not added up over rows: it would be weighed by how many there are', () => {
  const plan: Plan = planOf([SUBJECTS, AGE, { ...AGE, kind: 'count', name: 'n' }])
  const rows = (extra: number) =>
    VISITS.map((row): Row => ({ ...row, age: 40 + row.subject })).filter(
      (row) => (row.row ?? 0) < extra || row.subject === 3
    )
  assert.deepEqual(tableOf(ask(plan, 30, rows(3))).rows[0]?.values, [30, null, null])
  assert.deepEqual(tableOf(ask(plan, 30, rows(1))).rows[0]?.values, [30, null, null], 'one subject has three rows')
  const each = rows(1).filter((row) => row.row === 0)
  assert.deepEqual(tableOf(ask(plan, 30, each)).rows[0]?.values, [30, 30 * 40 + 435, 30])
  const mixed: Measure = { kind: 'correlation', name: 'r', variables: ['s.age', ref('change')] }
  const variables = new Map([[ref('change'), { bounded: true }]])
  assert.equal(typeof tableOf(ask(planOf([mixed]), 30, each, { variables })).rows[0]?.values[0], 'number')
  assert.equal(refused(ask(planOf([mixed]), 30, rows(3), { variables })), 'COHORT_NOT_RELEASABLE')
  const share: Measure = { kind: 'share', name: 'share', variable: 's.sex', level: 'F' }
  const sexed = rows(3).map((row): Row => ({ ...row, sex: row.subject < 10 ? 'F' : 'M' }))
  assert.deepEqual(tableOf(ask(planOf([share]), 30, sexed)).rows[0]?.values, [1 / 3], 'a share is of people')
})

test('numbers over rows that are mostly one person’s are withheld, signed values too; so is what would uncover them', () => {
  const plan = planOf([SUBJECTS, ROWS, measure('count', 's'), measure('mean', 's'), measure('sum', 'change')], 'arm')
  const rows = (many: number): Row[] =>
    people(30, (i) => ({ arm: i < 10 ? 'a' : i < 20 ? 'b' : 'c' })).flatMap((person) =>
      Array.from({ length: person.subject === 0 ? many : 2 }, (_, row): Row => {
        const [s, change] = [20 + ((person.subject * 7 + row * 11) % 50), ((person.subject * 5 + row * 7) % 25) - 12]
        return { ...person, row, s, change }
      })
    )
  const variables = new Map([[ref('change'), { bounded: true }]])
  const shown = (many: number) => tableOf(ask(plan, 30, rows(many), { variables })).rows.map(({ values }) => values)
  const numbers = (values: readonly unknown[]) => values.slice(2).map((value) => typeof value === 'number')
  assert.deepEqual(
    shown(18).map(numbers),
    [1, 2, 3].map(() => [true, true, true, true])
  )
  assert.deepEqual(shown(60)[0]?.slice(0, 3), ['a', 10, null])
  assert.deepEqual(shown(60).map(numbers)[0], [false, false, false, false])
  assert.ok(
    shown(60)
      .map(numbers)
      .slice(1)
      .some((cells) => !cells[0]),
    'a total of all rows would give the withheld one away'
  )
})

test('a value that few rows have is a cell of rows: two rows of two people are not told apart', () => {
  const plan = planOf([SUBJECTS, measure('mean', 'score')])
  const rows = (rare: number) =>
    VISITS.map((row): Row => ({ ...row, score: row.subject < rare && row.row === 1 ? 2 : (row.row ?? 0) % 2 }))
  assert.equal(tableOf(ask(plan, 30, rows(4))).rows[0]?.values[1], null)
  assert.equal(typeof tableOf(ask(plan, 30, rows(6))).rows[0]?.values[1], 'number')
  // The same people have each value, and yet one row moved.
  const first = ask(plan, 30, rows(6))
  assert.ok(first.ok)
  const moved = rows(6).map((row): Row => (row.subject === 20 && row.row === 2 ? { ...row, score: 1 } : row))
  assert.equal(tableOf(ask(plan, 30, moved, { ledgers: first.ledgers })).rows[0]?.values[1], null)
})

test('bins of a quantile are sets of rows, and each is judged', () => {
  const quantile: Measure = { kind: 'quantile', name: 'q', variable: ref('x'), q: 0.5 }
  const rows = VISITS.map((row): Row => ({ ...row, x: row.row === 0 ? 15 : 75 }))
  const first = ask(planOf([quantile]), 30, rows)
  assert.ok(first.ok && ask(planOf([quantile]), 30, rows, { ledgers: first.ledgers }).ok)
  const moved = rows.map((row): Row => (row.subject === 9 && row.row === 1 ? { ...row, x: 15 } : row))
  assert.equal(refused(ask(planOf([quantile]), 30, moved, { ledgers: first.ledgers })), 'COHORT_NOT_RELEASABLE')
})

test('a release that one ledger refuses leaves the other as it was', () => {
  const plan = planOf([ROWS])
  const first = ask(plan, 30, VISITS)
  assert.ok(first.ok)
  // Ten people is a cut of the subjects that goes; one row less of it is a cut of the rows that does not.
  const ten = VISITS.filter((row) => row.subject < 10)
  const asked = ask(planOf([SUBJECTS, ROWS]), 30, ten, { ledgers: first.ledgers })
  assert.ok(asked.ok)
  const less = VISITS.filter((row) => row.subject < 20 && (row.subject !== 5 || row.row !== 0))
  const before = asked.ledgers.subjects.atoms
  assert.equal(refused(ask(plan, 30, less, { ledgers: asked.ledgers })), 'COHORT_NOT_RELEASABLE')
  assert.equal(asked.ledgers.subjects.atoms, before)
  const both = ask(planOf([SUBJECTS, ROWS]), 30, less, { ledgers: asked.ledgers })
  assert.ok(both.ok && both.ledgers.subjects.atoms === before + 1, 'the people were counted, the rows were not')
  assert.equal(both.ledgers.rows, asked.ledgers.rows)
})

test('without the ledger of its rows, or with another table’s, nothing is judged at all', () => {
  const plan = planOf([ROWS])
  const reduction = reduce(plan, 30, VISITS)
  const { subjects, rows } = ledgersOf(30)
  assert.ok(rows)
  const others = [
    { subjects },
    { subjects, rows: { ...rows, table: 'u' } },
    { subjects, rows: { table: 't', partition: subjects } }
  ]
  for (const ledgers of others) {
    const judge = () => disclose({ kind: 'table', plan, reduction }, contextOf(30, { ledgers }))
    assert.throws(judge, { code: 'NODE_ERROR' })
  }
})

test('a reduction that does not say which rows it counted is withheld', () => {
  const plan = planOf([ROWS, measure('mean', 's')])
  const { items, groups } = reduce(plan, 30, VISITS)
  const [{ rowSet: _, ...group } = { rowSet: undefined, key: [] }] = groups
  const judge = (reduction: object) =>
    refused(disclose({ kind: 'table', plan, reduction: reduction as never }, contextOf(30)))
  const columns = new Map(
    [...(groups[0]?.columns ?? [])].map(([name, { rowSet: __, ...column }]) => [name, column] as const)
  )
  assert.equal(judge({ items, groups: [{ ...group, columns }] }), 'COHORT_NOT_RELEASABLE')
  assert.equal(judge({ groups: [{ ...group, columns }] }), 'COHORT_NOT_RELEASABLE', 'several rows, and no items')
  assert.equal(judge({ items, groups }), '')
})

test('ordinary questions about three visits are answered, and answered again', () => {
  let ledgers = ledgersOf(30)
  const settings = effectiveSettings({ preset: 'default' })
  const rows = VISITS.map((row): Row => ({ ...row, visit: `month ${row.row}`, sex: row.subject < 14 ? 'F' : 'M' }))
  const variables = new Map([[ref('change'), { bounded: true }]])
  const measures = [SUBJECTS, ROWS, measure('mean', 's'), measure('sd', 's'), measure('mean', 'change')]
  for (const [by, which] of [
    ['visit', rows],
    ['sex', rows.filter((row) => row.row === 2)],
    ['visit', rows],
    ['sex', rows]
  ] as const) {
    const disclosed = ask(planOf(measures, by), 30, which, { ledgers, settings, variables })
    assert.deepEqual(tableOf(disclosed).withheld, { groups: 0, cells: 0 })
    if (disclosed.ok) ledgers = disclosed.ledgers as typeof ledgers
  }
})

test('what is undone is as if it had never been asked, in both ledgers', () => {
  const draft = Partition.start(10).refine()
  assert.equal(draft.admit([set(10, [0, 1, 2, 3, 4]), set(10, [0])], 5), false)
  assert.equal(draft.admit([SubjectSet.everyone(10)], 10), true, 'they are ten again')
  const { subjects, rows } = ledgersOf(30)
  assert.ok(rows)
  const both = new LedgerDraft({ subjects, rows })
  const [few, half] = [set(30, [0, 1, 2, 3]), set(30, Array(15).keys())]
  const { universe } = rows.partition
  assert.equal(both.admit([{ subjects: half, rows: set(universe, few) }], 5), false, 'the rows are of one subject')
  assert.deepEqual(both.result(), { subjects, rows })
  assert.equal(both.result().subjects, subjects)
  assert.equal(both.admit([{ subjects: half }], 5), true)
  assert.equal(both.result().rows, rows)
})

test('rows that are said to be of other people than they are, are withheld', () => {
  const plan = planOf([ROWS])
  const { items, groups } = reduce(plan, 30, VISITS)
  const wrong = groups.map((group) => ({ ...group, support: set(30, Array(29).keys()) }))
  const disclosed = disclose(
    { kind: 'table', plan, reduction: { ...(items ? { items } : {}), groups: wrong } },
    contextOf(30)
  )
  assert.equal(refused(disclosed), 'COHORT_NOT_RELEASABLE')
})

test('the rows of one value, or of one bin, are not mostly one person’s either', () => {
  const quantile: Measure = { kind: 'quantile', name: 'q', variable: ref('x'), q: 0.5 }
  const plan = planOf([SUBJECTS, measure('mean', 'flag'), quantile])
  const rows = (many: number): Row[] =>
    people(30, () => ({})).flatMap(({ subject }) =>
      Array.from({ length: subject === 0 ? many : 4 }, (_, row): Row => {
        const rare = subject === 0 ? row > 0 : subject < 8 && row === 0
        return { subject, row, flag: rare ? 1 : 0, x: rare ? 75 : 15 }
      })
    )
  assert.deepEqual(tableOf(ask(plan, 30, rows(20))).rows[0]?.values, [30, null, null], '19 of 26 rows')
  assert.ok(tableOf(ask(plan, 30, rows(4))).rows[0]?.values.every((value) => value !== null))
})
