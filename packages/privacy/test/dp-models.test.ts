import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  type BoundedNumber,
  type BoundedReduction,
  type CatalogDescriptor,
  type GramMeasure,
  LIMITS,
  type Plan,
  type PrivacyAskInput,
  privacyAskSchema,
  seededRandom,
  type StimnetError
} from '@stimnet/protocol'
import { isModelPart, planOfStatistic } from '@stimnet/statistics'
import fc from 'fast-check'
import { drawNoise } from '../src/dp/draw.ts'
import { noiseOf } from '../src/dp/plan.ts'
import { costOf, type DpPlan, largestFitting, planNoise, releaseNoisy, variableFacts } from '../src/index.ts'
import { CATALOG } from './fixtures.ts'

const [SUBJECTS] = CATALOG.tables
assert.ok(SUBJECTS)
const [AGE, , SEX] = SUBJECTS.variables
assert.ok(AGE && SEX)
const number = (name: string, minimum: number, maximum: number) => ({
  ...AGE,
  name,
  minimum,
  maximum
})
const category = (name: string, ...levels: string[]) => ({
  ...SEX,
  name,
  levels
})

/** One row of each person; two numbers, an outcome and three categories. */
const STUDY: CatalogDescriptor = {
  ...CATALOG,
  tables: [
    {
      ...SUBJECTS,
      variables: [
        ...[number('age', 18, 100), number('dose', -7, 3), number('y', -50, 30)],
        ...[category('sex', 'f', 'm'), category('arm', 'a', 'b', 'c'), category('fell', 'no', 'yes')]
      ]
    }
  ]
}
const BOUNDS: Readonly<Record<string, readonly [number, number]>> = {
  age: [18, 100],
  dose: [-7, 3],
  y: [-50, 30]
}

function modelPlan(formula: string, more: object = {}): Plan {
  return planOfStatistic(
    {
      name: 'regression',
      variables: [],
      by: [],
      arguments: { formula, ...more }
    },
    STUDY
  )
}

const LOGISTIC = { family: 'binomial', event: 'yes' }

function noisePlan(plan: Plan, ask: Partial<Omit<PrivacyAskInput, 'level'>> = { epsilon: '1' }): DpPlan {
  const privacy = privacyAskSchema.parse({ level: 'P2', ...ask })
  return planNoise({
    plan,
    ask: privacy,
    descriptor: STUDY,
    decimalsOf: () => 0,
    sitesPerPerson: 1
  })
}

type Row = Readonly<Record<string, number | string | null>>

/** The cells of a number by its definition, over rows: what the data package computes. */
function cellsOf(of: BoundedNumber, rows: readonly Row[]): bigint[] {
  assert.ok(of.kind === 'cells')
  const bare = (ref: string) => ref.slice(ref.indexOf('.') + 1)
  const cells = of.by.reduce<string[][]>(
    (all, { levels }) => all.flatMap((one) => levels.map((level) => [...one, level])),
    [[]]
  )
  return cells.map((cell) =>
    rows.reduce((sum, row) => {
      if (of.complete.some((ref) => row[bare(ref)] === null)) return sum
      if (of.by.some(({ variable }, i) => row[bare(variable)] !== cell[i])) return sum
      return (
        sum +
        of.numbers.reduce((product, { variable, bounds: { lower, upper } }) => {
          const value = BigInt(Number(row[bare(variable)]))
          const kept = value < lower ? lower : value > upper ? upper : value
          return product * (2n * kept - lower - upper)
        }, 1n)
      )
    }, 0n)
  )
}

const anyNumber = ([low, high]: readonly [number, number]) =>
  fc.oneof(fc.constantFrom(low, high, low - 1_000, high + 1_000), fc.integer({ min: low, max: high }))
const anyRow: fc.Arbitrary<Row> = fc.record({
  ...Object.fromEntries(Object.entries(BOUNDS).map(([name, ends]) => [name, fc.option(anyNumber(ends), { freq: 12 })])),
  sex: fc.option(fc.constantFrom('f', 'm'), { freq: 12 }),
  arm: fc.option(fc.constantFrom('a', 'b', 'c'), { freq: 12 }),
  fell: fc.constantFrom('no', 'yes')
})
const TERMS = ['age', 'dose', 'sex', 'arm', 'age * sex', 'dose * arm', 'sex * arm', 'age * sex * arm']
const anyModel = fc
  .tuple(fc.subarray(TERMS, { minLength: 1, maxLength: 3 }), fc.boolean())
  .map(([terms, intercept]) => modelPlan(`y ~ ${terms.join(' + ')}${intercept ? '' : ' - 1'}`))
const anyTable = fc
  .constantFrom('fell ~ sex', 'fell ~ sex + arm', 'fell ~ sex * arm', 'fell ~ arm - 1')
  .map((formula) => modelPlan(formula, LOGISTIC))

/**
 * What one person's row costs under the noise of a plan: ε, the sum of what it moves each value by over the scale of its noise; and ρ, half
 * of the sum of the squares of that over the variance.
 */
function lossOf(plan: DpPlan, row: Row): { epsilon: number; rho: number } {
  let [epsilon, rho] = [0, 0]
  for (const of of plan.numbers) {
    const noise = noiseOf(plan, of)
    const size = Number(noise.top) / Number(noise.bottom)
    for (const moved of cellsOf(of, [row]).map(Number)) {
      epsilon += Math.abs(moved) / size
      rho += moved ** 2 / (2 * size)
    }
  }
  return { epsilon, rho }
}

describe('one person in a model with noise', () => {
  test('costs no more than what was charged, whatever that person’s values are, in every design', () => {
    fc.assert(
      fc.property(fc.oneof(anyModel, anyTable), anyRow, (plan, row) => {
        assert.ok(lossOf(noisePlan(plan, { epsilon: '0.7' }), row).epsilon <= 0.7 * (1 + 1e-9))
        assert.ok(lossOf(noisePlan(plan, { epsilon: undefined, rho: '0.02' }), row).rho <= 0.02 * (1 + 1e-9))
      }),
      { numRuns: process.env.STIMNET_LONG === '1' ? 20_000 : 1_000 }
    )
  })

  test('costs all of it at the ends of the bounds, so that no noise is wasted', () => {
    const row = { age: 100, dose: -7, y: -50, sex: 'm', arm: 'c', fell: 'yes' }
    const formulas = ['y ~ age', 'y ~ age + sex + arm', 'y ~ dose * arm', 'y ~ sex * arm', 'y ~ age * sex * arm']
    for (const plan of [...formulas.map((one) => modelPlan(one)), modelPlan('fell ~ sex + arm', LOGISTIC)]) {
      assert.ok(Math.abs(lossOf(noisePlan(plan, { epsilon: '0.7' }), row).epsilon - 0.7) < 1e-9)
      assert.ok(Math.abs(lossOf(noisePlan(plan, { epsilon: undefined, rho: '0.02' }), row).rho - 0.02) < 1e-9)
    }
  })

  test('is in a model with all values or not at all', () => {
    const plan = noisePlan(modelPlan('y ~ age * sex + arm'))
    const row = { age: 60, dose: 0, y: 3, sex: 'm', arm: 'b', fell: 'no' }
    for (const name of ['age', 'y', 'sex', 'arm']) assert.equal(lossOf(plan, { ...row, [name]: null }).epsilon, 0, name)
    assert.ok(lossOf(plan, { ...row, dose: null }).epsilon > 0)
  })
})

describe('the price of a model with noise', () => {
  const numbersIn = (formula: string, more: object = {}) => noisePlan(modelPlan(formula, more)).numbers.length

  test('is for each product once, however many levels and entries of the matrix it has', () => {
    // n, both sums, both squares and the product.
    assert.equal(numbersIn('y ~ age'), 6)
    assert.equal(numbersIn('y ~ age + sex'), 9)
    assert.equal(numbersIn('y ~ age + arm'), 9)
    assert.equal(numbersIn('y ~ age * sex'), 11)
    assert.equal(numbersIn('y ~ sex'), 5)
    // A person is in one cell of a table.
    assert.equal(numbersIn('fell ~ sex * arm', LOGISTIC), 1)
  })

  test('is that of as many numbers, is told with the error of each coefficient, and says what would still fit', () => {
    const plan = modelPlan('y ~ age + sex')
    const ask = privacyAskSchema.parse({ level: 'P2', epsilon: '0.3' })
    const cost = costOf({ plan, ask, descriptor: STUDY, sitesPerPerson: 1 })
    assert.deepEqual([cost.numbers, cost.nanoRho], [9, 5_000_000n])
    assert.deepEqual(
      cost.columns.map(({ name, assumesRows }) => [name, assumesRows]),
      [
        ['n', null],
        ['age', 150],
        ['sex[m]', 150]
      ]
    )
    // One person moves a sum of sexes by 1, at ε = 0.3 / 9: the noise is over a quarter of the 150 people, in units of half the range.
    const laplace = Math.SQRT2 * 30
    assert.ok(Math.abs((cost.columns[2]?.sd ?? 0) - (laplace * 40) / (150 / 4)) < 0.02)
    assert.ok((cost.columns[1]?.error95 ?? 0) > 1.9 * (cost.columns[1]?.sd ?? 0))
    assert.ok(cost.columns[1]?.isUseless && cost.columns[2]?.isUseless, 'of 150 people it would say nothing')
    assert.deepEqual(largestFitting(noisePlan(plan), 5_000_000n), {
      word: 'epsilon',
      amount: '0.3'
    })
  })

  test('covers what there is in the form with noise, and names what there is not', () => {
    const refused = (call: object, why: RegExp) =>
      assert.throws(
        () => noisePlan(planOfStatistic({ variables: [], by: [], arguments: {}, ...call } as never, STUDY)),
        (error: StimnetError) => error.code === 'PARAMETER_INVALID' && why.test(error.reason)
      )
    const roster = ['12D3KooWPjceQrSwdWXPyLLeABRXmuqt69Rg3sBYbU1Nft9HyQ6X']
    refused(
      {
        name: 'regression',
        arguments: { formula: 'fell ~ age', ...LOGISTIC, roster }
      },
      /^subjects\.age is a number, and with noise \(P2\) a logistic model has categories alone/
    )
    refused({ name: 'regression', arguments: { formula: 'y ~ age', site: 'random' } }, /site: random has no form/)
    refused({ name: 'pca', variables: ['age', 'y'] }, /principal component analysis has no form with noise/)
    refused({ name: 'combat', variables: ['age', 'y'] }, /harmonisation has no form with noise/)
    const unbounded = {
      ...STUDY,
      tables: STUDY.tables.map((one) => ({
        ...one,
        variables: one.variables.map((v) => ({ ...v, bounded: false }))
      }))
    }
    assert.throws(
      () =>
        planNoise({
          ...{
            plan: modelPlan('y ~ age'),
            descriptor: unbounded,
            sitesPerPerson: 1
          },
          ask: privacyAskSchema.parse({ level: 'P2', epsilon: '1' })
        }),
      /no declared minimum and maximum/
    )
  })
})

const random = seededRandom(77)

/** A release of rows, by the sums of the plan. */
function released(plan: DpPlan, rows: readonly Row[]) {
  const reduction: BoundedReduction = {
    groups: [{ key: [], values: plan.numbers.map((of) => cellsOf(of, rows)) }]
  }
  const facts = variableFacts(STUDY)
  return releaseNoisy(plan, reduction, {
    descriptor: STUDY,
    variables: facts,
    scope: 'catalog',
    random
  })
}

const PEOPLE: readonly Row[] = Array.from({ length: 400 }, (_, i) => ({
  ...{
    age: 20 + (i % 75),
    dose: (i % 10) - 6,
    y: (i % 60) - 30,
    sex: i % 2 === 0 ? 'f' : 'm'
  },
  ...{ arm: ['a', 'b', 'c'][i % 3] ?? 'a', fell: i % 5 === 0 ? 'yes' : 'no' }
}))

describe('a release of a model with noise', () => {
  test('is a part that pools, with the noise that the price told, and a model fitted to it', () => {
    for (const plan of [modelPlan('y ~ age + sex * arm'), modelPlan('fell ~ sex + arm', LOGISTIC)]) {
      const table = released(noisePlan(plan, { epsilon: undefined, rho: '3' }), PEOPLE)
      const part = table.rows[0]?.parts.n
      assert.ok(part && 'gram' in part && isModelPart(part.gram))
      assert.deepEqual(part.gram.upper, [])
      assert.equal(table.models.length, 1)
      assert.equal(table.models[0]?.noise?.mechanism, 'discrete-gaussian')
      assert.ok(part.gram.noisy?.sums.every(({ sd }) => sd > 0))
      assert.ok(Math.abs(part.gram.n - 400) < 60)
      const measure = plan.measures[0] as GramMeasure
      assert.equal(part.gram.columns.length, (table.models[0]?.coefficients.length ?? 0) + 1, measure.kind)
    }
  })

  test('is never longer than an answer may be: what might be is refused before it is charged', () => {
    const levels = (many: number, letter: string, length: number) =>
      Array.from({ length: many }, (_, i) => letter.repeat(length) + i)
    const [people] = STUDY.tables
    assert.ok(people)
    const wide = (many: number, length: number): CatalogDescriptor => ({
      ...STUDY,
      tables: [
        {
          ...people,
          variables: [
            ...people.variables,
            ...['a', 'b', 'c'].map((name) => category(`category_${name}`, ...levels(many, name, length)))
          ]
        }
      ]
    })
    const plan = (formula: string, many: number, length: number) => {
      const descriptor = wide(many, length)
      const call = { name: 'regression', variables: [], by: [], arguments: { formula } }
      const ask = privacyAskSchema.parse({ level: 'P2', epsilon: '0.001' })
      return planNoise({
        plan: planOfStatistic(call, descriptor),
        ask,
        descriptor,
        decimalsOf: () => 6,
        sitesPerPerson: 1
      })
    }
    const widest = plan('y ~ age + dose + category_a + category_b + category_c', 8, 20)
    const { columns, rows, models, dp } = released(widest, [])
    const bytes = new TextEncoder().encode(JSON.stringify({ columns, rows, models, dp })).length
    assert.ok(bytes > 10_000 && bytes < LIMITS.outputBytesMax - 2_000, `${bytes}`)
    assert.throws(() => plan('y ~ age + category_a + category_b + category_c', 8, 400), /more than one answer can hold/)
  })

  test('does not show whether a person with extreme values is in it, better than ε allows', () => {
    const epsilon = 1
    const plan = noisePlan(modelPlan('y ~ age + sex'), {
      epsilon: String(epsilon)
    })
    const extreme: Row = {
      age: 100,
      dose: 3,
      y: -50,
      sex: 'm',
      arm: 'c',
      fell: 'yes'
    }
    const worlds = [PEOPLE, [...PEOPLE, extreme]]
    const exact = worlds.map((rows) => plan.numbers.map((of) => cellsOf(of, rows).map(Number)))
    // The best guess of somebody who knows everybody else: which world makes all sums together more likely.
    const sums = worlds.map((rows) => ({ groups: [{ key: [], values: plan.numbers.map((of) => cellsOf(of, rows)) }] }))
    const guess = (world: number): number => {
      const [{ values: told } = { values: [] }] = drawNoise(plan, sums[world] ?? { groups: [] }, random)
      const likelihood = (at: number) =>
        plan.numbers.reduce((sum, of, i) => {
          const { top, bottom } = noiseOf(plan, of)
          return (told[i] ?? []).reduce((all, value, cell) => {
            const off = Math.abs(Number(value) - (exact[at]?.[i]?.[cell] ?? 0))
            return all - (off * Number(bottom)) / Number(top)
          }, sum)
        }, 0)
      const ratio = likelihood(1) - likelihood(0)
      assert.ok(Math.abs(ratio) <= epsilon + 1e-6, `an answer is ${ratio} more likely`)
      return ratio > 0 ? 1 : 0
    }
    const RUNS = 1_000
    const right = worlds.flatMap((_, world) => Array.from({ length: RUNS }, () => guess(world) === world))
    const share = right.filter(Boolean).length / right.length
    const most = Math.exp(epsilon) / (1 + Math.exp(epsilon))
    assert.ok(share < most + 4 * Math.sqrt(0.25 / (2 * RUNS)), `${share} of guesses are right`)
    assert.ok(share > 0.55, 'the attack is one')
  })
})
