import assert from 'node:assert/strict'
import { test } from 'node:test'
import { disclose, LedgerDraft, type Ledgers, SpanLedger } from '@stimnet/privacy'
import { type Measure, type Plan, SubjectSet } from '@stimnet/protocol'
import {
  contextOf,
  factsOf,
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

/** Sixty people. The first ten have not responded; every second one of the others has. */
const ALL = people(60, (i) => ({
  responded: i >= 10 && i % 2 === 0 ? 'yes' : 'no',
  x: 20 + ((i * 7) % 31)
}))
const LATER = ALL.slice(10)
const share = (level: string): Measure => ({
  kind: 'share',
  name: 'share',
  variable: ref('responded'),
  level
})

/** Asks a question with a condition on `responded`, with `responded` as a key, or with neither. */
function asked(
  plan: Plan,
  rows: readonly Row[],
  more: {
    ledgers: Ledgers
    level?: 'yes' | 'no'
    identifying?: boolean
    cells?: number
  }
) {
  const own = more.level === undefined ? rows : rows.filter(({ responded }) => responded === more.level)
  const without = more.level === undefined ? {} : { without: reduce(plan, 60, rows), level: `;["=",["${more.level}"]]` }
  const isDefining = more.level !== undefined || plan.groupBy.length > 0
  const defining = isDefining && !more.identifying ? [{ variable: ref('responded'), ...without }] : []
  const variables = new Map([
    factsOf('responded', {
      values: 200,
      cells: more.cells ?? 3,
      identifying: more.identifying ?? false
    })
  ])
  const cohort = SubjectSet.of(
    60,
    own.map(({ subject }) => subject)
  )
  return disclose(
    { kind: 'table', plan, reduction: reduce(plan, 60, own), defining },
    contextOf(60, { cohort, variables, ledgers: more.ledgers })
  )
}

function after(first: ReturnType<typeof asked>): Ledgers {
  assert.ok(first.ok, first.ok ? '' : first.why)
  return first.ledgers
}

test('two shares whose difference is that ten people have not responded do not both stand, however the level is asked for', () => {
  const ledgers = after(asked(planOf([share('yes')]), ALL, { ledgers: ledgersOf(60) }))
  const ways = {
    'its share': asked(planOf([share('yes')]), LATER, { ledgers }),
    'the share of the other level': asked(planOf([share('no')]), LATER, {
      ledgers
    }),
    'a key': asked(planOf([SUBJECTS], 'responded'), LATER, { ledgers }),
    'a condition': asked(planOf([SUBJECTS]), LATER, { ledgers, level: 'yes' }),
    'a condition for the other': asked(planOf([SUBJECTS]), LATER, {
      ledgers,
      level: 'no'
    }),
    'a mean of those who have it': asked(planOf([measure('mean', 'x')]), LATER, {
      ledgers,
      level: 'yes'
    })
  }
  for (const [way, disclosed] of Object.entries(ways)) {
    assert.equal(disclosed.ok, false, way)
    assert.match(disclosed.ok ? '' : disclosed.why, /certain/, way)
  }
})

test('they stand where somebody of the ten has responded, and where others know of a person whether he did', () => {
  const one = ALL.map((row) => (row.subject === 3 ? { ...row, responded: 'yes' } : row))
  const ledgers = after(asked(planOf([share('yes')]), one, { ledgers: ledgersOf(60) }))
  // Nothing follows about the person who responded, but a difference needs five people on each side.
  assert.match(String((asked(planOf([share('no')]), LATER, { ledgers }) as { why?: string }).why), /single out/)
  const known = after(
    asked(planOf([share('yes')]), ALL, {
      ledgers: ledgersOf(60),
      identifying: true
    })
  )
  assert.ok(asked(planOf([share('no')]), LATER, { ledgers: known, identifying: true }).ok)
})

test('that nobody has a level is withheld also of what others know', () => {
  const none = asked(planOf([share('yes')]), ALL.slice(0, 10), { ledgers: ledgersOf(60), identifying: true })
  assert.match(none.ok ? '' : none.why, /few, or all but few, have it/)
})

test('what is withheld since it would make a level certain is not taken for told', () => {
  const ledgers = after(asked(planOf([share('yes')]), ALL, { ledgers: ledgersOf(60) }))
  const some = LATER.map((row) => ({ ...row, x: row.subject < 50 ? (row.x ?? null) : null }))
  const both = asked(planOf([share('no'), measure('mean', 'x')]), some, { ledgers })
  const { subjects } = after(both)
  assert.deepEqual(
    tableOf(both).rows[0]?.values.map((value) => value !== null),
    [false, true]
  )
  const later = SubjectSet.of(
    60,
    LATER.map(({ subject }) => subject)
  )
  assert.ok(new LedgerDraft(subjects).isNew('1', later))
})

test('the smallest count goes where all that are shown tell that nobody has the level that is not', () => {
  const plan = planOf([SUBJECTS], 'responded')
  const shown = (identifying: boolean, cells: number) =>
    tableOf(asked(plan, LATER, { ledgers: ledgersOf(60), identifying, cells })).rows.length
  assert.deepEqual([shown(false, 2), shown(false, 3), shown(true, 3)], [2, 1, 2])
})

test('the smallest count goes too where all that are shown tell that nobody has one of several other levels', () => {
  const plan = planOf([SUBJECTS], 'responded')
  const rowsOf = (identifying: boolean) =>
    tableOf(asked(plan, LATER, { ledgers: ledgersOf(60), identifying, cells: 4 })).rows
  // Nobody has either of two other levels. The count of neither level follows alone, so no audit of counts objects.
  assert.deepEqual([rowsOf(false).length, rowsOf(true).length], [1, 2])
})

test('a number of those who responded is also judged of whom it was asked', () => {
  const ledgers = after(
    asked(planOf([measure('sum', 'x')]), ALL, {
      ledgers: ledgersOf(60),
      level: 'yes'
    })
  )
  // The same people have responded, but one person fewer was asked.
  const butOne = ALL.filter(({ subject }) => subject !== 11)
  const second = asked(planOf([measure('sum', 'x')]), butOne, {
    ledgers,
    level: 'yes'
  })
  assert.match(second.ok ? '' : second.why, /single out few people/)
  assert.ok(asked(planOf([measure('sum', 'x')]), ALL, { ledgers, level: 'yes' }).ok, 'the same again')
})

test('what is told of who responded is charged to everybody who was asked', () => {
  const bits = (identifying: boolean) =>
    after(
      asked(planOf([SUBJECTS]), LATER, {
        ledgers: ledgersOf(60),
        level: 'yes',
        identifying
      })
    ).subjects.bitsEach('t.responded') * 60
  assert.ok(bits(false) > 1)
  assert.equal(bits(true), 0)
})

test('that twenty people have neither of two levels together follows from no two counts of both', () => {
  const both = SubjectSet.of(
    60,
    Array.from({ length: 12 }, (_, i) => i)
  )
  const among = (count: number) =>
    SubjectSet.of(
      60,
      Array.from({ length: count }, (_, i) => i)
    )
  const count = (of: SubjectSet, ledgers: Ledgers) => {
    const rows = people(12, () => ({}))
    const possible = {
      unknown: [ref('a'), ref('b')],
      keys: [],
      otherCells: 1,
      levelsLeft: new Map(),
      groups: [],
      sets: [{ people: of }]
    }
    const aggregate = {
      plan: planOf([SUBJECTS]),
      reduction: reduce(planOf([SUBJECTS]), 60, rows),
      defining: [],
      possible
    }
    return disclose({ kind: 'table', ...aggregate }, contextOf(60, { cohort: both, ledgers }))
  }
  const first = after(count(among(40), ledgersOf(60)))
  const second = count(among(60), first)
  assert.match(second.ok ? '' : second.why, /certain/)
  assert.ok(count(among(40), first).ok, 'the same again')
})

test('counts of all levels but one are refused if nobody has the last one', () => {
  const tell = (last: number) => {
    const draft = new LedgerDraft(SpanLedger.start(60))
    return [0, 1].map((level) => {
      const having = SubjectSet.of(
        60,
        Array.from({ length: 60 - last }, (_, i) => i).filter((i) => i % 2 === level)
      )
      const name = { variable: 'stage', level: `${level}`, levels: 3 }
      return draft.tellLevel(name, { of: SubjectSet.everyone(60), having }, 5)
    })
  }
  assert.deepEqual(
    [tell(0), tell(6)],
    [
      [true, false],
      [true, true]
    ]
  )
})
