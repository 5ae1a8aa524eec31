import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type BoundedNumber, type BoundedPlan, SubjectSet, seededRandom } from '@stimnet/protocol'
import type { Catalog } from '../src/index.ts'
import { CLINIC, CLINIC_FILES, makeWorld } from './world.ts'

const clinic = await makeWorld(CLINIC, CLINIC_FILES)
after(() => clinic.close())

const everyone = (catalog: Catalog) => catalog.cohort(undefined)

function plan(numbers: readonly BoundedNumber[], more: Partial<BoundedPlan> = {}): BoundedPlan {
  return { tables: ['visits'], groupBy: [], numbers, groupsPerSubject: 1, rowsPerSubject: 1, ...more }
}

async function reduced(catalog: Catalog, asked: BoundedPlan) {
  const { groups } = await catalog.reduceBounded(asked, await everyone(catalog))
  return groups.map(({ key, values }) => [key.join('|'), ...values.flat().map(Number)])
}

/** One person with fifty rows at each of two visits, and nineteen people with one row. */
async function crowded() {
  const rows = [
    ...Array.from({ length: 50 }, (_, i) => `big,baseline,${i}.5,,1`),
    ...Array.from({ length: 50 }, (_, i) => `big,month_12,${i}.5,,1`),
    ...Array.from({ length: 19 }, (_, i) => `p${i},baseline,1,,1`)
  ]
  const people = ['big', ...Array.from({ length: 19 }, (_, i) => `p${i}`)].map((id) => `${id},50,F,,1`)
  const world = await makeWorld(CLINIC, {
    'people.csv': `subject_id,age,sex,note,height\n${people.join('\n')}\n`,
    'visits.csv': `subject_id,visit,score,day,Grade\n${rows.join('\n')}\n`
  })
  return world
}

test('a person with a hundred rows counts in so many groups, and with so many rows in each, as was asked for', async () => {
  const catalog = await (await crowded()).open()
  const byVisit = [{ name: 'visit', variable: 'visits.visit' as const }]
  const numbers: BoundedNumber[] = [{ kind: 'subjects' }, { kind: 'rows' }]
  assert.deepEqual(await reduced(catalog, plan(numbers)), [['', 20, 20]])
  assert.deepEqual(await reduced(catalog, plan(numbers, { rowsPerSubject: 7 })), [['', 20, 26]])
  const two = await reduced(catalog, plan(numbers, { groupBy: byVisit, groupsPerSubject: 2, rowsPerSubject: 3 }))
  assert.deepEqual(two, [
    ['baseline', 20, 22],
    ['month_12', 1, 3],
    ['', 0, 0]
  ])
  const [baseline, month] = await reduced(catalog, plan(numbers, { groupBy: byVisit, rowsPerSubject: 3 }))
  const places = [Number(baseline?.[1]) - 19, Number(month?.[1])]
  assert.deepEqual(places.toSorted(), [0, 1], 'in one of its two groups')
})

test('which rows of a person count is chosen anew for each job', async () => {
  const world = await crowded()
  const catalog = await world.open(CLINIC, seededRandom(5))
  const score: BoundedNumber = { kind: 'sum', variable: 'visits.score', bounds: { lower: 0n, upper: 1000n } }
  const sums = new Set<number>()
  for (let i = 0; i < 8; i++) {
    const [[, sum] = []] = await reduced(catalog, plan([score]))
    sums.add(Number(sum))
  }
  assert.ok(sums.size > 4, `${sums.size} different sums of eight`)
})

test('every group that the description allows is there, also the empty and the missing one', async () => {
  const catalog = await clinic.open()
  const groupBy = [
    { name: 'sex', variable: 'people.sex' as const },
    { name: 'age', variable: 'people.age' as const }
  ]
  const found = await reduced(catalog, plan([{ kind: 'subjects' }], { tables: ['people'], groupBy }))
  assert.equal(found.length, 3 * 6)
  assert.deepEqual(found.slice(0, 6), [
    ['F|<40', 1],
    ['F|[40,60)', 0],
    ['F|[60,65)', 1],
    ['F|[65,66)', 0],
    ['F|>=66', 0],
    ['F|', 0]
  ])
  assert.deepEqual(found.at(-1), ['|', 1])
})

test('values outside of the bounds count as the nearest bound, and missing ones not at all', async () => {
  const catalog = await clinic.open()
  const bounds = { lower: 40n, upper: 62n }
  const numbers: BoundedNumber[] = [
    { kind: 'count', variable: 'people.age' },
    { kind: 'present', variable: 'people.age' },
    { kind: 'sum', variable: 'people.age', bounds },
    { kind: 'offsets', variable: 'people.age', bounds },
    { kind: 'squares', variable: 'people.age', bounds },
    { kind: 'cubes', variable: 'people.age', bounds },
    { kind: 'having', variable: 'people.sex', level: 'F' }
  ]
  // 39, 40, 60, 65 and a missing value become 40, 40, 60, 62.
  const offsets = [40, 40, 60, 62].map((x) => 2 * x - 102)
  const [squares, cubes] = [2, 3].map((power) => offsets.map((y) => y ** power))
  const sum = (values: number[]) => values.reduce((a, b) => a + b, 0)
  assert.deepEqual(await reduced(catalog, plan(numbers, { tables: ['people'] })), [
    ['', 4, 4, 202, sum(offsets), sum(squares ?? []), sum(cubes ?? []), 2]
  ])
})

test('sums of two variables are over the rows that have both, each value within its own bounds', async () => {
  const rows = ['a,baseline,5,,1', 'b,baseline,,,2', 'c,baseline,7,,', 'd,baseline,-900,,900', 'e,baseline,3,,4']
  const world = await makeWorld(CLINIC, {
    'people.csv': 'subject_id,age,sex,note,height\n',
    'visits.csv': `subject_id,visit,score,day,Grade\n${rows.join('\n')}\n`
  })
  const [x, y] = ['visits.score', 'visits.Grade'] as const
  const catalog = await world.open()
  const unit = 10n ** BigInt(catalog.decimalsOf(x))
  const pair = [
    { variable: x, bounds: { lower: 0n, upper: 10n * unit } },
    { variable: y, bounds: { lower: 0n, upper: 6n } }
  ] as const
  const numbers: BoundedNumber[] = [
    { kind: 'count', variable: x, beside: y },
    { kind: 'offsets', ...pair[0], beside: y },
    { kind: 'squares', ...pair[1], beside: x },
    { kind: 'products', pair }
  ]
  // The pairs (5, 1), (0, 6) and (3, 4), doubled, minus the sum of the bounds.
  const offsets = [5, 0, 3].map((score) => 2 * score - 10)
  const grades = [1, 6, 4].map((grade) => 2 * grade - 6)
  const sum = (values: number[]) => values.reduce((a, b) => a + b, 0)
  const products = sum(offsets.map((offset, i) => offset * (grades[i] ?? 0)))
  const [[, ...found] = []] = await reduced(catalog, plan(numbers))
  assert.deepEqual(found, [3, sum(offsets) * Number(unit), sum(grades.map((g) => g ** 2)), products * Number(unit)])
})

test('bins hold the rows of the declared breakpoints', async () => {
  const catalog = await clinic.open()
  const found = await reduced(catalog, plan([{ kind: 'bins', variable: 'visits.score' }], { rowsPerSubject: 9 }))
  assert.deepEqual(found, [['', 1, 0, 3, 1]])
})

test('a sum does not depend on the order of its rows, however large they are', async () => {
  const large = ['9007199254740991', '1', '9007199254740991', '-3', '9007199254740990', '-9007199254740991']
  const sums = []
  for (const values of [large, large.toReversed(), large.toSorted()]) {
    const world = await makeWorld(CLINIC, {
      'people.csv': 'subject_id,age,sex,note,height\n',
      'visits.csv': `subject_id,visit,score,day,Grade\n${values.map((value, i) => `p${i},baseline,,,${value}`).join('\n')}\n`
    })
    const catalog = await world.open()
    const bounds = { lower: -(2n ** 53n), upper: 2n ** 53n }
    const asked = plan([{ kind: 'sum', variable: 'visits.Grade', bounds }])
    const { groups } = await catalog.reduceBounded(asked, await everyone(catalog))
    sums.push(groups[0]?.values[0]?.[0])
  }
  const exact = large.map(BigInt).reduce((a, b) => a + b, 0n)
  assert.deepEqual(sums, [exact, exact, exact])
})

test('a cohort leaves out whoever does not fit, whole', async () => {
  const catalog = await clinic.open()
  const cohort = await catalog.cohort({ column: 'people.sex', op: '=', values: ['M'] })
  const { groups } = await catalog.reduceBounded(plan([{ kind: 'subjects' }]), cohort)
  assert.deepEqual(groups, [{ key: [], values: [[2n]] }])
  const nobody = await catalog.reduceBounded(plan([{ kind: 'subjects' }]), SubjectSet.none(cohort.universe))
  assert.deepEqual(nobody, { groups: [{ key: [], values: [[0n]] }] })
})

test('a catalog that gives noisy numbers only says nothing about itself that its rows decide', async () => {
  const dp = { ...CLINIC, mode: 'dp', declared_subjects: 12_345 }
  const world = await makeWorld(dp, CLINIC_FILES)
  const twin = await makeWorld(dp, CLINIC_FILES)
  const [first, again, elsewhere] = [
    await world.open(dp, seededRandom(1)),
    await world.open(dp, seededRandom(2)),
    await twin.open(dp, seededRandom(3))
  ]
  assert.equal(first.descriptor.subjectsRounded, 12_340)
  assert.equal(again.epoch, first.epoch, 'its own node knows the epoch again')
  assert.notEqual(elsewhere.epoch, first.epoch, 'somebody who guesses the data cannot check the guess by the name')
  const exact = await clinic.open()
  const { mode: _mode, declared_subjects: _declared, ...plain } = dp
  assert.equal((await twin.open(plain)).epoch, exact.epoch)
})
