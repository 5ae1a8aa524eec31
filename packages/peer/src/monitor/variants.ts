/** Things that happen again and again, counted over a while: in bounded memory, whoever makes them up. */

/** How many, within which time, before somebody should look. */
export interface VariantLimits {
  readonly max: number
  readonly withinMs: number
}

/** Keys remembered; past it the one least recently seen is forgotten. */
const KEYS_MAX = 5_000

interface Seen {
  /** What happened, and when last. */
  readonly variants: Map<string, number>
}

/** Counts distinct variants by key. */
export class Variants {
  readonly #limits: VariantLimits
  readonly #seen = new Map<string, Seen>()

  constructor(limits: VariantLimits) {
    this.#limits = limits
  }

  /** True each time the count reaches the most there may be; counting then begins again. */
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
