import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { boundsOf } from './integer-bounds.ts'
import { partsOf, ridge } from './linear.ts'
import { multisetsOf, ordersOf } from './multisets.ts'
import { Oracle } from './oracle.ts'
import { scoreOf } from './score.ts'
import { subsetsOf } from './subsets.ts'

const near = (value: number) => ({ value, tolerance: 0 })

describe('the attacker’s arithmetic', () => {
  test('four power sums of five values give the five values', () => {
    const values = [-31, -12, -9, 2, 4]
    const sums = [1, 2, 3, 4].map((power) => near(values.reduce((sum, value) => sum + value ** power, 0)))
    assert.deepEqual(multisetsOf({ count: 5, low: -80, high: 60, sums }), [values])
  })

  test('two power sums of five values leave several possibilities', () => {
    const values = [-31, -12, -9, 2, 4]
    const sums = [1, 2].map((power) => near(values.reduce((sum, value) => sum + value ** power, 0)))
    const found = multisetsOf({ count: 5, low: -80, high: 60, sums })
    assert.ok((found?.length ?? 0) > 1)
    assert.ok(found?.some((each) => each.join() === values.join()))
  })

  test('a product with a known column says whose each value is', () => {
    assert.deepEqual(ordersOf([-3, 5, 7], [41, 60, 72], near(41 * 5 + 60 * -3 + 72 * 7)), [[5, -3, 7]])
  })

  test('the ages of those with a level say who they are', () => {
    const ages = [41, 44, 52, 57, 61, 63, 70, 78]
    const having = [1, 4, 7]
    const known = ages.map((age) => [1, age, age * age])
    const sums = [0, 1, 2].map((i) => near(having.reduce((sum, at) => sum + (known[at]?.[i] ?? 0), 0)))
    assert.deepEqual(subsetsOf({ known, sums }), { found: 1, having: ages.map((_, i) => Number(having.includes(i))) })
  })

  test('differences of told sets are found, and put together from their answers', () => {
    const parts = partsOf([
      [1, 2, 3, 4, 5, 6, 7],
      [1, 2, 3, 4, 5, 6]
    ])
    const [one] = parts
    assert.deepEqual(one?.members, [7])
    const combined = one?.combine([
      { value: 30, tolerance: 0.1 },
      { value: 24, tolerance: 0.2 }
    ])
    assert.equal(combined?.value, 6)
    assert.ok(Math.abs((combined?.tolerance ?? 0) - 0.3) < 1e-9)
  })

  test('least squares fits what was told', () => {
    const guess = ridge(
      [
        { members: [0, 1], value: 10, tolerance: 0 },
        { members: [1], value: 4, tolerance: 0 }
      ],
      [0, 0],
      1e-9
    )
    assert.ok(Math.abs((guess[0] ?? 0) - 6) < 1e-3 && Math.abs((guess[1] ?? 0) - 4) < 1e-3)
  })

  test('an integer program finds who must have a level, where no single count says so', async () => {
    const count = (members: number[], value: number) => ({ members, value, tolerance: 0 })
    const options = { secondsEach: 1, secondsAll: 10, now: () => performance.now() }
    // Two of four people have the level, and one of the first three. So the fourth has it.
    const { certain, feasible } = await boundsOf([count([0, 1, 2, 3], 2), count([0, 1, 2], 1)], options)
    assert.equal(feasible, true)
    assert.deepEqual([...certain], [[3, 1]])
    const { certain: none } = await boundsOf([count([0, 1, 2, 3], 2)], options)
    assert.equal(none.size, 0)
    assert.equal((await boundsOf([count([0, 1], 2), count([0], 0)], options)).feasible, false)
  })
})

describe('what an attacker takes a told number for', () => {
  const notebook = async (rows: readonly { mean: number; sd: number }[]) => {
    const oracle = new Oracle(async () => ({ rows, code: null, roundBase: 1 }))
    await oracle.sql('SELECT …')
    for (const { mean, sd } of rows) oracle.observe(mean, sd)
    return oracle
  }

  test('a number with all its digits says that its column is exact, and nothing of other columns', async () => {
    const oracle = await notebook([{ mean: -9.189655172413794, sd: 1 }])
    assert.equal(oracle.halfStep({ column: 'sd', value: 1, standardError: 0 }), 0.5)
    assert.ok(oracle.halfStep({ column: 'mean', value: -9.5, standardError: 1 }) < 1e-9)
  })

  test('numbers on the grid of a tenth of their standard error are off by half a step', async () => {
    const oracle = await notebook([-9.4, -8.7, -7.1, -9.9].map((mean) => ({ mean, sd: 1.3 })))
    assert.ok(Math.abs(oracle.halfStep({ column: 'mean', value: -9.4, standardError: 1.3 }) - 0.05) < 1e-9)
  })

  test('numbers on a coarser grid are off by half of what divides them, which is never too little', async () => {
    const oracle = await notebook([-10, -20, -10, 0].map((mean) => ({ mean, sd: 1.3 })))
    assert.equal(oracle.halfStep({ column: 'mean', value: -10, standardError: 1.3 }), 5)
    assert.equal(oracle.halfStep({ column: 'mean', value: 0, standardError: 1.3 }), Number.POSITIVE_INFINITY)
  })

  test('a group’s own median is the floor: whoever knows nothing more gains nothing', () => {
    const values = [0, 0, 0, 1, 1]
    const population = { people: [], truth: { responder: values, adverse: [], change: [] } }
    const none = { certain: new Map(), exact: [], likely: new Map(), fitted: new Map() }
    const told = [[0, 1, 2, 3, 4]]
    const score = scoreOf(population, { ...none, target: 'responder', told })
    assert.deepEqual(score, { target: 'responder', certain: 0, wrong: 0, exact: 0, allOrNone: 0, gain: 0 })
    const certain = new Map([
      [3, 1],
      [0, 1]
    ])
    const claimed = scoreOf(population, { ...none, target: 'responder', told, certain })
    assert.deepEqual([claimed.certain, claimed.wrong], [1, 1])
  })
})
