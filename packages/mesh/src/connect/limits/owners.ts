/** Stored records by their owners, and which of them gives way to another. */

/** Bounds on numbers of records. */
export interface OwnerLimits {
  /** Maximum number of records of one owner. */
  readonly perOwner: number
  /** Maximum number of records of all owners. */
  readonly total: number
}

/** The names of records by owner, oldest first. */
export class Owners {
  readonly #limits: OwnerLimits
  readonly #names = new Map<string, Set<string>>()
  #count = 0

  constructor(limits: OwnerLimits) {
    this.#limits = limits
  }

  has(owner: string, name: string): boolean {
    return this.#names.get(owner)?.has(name) ?? false
  }

  /** Adds a record, or makes it the newest of its owner. Returns the record that gives way to it, which is removed here. */
  add(owner: string, name: string): string | undefined {
    const own = this.#names.get(owner) ?? new Set()
    this.#names.set(owner, own)
    if (!own.delete(name)) this.#count += 1
    own.add(name)
    if (own.size > this.#limits.perOwner) return this.#removeOldest(owner)
    // The owner of most records gives way, so that one owner cannot push out the records of others.
    return this.#count > this.#limits.total ? this.#removeOldest(this.#largest()) : undefined
  }

  remove(owner: string, name: string): void {
    const own = this.#names.get(owner)
    if (!own?.delete(name)) return
    this.#count -= 1
    if (own.size === 0) this.#names.delete(owner)
  }

  #removeOldest(owner: string): string | undefined {
    const [oldest] = this.#names.get(owner) ?? []
    if (oldest !== undefined) this.remove(owner, oldest)
    return oldest
  }

  #largest(): string {
    let [largest, most] = ['', 0]
    for (const [owner, { size }] of this.#names) if (size > most) [largest, most] = [owner, size]
    return largest
  }
}
