/** Derived variables: each rule is compared with an oracle in integers, over generated rows with missing values. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { randomUnit, seededRandom } from '@stimnet/protocol'
import type { Catalog } from '../src/index.ts'
import { makeWorld } from './world.ts'

const VISITS = ['baseline', 'month_6', 'month_12']

interface Visit {
  readonly id: string
  readonly visit: string | null
  /** In tenths. */
  readonly score: number | null
  /** Days since 2024-01-01; different for all rows of a person. */
  readonly day: number | null
  readonly nr: number | null
}

interface Person {
  readonly id: string
  readonly age: number | null
  /** In hundredths. */
  readonly height: number | null
  /** In tenths. */
  readonly weight: number | null
  readonly diagnosis: string | null
  readonly items: readonly (number | null)[]
  readonly born: number | null
  readonly seen: number | null
}

const DIAGNOSES = ['pd', 'msa', 'psp', 'unclear']

function madeUp(seed: number, several: boolean): { people: Person[]; visits: Visit[] } {
  const source = seededRandom(seed)
  const below = (n: number) => Math.floor(randomUnit(source) * n)
  const or = <T>(value: T): T | null => (below(8) === 0 ? null : value)
  const people = Array.from({ length: 60 }, (_, i) => ({
    id: `p${i}`,
    age: or(18 + below(80)),
    height: or(140 + below(60)),
    weight: or(below(10) === 0 ? 0 : 400 + below(800)),
    diagnosis: or(DIAGNOSES[below(4)] ?? ''),
    items: [or(below(5)), or(below(5)), or(below(5))],
    born: or(below(300)),
    seen: or(300 + below(300))
  }))
  const visits = people.flatMap(({ id }) => {
    const days = new Set<number>()
    return VISITS.flatMap((visit) =>
      Array.from({ length: several ? below(4) : below(5) === 0 ? 0 : 1 }, () => {
        let day = below(1000)
        while (days.has(day)) day = below(1000)
        days.add(day)
        return { id, visit: or(visit), score: or(below(2000) - 1000), day: several ? day : or(day), nr: day }
      })
    )
  })
  // Includes visits of somebody without a row of people, and a person without visits.
  return {
    people,
    visits: [...visits.filter(({ id }) => id !== 'p7'), { id: 'stray', visit: 'baseline', score: 1, day: 1, nr: 1 }]
  }
}

const isoOf = (day: number | null) =>
  day === null ? '' : new Date(Date.UTC(2024, 0, 1 + day)).toISOString().slice(0, 10)
const decimal = (value: number | null, decimals: number) =>
  value === null ? '' : (value / 10 ** decimals).toFixed(decimals)

function filesOf({ people, visits }: ReturnType<typeof madeUp>) {
  return {
    'people.csv': [
      'subject_id,own,age,height,weight,diagnosis,a,b,c,born,seen',
      ...people.map((one) =>
        [
          ...[
            one.id,
            one.id.slice(1),
            one.age ?? '',
            decimal(one.height, 2),
            decimal(one.weight, 1),
            one.diagnosis ?? ''
          ],
          ...[...one.items.map((item) => item ?? ''), isoOf(one.born), isoOf(one.seen)]
        ].join(',')
      )
    ].join('\n'),
    'visits.csv': [
      'subject_id,visit,score,day,nr',
      ...visits.map((one) => [one.id, one.visit ?? '', decimal(one.score, 1), isoOf(one.day), one.nr ?? ''].join(','))
    ].join('\n')
  }
}

const PEOPLE = [
  { name: 'own', type: 'integer' },
  { name: 'age', type: 'integer' },
  { name: 'height', type: 'number', decimals: 2 },
  { name: 'weight', type: 'number', decimals: 1 },
  { name: 'diagnosis', type: 'category', levels: DIAGNOSES },
  ...['a', 'b', 'c'].map((name) => ({ name, type: 'integer', minimum: 0, maximum: 4 })),
  { name: 'born', type: 'date' },
  { name: 'seen', type: 'date' }
]

const catalogOf = (derived: readonly object[]) => ({
  ...{ name: 'clinic', subject_key: 'subject_id' },
  tables: [
    { name: 'people', file: 'people.csv', one_row_per_subject: true, variables: [...PEOPLE, ...derived] },
    {
      ...{ name: 'visits', file: 'visits.csv' },
      variables: [
        { name: 'visit', type: 'category', levels: VISITS },
        { name: 'score', type: 'number', decimals: 1 },
        { name: 'day', type: 'date' },
        { name: 'nr', type: 'integer' }
      ]
    }
  ]
})

/** The values of a column of people, in the order in which the people were generated. */
async function columnIn(catalog: Catalog, column: string): Promise<string[]> {
  const tables = await catalog.tables(await catalog.cohort(undefined))
  const csv = new TextDecoder().decode(tables.find(({ name }) => name === 'people')?.csv)
  const [header = '', ...lines] = csv.trimEnd().split('\n')
  const [at, own] = [column, 'own'].map((name) => header.split(',').indexOf(name))
  const rows = lines.map((line) => line.split(','))
  return rows.toSorted((a, b) => Number(a[own ?? 0]) - Number(b[own ?? 0])).map((row) => row[at ?? 0] ?? '')
}

/** A fraction of integers, rounded half away from zero to the decimals, as text. Undefined is missing. */
function rounded(fraction: readonly [bigint, bigint] | undefined, decimals: number): string {
  if (fraction === undefined || fraction[1] === 0n) return ''
  const [above, below] = fraction
  const negative = above < 0n !== below < 0n
  const abs = (value: bigint) => (value < 0n ? -value : value)
  const [n, d] = [abs(above) * 10n ** BigInt(decimals), abs(below)]
  const whole = n / d + (2n * (n % d) >= d ? 1n : 0n)
  const digits = String(whole).padStart(decimals + 1, '0')
  const fractionText = digits.slice(digits.length - decimals).replace(/0+$/, '')
  const text = `${digits.slice(0, digits.length - decimals)}${decimals > 0 && fractionText ? `.${fractionText}` : ''}`
  return negative && whole !== 0n ? `-${text}` : text
}

type Fraction = readonly [bigint, bigint]
const over = (value: number, below: number): Fraction => [BigInt(value), BigInt(below)]

/** Each rule with its variable, and the expected value for a person. */
const ROW_RULES: readonly (readonly [object, (one: Person) => string])[] = [
  [
    { name: 'x', type: 'number', decimals: 3, derive: { rule: 'ratio', of: ['weight', 'height'] } },
    // A weight in tenths divided by a height in hundredths.
    ({ weight, height }) => rounded(weight === null || height === null ? undefined : over(weight * 10, height), 3)
  ],
  [
    { name: 'x', type: 'number', decimals: 1, derive: { rule: 'ratio', of: ['height', 'weight'] } },
    ({ weight, height }) => rounded(weight === null || height === null ? undefined : over(height, weight * 10), 1)
  ],
  [
    { name: 'x', type: 'number', decimals: 2, derive: { rule: 'difference', of: ['weight', 'height'] } },
    ({ weight, height }) => rounded(weight === null || height === null ? undefined : over(weight * 10 - height, 100), 2)
  ],
  [
    { name: 'x', type: 'integer', derive: { rule: 'difference', of: ['seen', 'born'] } },
    ({ seen, born }) => rounded(seen === null || born === null ? undefined : over(seen - born, 1), 0)
  ],
  [
    { name: 'x', type: 'integer', derive: { rule: 'sum', of: ['a', 'b', 'c'] } },
    ({ items }) => (items.includes(null) ? '' : String(items.reduce<number>((sum, one) => sum + (one ?? 0), 0)))
  ],
  [
    { name: 'x', type: 'number', decimals: 0, derive: { rule: 'sum', of: ['a', 'b', 'weight'], complete: 2 } },
    ({ items: [a = null, b = null], weight }) => {
      const there = [a, b, weight].filter((one) => one !== null)
      return rounded(there.length < 2 ? undefined : over(((a ?? 0) + (b ?? 0)) * 10 + (weight ?? 0), 10), 0)
    }
  ],
  [
    { name: 'x', type: 'number', decimals: 2, derive: { rule: 'zscore', of: 'weight', centre: 70.25, scale: 0.5 } },
    ({ weight }) => rounded(weight === null ? undefined : over(weight * 10 - 7025, 50), 2)
  ],
  [
    {
      name: 'x',
      type: 'category',
      levels: ['young', 'middle', 'old'],
      derive: { rule: 'bands', of: 'age', cuts: [40, 65] }
    },
    ({ age }) => (age === null ? '' : age < 40 ? 'young' : age < 65 ? 'middle' : 'old')
  ],
  [
    { name: 'x', type: 'category', levels: ['short', 'tall'], derive: { rule: 'bands', of: 'height', cuts: [1.65] } },
    ({ height }) => (height === null ? '' : height < 165 ? 'short' : 'tall')
  ],
  [
    {
      ...{ name: 'x', type: 'category', levels: ['atypical', 'typical'] },
      derive: {
        rule: 'recode',
        of: 'diagnosis',
        into: { pd: 'typical', msa: 'atypical', psp: 'atypical', unclear: null }
      }
    },
    ({ diagnosis }) =>
      diagnosis === null || diagnosis === 'unclear' ? '' : diagnosis === 'pd' ? 'typical' : 'atypical'
  ],
  [
    { name: 'x', type: 'number', decimals: 3, derive: { rule: 'log', of: 'height', base: 10 } },
    ({ height }) => (height === null ? '' : String(Number(Math.log10(height / 100).toFixed(3)) + 0))
  ],
  [
    {
      name: 'x',
      type: 'number',
      decimals: 4,
      derive: { rule: 'log', of: 'weight', base: 'e', nonpositive: 'missing' }
    },
    ({ weight }) => (weight === null || weight <= 0 ? '' : String(Number(Math.log(weight / 10).toFixed(4))))
  ]
]

const nameOf = (variable: object) => {
  const { derive, decimals, type } = variable as {
    derive: { rule: string; of: unknown }
    decimals?: number
    type: string
  }
  return `${derive.rule} of ${String(derive.of)} (${decimals === undefined ? type : `${decimals} decimals`})`
}

for (const [variable, oracle] of ROW_RULES) {
  test(`${nameOf(variable)} is what the numbers of each row say`, async () => {
    const data = madeUp(3, false)
    const world = await makeWorld(catalogOf([variable]), filesOf(data))
    assert.deepEqual(await columnIn(await world.open(), 'x'), data.people.map(oracle))
  })
}

/** The visits of a person that have a score, in tenths. */
type Scored = readonly (Visit & { readonly score: number })[]
const sumOf = (rows: Scored) => rows.reduce((sum, { score }) => sum + score, 0)
const meanOf = (rows: Scored): Fraction | undefined =>
  rows.length === 0 ? undefined : over(sumOf(rows), rows.length * 10)
const fractionOf = (score: number | undefined): Fraction | undefined =>
  score === undefined ? undefined : over(score, 10)
const less = (to: Fraction | undefined, from: Fraction | undefined): Fraction | undefined =>
  to && from ? [to[0] * from[1] - from[0] * to[1], to[1] * from[1]] : undefined
const at = (rows: Scored, level: string) => rows.filter(({ visit }) => visit === level)
const byDay = (rows: Scored) => rows.filter(({ day }) => day !== null).toSorted((a, b) => (a.day ?? 0) - (b.day ?? 0))
const lowest = (rows: Scored) => fractionOf(rows.length === 0 ? undefined : Math.min(...rows.map(({ score }) => score)))
const highest = (rows: Scored) =>
  fractionOf(rows.length === 0 ? undefined : Math.max(...rows.map(({ score }) => score)))
const firstLevel = (rows: Scored, order: readonly string[]) => {
  const level = order.find((one) => at(rows, one).length > 0)
  return level === undefined ? [] : at(rows, level)
}

const of = 'visits.score'
const ROWS_RULES: readonly (readonly [
  rule: object,
  several: boolean,
  decimals: number,
  (rows: Scored) => Fraction | undefined
])[] = [
  [
    { rule: 'change', of, by: 'visit', from: 'baseline', to: 'month_12' },
    false,
    1,
    (rows) => less(meanOf(at(rows, 'month_12')), meanOf(at(rows, 'baseline')))
  ],
  [
    { rule: 'change', of, by: 'visit', from: 'month_12', to: 'baseline', take: 'mean' },
    true,
    3,
    (rows) => less(meanOf(at(rows, 'baseline')), meanOf(at(rows, 'month_12')))
  ],
  [
    { rule: 'change', of, by: 'visit', from: 'baseline', to: 'month_6', take: 'maximum' },
    true,
    0,
    (rows) => less(highest(at(rows, 'month_6')), highest(at(rows, 'baseline')))
  ],
  [
    { rule: 'change', of, by: 'visit', from: 'baseline', to: 'month_6', take: 'last', order: 'day' },
    true,
    1,
    (rows) =>
      less(fractionOf(byDay(at(rows, 'month_6')).at(-1)?.score), fractionOf(byDay(at(rows, 'baseline')).at(-1)?.score))
  ],
  [{ rule: 'at', of, by: 'visit', level: 'month_6' }, false, 1, (rows) => meanOf(at(rows, 'month_6'))],
  [
    { rule: 'at', of, by: 'visit', level: 'month_6', take: 'first', order: 'nr' },
    true,
    1,
    (rows) => fractionOf(byDay(at(rows, 'month_6'))[0]?.score)
  ],
  [
    { rule: 'at', of, by: 'visit', level: 'baseline', take: 'minimum' },
    true,
    1,
    (rows) => lowest(at(rows, 'baseline'))
  ],
  [{ rule: 'first', of, by: 'day' }, true, 1, (rows) => fractionOf(byDay(rows)[0]?.score)],
  [{ rule: 'last', of, by: 'day' }, false, 1, (rows) => fractionOf(byDay(rows).at(-1)?.score)],
  [{ rule: 'first', of, by: 'visit', take: 'mean' }, true, 2, (rows) => meanOf(firstLevel(rows, VISITS))],
  [{ rule: 'last', of, by: 'visit' }, false, 1, (rows) => meanOf(firstLevel(rows, VISITS.toReversed()))],
  [{ rule: 'mean', of }, true, 4, meanOf],
  [{ rule: 'mean', of }, true, 0, meanOf],
  [{ rule: 'minimum', of }, true, 1, lowest],
  [{ rule: 'maximum', of }, true, 1, highest]
]

for (const [derive, several, decimals, oracle] of ROWS_RULES) {
  test(`${JSON.stringify(derive)} is what the rows of each person say, to ${decimals} decimals`, async () => {
    const data = madeUp(5, several)
    const world = await makeWorld(catalogOf([{ name: 'x', type: 'number', decimals, derive }]), filesOf(data))
    const scored = (id: string) =>
      data.visits.flatMap((one) => (one.id === id && one.score !== null ? [{ ...one, score: one.score }] : []))
    const expected = data.people.map(({ id }) => rounded(oracle(scored(id)), decimals))
    assert.deepEqual(await columnIn(await world.open(), 'x'), expected)
    assert.ok(expected.includes('') && new Set(expected).size > 10, 'the rows have missing and other values')
  })
}

test('count is the number of values of a person, and 0 for somebody without rows', async () => {
  const data = madeUp(9, true)
  const derived = [{ name: 'x', type: 'integer', derive: { rule: 'count', of } }]
  const world = await makeWorld(catalogOf(derived), filesOf(data))
  const expected = data.people.map(({ id }) => data.visits.filter((one) => one.id === id && one.score !== null).length)
  assert.deepEqual(await columnIn(await world.open(), 'x'), expected.map(String))
  assert.ok(expected.includes(0))
})
