import assert from 'node:assert/strict'
import { test } from 'node:test'
import { disclose, effectiveSettings, variableFacts } from '@stimnet/privacy'
import { LIMITS, type Measure, outputSchema, SubjectSet } from '@stimnet/protocol'
import { pool } from '@stimnet/statistics'
import {
  ask,
  CATALOG,
  contextOf,
  factsOf,
  ledgersOf,
  measure,
  people,
  planOf,
  type Row,
  ref,
  SUBJECTS,
  tableOf
} from './fixtures.ts'

/** 150 people of a trial, each with one row at each of two visits. */
const TRIAL: Row[] = people(150, (i) => ({
  sex: i % 2 === 0 ? 'F' : 'M',
  diagnosis: ['PD', 'control', 'MSA'][i % 3] ?? '',
  updrs: 20 + ((i * 37) % 61),
  change: ((i * 11) % 31) - 15
})).flatMap((row) => [
  { ...row, row: 0, visit: 'baseline' },
  { ...row, row: 1, visit: 'month_12', updrs: Number(row.updrs) + 5 }
])
const MONTH_12 = TRIAL.filter((row) => row.visit === 'month_12')
const ORDINARY = [SUBJECTS, measure('mean', 'updrs'), measure('sd', 'updrs')]

test('ordinary questions about 150 people are answered in full, twice in a row, one after the other', () => {
  let ledgers = ledgersOf(150)
  const answers: string[] = []
  for (const by of ['sex', 'diagnosis', 'sex', 'diagnosis', 'visit']) {
    const rows = by === 'visit' ? TRIAL : MONTH_12
    const disclosed = ask(planOf(ORDINARY, by), 150, rows, { ledgers })
    const table = tableOf(disclosed)
    assert.deepEqual(table.withheld, { groups: 0, cells: 0 })
    if (disclosed.ok) {
      ledgers = disclosed.ledgers
      answers.push(disclosed.output.json)
    }
  }
  assert.equal(answers[0]?.replace(/"subjects":(null|150)/, ''), answers[2]?.replace(/"subjects":(null|150)/, ''))
})

test('the numbers are those of the rows', () => {
  const [female] = tableOf(ask(planOf(ORDINARY, 'sex'), 150, MONTH_12)).rows
  const values = MONTH_12.filter((row) => row.sex === 'F').map((row) => Number(row.updrs))
  const mean = values.reduce((a, b) => a + b) / values.length
  const deviations = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  assert.deepEqual(female?.values.slice(0, 2), ['F', 75])
  assert.ok(Math.abs(Number(female?.values[2]) - mean) < 1e-12)
  assert.ok(Math.abs(Number(female?.values[3]) - Math.sqrt(deviations / 74)) < 1e-12)
})

test('a part holds what pools its own value and nothing more', () => {
  const measures: Measure[] = [
    SUBJECTS,
    { kind: 'rows', name: 'rows' },
    ...(['count', 'sum', 'mean', 'variance'] as const).map((kind) => measure(kind, 'updrs')),
    { kind: 'correlation', name: 'r', variables: [ref('updrs'), ref('weight')] }
  ]
  const rows = MONTH_12.map((row) => ({ ...row, weight: 50 + ((row.subject * 13) % 41) }))
  const [row] = tableOf(ask(planOf(measures), 150, rows)).rows
  const keys = (part: object | undefined): string[] =>
    Object.entries(part ?? {}).flatMap(([key, inner]) => (typeof inner === 'object' ? [key, ...keys(inner)] : [key]))
  assert.deepEqual(keys(row?.parts.subjects), ['add'])
  assert.deepEqual(keys(row?.parts.rows), ['add'])
  assert.deepEqual(keys(row?.parts.count_updrs), ['add'])
  assert.deepEqual(keys(row?.parts.sum_updrs), ['add'])
  assert.deepEqual(keys(row?.parts.mean_updrs), ['moments', 'n', 'sum', 'sum_exact'])
  assert.deepEqual(
    keys(row?.parts.variance_updrs),
    ['deviations', 'moments', 'n', 'sum', 'sum_exact'].toSorted().toSorted((a) => (a === 'moments' ? -1 : 0))
  )
  assert.deepEqual(keys(row?.parts.r).sort(), [
    'cross',
    'deviations',
    'deviations',
    'moments',
    'n',
    'second',
    'sum',
    'sum',
    'sum_exact',
    'sum_exact'
  ])
})

test('a withheld cell has no part either', () => {
  const rows = people(40, (i) => ({ x: i < 36 ? null : i + 20 }))
  const [row] = tableOf(ask(planOf([SUBJECTS, measure('mean', 'x')]), 40, rows)).rows
  assert.deepEqual(row, { values: [40, null], parts: { subjects: { add: 40 } } })
})

test('R01, R02: a cohort of four and a cohort of nobody are refused alike', () => {
  const refusals = [4, 0].map((size) => {
    const rows = people(size, () => ({ x: 1 }))
    const cohort = SubjectSet.of(
      40,
      rows.map((row) => row.subject)
    )
    const disclosed = ask(planOf([SUBJECTS]), 40, rows, { cohort })
    return disclosed.ok ? '' : disclosed.code
  })
  assert.deepEqual(refusals, ['COHORT_NOT_RELEASABLE', 'COHORT_NOT_RELEASABLE'])
})

test('R04: the answer for everyone, then for everyone but one, is one answer', () => {
  const first = ask(planOf([SUBJECTS, measure('sum', 'updrs')]), 150, MONTH_12)
  assert.ok(first.ok)
  const others = MONTH_12.filter((row) => row.subject !== 77)
  const second = ask(planOf([SUBJECTS, measure('sum', 'updrs')]), 150, others, { ledgers: first.ledgers })
  assert.equal(second.ok ? '' : second.code, 'COHORT_NOT_RELEASABLE')
})

test('R23: an indicator of one person times a value, averaged, is refused', () => {
  const rows = MONTH_12.map((row) => ({ ...row, product: row.subject === 77 ? Number(row.updrs) : 0 }))
  const disclosed = ask(planOf([measure('mean', 'product')]), 150, rows)
  assert.equal(disclosed.ok, false)
})

test('the size of the cohort is on the card only where the atoms already know it', () => {
  const half = MONTH_12.filter((row) => row.subject < 75)
  const cohort = SubjectSet.of(
    150,
    half.map((row) => row.subject)
  )
  const subjects = (measures: Measure[]) => tableOf(ask(planOf(measures), 150, half, { cohort })).disclosure.subjects
  assert.equal(subjects([SUBJECTS]), 75)
  const other = half.map((row) => ({ ...row, updrs: row.subject < 30 ? (row.updrs ?? null) : null }))
  assert.equal(tableOf(ask(planOf([measure('mean', 'updrs')]), 150, other, { cohort })).disclosure.subjects, null)
})

test('the card says which rules were in force and what is claimed', () => {
  const disclosed = ask(planOf(ORDINARY, 'sex'), 150, MONTH_12, { synthetic: true })
  const { disclosure } = tableOf(disclosed)
  assert.equal(disclosure.level, 'P1')
  assert.match(disclosure.claim, /at least 5 subjects.*synthetic/)
  assert.deepEqual([disclosure.preset, disclosure.k, disclosure.round_base, disclosure.bits], ['default', 5, 1, null])
  assert.equal(disclosure.policy_hash, 'p'.repeat(64))
})

test('columns carry unit, variable and argument, so that sites can be compared', () => {
  const quantile: Measure = { kind: 'quantile', name: 'q50', variable: ref('updrs'), q: 0.5 }
  const variables = new Map([factsOf('updrs', { unit: 'point' })])
  const { columns } = tableOf(
    ask(planOf([measure('sd', 'updrs'), measure('variance', 'updrs'), quantile], 'sex'), 150, MONTH_12, { variables })
  )
  assert.deepEqual(
    columns.map(({ name, role, kind, unit, argument }) => [name, role, kind, unit, argument]),
    [
      ['sex', 'key', 'key', undefined, undefined],
      ['sd_updrs', 'measure', 'sd', 'point', undefined],
      ['variance_updrs', 'measure', 'variance', undefined, undefined],
      ['q50', 'measure', 'quantile', 'point', 0.5]
    ]
  )
  assert.deepEqual(variableFacts(CATALOG).get('subjects.age'), {
    ...{ isInteger: true, bounded: true, cells: 2, values: 121, unit: 'year', identifying: false },
    ...{ own: 'subjects.age', factor: 1, step: 1 },
    declared: { levels: [], breakpoints: [65], site: [[0], [1]], siteCount: 2 }
  })
})

test('bins of integers part halfway between two of them, their ends as declared; others at the breakpoints', () => {
  const quantile: Measure = { kind: 'quantile', name: 'q', variable: ref('x'), q: 0.5 }
  const rows = people(100, (i) => ({ x: 10 + (i % 20) }))
  const told = (isInteger: boolean) => {
    const [row] = tableOf(
      ask(planOf([quantile]), 100, rows, { variables: new Map([factsOf('x', { isInteger })]) })
    ).rows
    const part = row?.parts.q
    return part && 'bins' in part ? [row.values[0], ...part.bins.map(({ from }) => from)] : []
  }
  assert.deepEqual(told(false), [20, 0, 20])
  assert.deepEqual(told(true), [19.5, 0, 19.5])
})

test('rounding comes after suppression, and the parts are rounded with the values', () => {
  const settings = effectiveSettings({ preset: 'opensafely' })
  const share: Measure = { kind: 'share', name: 'share', variable: ref('sex'), level: 'F' }
  const measures = [SUBJECTS, measure('mean', 'updrs'), measure('sum', 'updrs'), measure('sd', 'updrs'), share]
  const rows = MONTH_12.slice(0, 147)
  const [row] = tableOf(ask(planOf(measures), 147, rows, { settings })).rows
  const [subjects, mean, sum, sd, of] = row?.values.map(Number) ?? []
  assert.equal(subjects, 145)
  assert.deepEqual(row?.parts.subjects, { add: 145 })
  assert.equal(String(mean).replace('.', '').length <= 4, true)
  assert.equal(sum, Number(mean) * 145, 'an exact sum beside the mean would give the exact n away')
  const part = row?.parts.mean_updrs
  assert.ok(part && 'moments' in part)
  assert.deepEqual([part.moments.n, part.moments.sum], [145, sum])
  assert.ok(Math.abs(Number(sd) - 17.7) < 1)
  assert.equal(of, 75 / 145)
  const small = people(7, () => ({}))
  assert.equal(ask(planOf([SUBJECTS]), 40, small, { settings }).ok, false, 'seven would round to five')
})

test('a rounded correlation is made of the rounded moments it is shown with', () => {
  const settings = effectiveSettings({ preset: 'opensafely' })
  const rows = MONTH_12.map((row) => ({ ...row, weight: 50 + ((row.subject * 13) % 41) }))
  const plan = planOf([{ kind: 'correlation', name: 'r', variables: [ref('updrs'), ref('weight')] }])
  const disclosed = ask(plan, 150, rows, { settings })
  const exact = tableOf(ask(plan, 150, rows)).rows[0]?.values[0]
  assert.ok(Math.abs(Number(tableOf(disclosed).rows[0]?.values[0]) - Number(exact)) < 0.01)
  assert.ok(disclosed.ok && pool([{ site: 'a', output: disclosed.output.output }]).missing.length === 0)
})

test('what three sites disclose pools to the numbers of all rows together', () => {
  const site = (i: number) =>
    MONTH_12.filter((row) => row.subject % 3 === i).map((row, subject) => ({ ...row, subject }))
  const parts = [0, 1, 2].map((i) => {
    const disclosed = ask(planOf(ORDINARY, 'sex'), 50, site(i))
    return { site: `s${i}`, output: disclosed.ok ? disclosed.output.output : null }
  })
  const pooled = pool(parts)
  const whole = tableOf(ask(planOf(ORDINARY, 'sex'), 150, MONTH_12))
  assert.deepEqual([pooled.missing, pooled.notes], [[], []])
  for (const [i, row] of whole.rows.entries()) {
    for (const [j, value] of row.values.entries()) {
      const other = pooled.rows[i]?.values[j]
      if (typeof value === 'number') assert.ok(Math.abs(Number(other) / value - 1) < 1e-12)
      else assert.equal(other, value)
    }
  }
})

test('a table that no safe output can hold is withheld whole', () => {
  const rows = people(9000, (i) => ({ arm: `${'long'.repeat(20)}${Math.floor(i / 10)}` }))
  const disclosed = ask(planOf([SUBJECTS], 'arm'), 9000, rows)
  assert.equal(disclosed.ok ? '' : disclosed.code, 'OUTPUT_NOT_RELEASABLE')
})

test('everything disclosed fits the schema that its readers parse with, and its size limit', () => {
  const disclosed = ask(planOf(ORDINARY, 'sex', 'diagnosis'), 150, TRIAL)
  assert.ok(disclosed.ok)
  assert.deepEqual(outputSchema.parse(JSON.parse(disclosed.output.json)), disclosed.output.output)
  assert.ok(disclosed.output.bytes.length < LIMITS.outputBytesMax)
})

test("R34: a script that claims another n is answered with the node's own", () => {
  const literals = new Set(['n'])
  const disclosed = disclose({ kind: 'script', result: '{"n": 1000}', literals }, contextOf(60))
  assert.ok(disclosed.ok && disclosed.output.output.kind === 'values')
  assert.equal(disclosed.output.output.disclosure.subjects, 60)
  assert.equal(disclosed.output.output.disclosure.level, 'unreviewed')
  assert.match(disclosed.output.output.disclosure.claim, /Nobody has read this code\. No disclosure claim is made\./)
})

test('a script on a cohort that differs from an earlier one by one person is refused like any other', () => {
  const first = ask(planOf([SUBJECTS]), 150, MONTH_12.slice(0, 100))
  assert.ok(first.ok)
  const cohort = SubjectSet.of(
    150,
    Array.from({ length: 99 }, (_, i) => i)
  )
  const script = { kind: 'script', result: '{}', literals: new Set<string>() } as const
  const refused = disclose(script, contextOf(150, { cohort, ledgers: first.ledgers }))
  assert.equal(refused.ok ? '' : refused.code, 'COHORT_NOT_RELEASABLE')
  const cohortOfHundred = SubjectSet.of(
    150,
    Array.from({ length: 100 }, (_, i) => i)
  )
  assert.ok(disclose(script, contextOf(150, { cohort: cohortOfHundred, ledgers: first.ledgers })).ok)
})
