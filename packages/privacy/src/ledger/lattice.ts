/** Lattices: all sums of whole multiples of given vectors, by a basis in echelon form and in exact integers. */

/** The remaining amount of work. A lattice that runs out of work lacks some of its vectors. */
export interface Work {
  /** Number of products of integers that may still be computed. */
  left: number
}

/**
 * A vector of a basis, and the coordinates at which it is not zero. The first of these coordinates is the one under which
 * the vector is stored.
 */
interface BasisVector {
  readonly entries: bigint[]
  readonly places: readonly number[]
}

/**
 * A lattice with its basis in Hermite normal form. The basis vector of a coordinate has zeros before that coordinate and a positive number
 * at it. At the first coordinate of each later basis vector, its entry is less than the number that the later vector has there. So entries
 * stay small, and each vector has one remainder modulo the lattice.
 */
export class Lattice {
  readonly length: number
  readonly #work: Work
  readonly #basis: (BasisVector | undefined)[]

  private constructor(length: number, work: Work, basis: (BasisVector | undefined)[]) {
    this.length = length
    this.#work = work
    this.#basis = basis
  }

  static empty(length: number, work: Work): Lattice {
    return new Lattice(
      length,
      work,
      Array.from({ length }, () => undefined)
    )
  }

  copy(): Lattice {
    return new Lattice(this.length, this.#work, [...this.#basis])
  }

  /** The basis, by first coordinate. */
  get basis(): readonly (readonly bigint[])[] {
    return this.#basis.flatMap((one) => (one === undefined ? [] : [one.entries]))
  }

  /** Whether the lattice contains all vectors of integers. */
  get isWhole(): boolean {
    return this.#basis.every((one, at) => one?.entries[at] === 1n)
  }

  /** The remainder of a vector modulo the basis; all zeros if and only if the vector is in the lattice. */
  restOf(vector: readonly bigint[]): bigint[] {
    const rest = [...vector]
    this.#reduce(rest, 0)
    return rest
  }

  has(vector: readonly bigint[]): boolean {
    return this.restOf(vector).every((entry) => entry === 0n)
  }

  /** The multiples of the basis vectors that add up to a vector of the lattice. */
  multiplesFor(vector: readonly bigint[]): bigint[] {
    const rest = [...vector]
    const multiples: bigint[] = []
    for (const [at, one] of this.#basis.entries()) {
      if (one === undefined) continue
      const multiple = (rest[at] ?? 0n) / (one.entries[at] ?? 1n)
      this.#subtract(rest, multiple, one)
      multiples.push(multiple)
    }
    return multiples
  }

  /** Adds a vector and all its multiples to the lattice. Returns whether the vector was not in the lattice before. */
  add(vector: readonly bigint[]): boolean {
    const rest = [...vector]
    let first = this.length
    for (let at = 0; at < this.length && this.#work.left > 0; at++) {
      const entry = rest[at] ?? 0n
      if (entry === 0n) continue
      const own = this.#basis[at]
      if (own === undefined) {
        this.#basis[at] = basisVector(entry > 0n ? rest : rest.map((one) => -one))
        first = Math.min(first, at)
        break
      }
      const lead = own.entries[at] ?? 1n
      if (entry % lead === 0n) {
        this.#subtract(rest, entry / lead, own)
        continue
      }
      const { divisor, x, y } = euclid(lead, entry)
      const [ours, theirs] = [lead / divisor, entry / divisor]
      this.#work.left -= 4 * (this.length - at) * sizeOf(lead)
      const joined = own.entries.map((one, i) => x * one + y * (rest[i] ?? 0n))
      for (let i = at; i < this.length; i++) rest[i] = ours * (rest[i] ?? 0n) - theirs * (own.entries[i] ?? 0n)
      this.#basis[at] = basisVector(joined)
      first = Math.min(first, at)
    }
    if (first < this.length) this.#tidy()
    return first < this.length
  }

  /** Makes the entries of all basis vectors small again. */
  #tidy(): void {
    for (let at = this.length - 1; at >= 0; at--) {
      const own = this.#basis[at]
      if (own === undefined || own.places.length === 1) continue
      const entries = [...own.entries]
      if (this.#reduce(entries, at + 1)) this.#basis[at] = basisVector(entries)
    }
  }

  /** Subtracts multiples of the basis from a vector, beginning at a coordinate. Returns whether anything was subtracted. */
  #reduce(vector: bigint[], from: number): boolean {
    let isChanged = false
    for (let at = from; at < vector.length; at++) {
      const entry = vector[at] ?? 0n
      const own = this.#basis[at]
      if (entry === 0n || own === undefined) continue
      const lead = own.entries[at] ?? 1n
      const multiple = entry >= 0n ? entry / lead : -((lead - 1n - entry) / lead)
      if (multiple === 0n) continue
      this.#subtract(vector, multiple, own)
      isChanged = true
    }
    return isChanged
  }

  #subtract(from: bigint[], multiple: bigint, { entries, places }: BasisVector): void {
    if (multiple === 0n) return
    this.#work.left -= places.length * sizeOf(multiple)
    for (const at of places) from[at] = (from[at] ?? 0n) - multiple * (entries[at] ?? 0n)
  }
}

function basisVector(entries: bigint[]): BasisVector {
  return { entries, places: [...entries.keys()].filter((at) => entries[at] !== 0n) }
}

/** Approximate number of products of small integers that a product with this integer takes. */
function sizeOf(integer: bigint): number {
  return BigInt.asIntN(64, integer) === integer ? 1 : 1 + (integer.toString(16).length >> 4)
}

/** The greatest common divisor of two integers of which the first is positive, and x and y with divisor = x·a + y·b. */
function euclid(a: bigint, b: bigint): { divisor: bigint; x: bigint; y: bigint } {
  let [before, divisor] = [b, a]
  let [xBefore, x, yBefore, y] = [0n, 1n, 1n, 0n]
  while (before !== 0n) {
    const times = divisor / before
    ;[before, divisor] = [divisor - times * before, before]
    ;[xBefore, x] = [x - times * xBefore, xBefore]
    ;[yBefore, y] = [y - times * yBefore, yBefore]
  }
  return divisor > 0n ? { divisor, x, y } : { divisor: -divisor, x: -x, y: -y }
}
