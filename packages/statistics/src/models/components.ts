/** Principal components of all rows together, from Gram matrices: standard deviations and loadings, never scores of people. */
import type { ModelResult } from '@stimnet/protocol'
import { ratioToNumber, rootOfRatioToNumber } from '../rational.ts'
import type { Gram } from './gram.ts'

type Components = NonNullable<ModelResult['components']>

/** Maximum number of rotations of all pairs of variables; eight variables need fewer than ten. */
const SWEEPS_MAX = 60

/**
 * The components of a Gram matrix with an intercept, ordered by variance. With `scaled`, those of the correlations; otherwise
 * those of the covariances. Undefined if they are scaled and a variable does not vary, or for fewer than two people.
 */
export function componentsOf({ columns, matrix, n }: Gram, scaled: boolean): Components | undefined {
  if (n < 2) return undefined
  const names = columns.slice(1)
  const count = BigInt(n)
  // n·Σxy − Σx·Σy in whole numbers: no digit is lost before the division.
  const centred = names.map((_, i) =>
    names.map((_, j) => {
      const [x, y] = [matrix[0]?.[i + 1] ?? 0n, matrix[0]?.[j + 1] ?? 0n]
      return count * (matrix[i + 1]?.[j + 1] ?? 0n) - x * y
    })
  )
  if (scaled && centred.some((row, i) => row[i] === 0n)) return undefined
  const own = (i: number) => centred[i]?.[i] ?? 0n
  const entry = (i: number, j: number): number => {
    const value = centred[i]?.[j] ?? 0n
    if (scaled) {
      if (i === j) return 1
      const size = rootOfRatioToNumber(value * value, own(i) * own(j))
      return value < 0n ? -size : size
    }
    const unit = 10n ** BigInt((names[i]?.decimals ?? 0) + (names[j]?.decimals ?? 0))
    return ratioToNumber(value, count * (count - 1n) * unit)
  }
  const { values, vectors } = eigenOf(names.map((_, i) => names.map((_, j) => entry(i, j))))
  const order = values.map((value, at) => ({ value: Math.max(0, value), at })).sort((a, b) => b.value - a.value)
  const total = order.reduce((sum, { value }) => sum + value, 0)
  let before = 0
  return order.map(({ value, at }) => {
    before += value
    const vector = vectors.map((row) => row[at] ?? 0)
    const largest = vector.reduce((a, b) => (Math.abs(b) > Math.abs(a) * (1 + 1e-9) ? b : a))
    const sign = largest < 0 ? -1 : 1
    return {
      sd: Math.sqrt(value),
      proportion: value / total,
      cumulative: Math.min(1, before / total),
      loadings: names.map(({ name }, i) => ({ term: name, loading: sign * (vector[i] ?? 0) }))
    }
  })
}

/** Eigenvalues and eigenvectors (in columns) of a symmetric matrix, by Jacobi's rotations. */
function eigenOf(symmetric: readonly (readonly number[])[]): { values: number[]; vectors: number[][] } {
  const size = symmetric.length
  const a = symmetric.map((row) => [...row])
  const v = symmetric.map((_, i) => symmetric.map((_, j) => (i === j ? 1 : 0)))
  const at = (rows: readonly (readonly number[])[], i: number, j: number) => rows[i]?.[j] ?? 0
  const turn = (
    rows: number[][],
    [i, k, j, l]: readonly [number, number, number, number],
    [c, s]: readonly [number, number]
  ) => {
    const [one, other] = [at(rows, i, k), at(rows, j, l)]
    ;(rows[i] as number[])[k] = c * one - s * other
    ;(rows[j] as number[])[l] = s * one + c * other
  }
  for (let sweep = 0; sweep < SWEEPS_MAX; sweep++) {
    let off = 0
    for (let p = 0; p < size; p++) for (let q = p + 1; q < size; q++) off += at(a, p, q) ** 2
    if (off === 0) break
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) {
        const beside = at(a, p, q)
        if (beside === 0) continue
        const theta = (at(a, q, q) - at(a, p, p)) / (2 * beside)
        const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.hypot(theta, 1))
        const c = 1 / Math.hypot(t, 1)
        const turned = [c, t * c] as const
        for (let i = 0; i < size; i++) turn(a, [i, p, i, q], turned)
        for (let i = 0; i < size; i++) turn(a, [p, i, q, i], turned)
        for (let i = 0; i < size; i++) turn(v, [i, p, i, q], turned)
        // The remaining rounding error is far below the precision of the answer.
        if (Math.abs(at(a, p, q)) <= Number.EPSILON ** 2 * Math.hypot(at(a, p, p), at(a, q, q))) {
          ;(a[p] as number[])[q] = 0
          ;(a[q] as number[])[p] = 0
        }
      }
    }
  }
  return { values: a.map((row, i) => row[i] ?? 0), vectors: v }
}
