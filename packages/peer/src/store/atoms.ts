/** The partitions of the atom rule, one per catalog epoch and ledger: what releases have already told apart. */
import type { Partition } from '@stimnet/privacy'
import type { Database, Draft } from './database.ts'
import type { Sublevel } from './level.ts'

/** How one ledger's partition begins, and how it is read again. */
export interface LedgerForm {
  start(): Promise<Partition>
  /** Throws NODE_ERROR where the bytes are not a partition of this ledger. */
  read(bytes: Uint8Array): Promise<Partition>
}

/** One partition a scope, kept in memory once used. */
export class AtomStore {
  readonly #atoms: Sublevel<Uint8Array>
  readonly #current = new Map<string, Partition>()
  /** As it stands in the database. */
  readonly #stored = new Map<string, Partition>()

  constructor(database: Database) {
    this.#atoms = database.root.sublevel<string, Uint8Array>('atoms', {
      valueEncoding: 'view'
    }) as unknown as Sublevel<Uint8Array>
  }

  /** Loads a scope's partition; starts it only where none is stored. Throws NODE_ERROR where the stored bytes are not one. */
  async load(scope: string, form: LedgerForm): Promise<Partition> {
    const known = this.#current.get(scope)
    if (known) return known
    const bytes = await this.#atoms.get(scope)
    const partition = await (bytes === undefined ? form.start() : form.read(bytes))
    // Another load may have come first; all must share one.
    const current = this.#current.get(scope) ?? partition
    this.#current.set(scope, current)
    if (bytes !== undefined && current === partition) this.#stored.set(scope, partition)
    return current
  }

  /** Whether anything was ever released from that epoch of a catalog. */
  async hasReleased(catalog: string, epoch: string): Promise<boolean> {
    const prefix = `${catalog}!${epoch}!`
    const keys = await this.#atoms.keys({ gt: prefix, lt: `${prefix}~`, limit: 1 }).all()
    return keys.length > 0
  }

  /** Whether anything exact was ever released from any epoch of a catalog. */
  async hasEverReleased(catalog: string): Promise<boolean> {
    const keys = await this.#atoms.keys({ gt: `${catalog}!`, lt: `${catalog}!~`, limit: 1 }).all()
    return keys.length > 0
  }

  /** Every ledger of an epoch, by what follows the epoch in its scope's name. */
  async ledgers(catalog: string, epoch: string): Promise<[name: string, bytes: Uint8Array][]> {
    const prefix = `${catalog}!${epoch}!`
    const found = await this.#atoms.iterator({ gt: prefix, lt: `${prefix}~` }).all()
    return found.map(([scope, bytes]) => [scope.slice(prefix.length), bytes])
  }

  /** Inside the single writer, of a peer that serves nothing: a ledger leaves one epoch and goes on in another. */
  move(draft: Draft, ledger: { catalog: string; name: string; from: string; to: string; partition: Partition }): void {
    const { catalog, name, from, to, partition } = ledger
    draft.del(this.#atoms, `${catalog}!${from}!${name}`)
    draft.put(this.#atoms, `${catalog}!${to}!${name}`, partition.toBytes())
  }

  /** The partition as of the last change prepared; only what `load` loaded. */
  current(scope: string): Partition | undefined {
    return this.#current.get(scope)
  }

  /**
   * Inside the single writer: the partition after a release, in the batch that publishes it. Also where the release split
   * nothing, if it is the first: a ledger that was used is read at the next start, whatever lattice stands there by then.
   */
  replace(draft: Draft, scope: string, partition: Partition): void {
    const [current, stored] = [this.#current.get(scope), this.#stored.get(scope)]
    if (stored === partition) return
    draft.undo(() => {
      put(this.#current, scope, current)
      put(this.#stored, scope, stored)
    })
    draft.put(this.#atoms, scope, partition.toBytes())
    this.#current.set(scope, partition)
    this.#stored.set(scope, partition)
  }
}

function put(partitions: Map<string, Partition>, scope: string, partition: Partition | undefined): void {
  if (partition === undefined) partitions.delete(scope)
  else partitions.set(scope, partition)
}
