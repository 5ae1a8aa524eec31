/** Sums of products with compensation for rounding errors, over rows that come in blocks. */

/** Number of rows that are read together: the columns of a block stay in the processor's cache. */
export const BLOCK = 4096

/** Columns, and the rows of a block in them. */
export interface BlockOf {
  readonly others: readonly Float64Array[]
  readonly from: number
  readonly count: number
}

/** Several sums, each the sum of its terms in the order of the rows, however the rows are divided into blocks. */
export class CompensatedSums {
  readonly #sums: Float64Array
  readonly #lost: Float64Array

  constructor(length: number) {
    this.#sums = new Float64Array(length)
    this.#lost = new Float64Array(length)
  }

  /**
   * Adds products of the rows of a block to the sums from index `at` on, one sum for each of `others`: the products of `one`, which begins
   * with the block, and of the other column from row `from` on.
   */
  add(at: number, one: Float64Array, { others, from, count }: BlockOf): void {
    for (let i = 0; i + 1 < others.length; i += 2)
      this.#addTwo(at + i, one, { a: others[i] as Float64Array, b: others[i + 1] as Float64Array, from, count })
    const last = others.length - 1
    if (last % 2 === 0) this.#addOne(at + last, one, { a: others[last] as Float64Array, from, count })
  }

  #addOne(at: number, one: Float64Array, { a, from, count }: { a: Float64Array; from: number; count: number }): void {
    let sum = this.#sums[at] as number
    let lost = this.#lost[at] as number
    for (let row = 0; row < count; row++) {
      const term = (one[row] as number) * (a[from + row] as number)
      const next = sum + term
      const added = next - sum
      lost += sum - (next - added) + (term - added)
      sum = next
    }
    this.#sums[at] = sum
    this.#lost[at] = lost
  }

  /**
   * Two sums at a time take little longer than one: each waits for its own last addition. What an addition loses is computed without
   * comparing the sizes of its terms, since a processor cannot foresee which one is larger.
   */
  #addTwo(
    at: number,
    one: Float64Array,
    { a, b, from, count }: { a: Float64Array; b: Float64Array; from: number; count: number }
  ): void {
    let sumA = this.#sums[at] as number
    let lostA = this.#lost[at] as number
    let sumB = this.#sums[at + 1] as number
    let lostB = this.#lost[at + 1] as number
    for (let row = 0; row < count; row++) {
      const own = one[row] as number
      const termA = own * (a[from + row] as number)
      const termB = own * (b[from + row] as number)
      const nextA = sumA + termA
      const nextB = sumB + termB
      const addedA = nextA - sumA
      const addedB = nextB - sumB
      lostA += sumA - (nextA - addedA) + (termA - addedA)
      lostB += sumB - (nextB - addedB) + (termB - addedB)
      sumA = nextA
      sumB = nextB
    }
    this.#sums[at] = sumA
    this.#lost[at] = lostA
    this.#sums[at + 1] = sumB
    this.#lost[at + 1] = lostB
  }

  get values(): Float64Array {
    return this.#sums.map((sum, at) => sum + (this.#lost[at] as number))
  }
}

/** A long computation in steps. Between two steps, a caller can let other work run. */
export type Steps<T> = Generator<undefined, T>

/** The result of a computation that runs to its end at once. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}
