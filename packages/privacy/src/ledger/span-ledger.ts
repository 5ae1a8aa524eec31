/** What releases have told of the items of one epoch: of its subjects, or of the rows of a table with several per subject. */
import { Patterns } from './patterns.ts'
import type { Span } from './span.ts'

/** Bits told of a variable's values, by pattern of the items; and by item as of that pattern. */
export type Spent = ReadonlyMap<string, Float64Array>

/** A count of those who have a level among some. */
export interface LevelCount {
  readonly of: Uint8Array
  readonly having: Uint8Array
}

/** Everything that a ledger is made of. */
export interface LedgerParts {
  readonly patterns: Patterns
  readonly spans: ReadonlyMap<string, Span>
  /**
   * Sets that are in the span of every quantity, also of later ones: first the parts of a ledger of the first edition, over which
   * any sum may have been told; then the cohorts of programs, and what of them is common.
   */
  readonly everywhere: readonly Uint8Array[]
  /** How many of `everywhere` are parts of the first edition. */
  readonly firstParts: number
  readonly spent: Spent
  /** By level: of whom it was told how many have it, and who these are; by pattern. */
  readonly levels: ReadonlyMap<string, readonly LevelCount[]>
  /** By pattern: 1 for those that came with a newer epoch and were in no release yet. */
  readonly arrived?: Uint8Array | undefined
  /** Whose the items are, where they are rows: the subject of each, those gone included. */
  readonly owners?: Uint32Array | undefined
}

/** An immutable ledger; a `LedgerDraft` is for changing it. */
export class SpanLedger {
  readonly parts: LedgerParts

  private constructor(parts: LedgerParts) {
    this.parts = parts
  }

  /** Nothing told. `owners`: of rows, the subject of each, never falling, so that a subject's rows lie together. */
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

  /** Of checked parts: what a draft has become, or what was stored. */
  static of(parts: LedgerParts): SpanLedger {
    return new SpanLedger(parts)
  }

  /**
   * Of labels by part: about each part anything may have been told. This is how a ledger of the first edition is read, whose
   * parts were never told apart further.
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

  /** Items that can be in a set. */
  get universe(): number {
    return this.parts.patterns.universe
  }

  /** Numbers told of a quantity that do not follow from each other. */
  rankOf(quantity: string): number {
    return this.parts.spans.get(quantity)?.rank ?? this.parts.everywhere.length
  }

  /** Bits told of a variable, of each item on average. */
  bitsEach(variable: string): number {
    const spent = this.parts.spent.get(variable)
    const { patterns } = this.parts
    if (spent === undefined || patterns.universe === 0) return 0
    const all = patterns.extend(spent).reduce((sum, bits, pattern) => sum + bits * (patterns.sizes[pattern] ?? 0), 0)
    return all / patterns.universe
  }
}

/** Throws RangeError for owners of other rows, or out of order. */
export function assertOwners(owners: Uint32Array, universe: number): void {
  if (owners.length !== universe) throw new RangeError('owners of other rows')
  for (let i = 1; i < owners.length; i++) {
    if ((owners[i] ?? 0) < (owners[i - 1] ?? 0)) throw new RangeError('the rows of a subject lie apart')
  }
}
