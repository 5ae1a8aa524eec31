/** The partitions of the atom rule, one per catalog epoch and ledger scope: what releases have already told apart. */
import { Partition } from '@stimnet/privacy'
import type { Database, Draft } from './database.ts'
import type { Sublevel } from './level.ts'

/** One partition a scope, kept in memory once used. */
export class AtomStore {
  readonly #atoms: Sublevel<Uint8Array>
  readonly #current = new Map<string, Partition>()

  constructor(database: Database) {
    this.#atoms = database.root.sublevel<string, Uint8Array>('atoms', {
      valueEncoding: 'view'
    }) as unknown as Sublevel<Uint8Array>
  }

  /** Loads a scope's partition, or starts it. Throws NODE_ERROR where the stored bytes are not a partition of this epoch. */
  async load(scope: string, universe: number, start: () => Promise<Partition>): Promise<Partition> {
    const known = this.#current.get(scope)
    if (known) return known
    const bytes = await this.#atoms.get(scope)
    const partition = bytes === undefined ? await start() : Partition.fromBytes(bytes, universe)
    // Another load may have come first; all must share one.
    const current = this.#current.get(scope) ?? partition
    this.#current.set(scope, current)
    return current
  }

  /** The partition as of the last change prepared; only what `load` loaded. */
  current(scope: string): Partition | undefined {
    return this.#current.get(scope)
  }

  /** Inside the single writer: the partition after a release, in the batch that publishes it. */
  replace(draft: Draft, scope: string, partition: Partition): void {
    if (this.#current.get(scope) === partition) return
    draft.put(this.#atoms, scope, partition.toBytes())
    this.#current.set(scope, partition)
  }
}
