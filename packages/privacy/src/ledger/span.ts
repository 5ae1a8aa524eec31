/**
 * The span of one quantity: the sets over which it was summed, and the leverage of every item in them.
 *
 * A released sum of the quantity over a set C is Σ 1[i ∈ C]·v(i): the scalar product of the vector of C with the items'
 * values. Let V be the span of all released vectors, P the orthogonal projector on it. Every linear combination w of
 * released sums is a vector of V, so that for each item i, by Cauchy and Schwarz with P·w = w,
 *
 *   w(i)² = ⟨P·e(i), w⟩² ≤ P(i,i)·|w|²,   and, summed over the support of w,   1 ≤ Σ P(i,i) ≤ |supp w|·max P(i,i).
 *
 * So |supp w| ≥ 1 / max P(i,i): with every leverage P(i,i) at most 1/k no combination of released sums rests on fewer than k
 * items. Where people have several items, the same with the blocks of P that belong to one person: Σ over the items of a
 * person of w(i)² ≤ ‖P(B,B)‖·|w|², the spectral norm. No closure of the sets is needed: intersections that nobody released
 * are not in V.
 *
 * The support is a whole number: |supp w| > k − 1 is |supp w| ≥ k. A leverage up to 1/k + 1/(2k²) therefore gives the same
 * promise as one of 1/k, and the arithmetic of doubles decides it, whose error here is below 10⁻⁹. What doubles cannot
 * decide, whether a set lies in V or just beside it, is decided in whole numbers; where that fails the answer is no.
 */
import type { Patterns } from './patterns.ts'
import { rationalWeights } from './weights.ts'

/** Below it, a squared distance from the span is zero or must be shown to be. */
const DISTANCE_MIN = 1e-6
/** How far the equations that place a set in the span may be off, per item of it. */
const RESIDUAL_MAX = 1e-10

/** A set held against a span. */
export type Placed =
  | {
      /** It lies in the span: what it would tell can be worked out from what was told. */
      readonly kind: 'within'
      /** By released set: how often it is taken for this one. */
      readonly weights: Float64Array
    }
  | {
      /** It adds a dimension. */
      readonly kind: 'new'
      readonly weights: Float64Array
      /** Squared length of what the span does not explain of it. */
      readonly distance: number
      /** By the span's own pattern, what is not explained of an item inside the set, and outside of it. */
      readonly inside: Float64Array
      readonly outside: Float64Array
    }
  | { readonly kind: 'unsure' }

/** The released sets of one quantity. Immutable. */
export class Span {
  /** By pattern of the ledger as of the last set: which pattern of this span's own sets it has. */
  readonly ownOf: Uint32Array
  /** By own pattern and released set: 1 where its items are in it. */
  readonly rows: readonly Uint8Array[]
  /** By own pattern. */
  readonly leverage: Float64Array
  /** Items in common of each two released sets. */
  readonly #gram: readonly Float64Array[]
  readonly #inverse: readonly Float64Array[]
  #known: readonly Uint32Array[] | undefined
  /** What was shown of each set, where that was rounded. */
  readonly shown: readonly (number | undefined)[]

  private constructor(parts: {
    ownOf: Uint32Array
    rows: readonly Uint8Array[]
    leverage: Float64Array
    gram: readonly Float64Array[]
    inverse: readonly Float64Array[]
    shown: readonly (number | undefined)[]
  }) {
    this.ownOf = parts.ownOf
    this.rows = parts.rows
    this.leverage = parts.leverage
    this.#gram = parts.gram
    this.#inverse = parts.inverse
    this.shown = parts.shown
  }

  /** Nothing told. */
  static empty(patterns: Patterns): Span {
    return new Span({
      ownOf: new Uint32Array(patterns.count),
      rows: [new Uint8Array(0)],
      leverage: new Float64Array(1),
      gram: [],
      inverse: [],
      shown: []
    })
  }

  /**
   * From stored own patterns. Undefined where they do not make a span: sets that depend on each other, or that doubles
   * cannot tell from such.
   */
  static of(
    patterns: Patterns,
    stored: { ownOf: Uint32Array; rows: readonly Uint8Array[]; shown: readonly (number | undefined)[] }
  ): Span | undefined {
    const rank = stored.shown.length
    const sound = stored.rows.every((row) => row.length === rank) && stored.ownOf.length === patterns.count
    if (!sound || stored.ownOf.some((own) => own >= stored.rows.length)) return undefined
    const items = new Float64Array(stored.rows.length)
    for (let pattern = 0; pattern < patterns.count; pattern++) {
      const own = stored.ownOf[pattern] ?? 0
      items[own] = (items[own] ?? 0) + (patterns.sizes[pattern] ?? 0)
    }
    const lists = stored.rows.map(placesOf)
    // Flat, line by line: these two walks are most of opening a ledger.
    const common = new Float64Array(rank * rank)
    for (const [own, sets] of lists.entries()) {
      const count = items[own] ?? 0
      for (const one of sets)
        for (const other of sets) common[one * rank + other] = (common[one * rank + other] ?? 0) + count
    }
    const gram = Array.from({ length: rank }, (_, set) => common.slice(set * rank, (set + 1) * rank))
    const inverse = inverseOf(gram)
    if (inverse === undefined) return undefined
    const flat = new Float64Array(rank * rank)
    for (const [set, line] of inverse.entries()) flat.set(line, set * rank)
    const leverage = Float64Array.from(lists, (sets) => {
      let sum = 0
      for (const one of sets) for (const other of sets) sum += flat[one * rank + other] ?? 0
      return sum
    })
    return new Span({ ...stored, leverage, gram, inverse })
  }

  /** Released sets that do not depend on each other. */
  get rank(): number {
    return this.#gram.length
  }

  /** Where a set lies, given by pattern of the ledger. */
  place(patterns: Patterns, isIn: Uint8Array): Placed {
    const ownOf = patterns.extend(this.ownOf)
    const owns = this.rows.length
    const [inside, outside] = [new Float64Array(owns), new Float64Array(owns)]
    let size = 0
    for (let pattern = 0; pattern < patterns.count; pattern++) {
      const [own, items] = [ownOf[pattern] ?? 0, patterns.sizes[pattern] ?? 0]
      if (isIn[pattern] === 1) {
        inside[own] = (inside[own] ?? 0) + items
        size += items
      } else outside[own] = (outside[own] ?? 0) + items
    }
    if (size === 0) return { kind: 'within', weights: new Float64Array(this.rank) }
    const lists = this.#lists
    const common = this.#common(inside)
    const weights = this.#solve(common, size)
    if (weights === undefined) return { kind: 'unsure' }
    const [insideLeft, outsideLeft] = [new Float64Array(owns), new Float64Array(owns)]
    let distance = 0
    for (let own = 0; own < owns; own++) {
      const explained = sumAt(lists[own] ?? NONE, weights)
      insideLeft[own] = 1 - explained
      outsideLeft[own] = -explained
      distance += (inside[own] ?? 0) * (1 - explained) ** 2 + (outside[own] ?? 0) * explained ** 2
    }
    if (distance >= DISTANCE_MIN) return { kind: 'new', weights, distance, inside: insideLeft, outside: outsideLeft }
    const isWithin = rationalWeights(weights, this.rows, (own) =>
      (inside[own] ?? 0) > 0 ? ((outside[own] ?? 0) > 0 ? undefined : 1) : 0
    )
    return isWithin ? { kind: 'within', weights } : { kind: 'unsure' }
  }

  /** The span after a set that adds a dimension. */
  with(patterns: Patterns, isIn: Uint8Array, placed: Extract<Placed, { kind: 'new' }>, shown?: number): Span {
    const known = patterns.extend(this.ownOf)
    const ownOf = new Uint32Array(patterns.count)
    const names = new Int32Array(2 * this.rows.length).fill(-1)
    const rows: Uint8Array[] = []
    const leverage: number[] = []
    for (let pattern = 0; pattern < patterns.count; pattern++) {
      const [own, isInside] = [known[pattern] ?? 0, isIn[pattern] === 1]
      const name = 2 * own + (isInside ? 1 : 0)
      if ((names[name] ?? -1) < 0) {
        names[name] = rows.length
        const row = new Uint8Array(this.rank + 1)
        row.set(this.rows[own] ?? EMPTY)
        row[this.rank] = isInside ? 1 : 0
        rows.push(row)
        leverage.push((this.leverage[own] ?? 0) + addedTo(placed, own, isInside))
      }
      ownOf[pattern] = names[name] ?? 0
    }
    const { weights, distance } = placed
    const inSet = new Float64Array(rows.length)
    for (let pattern = 0; pattern < patterns.count; pattern++) {
      const own = ownOf[pattern] ?? 0
      if (isIn[pattern] === 1) inSet[own] = (inSet[own] ?? 0) + (patterns.sizes[pattern] ?? 0)
    }
    const column = new Float64Array(this.rank + 1)
    for (const [own, row] of rows.entries()) {
      for (let set = 0; set <= this.rank; set++)
        if (row[set] === 1) column[set] = (column[set] ?? 0) + (inSet[own] ?? 0)
    }
    const gram = [...this.#gram.map((line, set) => withLast(line, column[set] ?? 0)), column]
    // The inverse of a matrix with one row and column more, from the old inverse and the distance.
    const inverse = this.#inverse.map((line, i) => {
      const wider = new Float64Array(this.rank + 1)
      for (let j = 0; j < this.rank; j++) wider[j] = (line[j] ?? 0) + ((weights[i] ?? 0) * (weights[j] ?? 0)) / distance
      wider[this.rank] = -(weights[i] ?? 0) / distance
      return wider
    })
    const last = new Float64Array(this.rank + 1)
    for (let j = 0; j < this.rank; j++) last[j] = -(weights[j] ?? 0) / distance
    last[this.rank] = 1 / distance
    return new Span({
      ownOf,
      rows,
      leverage: Float64Array.from(leverage),
      gram,
      inverse: [...inverse, last],
      shown: [...this.shown, shown]
    })
  }

  /** P(i,j) of two items, by their own patterns. */
  kernel(own: number, other: number): number {
    const [row, column] = [this.rows[own] ?? EMPTY, this.rows[other] ?? EMPTY]
    let sum = 0
    for (let i = 0; i < this.rank; i++) if (row[i] === 1) sum += dot(column, this.#inverse[i] ?? NOTHING)
    return sum
  }

  /** What was shown of sets that make up this one, put together the same way; undefined where one of them is not known. */
  shownOf(weights: Float64Array): number | undefined {
    let sum = 0
    for (const [set, weight] of weights.entries()) {
      if (Math.abs(weight) < 1e-9) continue
      const shown = this.shown[set]
      if (shown === undefined) return undefined
      sum += weight * shown
    }
    return Math.round(sum * 1e6) / 1e6
  }

  /** Members of each released set among items counted by own pattern. */
  #common(inside: Float64Array): Float64Array {
    const common = new Float64Array(this.rank)
    for (const [own, sets] of this.#lists.entries()) {
      const items = inside[own] ?? 0
      if (items === 0) continue
      for (const set of sets) common[set] = (common[set] ?? 0) + items
    }
    return common
  }

  /** By own pattern the sets that it is in. */
  get #lists(): readonly Uint32Array[] {
    this.#known ??= this.rows.map(placesOf)
    return this.#known
  }

  /** G⁻¹·c, made better until G·w = c; undefined where it does not become so. The matrix itself is of whole numbers. */
  #solve(common: Float64Array, size: number): Float64Array | undefined {
    const weights = product(this.#inverse, common)
    for (let round = 0; round < 4; round++) {
      const left = common.map((value, i) => value - dotOf(this.#gram[i] ?? NOTHING, weights))
      if (left.every((value) => Math.abs(value) <= RESIDUAL_MAX * size)) return weights
      const more = product(this.#inverse, left)
      for (let i = 0; i < weights.length; i++) weights[i] = (weights[i] ?? 0) + (more[i] ?? 0)
    }
    return undefined
  }
}

const EMPTY = new Uint8Array(0)
const NONE = new Uint32Array(0)
const NOTHING = new Float64Array(0)

/** How much leverage a new set adds to an item of that own pattern, inside or outside of it. */
export function addedTo(placed: Extract<Placed, { kind: 'new' }>, own: number, isInside: boolean): number {
  return ((isInside ? placed.inside[own] : placed.outside[own]) ?? 0) ** 2 / placed.distance
}

function dot(row: Uint8Array, weights: Float64Array): number {
  let sum = 0
  for (let i = 0; i < row.length; i++) if (row[i] === 1) sum += weights[i] ?? 0
  return sum
}

/** Where the row has a one. */
function placesOf(row: Uint8Array): Uint32Array {
  let count = 0
  for (let i = 0; i < row.length; i++) count += row[i] ?? 0
  const found = new Uint32Array(count)
  let at = 0
  for (let i = 0; i < row.length; i++) if (row[i] === 1) found[at++] = i
  return found
}

function sumAt(places: Uint32Array, weights: Float64Array): number {
  let sum = 0
  for (const place of places) sum += weights[place] ?? 0
  return sum
}

/**
 * Of a matrix of common members, by Cholesky's factors; undefined where a set is within so little of the others that doubles
 * cannot tell it from them.
 */
function inverseOf(gram: readonly Float64Array[]): Float64Array[] | undefined {
  const rank = gram.length
  const factor = gram.map(() => new Float64Array(rank))
  for (let i = 0; i < rank; i++) {
    const line = factor[i] ?? NOTHING
    for (let j = 0; j <= i; j++) {
      const other = factor[j] ?? NOTHING
      let left = gram[i]?.[j] ?? 0
      for (let at = 0; at < j; at++) left -= (line[at] ?? 0) * (other[at] ?? 0)
      if (i > j) line[j] = left / (other[j] ?? 1)
      // What is left on the diagonal is the squared distance of the set from those before it.
      else if (left < DISTANCE_MIN) return undefined
      else line[i] = Math.sqrt(left)
    }
  }
  const lower = factor.map(() => new Float64Array(rank))
  for (let j = 0; j < rank; j++) {
    for (let i = j; i < rank; i++) {
      let sum = i === j ? 1 : 0
      for (let at = j; at < i; at++) sum -= (factor[i]?.[at] ?? 0) * (lower[at]?.[j] ?? 0)
      const line = lower[i]
      if (line) line[j] = sum / (factor[i]?.[i] ?? 1)
    }
  }
  const inverse = factor.map(() => new Float64Array(rank))
  for (const line of lower) {
    for (let i = 0; i < rank; i++) {
      const [own, by] = [inverse[i], line[i] ?? 0]
      if (by === 0 || own === undefined) continue
      for (let j = 0; j < rank; j++) own[j] = (own[j] ?? 0) + by * (line[j] ?? 0)
    }
  }
  return inverse
}

function dotOf(line: Float64Array, weights: Float64Array): number {
  let sum = 0
  for (let i = 0; i < line.length; i++) sum += (line[i] ?? 0) * (weights[i] ?? 0)
  return sum
}

function product(matrix: readonly Float64Array[], vector: Float64Array): Float64Array {
  return Float64Array.from(matrix, (line) => dotOf(line, vector))
}

function withLast(line: Float64Array, value: number): Float64Array {
  const longer = new Float64Array(line.length + 1)
  longer.set(line)
  longer[line.length] = value
  return longer
}
