import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pooledOutputSchema } from '@stimnet/protocol'
import { pool, valueOfMoments } from '@stimnet/statistics'
import fc from 'fast-check'
import {
  column,
  exactPairs,
  exactSums,
  IRIS,
  MTCARS,
  momentsOf,
  momentsRow,
  near,
  pairMomentsOf,
  splitBy,
  table
} from './fixtures.ts'

const MEAN_BY_SPECIES = [column('species', 'key'), column('sd_length', 'sd', { unit: 'cm' })]

function irisSite(flowers: typeof IRIS) {
  const species = [...new Set(flowers.map((flower) => flower.species))].sort()
  const rows = species
    .map((name) => ({
      name,
      values: flowers.filter((flower) => flower.species === name).map((flower) => flower.length)
    }))
    .filter(({ values }) => values.length > 1)
    .map(({ name, values }) => momentsRow('sd', 'sd_length', [name], momentsOf(exactSums(values, 1))))
  return table(MEAN_BY_SPECIES, rows)
}

test('a table by group pools across sites to the numbers of R, whatever the split', () => {
  const sites = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 150, maxLength: 150 })
  const expected = { setosa: 0.3524896872, versicolor: 0.5161711471, virginica: 0.6358795933 }
  fc.assert(
    fc.property(sites, (split) => {
      const parts = splitBy(IRIS, split, 4)
      // A site with one flower of a species would have to withhold it. Another test covers such splits.
      fc.pre(
        parts.every((part) => Object.keys(expected).every((s) => part.filter((f) => f.species === s).length !== 1))
      )
      const pooled = pool(parts.map((part, i) => ({ site: `site-${i}`, output: irisSite(part) })))
      assert.deepEqual(pooled.rows.map((row) => row.values[0]).sort(), Object.keys(expected))
      for (const row of pooled.rows) {
        assert.ok(near(row.values[1], expected[row.values[0] as keyof typeof expected], 1e-8))
      }
      pooledOutputSchema.parse(pooled)
    }),
    { numRuns: 30 }
  )
})

test('the order in which sites answer changes nothing', () => {
  const parts = splitBy(
    IRIS,
    IRIS.map((_, i) => i % 3),
    3
  ).map((part, i) => ({ site: `site-${i}`, output: irisSite(part) }))
  assert.deepEqual(pool(parts.toReversed()), pool(parts))
})

test('a cross-table pools to the chi-square of R', () => {
  const columns = [column('cyl', 'key'), column('gear', 'key'), column('subjects', 'subjects')]
  const cell = (cars: typeof MTCARS, cyl: string, gear: string) =>
    cars.filter((c) => c.cyl === cyl && c.gear === gear).length
  const site = (cars: typeof MTCARS) =>
    table(
      columns,
      ['4', '6', '8'].flatMap((cyl) =>
        ['3', '4', '5'].flatMap((gear) => {
          const n = cell(cars, cyl, gear)
          return n === 0 ? [] : [{ values: [cyl, gear, n], parts: { subjects: { add: n } } }]
        })
      )
    )
  const halves = splitBy(
    MTCARS,
    MTCARS.map((_, i) => i % 2),
    2
  )
  const pooled = pool(halves.map((cars, i) => ({ site: `s${i}`, output: site(cars) })))
  const counts = pooled.rows.map((row) => ({ cyl: row.values[0], gear: row.values[1], n: Number(row.values[2]) }))
  const margin = (key: 'cyl' | 'gear', value: unknown) =>
    counts.filter((c) => c[key] === value).reduce((s, c) => s + c.n, 0)
  const square = ['4', '6', '8'].flatMap((cyl) =>
    ['3', '4', '5'].map((gear) => {
      const expected = (margin('cyl', cyl) * margin('gear', gear)) / 32
      const observed = counts.find((c) => c.cyl === cyl && c.gear === gear)?.n ?? 0
      return (observed - expected) ** 2 / expected
    })
  )
  assert.ok(
    near(
      square.reduce((a, b) => a + b, 0),
      18.03636364
    )
  )
})

test('a correlation pools from the moments of the sites', () => {
  const columns = [column('r', 'correlation')]
  const parts = splitBy(
    MTCARS,
    MTCARS.map((_, i) => i % 3),
    3
  ).map((cars, i) => ({
    site: `s${i}`,
    output: table(columns, [
      momentsRow(
        'correlation',
        'r',
        [],
        pairMomentsOf(
          exactPairs(
            cars.map((car) => [car.mpg, car.wt]),
            [1, 3]
          )
        )
      )
    ])
  }))
  assert.ok(near(pool(parts).rows[0]?.values[0], -0.8676593765))
})

test('a share pools from its cells and a quantile from its bins', () => {
  const columns = [column('share_x', 'share', { argument: 'yes' }), column('q50', 'quantile', { argument: 0.5 })]
  const site = (having: number, of: number, rows: [number, number]) =>
    table(columns, [
      {
        values: [having / of, rows[0] > rows[1] ? 10 * ((rows[0] + rows[1]) / 2 / rows[0]) : 15],
        parts: {
          share_x: { share: { having, of } },
          q50: {
            bins: [
              { from: 0, to: 10, rows: rows[0] },
              { from: 10, to: 20, rows: rows[1] }
            ]
          }
        }
      }
    ])
  const pooled = pool([
    { site: 'a', output: site(10, 40, [20, 10]) },
    { site: 'b', output: site(30, 60, [30, 10]) }
  ])
  assert.deepEqual(pooled.rows[0]?.values, [0.4, 7])
  assert.deepEqual(
    pooled.columns.map((c) => c.pools),
    [true, true]
  )
})

const COUNT = [column('sex', 'key'), column('subjects', 'subjects')]
const count = (sex: string, n: number) => ({ values: [sex, n], parts: { subjects: { add: n } } })

test('a site that gave nothing is named with its code', () => {
  const pooled = pool([
    { site: 'a', output: table(COUNT, [count('F', 10)]) },
    { site: 'b', output: null, code: 'COHORT_NOT_RELEASABLE' }
  ])
  assert.deepEqual(pooled.missing, [{ site: 'b', code: 'COHORT_NOT_RELEASABLE' }])
  assert.deepEqual(pooled.sites, ['a'])
  assert.ok(pooled.notes.some((note) => note.includes('b gave no output')))
})

test('a group that one site withheld says whose subjects it may lack', () => {
  const pooled = pool([
    { site: 'a', output: table(COUNT, [count('F', 10), count('M', 20)]) },
    { site: 'b', output: table(COUNT, [count('M', 30)], { groups: 1, cells: 0 }) }
  ])
  assert.deepEqual(pooled.rows, [
    { values: ['F', 10], sites: ['a'] },
    { values: ['M', 50], sites: ['a', 'b'] }
  ])
  const note = 'b withheld 1 group: rows without b among their institutions may be without people of it.'
  assert.ok(pooled.notes.includes(note))
})

test('a withheld cell is left out of the pool, and the note says at which site', () => {
  const columns = [...COUNT, column('sum_x', 'sum')]
  const full = { values: ['F', 10, 100], parts: { subjects: { add: 10 }, sum_x: { add: 100 } } }
  const partial = { values: ['F', 12, null], parts: { subjects: { add: 12 } } }
  const pooled = pool([
    { site: 'a', output: table(columns, [full]) },
    { site: 'b', output: table(columns, [partial], { groups: 0, cells: 1 }) }
  ])
  assert.deepEqual(pooled.rows[0]?.values, ['F', 22, 100])
  assert.ok(pooled.notes.some((note) => note === 'sum_x was withheld in some rows by b.'))
})

test('a site with other columns or another unit is left out by name, not averaged in', () => {
  const grams = [column('sex', 'key'), column('subjects', 'subjects', { unit: 'g' })]
  const pooled = pool([
    { site: 'a', output: table(COUNT, [count('F', 10)]) },
    { site: 'b', output: table(COUNT, [count('F', 10)]) },
    { site: 'c', output: table(grams, [count('F', 1000)]) }
  ])
  assert.deepEqual(pooled.rows[0]?.values, ['F', 20])
  assert.deepEqual(pooled.missing, [{ site: 'c', code: 'PARAMETER_INVALID' }])
})

test('where sites disagree and none has a majority, none is pooled', () => {
  const swapped = [column('sex', 'key'), column('rows', 'rows')]
  const pooled = pool([
    { site: 'a', output: table(COUNT, [count('F', 10)]) },
    { site: 'b', output: table(swapped, [{ values: ['F', 10], parts: { rows: { add: 10 } } }]) }
  ])
  assert.deepEqual([pooled.rows, pooled.sites, pooled.missing.length], [[], [], 2])
})

test('a site whose table contradicts itself is left out', () => {
  const liars = [
    table(COUNT, [{ values: ['F', 10], parts: { subjects: { add: 1000 } } }]),
    table(COUNT, [count('F', 10), count('F', 10)]),
    table(COUNT, [{ values: ['F', 10], parts: {} }]),
    table(COUNT, [{ values: ['F'], parts: {} }]),
    table(COUNT, [count('F', Number.POSITIVE_INFINITY)])
  ]
  for (const liar of liars) {
    const pooled = pool([
      { site: 'a', output: table(COUNT, [count('F', 10)]) },
      { site: 'liar', output: liar }
    ])
    assert.deepEqual(pooled.rows, [{ values: ['F', 10], sites: ['a'] }])
    assert.deepEqual(pooled.missing, [{ site: 'liar', code: 'MALFORMED' }])
  }
})

test('the outputs of scripts are shown and never pooled', () => {
  const { disclosure } = table([], [])
  const script = { kind: 'values' as const, values: { mean: 3 }, withheld: { leaves: 0 }, disclosure }
  const pooled = pool([
    { site: 'a', output: script },
    { site: 'b', output: script }
  ])
  assert.deepEqual([pooled.columns, pooled.rows, pooled.sites], [[], [], ['a', 'b']])
  assert.match(pooled.notes.join(), /site by site/)
})

test('no answer at all is an empty pool, not an error', () => {
  assert.deepEqual(pool([]), { columns: [], rows: [], sites: [], missing: [], notes: [] })
})

test('a column named like a member of every object does not confuse the pool', () => {
  const columns = [column('sex', 'key'), column('constructor', 'subjects')]
  const pooled = pool([{ site: 'a', output: table(columns, [{ values: ['F', 10], parts: {} }]) }])
  assert.deepEqual(pooled.missing, [{ site: 'a', code: 'MALFORMED' }])
})

// At the second site everybody has the same x. The site has no correlation of its own, but affects the pooled correlation
// decisively.
const RISING = [
  [1, 5],
  [2, 4],
  [3, 3],
  [4, 2],
  [5, 1]
] as const
const ELSEWHERE = [
  [60, 50],
  [60, 60],
  [60, 70],
  [60, 55]
] as const

test('a site where a variable does not vary has no correlation, and is in that of all', () => {
  const site = (pairs: readonly (readonly [number, number])[]) => {
    const moments = pairMomentsOf(exactPairs(pairs, [0, 0]))
    const kinds = ['correlation', 'covariance'] as const
    const values = kinds.map((kind) => valueOfMoments(kind, moments))
    return table(
      kinds.map((kind) => column(kind, kind)),
      [{ values, parts: Object.fromEntries(kinds.map((kind) => [kind, { moments }])) }]
    )
  }
  assert.equal(
    site(ELSEWHERE).kind === 'table' && valueOfMoments('correlation', pairMomentsOf(exactPairs(ELSEWHERE, [0, 0]))),
    null
  )
  const pooled = pool([RISING, ELSEWHERE].map((pairs, i) => ({ site: `s${i}`, output: site(pairs) })))
  // R: cor(x, y) and cov(x, y) of all nine.
  assert.ok(near(pooled.rows[0]?.values[0], 0.9817676788063409) && near(pooled.rows[0]?.values[1], 881.4583333333334))
  assert.deepEqual(pooled.rows[0]?.sites, ['s0', 's1'])
})

test('a site where nothing varies is in the skewness of all', () => {
  const site = (values: readonly number[]) =>
    table([column('skew', 'skewness')], [momentsRow('skewness', 'skew', [], momentsOf(exactSums(values, 0)))])
  const pooled = pool(
    [
      [1, 2, 3, 4, 9],
      [20, 20, 20]
    ].map((values, i) => ({ site: `s${i}`, output: site(values) }))
  )
  assert.ok(near(pooled.rows[0]?.values[0], 0.323290450755114))
})

test('a coefficient that a site could give and does not is a contradiction, and a withheld one is told of', () => {
  const columns = [column('r', 'correlation')]
  const moments = pairMomentsOf(exactPairs(RISING, [0, 0]))
  const shown = table(columns, [{ values: [valueOfMoments('correlation', moments)], parts: { r: { moments } } }])
  const hiding = table(columns, [{ values: [null], parts: { r: { moments } } }])
  const withheld = table(columns, [{ values: [null], parts: {} }], { groups: 0, cells: 1 })
  const pooled = pool([shown, hiding, withheld].map((output, i) => ({ site: `s${i}`, output })))
  assert.deepEqual(pooled.missing, [{ site: 's1', code: 'MALFORMED' }])
  assert.match(pooled.notes.join(' '), /r is without s2 in some rows.*Where a variable does not vary at an institution/)
})
