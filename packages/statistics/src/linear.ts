/** Linear equations with a symmetric matrix that may be singular, such as the normal equations of a design. */

/** Minimum pivot, as a share of the largest diagonal element. A smaller pivot is a rounding error of zero. */
const PIVOT_MIN = 1e-10

/**
 * The value vᵀ M⁻ v with a generalised inverse, the rank of M, and the indices of columns that follow from the others. `M` is
 * symmetric and has no negative eigenvalue.
 */
export function quadraticForm(
  matrix: readonly (readonly number[])[],
  vector: readonly number[]
): { readonly value: number; readonly rank: number; readonly dependent: readonly number[] } {
  const rows = matrix.map((row) => [...row])
  const right = [...vector]
  const scale = Math.max(0, ...rows.map((row, i) => row[i] ?? 0))
  const left = new Set(rows.keys())
  let value = 0
  let rank = 0
  // Elimination by the largest remaining pivot. Pivots below the threshold do not add to the rank.
  for (;;) {
    const pivot = [...left].reduce((best, i) => (at(rows, i, i) > at(rows, best, best) ? i : best), firstOf(left))
    const size = at(rows, pivot, pivot)
    if (!(size > PIVOT_MIN * scale)) return { value, rank, dependent: [...left] }
    left.delete(pivot)
    value += (right[pivot] ?? 0) ** 2 / size
    rank++
    for (const i of left) {
      const factor = at(rows, i, pivot) / size
      for (const j of left) (rows[i] as number[])[j] = at(rows, i, j) - factor * at(rows, pivot, j)
      right[i] = (right[i] ?? 0) - factor * (right[pivot] ?? 0)
    }
  }
}

function at(rows: readonly (readonly number[])[], i: number, j: number): number {
  return rows[i]?.[j] ?? 0
}

function firstOf(left: ReadonlySet<number>): number {
  return [...left][0] ?? -1
}

/** Solves M·x = v and inverts M, by Gauss and Jordan with pivots; undefined if M is singular. */
export function solveWithInverse(
  matrix: readonly (readonly number[])[],
  vector: readonly number[]
): { solution: number[]; inverse: number[][] } | undefined {
  const size = vector.length
  const rows = matrix.map((row, i) => [...row, vector[i] ?? 0, ...row.map((_, j) => (i === j ? 1 : 0))])
  for (let at = 0; at < size; at++) {
    let best = at
    for (let i = at + 1; i < size; i++) if (Math.abs(rows[i]?.[at] ?? 0) > Math.abs(rows[best]?.[at] ?? 0)) best = i
    const pivotRow = rows[best] ?? []
    rows[best] = rows[at] ?? []
    rows[at] = pivotRow
    const pivot = pivotRow[at] ?? 0
    if (!(Math.abs(pivot) > 0) || !Number.isFinite(pivot)) return undefined
    for (let j = 0; j < pivotRow.length; j++) pivotRow[j] = (pivotRow[j] ?? 0) / pivot
    for (const [i, row] of rows.entries()) {
      const factor = row[at] ?? 0
      if (i === at || factor === 0) continue
      for (let j = 0; j < row.length; j++) row[j] = (row[j] ?? 0) - factor * (pivotRow[j] ?? 0)
    }
  }
  return { solution: rows.map((row) => row[size] ?? 0), inverse: rows.map((row) => row.slice(size + 1)) }
}
