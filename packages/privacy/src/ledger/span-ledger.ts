/**
 * The record of what releases have disclosed about the items of one epoch: about its subjects, or about the rows of
 * a table with several rows per subject.
 */
import { Patterns } from './patterns.ts'
import type { Span } from './span.ts'

/** The bits that were disclosed about an item's value, by variable and by pattern of the item. */
export type Spent = ReadonlyMap<string, Float64Array>

/** A count of people with a level: the people among whom they were counted, and the people who have it, by pattern. */
export interface LevelCount {
  readonly of: Uint8Array
  readonly having: Uint8Array
}

/** The parts of a ledger. */
export interface LedgerParts {
  readonly patterns: Patterns
  readonly spans: ReadonlyMap<string, Span>
  /**
   * Sets that are in the span of every quantity, including future quantities: first the parts of a ledger of the first
   * edition, over which any sum may have been disclosed, and then the cohorts of programs and their intersections.
   */
  readonly everywhere: readonly Uint8Array[]
  /** Number of sets of `everywhere` that are parts of the first edition. */
  readonly firstParts: number
  readonly spent: Spent
  /** The disclosed counts, by name of the level. */
  readonly levels: ReadonlyMap<string, readonly LevelCount[]>
  /** By pattern: 1 for items that arrived with a newer epoch and have been in no release yet. */
  readonly arrived?: Uint8Array | undefined
  /** For items that are rows: the subject of each row, including rows that are gone. */
  readonly owners?: Uint32Array | undefined
}

/** An immutable ledger. Use a `LedgerDraft` to change it. */
export class SpanLedger {
  readonly parts: LedgerParts

  private constructor(parts: LedgerParts) {
    this.parts = parts
  }

  /**
   * A ledger before anything was disclosed. For rows, `owners` is the subject of each row in ascending order, so that the
   * rows of a subject are contiguous; otherwise throws RangeError.
   */
  static start(universe: number, owners?: Uint32Array): SpanLedger {
    if (owners !== undefined) assertOwners(owners, universe)
    return new SpanLedger({
      patterns: Patterns.whole(universe),
      spans: new Map(),
      everywhere: [],
      firstParts: 0,
      spent: new Map(),
      levels: new Map(),
      owners
    })
  }

  /** A ledger from checked parts, which come from a draft or from the store. */
  static of(parts: LedgerParts): SpanLedger {
    return new SpanLedger(parts)
  }

  /**
   * A ledger from the labels of parts, where anything may have been disclosed about each part. Ledgers of the first edition
   * are read in this way; their parts were never split further.
   */
  static ofParts(universe: number, labels: Uint32Array, owners?: Uint32Array): SpanLedger {
    const patterns = Patterns.of(universe, labels)
    const everywhere = Array.from({ length: patterns.count }, (_, part) =>
      Uint8Array.from({ length: patterns.count }, (_, pattern) => (pattern === part ? 1 : 0))
    )
    const firstParts = everywhere.length
    return new SpanLedger({
      patterns,
      spans: new Map(),
      everywhere,
      firstParts,
      spent: new Map(),
      levels: new Map(),
      owners
    })
  }

  /** Number of items that can be in a set. */
  get universe(): number {
    return this.parts.patterns.universe
  }

  /** Number of disclosed numbers of a quantity that do not follow from each other. */
  rankOf(quantity: string): number {
    return this.parts.spans.get(quantity)?.rank ?? this.parts.everywhere.length
  }

  /** Average bits per item disclosed about a variable: the larger of its two sums (over groups that others know, and over all others). */
  bitsEach(variable: string): number {
    const { patterns } = this.parts
    const accounts = [variable, accountOfUnknown(variable)].flatMap((name) => this.parts.spent.get(name) ?? [])
    const each = accounts.map((spent) => {
      const all = patterns.extend(spent).reduce((sum, bits, pattern) => sum + bits * (patterns.sizes[pattern] ?? 0), 0)
      return all / Math.max(1, patterns.universe)
    })
    return Math.max(0, ...each)
  }
}

/** Throws RangeError if the owners are those of other rows, or not in ascending order. */
export function assertOwners(owners: Uint32Array, universe: number): void {
  if (owners.length !== universe) throw new RangeError('owners of other rows')
  for (let i = 1; i < owners.length; i++) {
    if ((owners[i] ?? 0) < (owners[i - 1] ?? 0)) throw new RangeError('the rows of a subject lie apart')
  }
}

/**
 * The account of a variable for numbers over people whom others do not know. The account of all other numbers has the
 * variable's own name.
 */
export function accountOfUnknown(variable: string): string {
  return `of unknown ${variable}`
}
