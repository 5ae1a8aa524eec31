/** Least squares in doubles, as an oracle of models. */
import assert from 'node:assert/strict'
import type { ModelResult } from '@stimnet/protocol'

/** Estimates and standard errors by orthogonal columns, as a program without exact numbers computes them. */
export function leastSquares(rows: readonly (readonly number[])[], outcome: readonly number[]): [number, number][] {
  const size = rows[0]?.length ?? 0
  const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0)
  const residualOf = (vector: readonly number[], others: readonly number[][]) => {
    const basis: number[][] = []
    const lessBasis = (from: readonly number[]) => {
      let own = [...from]
      // Twice, so that rounding errors stay small.
      for (const one of [...basis, ...basis]) {
        const along = dot(one, own) / dot(one, one)
        own = own.map((value, i) => value - along * (one[i] ?? 0))
      }
      return own
    }
    for (const other of others) basis.push(lessBasis(other))
    return lessBasis(vector)
  }
  const columns = Array.from({ length: size }, (_, j) => rows.map((row) => row[j] ?? 0))
  const rest = residualOf(outcome, columns)
  const variance = dot(rest, rest) / (rows.length - size)
  return columns.map((column, j) => {
    const own = residualOf(column, columns.toSpliced(j, 1))
    return [dot(own, outcome) / dot(own, own), Math.sqrt(variance / dot(own, own))]
  })
}

/** Asserts that the coefficients of a model and their standard errors are these, to eight digits. */
export function assertNear({ coefficients }: ModelResult, wanted: readonly (readonly [number, number])[]) {
  assert.equal(coefficients.length, wanted.length)
  for (const [i, { term, estimate, error }] of coefficients.entries())
    for (const [own, number] of [
      [estimate, wanted[i]?.[0]],
      [error, wanted[i]?.[1]]
    ])
      assert.ok(
        Math.abs((own ?? Number.NaN) - (number ?? 0)) <= 1e-8 * Math.abs(number ?? 0),
        `${term}: ${own}, not ${number}`
      )
}
