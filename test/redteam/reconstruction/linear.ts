/** Linear algebra over disclosed sums: elimination that records the answers it uses, and ridge regression. */

/** A disclosed, weighted sum over people, with a tolerance. */
export interface Told {
  /** Indices in the population. */
  readonly members: readonly number[]
  /** The weight of each member. Default: 1. */
  readonly weights?: readonly number[]
  readonly value: number
  /** Largest distance of the true sum from the value. */
  readonly tolerance: number
}

/** A set of people whose sum follows from the answers. `combine` computes it from one number per answer. */
export interface Part {
  readonly members: readonly number[]
  combine(numbers: readonly { readonly value: number; readonly tolerance: number }[]): {
    value: number
    tolerance: number
  }
}

const EPSILON = 1e-9

/** All sets of people that elimination isolates from the sets of the answers: unions of patterns with equal weight. */
export function partsOf(sets: readonly (readonly number[])[]): readonly Part[] {
  const { patterns, matrix } = patternsOf(sets)
  const reduced = reduce(matrix, patterns.length)
  const parts = new Map<string, Part>()
  const keep = (members: readonly number[], use: readonly number[]) => {
    const combine: Part['combine'] = (numbers) => ({
      value: use.reduce((sum, weight, i) => sum + weight * (numbers[i]?.value ?? 0), 0),
      tolerance: use.reduce((sum, weight, i) => sum + Math.abs(weight) * (numbers[i]?.tolerance ?? 0), 0)
    })
    if (members.length > 0) parts.set(members.join(), { members, combine })
  }
  sets.forEach((members, at) => {
    keep(
      [...members].sort((a, b) => a - b),
      sets.map((_, i) => (i === at ? 1 : 0))
    )
  })
  for (const { row, use } of reduced) {
    const coefficients = row.filter((value) => Math.abs(value) > EPSILON)
    if (coefficients.some((value) => Math.abs(value - 1) > EPSILON)) continue
    const members = row.flatMap((value, i) => (Math.abs(value) > EPSILON ? (patterns[i] ?? []) : []))
    keep(
      members.sort((a, b) => a - b),
      use
    )
  }
  return [...parts.values()].sort((a, b) => a.members.length - b.members.length)
}

/** Groups people who are in the same sets into patterns, since every combination weighs them alike; and each set over these. */
export function patternsOf(sets: readonly (readonly number[])[]): { patterns: number[][]; matrix: number[][] } {
  const inside = new Map<number, boolean[]>()
  for (const [at, members] of sets.entries()) {
    for (const person of members) {
      const row = inside.get(person) ?? sets.map(() => false)
      row[at] = true
      inside.set(person, row)
    }
  }
  const grouped = Map.groupBy(inside, ([, row]) => row.map(Number).join(''))
  const patterns = [...grouped.values()].map((members) => members.map(([person]) => person))
  const keys = [...grouped.keys()]
  return { patterns, matrix: sets.map((_, at) => keys.map((key) => Number(key[at]))) }
}

interface Reduced {
  readonly row: number[]
  readonly use: number[]
}

/** The reduced row echelon form. `use` contains the coefficients of the answers in each row. */
function reduce(matrix: readonly (readonly number[])[], width: number): Reduced[] {
  const rows = matrix.map((row, at) => ({ row: [...row], use: matrix.map((_, i) => (i === at ? 1 : 0)) }))
  let rank = 0
  for (let column = 0; column < width && rank < rows.length; column++) {
    const pivot = rows.findIndex(({ row }, i) => i >= rank && Math.abs(row[column] ?? 0) > EPSILON)
    const chosen = rows[pivot]
    if (!chosen) continue
    rows.splice(pivot, 1)
    rows.splice(rank, 0, chosen)
    scale(chosen, 1 / (chosen.row[column] ?? 1))
    for (const other of rows) if (other !== chosen) subtract(other, chosen, other.row[column] ?? 0)
    rank += 1
  }
  return rows.slice(0, rank)
}

function scale({ row, use }: Reduced, by: number): void {
  for (const numbers of [row, use]) {
    for (const [i, value] of numbers.entries()) numbers[i] = value * by
  }
}

function subtract(from: Reduced, what: Reduced, times: number): void {
  if (times === 0) return
  for (const [i, value] of from.row.entries()) from.row[i] = value - times * (what.row[i] ?? 0)
  for (const [i, value] of from.use.entries()) from.use[i] = value - times * (what.use[i] ?? 0)
}

/** The values nearest to `prior` that fit the disclosed sums: the attacker's guess if nothing is certain. */
export function ridge(told: readonly Told[], prior: readonly number[], strength = 1e-3): number[] {
  const guess = [...prior]
  if (told.length === 0) return guess
  // Solved in the space of answers, since there are fewer answers than people: (A Aᵀ + λ) z = b − A prior.
  const dense = told.map(({ members, weights }) => {
    const row = new Float64Array(prior.length)
    for (const [i, person] of members.entries()) row[person] = weights?.[i] ?? 1
    return row
  })
  const dot = (a: Float64Array, b: ArrayLike<number>) => a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0)
  const norms = dense.map((row) => Math.max(EPSILON, Math.sqrt(dot(row, row))))
  const system = dense.map((a, i) =>
    dense.map((b, j) => dot(a, b) / ((norms[i] ?? 1) * (norms[j] ?? 1)) + (i === j ? strength : 0))
  )
  const right = told.map(({ value }, i) => (value - dot(dense[i] ?? new Float64Array(), prior)) / (norms[i] ?? 1))
  const solved = solve(system, right)
  for (const [i, row] of dense.entries()) {
    const weight = (solved[i] ?? 0) / (norms[i] ?? 1)
    for (const [person, value] of row.entries()) guess[person] = (guess[person] ?? 0) + weight * value
  }
  return guess
}

/** Gaussian elimination with pivoting. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => ({ row: [...row], use: [right[i] ?? 0] }))
  for (let column = 0; column < rows.length; column++) {
    const rest = rows.slice(column)
    const best = rest.reduce((a, b) => (Math.abs(b.row[column] ?? 0) > Math.abs(a.row[column] ?? 0) ? b : a))
    rows.splice(rows.indexOf(best), 1)
    rows.splice(column, 0, best)
    scale(best, 1 / (best.row[column] || EPSILON))
    for (const other of rows) if (other !== best) subtract(other, best, other.row[column] ?? 0)
  }
  return rows.map(({ use }) => use[0] ?? 0)
}
