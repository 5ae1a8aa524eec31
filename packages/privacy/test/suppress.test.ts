import assert from 'node:assert/strict'
import { test } from 'node:test'
import { disclose, effectiveSettings, LedgerDraft, unknownFacts, type VariableFacts } from '@stimnet/privacy'
import { type Measure, type Plan, SubjectSet, type VariableRef } from '@stimnet/protocol'
import { pool } from '@stimnet/statistics'
import fc from 'fast-check'
import { judgeCell } from '../src/judge/cells/cell.ts'
import { isDominated } from '../src/judge/cells/dominance.ts'
import { suppress } from '../src/judge/suppress.ts'
import {
  ask,
  contextOf,
  factsOf,
  ledgersOf,
  measure,
  people,
  planOf,
  type Row,
  reduce,
  ref,
  SETTINGS,
  SUBJECTS,
  tableOf
} from './fixtures.ts'

const rowsOf = (disclosed: ReturnType<typeof ask>) => tableOf(disclosed).rows.map((row) => row.values)
const refused = (disclosed: ReturnType<typeof ask>) => (disclosed.ok ? '' : disclosed.code)

test('R03: five rows of one person are one person', () => {
  const rows: Row[] = Array.from({ length: 50 }, () => ({ subject: 0, age: 60 }))
  assert.equal(refused(ask(planOf([SUBJECTS]), 40, rows)), 'COHORT_NOT_RELEASABLE')
})

test('a group of fewer than k is withheld, not named, and another with it so that it stays hidden', () => {
  const rows = people(33, (i) => ({ arm: i < 3 ? 'rare' : i < 13 ? 'b' : 'a' }))
  const disclosed = ask(planOf([SUBJECTS], 'arm'), 33, rows)
  const table = tableOf(disclosed)
  assert.deepEqual(
    table.rows.map((row) => row.values),
    [['a', 20]]
  )
  assert.deepEqual(table.withheld, { groups: 2, cells: 0 })
  assert.ok(!JSON.stringify(table).includes('rare'))
  assert.equal(table.disclosure.subjects, null, 'a total beside a withheld group would give it away')
})

test('two small groups that together are k hide each other', () => {
  const rows = people(36, (i) => ({ arm: i < 3 ? 'x' : i < 6 ? 'y' : 'a' }))
  assert.deepEqual(rowsOf(ask(planOf([SUBJECTS], 'arm'), 36, rows)), [['a', 30]])
})

test('what is withheld together is nobody or at least k people, whatever the table', () => {
  const table = fc.array(fc.nat(7), { minLength: 10, maxLength: 60 })
  fc.assert(
    fc.property(table, (arms) => {
      const rows = people(arms.length, (i) => ({ arm: String(arms[i]), x: 20 + ((i * 7) % 40) }))
      const plan = planOf([SUBJECTS, measure('mean', 'x')], 'arm')
      const { rows: judged, ledgers } = suppress(plan, reduce(plan, arms.length, rows), {
        settings: { ...SETTINGS, synthetic: true },
        facts: unknownFacts,
        ledgers: ledgersOf(arms.length),
        defining: []
      })
      const isCountHidden = ({ cells }: (typeof judged)[number]) => cells[0]?.basis === null
      const hidden = judged.filter(isCountHidden).reduce((sum, row) => sum + row.group.support.size, 0)
      const nothing = judged.every(isCountHidden)
      assert.ok(hidden === 0 || hidden >= 5 || nothing)
      for (const row of judged.filter((entry) => entry.shown)) {
        assert.ok(row.group.support.size >= 5)
        for (const { basis } of row.cells)
          for (const { quantity, of } of basis?.numbers ?? [])
            assert.ok(new LedgerDraft(ledgers.subjects).isWithin(quantity, of.subjects))
      }
    })
  )
})

test('a cell is judged by itself before it ever meets a ledger', () => {
  const rules = { settings: SETTINGS, facts: unknownFacts, rowSets: undefined }
  const judge = (rows: readonly Row[], kind: 'mean' | 'count' = 'mean') => {
    const [group] = reduce(planOf([measure(kind, 'x')]), 40, rows).groups
    assert.ok(group)
    const finding = judgeCell(group, measure(kind, 'x'), rules)
    return finding.ok ? '' : finding.why
  }
  const few = people(40, (i) => ({ x: i < 4 ? i : null }))
  const none = people(40, () => ({ x: null }))
  for (const rows of [few, none]) assert.match(judge(rows, 'count'), /^fewer than k subjects/)
  assert.equal(judge(people(40, (i) => ({ x: i % 2 }))), '')
})

test('R22: one patient who makes up nearly all of a sum is not shown by it; a spread one is', () => {
  const rows = (values: readonly number[]) => people(values.length, (i) => ({ cost: values[i] ?? 0 }))
  const plan = planOf([SUBJECTS, measure('sum', 'cost')])
  const many = Array.from({ length: 30 }, (_, i) => 10 + i)
  const dominated = [10_000, ...Array.from({ length: 29 }, (_, i) => i % 12)]
  assert.equal(typeof rowsOf(ask(plan, 30, rows(many)))[0]?.[1], 'number')
  assert.deepEqual(rowsOf(ask(plan, 30, rows(dominated))), [[30, null]])
})

test('the two dominance rules are those of output checking, at their edges', () => {
  const dominated = (total: number, first: number, second: number) =>
    isDominated({ total: BigInt(total), largest: [BigInt(first), BigInt(second)] }, SETTINGS)
  assert.equal(dominated(100, 90, 5), true)
  assert.equal(dominated(100, 20, 20), false)
  assert.equal(dominated(100, 50, 40), true, 'exactly 90 %')
  assert.equal(dominated(100, 50, 39), false)
  assert.equal(
    isDominated({ total: 1050n, largest: [900n, 61n] }, { ...SETTINGS, dominanceShareMax: 1 }),
    true,
    '89 < 90'
  )
  assert.equal(
    isDominated({ total: 1050n, largest: [900n, 60n] }, { ...SETTINGS, dominanceShareMax: 1 }),
    false,
    '90 = 90'
  )
  assert.equal(isDominated({ total: 0n, largest: [0n, 0n] }, SETTINGS), false)
})

test('withheld sums are judged together: nobody dominates what can be worked out from a total', () => {
  const rows = people(90, (i) => ({ arm: 'abc'[i % 3] ?? '', cost: i === 0 ? 100_000 : 50 + i }))
  const shown = rowsOf(ask(planOf([SUBJECTS, measure('sum', 'cost')], 'arm'), 90, rows))
  assert.deepEqual(
    shown.map((row) => typeof row[2]),
    ['object', 'number', 'number'],
    'what all three add up to is not told'
  )
  const milder = people(90, (i) => ({ arm: 'abc'[i % 3] ?? '', cost: i === 0 ? 30_000 : 50 + i }))
  const sums = rowsOf(ask(planOf([measure('sum', 'cost')], 'arm'), 90, milder))
  assert.equal(sums.length, 2, 'the group of that patient is withheld')
  const total = ask(planOf([measure('sum', 'cost')]), 90, milder)
  assert.ok(total.ok)
  const after = ask(planOf([measure('sum', 'cost')], 'arm'), 90, milder, { ledgers: total.ledgers })
  assert.equal(rowsOf(after).length, 1, 'where the total was told, the smallest further group is withheld with it')
})

test('the mean of an ordinary variable is never withheld for dominance', () => {
  const ages = fc
    .array(fc.integer({ min: 40, max: 90 }), { minLength: 12, maxLength: 40 })
    .filter((a) => new Set(a).size > 10)
  fc.assert(
    fc.property(ages, (values) => {
      const rows = people(values.length, (i) => ({ age: values[i] ?? 0 }))
      const [row] = rowsOf(ask(planOf([measure('mean', 'age')]), values.length, rows))
      assert.ok(Math.abs(Number(row?.[0]) - values.reduce((a, b) => a + b) / values.length) < 1e-9)
    })
  )
})

test('sums of values below zero need declared bounds, for nobody can tell who dominates them', () => {
  const rows = people(40, (i) => ({ change: (i % 25) - 12 }))
  const plan = planOf([SUBJECTS, measure('sum', 'change'), measure('mean', 'change')])
  assert.deepEqual(rowsOf(ask(plan, 40, rows))[0]?.slice(1), [null, null])
  const variables = new Map([factsOf('change', { bounded: true })])
  assert.ok(rowsOf(ask(plan, 40, rows, { variables }))[0]?.every((value) => typeof value === 'number'))
})

test('a sum of signed values of which one person is nearly all is withheld, bounded or not', () => {
  const variables = new Map([factsOf('change', { bounded: true })])
  const plan = planOf([SUBJECTS, measure('sum', 'change'), measure('mean', 'change')])
  const shown = (change: (i: number) => number) =>
    rowsOf(
      ask(
        plan,
        40,
        people(40, (i) => ({ change: change(i) })),
        { variables }
      )
    )[0]
  assert.deepEqual(
    shown((i) => (i === 0 ? -900 : (i % 13) - 6)),
    [40, null, null]
  )
  assert.ok(shown((i) => (i % 13) - 6)?.every((value) => typeof value === 'number'))
})

test('a column of few values against another tells the sum of those it marks: one person may not be most of it', () => {
  const pair: Measure = { kind: 'covariance', name: 'c', variables: [ref('flag'), ref('cost')] }
  const shown = (of: (i: number) => Record<string, number>, variables?: Map<VariableRef, VariableFacts>) => {
    const disclosed = ask(planOf([SUBJECTS, pair]), 80, people(80, of), variables ? { variables } : {})
    return disclosed.ok ? rowsOf(disclosed)[0]?.[1] : null
  }
  const even = (i: number) => 100 + ((i * 37) % 60)
  const marked = (i: number) => (i < 20 ? 1 : 0)
  assert.equal(typeof shown((i) => ({ flag: marked(i), cost: even(i) })), 'number')
  // One person has 600 of the 725 of the twenty marked people, but only 600 of the 8,000 of the whole column, where no rule
  // would withhold the sum.
  const dominated = (i: number) => (i === 0 ? 600 : i < 20 ? i % 13 : even(i))
  assert.equal(
    shown((i) => ({ flag: marked(i), cost: dominated(i) })),
    null
  )
  assert.equal(
    shown((i) => ({ flag: 1 - marked(i), cost: dominated(i) })),
    null,
    'nor of those it does not mark'
  )
  assert.equal(
    shown((i) => ({ flag: 3 + 2 * marked(i), cost: dominated(i) })),
    null,
    'nor under other numbers'
  )
  const bounds = new Map([factsOf('cost', { bounded: true })])
  assert.equal(
    typeof shown((i) => ({ flag: marked(i), cost: even(i) - 130 }), bounds),
    'number',
    'signed values are judged by their distances'
  )
})

test('a spread needs ten people, a mean does not', () => {
  const rows = people(40, (i) => ({ arm: i < 9 ? 'small' : 'large', x: i + 20 }))
  const shown = rowsOf(ask(planOf([measure('mean', 'x'), measure('sd', 'x')], 'arm'), 40, rows))
  assert.deepEqual(
    shown.map((row) => row.map((value) => value !== null)),
    [
      [true, true, true],
      [true, true, false]
    ]
  )
})

test('nine people of nine ages are no table of ages: outside nobody knows which', () => {
  const rows = people(40, (i) => ({ arm: i < 9 ? 'small' : 'large', age: 50 + i }))
  const shown = rowsOf(ask(planOf([measure('mean', 'age')], 'arm'), 40, rows))
  assert.deepEqual(
    shown.map((row) => row[0]),
    ['large', 'small']
  )
})

test('a variable of few values is a table: its rarest value must be k people', () => {
  const plan = planOf([SUBJECTS, measure('mean', 'score'), measure('variance', 'score')])
  const scores = (rare: number) => people(40, (i) => ({ score: i < rare ? 2 : i % 2 }))
  assert.deepEqual(
    rowsOf(ask(plan, 40, scores(4)))[0]?.map((value) => value === null),
    [false, false, true],
    'a mean does not say how many have each of three values; with a spread it would'
  )
  assert.deepEqual(
    rowsOf(ask(plan, 40, scores(5)))[0]?.map((value) => value === null),
    [false, false, false]
  )
})

test('the mean of a 0/1 column is a count of the ones: its support is theirs, not the group (mutation: group instead of support)', () => {
  const rows = people(40, (i) => ({ flag: i < 10 ? 1 : 0 }))
  const target = planOf([measure('mean', 'flag')])
  const first = ask(target, 40, rows)
  assert.ok(first.ok)
  const oneMore = people(40, (i) => ({ flag: i < 11 ? 1 : 0 }))
  assert.equal(refused(ask(target, 40, oneMore, { ledgers: first.ledgers })), 'COHORT_NOT_RELEASABLE')
})

test('R15: nobody and everybody is withheld where zeros disclose, and shown where they do not', () => {
  const share: Measure = { kind: 'share', name: 'share', variable: ref('hiv'), level: 'yes' }
  const arms = people(60, (i) => ({ arm: i < 30 ? 'a' : 'b', hiv: i < 30 ? 'yes' : i < 45 ? 'yes' : 'no' }))
  const strict = rowsOf(ask(planOf([SUBJECTS, share], 'arm'), 60, arms))
  assert.deepEqual(strict, [
    ['a', 30, null],
    ['b', 30, 0.5]
  ])
  const settings = { ...effectiveSettings({ preset: 'cms' }), k: 5 }
  assert.deepEqual(rowsOf(ask(planOf([SUBJECTS, share], 'arm'), 60, arms, { settings }))[0], ['a', 30, 1])
})

test('a share shows neither cell where one of both is small', () => {
  const share: Measure = { kind: 'share', name: 'share', variable: ref('hiv'), level: 'yes' }
  for (const having of [1, 4, 36, 39]) {
    const rows = people(40, (i) => ({ hiv: i < having ? 'yes' : 'no' }))
    assert.deepEqual(rowsOf(ask(planOf([SUBJECTS, share]), 40, rows)), [[40, null]])
  }
  const rows = people(40, (i) => ({ hiv: i < 10 ? 'yes' : 'no' }))
  const table = tableOf(ask(planOf([share]), 40, rows))
  assert.deepEqual(table.rows[0], { values: [0.25], parts: { share: { share: { having: 10, of: 40 } } } })
})

test('that everyone has the same value is said of each one, and withheld', () => {
  const rows = people(40, () => ({ x: 7 }))
  assert.deepEqual(rowsOf(ask(planOf([SUBJECTS, measure('mean', 'x'), measure('sd', 'x')]), 40, rows)), [
    [40, null, null]
  ])
  const zeros = people(40, () => ({ x: 0 }))
  assert.deepEqual(rowsOf(ask(planOf([SUBJECTS, measure('sum', 'x')]), 40, zeros)), [[40, null]])
})

test('a missing value of one or two people is not worked out from n and the non-missing', () => {
  const rows = people(40, (i) => ({ x: i < 2 ? null : i + 20 }))
  const [told] = rowsOf(ask(planOf([SUBJECTS, measure('count', 'x'), measure('mean', 'x')]), 40, rows))
  assert.deepEqual(told?.slice(0, 2), [40, 40], 'the number of values to the nearest five')
  assert.ok(
    Math.abs(Number(told?.[2]) - 40.5) <= 0.1 && Number(told?.[2]) * 38 !== 40.5 * 38 + 1,
    'and no digits beside it'
  )
  assert.deepEqual(
    rowsOf(
      ask(
        planOf([measure('count', 'x')]),
        38,
        rows.slice(2).map((r, i) => ({ ...r, subject: i }))
      )
    ),
    [[38]]
  )
})

test('bins of a quantile are each nobody or k, small ones being joined with their neighbours', () => {
  const quantile: Measure = { kind: 'quantile', name: 'q50', variable: ref('x'), q: 0.5 }
  const rows = people(60, (i) => ({ x: i < 2 ? 5 : i < 58 ? 30 + (i % 30) : 95 }))
  const [row] = tableOf(ask(planOf([quantile]), 60, rows)).rows
  const part = row?.parts.q50
  assert.ok(part && 'bins' in part)
  assert.ok(part.bins.every((bin) => bin.rows === 0 || bin.rows >= 5))
  assert.equal(
    part.bins.reduce((sum, bin) => sum + bin.rows, 0),
    60
  )
  assert.deepEqual([part.bins[0]?.from, part.bins.at(-1)?.to], [0, 100])
  const same = people(60, () => ({ x: 45 }))
  assert.equal(refused(ask(planOf([quantile]), 60, same)), 'COHORT_NOT_RELEASABLE')
})

test('a quantile beyond the last breakpoint has no value, and its bins still pool', () => {
  const q = (at: number): Measure => ({ kind: 'quantile', name: 'q', variable: ref('x'), q: at })
  const rows = people(60, (i) => ({ x: 40 + i }))
  const { groups } = reduce(planOf([q(0.95)]), 60, rows)
  const open = groups.map((group) => {
    const columns = [...group.columns].map(([variable, column]) => {
      const bins = (column.bins ?? []).map((bin) => (bin.to === 100 ? { ...bin, to: Number.POSITIVE_INFINITY } : bin))
      return [variable, { ...column, bins }] as const
    })
    return { ...group, columns: new Map(columns) }
  })
  const disclosed = disclose(
    { kind: 'table', plan: planOf([q(0.95)]), reduction: { groups: open }, defining: [] },
    contextOf(60)
  )
  const table = tableOf(disclosed)
  assert.deepEqual(table.rows[0]?.values, [null])
  assert.deepEqual(table.withheld, { groups: 0, cells: 0 })
  const part = table.rows[0]?.parts.q
  assert.ok(part && 'bins' in part && part.bins.at(-1)?.to === Number.MAX_VALUE)
  const lower = tableOf(
    ask(
      planOf([q(0.95)]),
      60,
      people(60, (i) => ({ x: i }))
    )
  )
  assert.equal(
    pool([
      { site: 'a', output: table },
      { site: 'b', output: table },
      { site: 'c', output: lower }
    ]).sites.length,
    3
  )
})

test('a correlation of two yes/no variables is their four counts, and each must be k', () => {
  const plan = (): Plan => planOf([SUBJECTS, { kind: 'correlation', name: 'r', variables: [ref('a'), ref('b')] }])
  const rows = (rare: number) => people(80, (i) => ({ a: i < 40 ? 1 : 0, b: i < rare ? 1 : i < 40 ? 0 : i % 2 }))
  assert.deepEqual(rowsOf(ask(plan(), 80, rows(4)))[0]?.[1], null)
  assert.equal(typeof rowsOf(ask(plan(), 80, rows(6)))[0]?.[1], 'number')
})

test('a correlation needs enough people with both values, and both must vary among them', () => {
  const plan = planOf([SUBJECTS, { kind: 'covariance', name: 'c', variables: [ref('a'), ref('b')] }])
  const settings = effectiveSettings({ preset: 'default', overrides: { spreadSubjectsMin: 20 } })
  const paired = (count: number) => people(60, (i) => ({ a: i + 20, b: i < count ? (i * 7) % 41 : null }))
  assert.equal(rowsOf(ask(plan, 60, paired(19), { settings }))[0]?.[1], null)
  assert.equal(typeof rowsOf(ask(plan, 60, paired(20), { settings }))[0]?.[1], 'number')
  const flat = people(60, (i) => ({ a: i < 30 ? 50 : i, b: i < 30 ? i + 1 : null }))
  assert.equal(rowsOf(ask(plan, 60, flat))[0]?.[1], null, 'everyone with both has the same')
})

test('the bins of a quantile are cohorts too: shifted by one person they are another question', () => {
  const quantile: Measure = { kind: 'quantile', name: 'q', variable: ref('x'), q: 0.5 }
  const rows = people(60, (i) => ({ x: i < 30 ? 15 : 75 }))
  const first = ask(planOf([quantile]), 60, rows)
  assert.ok(first.ok && ask(planOf([quantile]), 60, rows, { ledgers: first.ledgers }).ok)
  const shifted = people(60, (i) => ({ x: i < 31 ? 15 : 75 }))
  assert.equal(ask(planOf([quantile]), 60, shifted, { ledgers: first.ledgers }).ok, false)
})

test('a quantile whose bins would tell few people apart is told with coarser ones', () => {
  const quantile: Measure = { kind: 'quantile', name: 'q', variable: ref('x'), q: 0.5 }
  const bins = (rows: readonly Row[], more: object = {}) => {
    const disclosed = ask(planOf([quantile]), 90, rows, more)
    const part = disclosed.ok ? tableOf(disclosed).rows[0]?.parts.q : undefined
    return { disclosed, bins: part && 'bins' in part ? part.bins.filter(({ rows: count }) => count > 0) : [] }
  }
  // Three bins of thirty people. Then one person has moved from the second to the third, so
  // that only the first bin is unchanged.
  const rows = people(90, (i) => ({ x: i < 30 ? 15 : i < 60 ? 45 : 75 }))
  const first = bins(rows)
  assert.ok(first.disclosed.ok)
  assert.deepEqual(
    first.bins.map(({ rows: count }) => count),
    [30, 30, 30]
  )
  const moved = people(90, (i) => ({ x: i < 30 ? 15 : i < 59 ? 45 : 75 }))
  const second = bins(moved, { ledgers: first.disclosed.ledgers })
  assert.deepEqual(
    second.bins.map(({ rows: count }) => count),
    [30, 60]
  )
})

test('a correlation knows which rows have which value, also where a subject has rows outside the pairs', () => {
  const plan = planOf([SUBJECTS, { kind: 'covariance', name: 'c', variables: [ref('a'), ref('b')] }])
  const rows = (rare: number): Row[] =>
    people(40, (i) => ({ a: i < rare ? 2 : i % 2, b: i })).flatMap((row, i) => [row, { subject: i, a: 2, b: null }])
  assert.equal(typeof rowsOf(ask(plan, 40, rows(5)))[0]?.[1], 'number')
  assert.deepEqual(rowsOf(ask(plan, 40, rows(4)))[0], [40, null], 'four among the pairs, forty in the column')
})

test('a reduction that lacks what the plan needs gives nothing away', () => {
  const plan = planOf([measure('mean', 'x')])
  const rows = people(40, (i) => ({ x: i }))
  const { groups } = reduce(planOf([SUBJECTS]), 40, rows)
  const judged = suppress(
    plan,
    { groups },
    { settings: { ...SETTINGS, synthetic: true }, facts: unknownFacts, ledgers: ledgersOf(40), defining: [] }
  )
  assert.ok(judged.rows.every((row) => !row.shown))
  const pair = planOf([{ kind: 'covariance', name: 'c', variables: [ref('a'), ref('b')] }])
  assert.ok(
    suppress(
      pair,
      { groups },
      { settings: { ...SETTINGS, synthetic: true }, facts: unknownFacts, ledgers: ledgersOf(40), defining: [] }
    ).rows.every((r) => !r.shown)
  )
})

test('R13: row and column sums never stand beside the table: there is no way to ask for them', () => {
  const counts = [
    [20, 3, 15],
    [12, 9, 30],
    [4, 25, 18]
  ]
  const rows = counts.flatMap((line, i) =>
    line.flatMap((n, j) => Array.from({ length: n }, () => ({ r: `r${i}`, c: `c${j}` })))
  )
  const all: Row[] = rows.map((row, subject) => ({ subject, ...row }))
  const inner = ask(planOf([SUBJECTS], 'r', 'c'), all.length, all)
  assert.ok(inner.ok)
  const shown = tableOf(inner).rows.map((row) => `${row.values[0]}${row.values[1]}`)
  assert.ok(!shown.includes('r0c1') && !shown.includes('r2c0'))
  // The margins, queried afterwards, may be released only if they do not disclose a withheld cell.
  const margin = ask(planOf([SUBJECTS], 'r'), all.length, all, { ledgers: inner.ledgers })
  const both = margin.ok ? margin.ledgers.subjects : inner.ledgers.subjects
  const cell = SubjectSet.of(
    all.length,
    all.filter((row) => row.r === 'r0' && row.c === 'c1').map((row) => row.subject)
  )
  assert.ok(!new LedgerDraft(both).isWithin('1', cell))
})
