import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  type GramMeasure,
  randomUnit,
  type ReducedRows,
  SubjectSet,
  seededRandom,
  type VariableRef
} from '@stimnet/protocol'
import { atOnce, columnsOfModel } from '@stimnet/statistics'
import { followingIn } from '../src/model/follows.ts'
import { isOfRows, leverageAbove, valuesOf } from '../src/model/influence.ts'

const FACTOR = { variable: 't.f', levels: ['a', 'b', 'c'] } as const

function modelOf(terms: readonly (readonly VariableRef[])[], factors: GramMeasure['factors'] = []): GramMeasure {
  return { kind: 'gram', name: 'n', outcome: 't.y', terms, factors, site: 'none' }
}

function rowsOf(values: Readonly<Record<VariableRef, readonly number[]>>): ReducedRows {
  const columns = Object.entries(values) as [VariableRef, readonly number[]][]
  const rows = columns[0]?.[1].length ?? 0
  const everybody = SubjectSet.everyone(rows)
  return {
    ...{ support: everybody, rows, owners: Uint32Array.from({ length: rows }, (_, i) => i) },
    values: new Map(columns.map(([name, own]) => [name, Float64Array.from(own)]))
  }
}

function matrixOf(measure: GramMeasure, rows: ReducedRows): bigint[][] {
  const columns = columnsOfModel(measure).map((column) => Array.from(valuesOf(column, measure, rows), BigInt))
  return columns.map((one) => columns.map((other) => one.reduce((sum, value, i) => sum + value * (other[i] ?? 0n), 0n)))
}

/** The largest leverage, computed with orthogonal columns in doubles. */
function largestBy(measure: GramMeasure, rows: ReducedRows): number {
  const basis: number[][] = []
  for (const column of columnsOfModel(measure)) {
    let own = [...valuesOf(column, measure, rows)]
    const size = Math.hypot(...own)
    for (const one of [...basis, ...basis]) {
      const along = one.reduce((sum, value, i) => sum + value * (own[i] ?? 0), 0)
      own = own.map((value, i) => value - along * (one[i] ?? 0))
    }
    const length = Math.hypot(...own)
    if (length > 1e-9 * size) basis.push(own.map((value) => value / length))
  }
  return Math.max(
    ...Array.from({ length: rows.rows }, (_, i) => basis.reduce((sum, one) => sum + (one[i] ?? 0) ** 2, 0))
  )
}

describe('The largest leverage in a model', () => {
  test('exactly one in k is admitted, and no more', () => {
    // Ten people with ±1 around 0: each has a tenth as one of ten, and a tenth of the squares of the outcome.
    for (const shift of [0, 7, 1_000_003]) {
      const measure = modelOf([[]])
      const rows = rowsOf({ 't.y': Array.from({ length: 10 }, (_, i) => (i % 2 === 0 ? 1 : -1) + shift) })
      const matrix = matrixOf(measure, rows)
      assert.equal(atOnce(leverageAbove(measure, { matrix, rows, k: 5 })), undefined, `${shift}`)
      assert.ok(atOnce(leverageAbove(measure, { matrix, rows, k: 6 })), `${shift}`)
    }
  })

  test('is that of the projector on the columns, for many designs, levels and dependent columns', () => {
    const source = seededRandom(5)
    for (let round = 0; round < 60; round++) {
      const number = (spread: number) => Math.round((randomUnit(source) - 0.5) * spread)
      const size = 20 + (round % 40)
      const x = Array.from({ length: size }, () => number(200) + 1_900)
      const rows = rowsOf({
        't.x': x,
        't.w': x.map((value) => (round % 3 === 0 ? 2 * value : number(90))),
        't.f': x.map((_, i) => (round % 5 === 0 ? i % 2 : i % 3)),
        't.y': x.map((value) => value + number(50))
      })
      const measure = modelOf([[], ['t.f'], ['t.w'], ['t.x'], ['t.f', 't.x']], [FACTOR])
      const matrix = matrixOf(measure, rows)
      assert.ok(atOnce(isOfRows(measure, matrix, rows)))
      const largest = largestBy(measure, rows)
      for (const k of [2, 3, 4, 5, 8]) {
        if (Math.abs(largest * k - 1) < 1e-6) continue
        assert.equal(
          atOnce(leverageAbove(measure, { matrix, rows, k })) !== undefined,
          largest * k > 1,
          `${round} ${k} ${largest}`
        )
      }
    }
  })

  test('is bounded for everybody at once by the ranges of the columns, where nobody stands out among many', () => {
    const source = seededRandom(6)
    const number = (spread: number) => Math.round((randomUnit(source) - 0.5) * spread)
    const measure = modelOf([[], ['t.f'], ['t.w'], ['t.x']], [FACTOR])
    const rowsWith = (outlier: number | undefined) => {
      const x = Array.from({ length: 3_000 }, () => number(200) + 1_900)
      const w = x.map((value) => value - 1_000 + number(300))
      return rowsOf({
        't.x': outlier === undefined ? x : x.with(7, outlier),
        't.w': w,
        't.f': x.map((_, i) => i % 3),
        't.y': x.map((value, i) => 2 * value - (w[i] ?? 0) + number(500))
      })
    }
    const isReading = (rows: ReducedRows, k: number) =>
      leverageAbove(measure, { matrix: matrixOf(measure, rows), rows, k }).next().done !== true
    const rows = rowsWith(undefined)
    const largest = largestBy(measure, rows)
    assert.ok(largest * 20 < 1)
    assert.ok(!isReading(rows, 5), 'no row is looked at')
    // The bound is never below the largest leverage.
    for (const k of [10, 20, 40, 80, 160, 320, 640]) if (!isReading(rows, k)) assert.ok(largest * k <= 1, `${k}`)
    const standsOut = rowsWith(40_000)
    assert.ok(isReading(standsOut, 5), 'the ranges do not tell')
    assert.deepEqual(atOnce(leverageAbove(measure, { matrix: matrixOf(measure, standsOut), rows: standsOut, k: 5 })), {
      column: 'x'
    })
  })

  test('names the column in which somebody stands out', () => {
    const size = 60
    const values = Array.from({ length: size }, (_, i) => (i * 37) % 23)
    const measure = modelOf([[], ['t.w'], ['t.x']])
    const rows = rowsOf({
      't.w': values.with(9, 300),
      't.x': values.map((value) => (value * 5) % 19),
      't.y': values.map((value) => (value * 3) % 17)
    })
    assert.deepEqual(atOnce(leverageAbove(measure, { matrix: matrixOf(measure, rows), rows, k: 5 })), { column: 'w' })
  })

  test('a matrix of other rows is noticed, also above what doubles hold', () => {
    const measure = modelOf([[], ['t.x']])
    const large = Array.from({ length: 30 }, (_, i) => 4_000_000_007 + i * i)
    const rows = rowsOf({ 't.x': large, 't.y': large.map((value) => value - 5) })
    const matrix = matrixOf(measure, rows)
    assert.ok(atOnce(isOfRows(measure, matrix, rows)))
    const changed = matrix.map((row, i) => row.map((value, j) => (i === 1 && j === 2 ? value + 1n : value)))
    assert.ok(!atOnce(isOfRows(measure, changed, rows)))
  })
})

describe('What follows from other columns of a model', () => {
  test('names the variables of each combination that is zero for everybody', () => {
    const x = Array.from({ length: 30 }, (_, i) => (i * 7) % 11)
    const w = x.map((value, i) => (value * 3 + i) % 13)
    const measure = modelOf([[], ['t.f'], ['t.w'], ['t.x']], [FACTOR])
    const rows = rowsOf({
      't.x': x,
      't.w': w,
      't.f': x.map((_, i) => i % 2),
      't.y': x.map((value, i) => 2 * value - (w[i] ?? 0) + 3)
    })
    assert.deepEqual(
      followingIn(measure, matrixOf(measure, rows)).map((names) => [...names].sort()),
      [['t.w', 't.x', 't.y']]
    )
    const free = rowsOf({
      't.x': x,
      't.w': w,
      't.f': x.map((_, i) => i % 2),
      't.y': x.map((value, i) => value * value + i)
    })
    assert.deepEqual(followingIn(measure, matrixOf(measure, free)), [], 'a level that nobody has follows from nothing')
  })
})
