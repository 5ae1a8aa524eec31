/**
 * The deviance of a linear model with a random intercept and slope as a function of their relative covariance, with its derivatives.
 * Formulas as in Bates et al., J. Stat. Softw. 67(1), 2015.
 */
import type { Matrix, Prepared } from './prepared.ts'

/** The lower triangle of the factor of the relative covariance of intercept and slope: Λ = [[a, 0], [b, c]]. */
export type Factor = readonly [a: number, b: number, c: number]

/** The people, and the likelihood, whose deviance is computed. */
export interface Profiled {
  readonly groups: readonly Prepared[]
  readonly rows: number
  readonly columns: number
  /** Whether the likelihood is the restricted one; otherwise it is the full likelihood. */
  readonly isRestricted: boolean
}

/** The best fit at one covariance. */
export interface Profile {
  readonly at: Factor
  readonly deviance: number
  readonly slope: Factor
  readonly estimates: readonly number[]
  /** The inverse of the weighted products of the columns. */
  readonly inverse: Matrix
  /** The weighted sum of squared residuals. */
  readonly left: number
  /** The logarithm of the determinant of the weighted products. */
  readonly logDeterminant: number
}

/** A symmetric matrix of two: its entries (1, 1), (1, 2) and (2, 2). */
type Two = readonly [number, number, number]

/** The best fit at one covariance; undefined if the weighted sums leave no positive sum of squared errors. */
export function profileAt(at: Factor, { groups, rows, columns, isRestricted }: Profiled): Profile | undefined {
  const [a, b, c] = at
  const covariance: Two = [a * a, a * b, b * b + c * c]
  const weighted = zeros(columns + 1)
  let determinants = 0
  const parts = groups.map((group) => {
    const part = partOf(group.visits, covariance)
    determinants += group.people * Math.log(part.determinant)
    addTo(weighted, group.within, 1)
    for (const [i, matrix] of group.totals.entries()) addTo(weighted, matrix, -(part.weights[i] ?? 0))
    return part
  })
  const solved = solve(weighted)
  if (solved === undefined) return undefined
  const { estimates, inverse, left, logDeterminant } = solved
  const freedom = isRestricted ? rows - columns : rows
  const contrast = [...estimates.map((one) => -one), 1]
  // For each of the entries (1, 1), (1, 2) and (2, 2) of the covariance.
  const byEntry = [0, 0, 0]
  for (const [g, { visits, totals, people }] of groups.entries()) {
    const forms = totals.map((matrix) => quadratic(matrix, contrast))
    const traces = isRestricted ? totals.map((matrix) => traceOf(matrix, inverse)) : [0, 0, 0]
    for (const [entry, turn] of (parts[g]?.turns(visits) ?? []).entries()) {
      const bend = turn.weights.reduce((sum, weight, i) => sum - weight * (forms[i] ?? 0), 0)
      const trace = turn.weights.reduce((sum, weight, i) => sum - weight * (traces[i] ?? 0), 0)
      byEntry[entry] = (byEntry[entry] ?? 0) + people * turn.logDeterminant + trace + (freedom * bend) / left
    }
  }
  const [first = 0, mixed = 0, second = 0] = byEntry
  return {
    at,
    deviance:
      determinants + (isRestricted ? logDeterminant : 0) + freedom * (1 + Math.log((2 * Math.PI * left) / freedom)),
    slope: [2 * a * first + b * mixed, a * mixed + 2 * b * second, 2 * c * second],
    estimates,
    inverse,
    left,
    logDeterminant
  }
}

/**
 * For people with the sums `A` of visits and a covariance D: the determinant of I + A·D, and the weights B = D·(I + A·D)⁻¹ of the
 * products of totals in the inverse of their variance; `turns`: how both change with each entry of D.
 */
function partOf([m, s, q]: Two, [d, e, f]: Two) {
  // I + D·A
  const [p11, p12, p21, p22] = [1 + d * m + e * s, d * s + e * q, e * m + f * s, 1 + e * s + f * q]
  const determinant = p11 * p22 - p12 * p21
  // K = (I + D·A)⁻¹
  const k = [p22 / determinant, -p12 / determinant, -p21 / determinant, p11 / determinant] as const
  const weights: Two = [k[0] * d + k[1] * e, k[0] * e + k[1] * f, k[2] * e + k[3] * f]
  return {
    determinant,
    weights,
    turns: ([n, o, r]: Two) =>
      (
        [
          [1, 0, 0],
          [0, 1, 0],
          [0, 0, 1]
        ] as const
      ).map(([x, y, z]) => {
        // K·dD·Kᵀ
        const [t11, t12, t21, t22] = [
          k[0] * x + k[1] * y,
          k[0] * y + k[1] * z,
          k[2] * x + k[3] * y,
          k[2] * y + k[3] * z
        ]
        const turned: Two = [t11 * k[0] + t12 * k[1], t11 * k[2] + t12 * k[3], t21 * k[2] + t22 * k[3]]
        // The trace of K·dD·A.
        const logDeterminant = t11 * n + t12 * o + t21 * o + t22 * r
        return { weights: turned, logDeterminant }
      })
  }
}

/** Solves the equations of a matrix of products whose last column is the outcome; undefined if the matrix is not positive definite. */
function solve(matrix: Matrix) {
  const size = matrix.length
  const root = zeros(size)
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let value = matrix[i]?.[j] ?? 0
      for (let k = 0; k < j; k++) value -= (root[i]?.[k] ?? 0) * (root[j]?.[k] ?? 0)
      if (i === j && !(value > 0)) return undefined
      ;(root[i] as number[])[j] = i === j ? Math.sqrt(value) : value / (root[j]?.[j] ?? 1)
    }
  }
  const last = size - 1
  const lower = root.slice(0, last)
  const inverse = inverseOf(lower)
  const estimates = inverse.map((row) => row.reduce((sum, one, j) => sum + one * (matrix[j]?.[last] ?? 0), 0))
  return {
    estimates,
    inverse,
    left: (root[last]?.[last] ?? 0) ** 2,
    logDeterminant: 2 * lower.reduce((sum, row, i) => sum + Math.log(row[i] ?? 1), 0)
  }
}

/** The inverse of L·Lᵀ. */
function inverseOf(root: Matrix): number[][] {
  const size = root.length
  const inner = zeros(size)
  for (let j = 0; j < size; j++) {
    for (let i = j; i < size; i++) {
      let value = i === j ? 1 : 0
      for (let k = j; k < i; k++) value -= (root[i]?.[k] ?? 0) * (inner[k]?.[j] ?? 0)
      ;(inner[i] as number[])[j] = value / (root[i]?.[i] ?? 1)
    }
  }
  return inner.map((_, i) => inner.map((__, j) => inner.reduce((sum, row) => sum + (row[i] ?? 0) * (row[j] ?? 0), 0)))
}

function zeros(size: number): number[][] {
  return Array.from({ length: size }, () => Array.from({ length: size }, () => 0))
}

function addTo(sum: number[][], matrix: Matrix, weight: number): void {
  for (const [i, row] of sum.entries())
    for (const j of row.keys()) row[j] = (row[j] ?? 0) + weight * (matrix[i]?.[j] ?? 0)
}

function quadratic(matrix: Matrix, vector: readonly number[]): number {
  return vector.reduce((sum, a, i) => sum + a * vector.reduce((own, b, j) => own + b * (matrix[i]?.[j] ?? 0), 0), 0)
}

function traceOf(matrix: Matrix, inverse: Matrix): number {
  return inverse.reduce((sum, row, i) => sum + row.reduce((own, one, j) => own + one * (matrix[i]?.[j] ?? 0), 0), 0)
}
