/** Exact solution of normal equations: fraction-free elimination by Bareiss, in whole numbers. */

/** A square matrix of whole numbers. */
export type IntegerMatrix = readonly (readonly bigint[])[]

/**
 * The indices of the columns that do not follow from earlier columns, for a matrix ZᵀZ. The other columns are linear combinations
 * of earlier columns of Z: their remainder after elimination is exactly zero.
 */
export function independentIn(gram: IntegerMatrix): readonly number[] {
  const rows = gram.map((row) => [...row])
  const found: number[] = []
  let before = 1n
  for (let at = 0; at < rows.length; at++) {
    const pivot = rows[at]?.[at] ?? 0n
    if (pivot === 0n) continue
    found.push(at)
    eliminateBelow(rows, at, before)
    before = pivot
  }
  return found
}

/** An earlier column from which a column follows, and its coefficient `top`/`bottom`, which is not zero. */
export interface FollowsFrom {
  readonly column: number
  readonly from: number
  readonly top: bigint
  readonly bottom: bigint
}

/** The earlier columns from which each column outside `kept` follows, for a matrix ZᵀZ; `kept` comes from `independentIn`. */
export function followersIn(gram: IntegerMatrix, kept: readonly number[]): FollowsFrom[] {
  if (kept.length === gram.length) return []
  const nothing = kept.map(() => 0n)
  const { bottom, inverse } = solveExactly(partAt(gram, kept), nothing)
  return gram.flatMap((line, column) => {
    if (kept.includes(column)) return []
    return kept.flatMap((from, place) => {
      const top = kept.reduce((sum, at, i) => sum + (inverse[place]?.[i] ?? 0n) * (line[at] ?? 0n), 0n)
      return top === 0n ? [] : [{ column, from, top, bottom }]
    })
  })
}

/** Whether a symmetric matrix is ZᵀZ of some Z: no pivot is below zero, and the row of a zero pivot is zero. */
export function isOfSquares(matrix: IntegerMatrix): boolean {
  const rows = matrix.map((row) => [...row])
  let before = 1n
  for (let at = 0; at < rows.length; at++) {
    const pivot = rows[at]?.[at] ?? 0n
    if (pivot < 0n || (pivot === 0n && (rows[at] ?? []).slice(at).some((value) => value !== 0n))) return false
    if (pivot === 0n) continue
    eliminateBelow(rows, at, before)
    before = pivot
  }
  return true
}

function eliminateBelow(rows: bigint[][], at: number, before: bigint): void {
  const line = rows[at] ?? []
  const pivot = line[at] ?? 0n
  for (let i = at + 1; i < rows.length; i++) {
    const row = rows[i] ?? []
    const factor = row[at] ?? 0n
    for (let j = at; j < row.length; j++) row[j] = ((row[j] ?? 0n) * pivot - factor * (line[j] ?? 0n)) / before
  }
}

/** The inverse of a matrix and a solution of its equations, each as whole numbers over one denominator. */
export interface Solved {
  /** The determinant; above zero for independent columns. */
  readonly bottom: bigint
  readonly solution: readonly bigint[]
  readonly inverse: IntegerMatrix
}

/** Solves A·x = b and inverts A, where A is ZᵀZ of independent columns. Throws RangeError for dependent columns. */
export function solveExactly(matrix: IntegerMatrix, right: readonly bigint[]): Solved {
  const size = matrix.length
  const rows = matrix.map((row, i) => [...row, right[i] ?? 0n, ...row.map((_, j) => (i === j ? 1n : 0n))])
  let before = 1n
  for (let at = 0; at < size; at++) {
    const line = rows[at] ?? []
    const pivot = line[at] ?? 0n
    if (pivot === 0n) throw new RangeError('dependent columns')
    for (const [i, row] of rows.entries()) {
      if (i === at) continue
      const factor = row[at] ?? 0n
      // The division is exact: every number of the elimination is a minor of the matrix.
      for (let j = 0; j < row.length; j++) row[j] = ((row[j] ?? 0n) * pivot - factor * (line[j] ?? 0n)) / before
    }
    before = pivot
  }
  return {
    bottom: before,
    solution: rows.map((row) => row[size] ?? 0n),
    inverse: rows.map((row) => row.slice(size + 1))
  }
}

/** The rows and columns of a matrix at the given indices. */
export function partAt(matrix: IntegerMatrix, places: readonly number[]): bigint[][] {
  return places.map((i) => places.map((j) => matrix[i]?.[j] ?? 0n))
}
