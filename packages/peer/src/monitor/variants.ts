/** A count of distinct variants of repeated events within a time, in bounded memory, whoever causes the events. */

/** The number of variants that counts as many, and the time in which they are counted, ms. */
export interface VariantLimits {
  readonly max: number
  readonly withinMs: number
}

/** Maximum number of keys that are remembered. Above it, the least recently seen key is forgotten. */
const KEYS_MAX = 5_000

interface Seen {
  /** The variants, each with the time it was last seen, Unix ms. */
  readonly variants: Map<string, number>
}

/** Counts distinct variants by key. */
export class Variants {
  readonly #limits: VariantLimits
  readonly #seen = new Map<string, Seen>()

  constructor(limits: VariantLimits) {
    this.#limits = limits
  }

  /** Records a variant. Returns true each time the count reaches `max`; counting then begins again. */
  note(key: string, variant: string, nowMs: number): boolean {
    const { max, withinMs } = this.#limits
    const { variants } = this.#at(key)
    for (const [old, atMs] of variants) if (nowMs - atMs >= withinMs) variants.delete(old)
    variants.set(variant, nowMs)
    if (variants.size < max) return false
    variants.clear()
    return true
  }

  #at(key: string): Seen {
    const known = this.#seen.get(key) ?? { variants: new Map() }
    this.#seen.delete(key)
    if (this.#seen.size >= KEYS_MAX) this.#seen.delete(this.#seen.keys().next().value ?? '')
    this.#seen.set(key, known)
    return known
  }
}
