/** Leverage per person: the leverage of an item that is a person, or of all rows of a person together. */
import type { Patterns } from './patterns.ts'
import type { Span } from './span.ts'

/** The limit of leverage. */
export interface LeverageRule {
  /** The span before the judged set. A person whose leverage does not rise is not singled out by the judged set. */
  readonly before: Span
  readonly leverageMax: number
  /**
   * The minimum number of people on whom a combination may rest. It is given for spans in which a person's leverage may
   * exceed one divided by this number.
   */
  readonly peopleMin?: number
}

/** The people to whom the items of a ledger belong. */
export interface Blocks {
  /**
   * The people whose leverage is higher than before and above the limit, or on whom a combination of fewer than `peopleMin`
   * people may rest. People who are gone are included.
   */
  apart(span: Span, rule: LeverageRule): readonly number[]
  /** The person to whom an item belongs. */
  ownerOf(item: number): number
}

/** A smaller change is a rounding error. */
const RISE_MIN = 1e-12
/** Largest error of a sum of leverages. */
const SUM_ERROR_MAX = 1e-6
/** Maximum number of choices of patterns that are tried for one person. */
const SEARCH_MAX = 20_000

/** For a ledger of rows, `owners` is the person of each row; for a ledger of subjects it is undefined. */
export function blocksOf(patterns: Patterns, owners: Uint32Array | undefined): Blocks {
  return owners === undefined ? ofPeople(patterns) : new RowBlocks(patterns, owners)
}

function ofPeople(patterns: Patterns): Blocks {
  return {
    apart: (span, { before, leverageMax, peopleMin }) => {
      const [now, then] = [patterns.extend(span.ownOf), patterns.extend(before.ownOf)]
      const restsOnFew = peopleMin === undefined ? () => false : fewIn(span, itemsOf(patterns, now, span), peopleMin)
      const isApart = Array.from(now, (own, pattern) => {
        const leverage = span.leverage[own] ?? 0
        const rises = leverage - (before.leverage[then[pattern] ?? 0] ?? 0) > RISE_MIN
        return rises && (leverage > leverageMax || restsOnFew(own))
      })
      if (!isApart.includes(true)) return []
      const found: number[] = []
      for (const [item, label] of patterns.labels.entries()) if (isApart[label] === true) found.push(item)
      return found
    },
    ownerOf: (item) => item
  }
}

/** Number of items of each own pattern of a span. */
function itemsOf(patterns: Patterns, ownOf: Uint32Array, { rows }: Span): Float64Array {
  const items = new Float64Array(rows.length)
  for (const [pattern, own] of ownOf.entries()) items[own] = (items[own] ?? 0) + (patterns.sizes[pattern] ?? 0)
  return items
}

/**
 * Whether a combination exists that rests on fewer than `peopleMin` people and in which somebody of an own pattern has the
 * largest weight. Let w be such a combination and t the person of whom |w(t)| is largest. With P·w = w,
 *
 *   |w(t)| = |Σ P(t,j)·w(j)| ≤ |w(t)|·Σ |P(t,j)|, summed over the people on whom w rests,
 *
 * so that these |P(t,j)| add up to at least 1. Then P(t,t) is at least 1/(`peopleMin` − 1), since the sum of the squares of
 * all P(t,j) is P(t,t). A combination is the same for all people of a pattern, so w rests on whole patterns. The function
 * searches for these patterns, and `isOwn` decides whether a combination rests on a choice of them. If the search cannot
 * finish, the answer is true.
 */
function fewIn(span: Span, items: Float64Array, peopleMin: number): (own: number) => boolean {
  const few = peopleMin - 1
  const rows = new Map<number, Float64Array>()
  const rowOf = (own: number): Float64Array => {
    const found = rows.get(own) ?? span.kernels(own)
    rows.set(own, found)
    return found
  }
  const sizeOf = (own: number) => items[own] ?? 0
  const judge = (own: number) => {
    const size = sizeOf(own)
    if (size > few || (span.leverage[own] ?? 0) < 1 / few - SUM_ERROR_MAX) return false
    const weights = rowOf(own).map(Math.abs)
    const weightOf = (other: number) => weights[other] ?? 0
    const others = Array.from(weights.keys())
      .filter((other) => other !== own && sizeOf(other) > 0 && sizeOf(other) <= few - size && weightOf(other) > 0)
      .sort((a, b) => weightOf(b) - weightOf(a))
    let tries = SEARCH_MAX
    const search = (chosen: readonly number[], sum: number, left: number, from: number): boolean => {
      if (--tries < 0 || (sum >= 1 - SUM_ERROR_MAX && isOwn(chosen, sizeOf, rowOf))) return true
      for (let at = from; at < others.length; at++) {
        const next = others[at] ?? 0
        // None of the remaining patterns weighs more than this pattern.
        if (sum + left * weightOf(next) < 1 - SUM_ERROR_MAX) return false
        const people = sizeOf(next)
        if (people <= left && search([...chosen, next], sum + people * weightOf(next), left - people, at + 1))
          return true
      }
      return false
    }
    return search([own], size * weightOf(own), few - size, 0)
  }
  const known = new Map<number, boolean>()
  return (own) => {
    const found = known.get(own) ?? judge(own)
    known.set(own, found)
    return found
  }
}

/**
 * Whether a combination rests on these patterns alone: P restricted to their people has the eigenvalue 1, so that 1 − P has
 * a pivot of zero.
 */
function isOwn(
  patterns: readonly number[],
  sizeOf: (own: number) => number,
  rowOf: (own: number) => Float64Array
): boolean {
  const left = patterns.map((a, i) =>
    patterns.map((b, j) => (i === j ? 1 : 0) - Math.sqrt(sizeOf(a) * sizeOf(b)) * (rowOf(a)[b] ?? 0))
  )
  for (const [i, line] of left.entries()) {
    const pivot = line[i] ?? 0
    if (pivot < SUM_ERROR_MAX) return true
    for (const other of left.slice(i + 1)) {
      const factor = (other[i] ?? 0) / pivot
      for (let j = i; j < other.length; j++) other[j] = (other[j] ?? 0) - factor * (line[j] ?? 0)
    }
  }
  return false
}

/**
 * Judges the rows of a person together, by the spectral norm of the block P(B,B). The norm is at most the trace, which is
 * the sum of the rows' leverages, so the norm is computed only for people whose trace is too large.
 */
class RowBlocks implements Blocks {
  readonly #patterns: Patterns
  readonly #owners: Uint32Array
  readonly #people: number
  /** The largest number of rows of one person. */
  readonly #rowsMax: number

  constructor(patterns: Patterns, owners: Uint32Array) {
    this.#patterns = patterns
    this.#owners = owners
    const counts = rowsByOwner(owners)
    this.#people = counts.length
    this.#rowsMax = counts.reduce((most, rows) => Math.max(most, rows), 0)
  }

  apart(span: Span, { before, leverageMax, peopleMin }: LeverageRule): readonly number[] {
    const isCounted = peopleMin !== undefined && peopleMin > 1
    const traceMax = Math.min(leverageMax, isCounted ? 1 / (peopleMin - 1) - SUM_ERROR_MAX : 1)
    const largest = span.leverage.reduce((most, value) => Math.max(most, value), 0)
    if (largest * this.#rowsMax <= traceMax) return []
    const [now, then] = [this.#patterns.extend(span.ownOf), this.#patterns.extend(before.ownOf)]
    const suspects = this.#tracesAbove(span, now, traceMax)
    if (suspects.size === 0) return []
    const found: number[] = []
    const known = new Map<string, boolean>()
    for (const [person, own] of this.#rowsOf(suspects)) {
      const key = [...own].sort((a, b) => a - b).join()
      if (!known.has(key)) {
        const norm = normOf(span, own, now)
        const isStrong = norm > leverageMax && norm - normOf(before, own, then) > RISE_MIN
        const rises = traceOf(span, own, now) - traceOf(before, own, then) > RISE_MIN
        known.set(key, isStrong || (isCounted && rises && this.#restsOnFew(span, own, now, peopleMin)))
      }
      if (known.get(key) === true) found.push(person)
    }
    return found
  }

  /**
   * The bound of `fewIn` for people with several rows, without the search: `P(t,s)` is the block of the rows of t and s. Its
   * Frobenius norm replaces the absolute value, because it is at least the spectral norm.
   */
  #restsOnFew(span: Span, rows: readonly number[], ownOf: Uint32Array, peopleMin: number): boolean {
    const few = peopleMin - 1
    const owners = this.#ownersOf(span, ownOf)
    const squares = new Float64Array(span.rows.length)
    for (const row of rows) {
      const own = ownOf[row] ?? 0
      if ((owners[own] ?? 0) > few) continue
      for (const [other, kernel] of span.kernels(own).entries())
        if ((owners[other] ?? 0) <= few) squares[other] = (squares[other] ?? 0) + kernel ** 2
    }
    const norms = new Float64Array(this.#people)
    for (const [item, label] of this.#patterns.labels.entries()) {
      const owner = this.#owners[item] ?? 0
      norms[owner] = (norms[owner] ?? 0) + (squares[ownOf[label] ?? 0] ?? 0)
    }
    const largest = norms.sort().slice(-few)
    return largest.reduce((sum, square) => sum + Math.sqrt(square), 0) >= 1 - SUM_ERROR_MAX
  }

  /** The number of people with a row of each own pattern. The rows of a person are contiguous. */
  #ownersOf(span: Span, ownOf: Uint32Array): Float64Array {
    const [found, last] = [new Float64Array(span.rows.length), new Int32Array(span.rows.length).fill(-1)]
    for (const [item, label] of this.#patterns.labels.entries()) {
      const [own, owner] = [ownOf[label] ?? 0, this.#owners[item] ?? 0]
      if (last[own] !== owner) found[own] = (found[own] ?? 0) + 1
      last[own] = owner
    }
    return found
  }

  ownerOf(item: number): number {
    return this.#owners[item] ?? 0
  }

  #tracesAbove(span: Span, ownOf: Uint32Array, leverageMax: number): ReadonlySet<number> {
    const traces = new Float64Array(this.#people)
    const { labels } = this.#patterns
    for (let item = 0; item < labels.length; item++) {
      const owner = this.#owners[item] ?? 0
      traces[owner] = (traces[owner] ?? 0) + (span.leverage[ownOf[labels[item] ?? 0] ?? 0] ?? 0)
    }
    const found = new Set<number>()
    for (let owner = 0; owner < traces.length; owner++) if ((traces[owner] ?? 0) > leverageMax) found.add(owner)
    return found
  }

  /** The patterns of the rows of some people, by person. */
  #rowsOf(people: ReadonlySet<number>): ReadonlyMap<number, number[]> {
    const rows = new Map<number, number[]>()
    const { labels } = this.#patterns
    for (let item = 0; item < labels.length; item++) {
      const owner = this.#owners[item] ?? 0
      if (!people.has(owner)) continue
      const own = rows.get(owner) ?? []
      own.push(labels[item] ?? 0)
      rows.set(owner, own)
    }
    return rows
  }
}

function rowsByOwner(owners: Uint32Array): Uint32Array {
  const people = owners.reduce((most, owner) => Math.max(most, owner + 1), 0)
  const counts = new Uint32Array(people)
  for (let i = 0; i < owners.length; i++) counts[owners[i] ?? 0] = (counts[owners[i] ?? 0] ?? 0) + 1
  return counts
}

/** The trace of P on the rows of one person. */
function traceOf(span: Span, patterns: readonly number[], ownOf: Uint32Array): number {
  return patterns.reduce((sum, pattern) => sum + (span.leverage[ownOf[pattern] ?? 0] ?? 0), 0)
}

/**
 * The largest eigenvalue of P on the rows of one person. Rows of the same own pattern are merged and weighted by their
 * number.
 */
function normOf(span: Span, patterns: readonly number[], ownOf: Uint32Array): number {
  const times = new Map<number, number>()
  for (const pattern of patterns) {
    const own = ownOf[pattern] ?? 0
    times.set(own, (times.get(own) ?? 0) + 1)
  }
  const owns = [...times]
  const matrix = owns.map(([a, timesA]) => owns.map(([b, timesB]) => Math.sqrt(timesA * timesB) * span.kernel(a, b)))
  return largestEigenvalue(matrix)
}

/** The largest eigenvalue of a symmetric matrix without negative eigenvalues: an upper bound from a high power of the matrix. */
function largestEigenvalue(matrix: number[][]): number {
  let power = matrix
  let scale = 1
  let exponent = 1
  // λ ≤ (Σ λ^p)^(1/p), where Σ λ^p is the trace of the p-th power. After ten squarings, p = 1024,
  // this exceeds λ by less than a per cent.
  for (let round = 0; round < 10; round++) {
    const trace = power.reduce((sum, row, i) => sum + (row[i] ?? 0), 0)
    if (trace <= 0) return 0
    power = squared(power.map((row) => row.map((value) => value / trace)))
    // With the new scale, power is (M / scale)^(2·exponent).
    scale = scale * trace ** (1 / exponent)
    exponent *= 2
  }
  const trace = power.reduce((sum, row, i) => sum + (row[i] ?? 0), 0)
  return scale * trace ** (1 / exponent)
}

function squared(matrix: readonly (readonly number[])[]): number[][] {
  return matrix.map((row) =>
    matrix.map((_, j) => row.reduce((sum, value, k) => sum + value * (matrix[k]?.[j] ?? 0), 0))
  )
}
