/**
 * Integer audit of counts of a level: whether somebody who knows which people were counted can conclude who has the level.
 *
 * The disclosed counts are c(j) = Σ z(i) over the people i of the set K(j), where z(i) is 1 for those who have the level, and
 * K(j) is known. People who are in the same sets are alike: t(q) of the n(q) people of pattern q have the level, with A·t = c
 * and 0 ≤ t ≤ n. The true numbers are one solution of this. Somebody of pattern p is certain if t(p) is 0 in every solution,
 * or n(p) in every solution. A pattern at one of these bounds is certain unless there is a direction d away from the bound:
 * A·d = 0, with d(q) ≥ 0 where t(q) is 0, and d(q) ≤ 0 where t(q) is n(q). Patterns strictly between their bounds can go
 * either way, so they are eliminated. What remains is a small problem of least squares without negative coefficients (Lawson
 * and Hanson); the direction exists if its residual is zero. A direction for fractions of people may not exist for whole
 * people, so it is also searched for in whole numbers.
 */

/** The people of one pattern: the disclosed sets that they are in, how many they are, and how many of them have the level. */
export interface AuditPattern {
  readonly row: readonly number[]
  readonly people: number
  readonly having: number
}

const ZERO = 1e-7
/** Maximum number of steps of the search in whole numbers. */
const WAYS_MAX = 2_000
/**
 * Maximum number of patterns for the search in whole numbers. Beyond it, only directions
 * for fractions of people are considered.
 */
const PATTERNS_MAX = 40

/** Whether the people of some pattern are certain to have the level, or certain not to have it. */
export function someAreCertain(patterns: readonly AuditPattern[]): boolean {
  const told = patterns.filter(isTold)
  const isBound = ({ people, having }: AuditPattern) => having === 0 || having === people
  const bound = told.filter(isBound)
  const free = told.filter((one) => !isBound(one))
  if (someAreStuck(bound, free)) return true
  return told.length <= PATTERNS_MAX && !bound.every((pattern) => canMove(told, pattern))
}

/**
 * Like `someAreCertain`, for sums to which each person counted in `having` adds some amount and the others add nothing:
 * whether the people of some pattern are certain to add nothing. Patterns in which somebody adds an amount are free, because
 * the amount can be larger or smaller.
 */
export function someAreNone(patterns: readonly AuditPattern[]): boolean {
  const told = patterns.filter(isTold)
  return someAreStuck(
    told.filter(({ having }) => having === 0),
    told.filter(({ having }) => having > 0)
  )
}

function isTold({ row, people }: AuditPattern): boolean {
  return people > 0 && row.some((entry) => entry !== 0)
}

/** Whether some pattern at a bound cannot leave its bound, whatever the free patterns do. */
function someAreStuck(bound: readonly AuditPattern[], free: readonly AuditPattern[]): boolean {
  if (bound.length === 0) return false
  const left = leftNullSpace(
    free.map(({ row }) => row),
    bound[0]?.row.length ?? 0
  )
  // Directions away from the bound: up from nobody, down from everybody.
  const columns = bound.map(({ row, having }) => left.map((y) => dot(y, row) * (having === 0 ? 1 : -1)))
  return columns.some((column, p) => {
    if (column.every((entry) => Math.abs(entry) < ZERO)) return false
    const others = columns.filter((_, q) => q !== p)
    return (
      nonNegativeResidual(
        others,
        column.map((entry) => -entry)
      ) > ZERO
    )
  })
}

/**
 * Whether whole people of a pattern at its bound can be different, with equal counts, if people of other patterns are
 * different too. The search continues with the state whose counts are least off, and gives up after WAYS_MAX steps; the
 * people then count as certain.
 */
function canMove(patterns: readonly AuditPattern[], bound: AuditPattern): boolean {
  const start = patterns.map((one) => (one === bound ? (one.having === 0 ? 1 : -1) : 0))
  const offOf = (moved: readonly number[]) =>
    bound.row.map((_, set) => moved.reduce((sum, by, q) => sum + by * (patterns[q]?.row[set] ?? 0), 0))
  const waiting: { moved: number[]; off: number[]; cost: number }[] = []
  const seen = new Set<string>()
  const add = (moved: number[], off: number[]) => {
    const key = moved.join()
    if (seen.has(key)) return
    seen.add(key)
    waiting.push({ moved, off, cost: off.reduce((sum, value) => sum + Math.abs(value), 0) })
  }
  add(start, offOf(start))
  for (let ways = 0; ways < WAYS_MAX && waiting.length > 0; ways++) {
    const at = waiting.reduce((best, one, i) => (one.cost < (waiting[best]?.cost ?? 0) ? i : best), 0)
    const [{ moved, off } = { moved: [], off: [] }] = waiting.splice(at, 1)
    const set = off.findIndex((value) => value !== 0)
    if (set < 0) return true
    const by = (off[set] ?? 0) > 0 ? -1 : 1
    for (const [q, pattern] of patterns.entries()) {
      if (pattern.row[set] !== 1) continue
      const next = (moved[q] ?? 0) + by
      const having = pattern.having + next
      // A step must stay within the bounds of a pattern, and must not return to the state in which nobody of the judged
      // pattern is different.
      if (having < 0 || having > pattern.people || (pattern === bound && next === 0)) continue
      add(
        moved.map((value, i) => (i === q ? next : value)),
        off.map((value, i) => value + by * (pattern.row[i] ?? 0))
      )
    }
  }
  return false
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0)
}

/**
 * A basis of the vectors y with y·column = 0 for each column: the equations that remain if
 * the unknowns of these columns are free.
 */
function leftNullSpace(columns: readonly (readonly number[])[], length: number): number[][] {
  // Gram-Schmidt over the columns, and then over the unit vectors, which gives the vectors that are orthogonal to the columns.
  const basis: number[][] = []
  const rest = (vector: readonly number[]): number[] => {
    let left = [...vector]
    for (let twice = 0; twice < 2; twice++) {
      for (const one of basis) {
        const along = dot(one, left)
        left = left.map((value, i) => value - along * (one[i] ?? 0))
      }
    }
    return left
  }
  const add = (vector: readonly number[]): boolean => {
    const left = rest(vector)
    const size = Math.sqrt(dot(left, left))
    if (size < ZERO) return false
    basis.push(left.map((value) => value / size))
    return true
  }
  for (const column of columns) if (basis.length < length) add(column)
  const known = basis.length
  for (let i = 0; i < length; i++) add(Array.from({ length }, (_, j) => (i === j ? 1 : 0)))
  return basis.slice(known)
}

/** The distance of a vector from the cone of non-negative combinations of the columns, by the algorithm of Lawson and Hanson. */
function nonNegativeResidual(columns: readonly (readonly number[])[], target: readonly number[]): number {
  const x = columns.map(() => 0)
  const passive = new Set<number>()
  const residual = () =>
    target.map((value, i) => value - columns.reduce((sum, column, q) => sum + (column[i] ?? 0) * (x[q] ?? 0), 0))
  for (let round = 0; round < 3 * columns.length + 3; round++) {
    const left = residual()
    const gains = columns.map((column, q) => (passive.has(q) ? Number.NEGATIVE_INFINITY : dot(column, left)))
    const best = gains.reduce((at, gain, q) => (gain > (gains[at] ?? 0) ? q : at), 0)
    if (gains.length === 0 || (gains[best] ?? 0) <= ZERO) break
    passive.add(best)
    for (;;) {
      const chosen = [...passive]
      const solved = leastSquares(
        chosen.map((q) => columns[q] ?? []),
        target
      )
      const negative = chosen.filter((_, i) => (solved[i] ?? 0) <= ZERO)
      if (negative.length === 0) {
        for (const [i, q] of chosen.entries()) x[q] = solved[i] ?? 0
        break
      }
      const step = Math.min(
        ...chosen.map((q, i) => {
          const [from, to] = [x[q] ?? 0, solved[i] ?? 0]
          return to <= ZERO && from !== to ? from / (from - to) : 1
        })
      )
      for (const [i, q] of chosen.entries()) x[q] = (x[q] ?? 0) + step * ((solved[i] ?? 0) - (x[q] ?? 0))
      for (const q of chosen) {
        if ((x[q] ?? 0) > ZERO) continue
        x[q] = 0
        passive.delete(q)
      }
      if (passive.size === 0) break
    }
  }
  const left = residual()
  return Math.sqrt(dot(left, left))
}

/** Solves the normal equations by elimination with pivots. Columns that depend on others get the coefficient zero. */
function leastSquares(columns: readonly (readonly number[])[], target: readonly number[]): number[] {
  const matrix = columns.map((a) => [...columns.map((b) => dot(a, b)), dot(a, target)])
  const size = columns.length
  const pivots: (number | undefined)[] = Array.from({ length: size }, () => undefined)
  let used = 0
  for (let column = 0; column < size; column++) {
    let best = used
    for (let i = used; i < size; i++) {
      if (Math.abs(matrix[i]?.[column] ?? 0) > Math.abs(matrix[best]?.[column] ?? 0)) best = i
    }
    const [top, other] = [matrix[best], matrix[used]]
    if (top === undefined || other === undefined || Math.abs(top[column] ?? 0) < 1e-10) continue
    matrix[used] = top
    matrix[best] = other
    const lead = top[column] ?? 1
    for (let i = 0; i < size; i++) {
      const row = matrix[i]
      if (i === used || row === undefined) continue
      const factor = (row[column] ?? 0) / lead
      if (factor !== 0) matrix[i] = row.map((value, j) => value - factor * (top[j] ?? 0))
    }
    pivots[column] = used++
  }
  return pivots.map((row, column) =>
    row === undefined ? 0 : (matrix[row]?.[size] ?? 0) / (matrix[row]?.[column] ?? 1)
  )
}
