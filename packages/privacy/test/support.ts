/** Brute-force search for the fewest people on whom any combination of sums rests, that is, whom an attacker can single out. */
import type { SubjectSet } from '@stimnet/protocol'

/**
 * The minimum number of people who can be singled out, exact over all real coefficients. Some people can be singled out if
 * the span has a vector that is zero for everybody else. That is the case if removing their columns from the matrix of the
 * sets lowers its rank. Infinity if nothing was disclosed, or if no such people are found up to the given number.
 */
export function supportMin(
  sets: readonly SubjectSet[],
  universe: number,
  { owners, upTo = universe }: { readonly owners?: Uint32Array; readonly upTo?: number } = {}
): number {
  const ownerOf = (item: number) => owners?.[item] ?? item
  const people = [...new Set(Array.from({ length: universe }, (_, item) => ownerOf(item)))]
  const items = Array.from({ length: universe }, (_, item) => item)
  const matrix = (columns: readonly number[]) => sets.map((set) => columns.map((item) => (set.has(item) ? 1n : 0n)))
  const rank = rankOf(matrix(items))
  if (rank === 0) return Number.POSITIVE_INFINITY
  for (let size = 1; size <= Math.min(people.length, upTo); size++) {
    for (const chosen of combinations(people, size)) {
      if (rankOf(matrix(items.filter((item) => !chosen.includes(ownerOf(item))))) < rank) return size
    }
  }
  return Number.POSITIVE_INFINITY
}

function* combinations(people: readonly number[], size: number): Generator<readonly number[]> {
  if (size === 0) return yield []
  for (const [at, first] of people.entries()) {
    for (const rest of combinations(people.slice(at + 1), size - 1)) yield [first, ...rest]
  }
}

/** The rank of a matrix of whole numbers, without rounding (Bareiss). */
export function rankOf(rows: readonly (readonly bigint[])[]): number {
  const matrix = rows.map((row) => [...row])
  const width = matrix[0]?.length ?? 0
  let [rank, last] = [0, 1n]
  for (let column = 0; column < width && rank < matrix.length; column++) {
    const pivot = matrix.findIndex((row, i) => i >= rank && row[column] !== 0n)
    if (pivot < 0) continue
    const [top, other] = [matrix[pivot] ?? [], matrix[rank] ?? []]
    matrix[rank] = top
    matrix[pivot] = other
    const lead = top[column] ?? 0n
    for (let i = rank + 1; i < matrix.length; i++) {
      const row = matrix[i] ?? []
      const factor = row[column] ?? 0n
      for (let j = 0; j < width; j++) row[j] = ((row[j] ?? 0n) * lead - (top[j] ?? 0n) * factor) / last
    }
    last = lead
    rank += 1
  }
  return rank
}
