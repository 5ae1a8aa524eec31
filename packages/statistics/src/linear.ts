/** Linear equations with a symmetric matrix that may be singular, such as the normal equations of a design. */

/** Smallest pivot, as a share of the largest diagonal element. A smaller one is a rounding error of zero. */
const PIVOT_MIN = 1e-10

/** The value vᵀ M⁻ v with a generalised inverse, and the rank of M. `M` is symmetric and has no negative eigenvalue. */
export function quadraticForm(
  matrix: readonly (readonly number[])[],
  vector: readonly number[]
): { readonly value: number; readonly rank: number } {
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
    if (!(size > PIVOT_MIN * scale)) return { value, rank }
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
