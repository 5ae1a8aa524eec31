/** The inverse of a small symmetric matrix of doubles. */

/** Maximum difference between the identity and the product of the matrix and its inverse. Above it, leverages are not decided. */
export const INVERSE_ERROR_MAX = 1e-6

/** The inverse by Gauss and Jordan; undefined if its error exceeds `INVERSE_ERROR_MAX`. */
export function inverted(matrix: readonly (readonly number[])[]): number[][] | undefined {
  const size = matrix.length
  const rows = matrix.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))])
  for (let at = 0; at < size; at++) {
    const line = rows[at] ?? []
    const pivot = line[at] ?? 0
    if (!(pivot > 0)) return undefined
    for (let j = 0; j < line.length; j++) line[j] = (line[j] ?? 0) / pivot
    for (const [i, row] of rows.entries()) {
      const factor = row[at] ?? 0
      if (i === at || factor === 0) continue
      for (let j = 0; j < row.length; j++) row[j] = (row[j] ?? 0) - factor * (line[j] ?? 0)
    }
  }
  const inverse = rows.map((row) => row.slice(size))
  const isOne = matrix.every((row, i) =>
    inverse.every((_, j) => {
      const found = row.reduce((sum, value, l) => sum + value * (inverse[l]?.[j] ?? 0), 0)
      return Math.abs(found - (i === j ? 1 : 0)) <= INVERSE_ERROR_MAX / size
    })
  )
  return isOne ? inverse : undefined
}
