/** Waiting callers, each registered under the key of the value whose change it awaits. */
export class Watchers {
  readonly #byKey = new Map<string, Set<() => void>>()

  /** Calls `wake` at each change until the returned function is called. */
  watch(key: string, wake: () => void): () => void {
    const set = this.#byKey.get(key) ?? new Set()
    this.#byKey.set(key, set.add(wake))
    return () => {
      set.delete(wake)
      if (set.size === 0) this.#byKey.delete(key)
    }
  }

  wake(key: string): void {
    for (const wake of this.#byKey.get(key) ?? []) wake()
  }
}
