/**
 * The span of one quantity: the sets over which the quantity was summed, and the leverage of every item in these sets.
 *
 * A released sum of the quantity over a set C is Σ 1[i ∈ C]·v(i): the scalar product of the vector of C with the items'
 * values. Let V be the span of all released vectors, and P the orthogonal projector on V. Every linear combination w of
 * released sums is a vector of V, so that for each item i, by Cauchy and Schwarz with P·w = w,
 *
 *   w(i)² = ⟨P·e(i), w⟩² ≤ P(i,i)·|w|²,   and, summed over the support of w,   1 ≤ Σ P(i,i) ≤ |supp w|·max P(i,i).
 *
 * So |supp w| ≥ 1 / max P(i,i): if every leverage P(i,i) is at most 1/k, no combination of released sums rests on fewer than
 * k items. If people have several items, the same holds with the blocks of P that belong to one person: the sum of w(i)²
 * over the items of a person is at most ‖P(B,B)‖·|w|², with the spectral norm. No closure of the sets is needed:
 * intersections that were not released are not in V.
 *
 * The size of the support is a whole number, so |supp w| > k − 1 means |supp w| ≥ k. A leverage up to 1/k + 1/(2k²)
 * therefore gives the same promise as a leverage of 1/k, and the precision of doubles, whose error here is below 10⁻⁹, is
 * sufficient for the comparison. Doubles cannot decide whether a set lies in V or is only close to V. This question is
 * decided in whole numbers; if that fails, the set is refused.
 */
import type { Patterns } from './patterns.ts'
import { rationalWeights } from './weights.ts'

/** A squared distance from the span below this value must be proved to be exactly zero. */
const DISTANCE_MIN = 1e-6
/** A smaller weight is a rounding error. */
const WEIGHT_MIN = 1e-7
/** Maximum error of the equations that place a set in the span, per item of the set. */
const RESIDUAL_MAX = 1e-10

/** The position of a set in relation to a span. */
export type Placed =
  | {
      /** The set lies in the span: its sum follows from released sums. */
      readonly kind: 'within'
      /** The weight of each released set in the combination that equals this set. */
      readonly weights: Float64Array
    }
  | {
      /** The set adds a dimension to the span. */
      readonly kind: 'new'
      readonly weights: Float64Array
      /** Number of items that the set has in common with each released set, and with itself. */
      readonly common: Float64Array
      /** Squared length of the part of the set that is orthogonal to the span. */
      readonly distance: number
      /**
       * The entry of the orthogonal part, by own pattern of the span: for items inside the set, and for items outside the
       * set.
       */
      readonly inside: Float64Array
      readonly outside: Float64Array
    }
  | { readonly kind: 'unsure' }

/** The released sets of one quantity. Immutable. */
export class Span {
  /**
   * By pattern of the ledger at the time the last set was added: the own pattern in this span. Items share an own pattern if
   * they are in the same sets of this span.
   */
  readonly ownOf: Uint32Array
  /** By own pattern and released set: 1 if the items of the pattern are in the set. */
  readonly rows: readonly Uint8Array[]
  /** The leverage of an item, by own pattern. */
  readonly leverage: Float64Array
  /** Number of items that each two released sets have in common. */
  readonly #gram: readonly Float64Array[]
  readonly #inverse: readonly Float64Array[]
  #known: readonly Uint32Array[] | undefined
  /** The shown value of each set, if it was rounded. */
  readonly shown: readonly (number | undefined)[]
  /** The rung of digits on which each set was released: 0 for full digits, higher rungs for fewer digits. */
  readonly rungs: readonly number[]

  private constructor(parts: {
    ownOf: Uint32Array
    rows: readonly Uint8Array[]
    leverage: Float64Array
    gram: readonly Float64Array[]
    inverse: readonly Float64Array[]
    shown: readonly (number | undefined)[]
    rungs: readonly number[]
  }) {
    this.ownOf = parts.ownOf
    this.rows = parts.rows
    this.leverage = parts.leverage
    this.#gram = parts.gram
    this.#inverse = parts.inverse
    this.shown = parts.shown
    this.rungs = parts.rungs
  }

  /** The span before anything was released. */
  static empty(patterns: Patterns): Span {
    return new Span({
      ownOf: new Uint32Array(patterns.count),
      rows: [new Uint8Array(0)],
      leverage: new Float64Array(1),
      gram: [],
      inverse: [],
      shown: [],
      rungs: []
    })
  }

  /**
   * A span from stored own patterns. Undefined if they do not make a span, because sets depend on each other, or doubles
   * cannot distinguish them from such sets.
   */
  static of(patterns: Patterns, stored: Pick<Span, 'ownOf' | 'rows' | 'shown' | 'rungs'>): Span | undefined {
    const rank = stored.shown.length
    const sound =
      stored.rows.every((row) => row.length === rank) &&
      stored.rungs.length === rank &&
      stored.ownOf.length === patterns.count
    if (!sound || stored.ownOf.some((own) => own >= stored.rows.length)) return undefined
    const items = new Float64Array(stored.rows.length)
    for (let pattern = 0; pattern < patterns.count; pattern++) {
      const own = stored.ownOf[pattern] ?? 0
      items[own] = (items[own] ?? 0) + (patterns.sizes[pattern] ?? 0)
    }
    const lists = stored.rows.map(placesOf)
    // Flat arrays, row by row: these two loops take most of the time of opening a ledger.
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

  /** Number of released sets, none of which depends on the others. */
  get rank(): number {
    return this.#gram.length
  }

  /** The position of a set relative to the span. The set is given by pattern of the ledger. */
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
    if (distance >= DISTANCE_MIN) {
      const left = { inside: insideLeft, outside: outsideLeft }
      return { kind: 'new', weights, common: withLast(common, size), distance, ...left }
    }
    const isWithin = rationalWeights(weights, this.rows, (own) =>
      (inside[own] ?? 0) > 0 ? ((outside[own] ?? 0) > 0 ? undefined : 1) : 0
    )
    return isWithin ? { kind: 'within', weights } : { kind: 'unsure' }
  }

  /** The span with an additional set that adds a dimension. */
  with(
    patterns: Patterns,
    isIn: Uint8Array,
    placed: Extract<Placed, { kind: 'new' }>,
    { shown, rung = 0 }: { readonly shown?: number | undefined; readonly rung?: number } = {}
  ): Span {
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
    const { weights, distance, common } = placed
    const gram = [...this.#gram.map((line, set) => withLast(line, common[set] ?? 0)), common]
    // The inverse of the matrix with one more row and column, computed from the old inverse and the distance.
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
      shown: [...this.shown, shown],
      rungs: [...this.rungs, rung]
    })
  }

  /** The entry P(i,j) of two items, by their own patterns. */
  kernel(own: number, other: number): number {
    return dot(this.rows[other] ?? EMPTY, this.#solved(own))
  }

  /** The entries P(i,j) of an item with the items of each own pattern. */
  kernels(own: number): Float64Array {
    const solved = this.#solved(own)
    return Float64Array.from(this.#lists, (sets) => sumAt(sets, solved))
  }

  /** The weight of each released set in the projection of an item on the span. */
  #solved(own: number): Float64Array {
    const row = this.rows[own] ?? EMPTY
    return Float64Array.from(this.#inverse, (line) => dot(row, line))
  }

  /** The same combination of the shown values of the released sets; undefined if one of these values is not known. */
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

  /**
   * Whether releasing a combination of earlier sets on a rung costs nothing: either it is one set that was released on that
   * rung, or it follows from exact numbers alone. If a number is rounded by itself (`isRounded`), or earlier numbers have
   * fewer digits, the digits of a combination would disclose withheld digits: the means of many unions of groups would
   * average out the rounding.
   */
  isFree(weights: Float64Array, { rung, isRounded }: { readonly rung: number; readonly isRounded: boolean }): boolean {
    const used = this.rungs.filter((_, set) => Math.abs(weights[set] ?? 0) > WEIGHT_MIN)
    return (!isRounded && used.every((one) => one === 0)) || (used.length === 1 && used[0] === rung)
  }

  /** Number of members of each released set among items that are counted by own pattern. */
  #common(inside: Float64Array): Float64Array {
    const common = new Float64Array(this.rank)
    for (const [own, sets] of this.#lists.entries()) {
      const items = inside[own] ?? 0
      if (items === 0) continue
      for (const set of sets) common[set] = (common[set] ?? 0) + items
    }
    return common
  }

  /** For each own pattern, the released sets that contain it. */
  get #lists(): readonly Uint32Array[] {
    this.#known ??= this.rows.map(placesOf)
    return this.#known
  }

  /**
   * Solves G·w = c with the stored inverse, and refines w until the equations hold; undefined if they do not. G itself is
   * exact, because it consists of whole numbers.
   */
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

/** The leverage that a new set adds to an item of an own pattern, inside or outside the set. */
export function addedTo(placed: Extract<Placed, { kind: 'new' }>, own: number, isInside: boolean): number {
  return ((isInside ? placed.inside[own] : placed.outside[own]) ?? 0) ** 2 / placed.distance
}

function dot(row: Uint8Array, weights: Float64Array): number {
  let sum = 0
  for (let i = 0; i < row.length; i++) if (row[i] === 1) sum += weights[i] ?? 0
  return sum
}

/** The indices at which the row is 1. */
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
 * The inverse of a matrix of common members, by Cholesky factors. Undefined if a set is so close to the span of the others that
 * doubles cannot distinguish it from a set in the span.
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
      // The remaining diagonal entry is the squared distance of the set from the span of the earlier sets.
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
