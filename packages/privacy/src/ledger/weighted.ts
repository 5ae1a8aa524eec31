/**
 * The leverage of people in sums in which they have different weights, such as the sum of products with another number.
 *
 * A released sum of products Σ a(i)·z(i) over a set is the scalar product of the values z with the vector of the weights a(i),
 * as a plain sum is the scalar product with a vector of zeros and ones (see span.ts). Whoever knows the weights can combine all
 * of them: two numbers that are equal for everybody but one person differ by a vector that rests on this person alone. So
 * the span of all these vectors is judged together. The leverage of plain sums is judged by itself; here, what weights add to it
 * is at most 1/k for each person, which is what a single number may add.
 */
import type { Patterns } from './patterns.ts'

/** A vector lies in the span of the others if the part that remains of its squared length is below this share. */
const DEPENDENT = 1e-16

/** The released sums of one quantity. */
export interface Sums {
  /** The sets of plain sums, by pattern. */
  readonly plain: readonly Uint8Array[]
  /** The weight of each item in each sum with weights. */
  readonly weighted: readonly Float64Array[]
  /** The person of an item. The leverages of a person's items are added up. */
  ownerOf(item: number): number
}

/** Whether the weights add more than 1/k to somebody's leverage. */
export function someWeighMuch(patterns: Patterns, { plain, weighted, ownerOf }: Sums, k: number): boolean {
  const basis = orthonormal(patterns, plain)
  const added = new Map<number, number>()
  const before: Float64Array[] = []
  for (const weights of weighted) {
    const vector = weights.slice()
    const length = squareOf(vector)
    // The second pass removes the parts of other vectors that rounding left.
    for (let pass = 0; pass < 2; pass++) {
      removePlain(vector, basis, patterns)
      for (const other of before) subtract(vector, other, dot(vector, other))
    }
    const left = squareOf(vector)
    if (!(left > DEPENDENT * length)) continue
    const scale = 1 / Math.sqrt(left)
    for (let item = 0; item < vector.length; item++) {
      const own = (vector[item] ?? 0) * scale
      vector[item] = own
      const owner = ownerOf(item)
      const more = (added.get(owner) ?? 0) + own ** 2
      added.set(owner, more)
      if (more * k > 1 + 1e-9) return true
    }
    before.push(vector)
  }
  return false
}

/** Orthonormal vectors by pattern that span the sets, where a pattern counts as often as it has items. */
function orthonormal({ sizes }: Patterns, sets: readonly Uint8Array[]): Float64Array[] {
  const basis: Float64Array[] = []
  const product = (a: Float64Array, b: Float64Array) =>
    a.reduce((sum, value, pattern) => sum + value * (b[pattern] ?? 0) * (sizes[pattern] ?? 0), 0)
  for (const set of sets) {
    const vector = Float64Array.from(set)
    const length = product(vector, vector)
    for (let pass = 0; pass < 2; pass++) for (const other of basis) subtract(vector, other, product(vector, other))
    const left = product(vector, vector)
    if (!(left > 1e-9 * length)) continue
    basis.push(vector.map((value) => value / Math.sqrt(left)))
  }
  return basis
}

/** Removes from a vector by item its part in the span of vectors by pattern. */
function removePlain(vector: Float64Array, basis: readonly Float64Array[], { labels, count }: Patterns): void {
  const sums = new Float64Array(count)
  for (const [item, label] of labels.entries()) sums[label] = (sums[label] ?? 0) + (vector[item] ?? 0)
  const part = new Float64Array(count)
  for (const own of basis) {
    const amount = dot(sums, own)
    for (let pattern = 0; pattern < count; pattern++)
      part[pattern] = (part[pattern] ?? 0) + amount * (own[pattern] ?? 0)
  }
  for (const [item, label] of labels.entries()) vector[item] = (vector[item] ?? 0) - (part[label] ?? 0)
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0)
  return sum
}

function squareOf(vector: Float64Array): number {
  return dot(vector, vector)
}

function subtract(from: Float64Array, other: Float64Array, amount: number): void {
  for (let i = 0; i < from.length; i++) from[i] = (from[i] ?? 0) - amount * (other[i] ?? 0)
}
