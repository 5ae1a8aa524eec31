/**
 * Residual closure: whoever knows a total learns what was withheld together, so that this must be nobody or at least k
 * subjects, and no sum that one or two of them make up.
 */
import type { SubjectSet } from '@stimnet/protocol'
import { type Contributions, isDominated, unionOf } from './dominance.ts'
import type { PrivacySettings } from './settings.ts'

/** What can be withheld so that others stay hidden. */
export interface Closable {
  readonly support: SubjectSet
  readonly sums: readonly Contributions[]
}

/**
 * Which of the shown must be withheld as well: the smallest first, in the order given between equals, until what is
 * withheld is safe together, or nothing is shown any more.
 */
export function closeOver<T extends Closable>(
  withheld: readonly Closable[],
  shown: readonly T[],
  settings: PrivacySettings
): T[] {
  const together = new Together(settings)
  for (const cell of withheld) together.add(cell)
  if (together.isSafe()) return []
  const more: T[] = []
  for (const { cell } of shown.map((cell) => ({ cell, size: cell.support.size })).sort((a, b) => a.size - b.size)) {
    together.add(cell)
    more.push(cell)
    if (together.isSafe()) break
  }
  return more
}

/** What is withheld so far, added up as it grows. */
class Together {
  readonly #settings: PrivacySettings
  #support: SubjectSet | undefined
  #size = 0
  #sizes = 0
  /** By what is added up. */
  readonly #sums = new Map<string, Contributions[]>()

  constructor(settings: PrivacySettings) {
    this.#settings = settings
  }

  add({ support, sums }: Closable): void {
    this.#support = this.#support?.or(support) ?? support
    this.#size = this.#support.size
    this.#sizes += support.size
    for (const sum of sums) {
      const kind = `${sum.of ?? ''} ${sum.power ?? 1}`
      const known = this.#sums.get(kind) ?? []
      known.push(sum)
      this.#sums.set(kind, known)
    }
  }

  isSafe(): boolean {
    if (this.#size > 0 && this.#size < this.#settings.k) return false
    const disjoint = this.#size === this.#sizes
    return ![...this.#sums.values()].some((sums) => {
      const union = unionOf(sums, { disjoint })
      return union !== undefined && isDominated(union, this.#settings)
    })
  }
}
