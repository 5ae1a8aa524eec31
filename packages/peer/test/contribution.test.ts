import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Catalog, parseSql } from '@stimnet/data'
import { type PrivacyAskInput, privacyAskSchema, seededRandom } from '@stimnet/protocol'
import { planOfStatistic } from '@stimnet/statistics'
import { noiseOf } from '../src/jobs/admit/noise.ts'
import { makeWorld } from '../../../test/data-world.ts'

const CONFIG = {
  name: 'trial',
  subject_key: 'id',
  tables: [
    {
      ...{ name: 'people', file: 'people.csv', one_row_per_subject: true },
      variables: [{ name: 'sex', type: 'category', levels: ['F', 'M'] }]
    },
    {
      ...{ name: 'visits', file: 'visits.csv' },
      variables: [
        { name: 'visit', type: 'category', levels: ['baseline', 'month_6', 'month_12'] },
        { name: 'response', type: 'category', levels: ['yes', 'no'] },
        { name: 'score', type: 'number', decimals: 1, minimum: -10, maximum: 30, breakpoints: [0, 10, 20] },
        { name: 'dose', type: 'integer', minimum: 0, maximum: 8 }
      ]
    }
  ]
}

/**
 * Forty people with one row each, so that random choices of rows do not affect them; `more` are the rows of the person
 * who may be missing.
 */
async function catalogWith(more: readonly string[]): Promise<Catalog> {
  const ids = Array.from({ length: 40 }, (_, i) => `p${i}`)
  const visits = ids.map(
    (id, i) =>
      `${id},${i % 2 === 0 ? 'baseline' : 'month_6'},${i % 3 === 0 ? 'no' : 'yes'},${(i * 7) % 30}.5,${i % 5 === 0 ? '' : i % 9}`
  )
  const people = [...ids, ...(more.length > 0 ? ['target'] : [])].map((id) => `${id},F`)
  const world = await makeWorld(CONFIG, {
    'people.csv': `id,sex\n${people.join('\n')}\n`,
    'visits.csv': `id,visit,response,score,dose\n${[...visits, ...more].join('\n')}\n`
  })
  return world.open(CONFIG, seededRandom(7))
}

/** Fifty rows in every visit, with the most extreme values possible. */
const EXTREME = ['baseline', 'month_6', 'month_12', 'NA'].flatMap((visit) =>
  Array.from(
    { length: 50 },
    (_, i) => `target,${visit},${i % 2 === 0 ? 'yes' : 'no'},${[30, -10, 30, 30][i % 4]},${[8, 0, 8, 8][i % 4]}`
  )
)

const SQL = `SELECT visits.visit, COUNT(DISTINCT id) AS subjects, COUNT(*) AS n, COUNT(score) AS scores, SUM(score) AS total,
             VARIANCE(score) AS spread, SKEWNESS(score) AS lean, QUANTILE(score, 0.5) AS median,
             COVAR_SAMP(score, dose) AS together, CORR(score, dose) AS r FROM visits GROUP BY visits.visit`

/**
 * The largest change that one person may make to each number in one group, according to docs/differential-privacy.md; scores
 * count in tenths.
 */
const allowed = (rows: number, [low, high]: readonly [number, number]): Record<string, number> => ({
  subjects: 1,
  rows,
  count: rows,
  sum: rows * Math.max(Math.abs(low), Math.abs(high)),
  offsets: rows * (high - low),
  squares: rows * (high - low) ** 2,
  cubes: rows * (high - low) ** 3,
  bins: rows,
  products: rows * (high - low) * 8
})

const asks: readonly [PrivacyAskInput, readonly [number, number]][] = [
  [{ level: 'P2', epsilon: '1' }, [-100, 300]],
  [{ level: 'P2', epsilon: '1', groups_per_subject: 2, rows_per_subject: 3 }, [-100, 300]],
  [{ level: 'P2', epsilon: '1', groups_per_subject: 4, rows_per_subject: 60 }, [-100, 300]],
  [{ level: 'P2', rho: '1', rows_per_subject: 2, bounds: [{ variable: 'score', lower: '0', upper: '2.55' }] }, [0, 25]]
]

test('one person more moves no number further than its noise is made for, whatever rows that person has', async () => {
  const [without, within] = [await catalogWith([]), await catalogWith(EXTREME)]
  for (const [ask, bounds] of asks) {
    const plan = parseSql(SQL, within.descriptor)
    const { bounded } = noiseOf({ plan, privacy: privacyAskSchema.parse(ask), sitesPerPerson: 1 }, within)
    const reduce = async (catalog: Catalog) =>
      (await catalog.reduceBounded(bounded, await catalog.cohort(undefined))).groups
    for (let run = 0; run < 5; run++) {
      const [a, b] = [await reduce(without), await reduce(within)]
      for (const [i, number] of bounded.numbers.entries()) {
        const { kind } = number
        const ends = 'variable' in number && number.variable === 'visits.dose' ? ([0, 8] as const) : bounds
        const moves = a.flatMap(({ values }, group) =>
          (values[i] ?? []).map((value, bin) => Math.abs(Number(value - (b[group]?.values[i]?.[bin] ?? 0n))))
        )
        const one = allowed(bounded.rowsPerSubject, ends)[kind] ?? 0
        const said = `${kind} moved by ${moves} where ${one} in ${bounded.groupsPerSubject} groups is allowed`
        assert.ok(moves.reduce((x, y) => x + y, 0) <= one * bounded.groupsPerSubject, said)
        assert.ok(Math.hypot(...moves) <= one * Math.sqrt(bounded.groupsPerSubject) + 1e-9, said)
        assert.ok(
          ['sum', 'offsets', 'cubes', 'products'].includes(kind) || moves.some((move) => move > 0),
          `${kind}: the person counts`
        )
      }
    }
  }
})

/** Models over one visit of each person or over any of them: with numbers, categories, their products, and a table. */
const MODELS: readonly { readonly formula: string; readonly more?: object; readonly visit?: string }[] = [
  { formula: 'score ~ dose' },
  { formula: 'score ~ dose + visit' },
  { formula: 'score ~ dose * response + visit', visit: 'month_12' },
  { formula: 'score ~ visit * response - 1' },
  { formula: 'dose ~ score + sex * response' },
  { formula: 'response ~ visit + sex', more: { family: 'binomial', event: 'yes' } }
]

test('one person more costs a model no more than its charge, whatever rows that person has', async () => {
  const [without, within] = [await catalogWith([]), await catalogWith(EXTREME)]
  for (const { formula, more, visit } of MODELS) {
    const call = { name: 'regression', variables: [], by: [], arguments: { formula, ...more } }
    const where = visit && { column: 'visits.visit', op: '=' as const, values: [visit] }
    const plan = { ...planOfStatistic(call, within.descriptor), ...(where ? { where } : {}) }
    for (const amount of [{ epsilon: '0.4' }, { rho: '0.03' }]) {
      const privacy = privacyAskSchema.parse({ level: 'P2', ...amount })
      const noise = noiseOf({ plan, privacy, sitesPerPerson: 1 }, within)
      const reduce = async (catalog: Catalog) => {
        const [group] = (await catalog.reduceBounded(noise.bounded, await catalog.cohort(undefined))).groups
        return group?.values ?? []
      }
      let most = 0
      for (let run = 0; run < 4; run++) {
        const [a, b] = [await reduce(without), await reduce(within)]
        // What the noise is made for, from what the price says of a count, and of the ends of the declared bounds.
        const widths: Readonly<Record<string, number>> = { 'visits.score': 400, 'visits.dose': 8 }
        const lost = noise.numbers.reduce((sum, number, i) => {
          if (number.kind !== 'cells') throw new TypeError('a number of no model')
          const moves = (b[i] ?? []).map((value, cell) => Math.abs(Number(value - (a[i]?.[cell] ?? 0n))))
          const unit = number.numbers.reduce((product, { variable }) => product * (widths[variable] ?? 0), 1)
          assert.ok(moves.filter((move) => move > 0).length <= 1, `${formula}: a person is in one cell of a product`)
          assert.ok(
            moves.every((move) => move <= unit),
            `${formula}: ${moves} where ${unit} is allowed`
          )
          return sum + Math.max(...moves) / unit
        }, 0)
        assert.ok(lost <= noise.numbers.length + 1e-9)
        most = Math.max(most, lost)
      }
      assert.ok(most > 0, `${formula}: the person counts`)
    }
  }
})
