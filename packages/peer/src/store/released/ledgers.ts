/** Disclosure ledgers, one per catalog epoch, scope and kind of item: the record of everything that releases have disclosed. */
import { ledgerToBytes, type SpanLedger } from '@stimnet/privacy'
import type { Database, Draft } from '../database.ts'
import type { Sublevel } from '../level/level.ts'

/** The creation of a new ledger, and the reading of a stored ledger. */
export interface LedgerForm {
  start(): Promise<SpanLedger>
  /** Throws NODE_ERROR if the bytes do not belong to this ledger. */
  read(bytes: Uint8Array): Promise<SpanLedger>
}

/** The store of ledgers: one ledger per scope, kept in memory after its first use. */
export class LedgerStore {
  readonly #ledgers: Sublevel<Uint8Array>
  readonly #current = new Map<string, SpanLedger>()
  /** The ledgers as stored in the database. */
  readonly #stored = new Map<string, SpanLedger>()

  constructor(database: Database) {
    // The sublevel keeps its name from the first version, whose ledgers are read from the same sublevel.
    this.#ledgers = database.root.sublevel<string, Uint8Array>('atoms', {
      valueEncoding: 'view'
    }) as unknown as Sublevel<Uint8Array>
  }

  /** Loads a scope's ledger, or starts a ledger if none is stored. Throws NODE_ERROR if the stored bytes are not a ledger. */
  async load(scope: string, form: LedgerForm): Promise<SpanLedger> {
    const known = this.#current.get(scope)
    if (known) return known
    const bytes = await this.#ledgers.get(scope)
    const next = await (bytes === undefined ? form.start() : form.read(bytes))
    // A concurrent load may have finished first. All callers must share one ledger.
    const current = this.#current.get(scope) ?? next
    this.#current.set(scope, current)
    if (bytes !== undefined && current === next) this.#stored.set(scope, next)
    return current
  }

  /** Whether anything was released from that epoch of a catalog. */
  async hasReleased(catalog: string, epoch: string): Promise<boolean> {
    const prefix = `${catalog}!${epoch}!`
    const keys = await this.#ledgers.keys({ gt: prefix, lt: `${prefix}~`, limit: 1 }).all()
    return keys.length > 0
  }

  /** Whether an exact number was released from any epoch of a catalog. */
  async hasEverReleased(catalog: string): Promise<boolean> {
    const keys = await this.#ledgers.keys({ gt: `${catalog}!`, lt: `${catalog}!~`, limit: 1 }).all()
    return keys.length > 0
  }

  /** Every ledger of an epoch, by the part of its scope's name that follows the epoch. */
  async ledgers(catalog: string, epoch: string): Promise<[name: string, bytes: Uint8Array][]> {
    const prefix = `${catalog}!${epoch}!`
    const found = await this.#ledgers.iterator({ gt: prefix, lt: `${prefix}~` }).all()
    return found.map(([scope, bytes]) => [scope.slice(prefix.length), bytes])
  }

  /** Moves a ledger to another epoch. Use inside the single writer of a peer that is not serving. */
  move(draft: Draft, ledger: { catalog: string; name: string; from: string; to: string; next: SpanLedger }): void {
    const { catalog, name, from, to, next } = ledger
    draft.del(this.#ledgers, `${catalog}!${from}!${name}`)
    draft.put(this.#ledgers, `${catalog}!${to}!${name}`, ledgerToBytes(next))
  }

  /** The ledger after the last prepared change; undefined if it was not loaded with `load`. */
  current(scope: string): SpanLedger | undefined {
    return this.#current.get(scope)
  }

  /**
   * Stores the ledger after a release, inside the single writer and in the batch that publishes the release. The first
   * release stores it even if it disclosed nothing new: then the next start reads the ledger, whatever lattice is configured
   * by then.
   */
  replace(draft: Draft, scope: string, next: SpanLedger): void {
    const [current, stored] = [this.#current.get(scope), this.#stored.get(scope)]
    if (stored === next) return
    draft.undo(() => {
      put(this.#current, scope, current)
      put(this.#stored, scope, stored)
    })
    draft.put(this.#ledgers, scope, ledgerToBytes(next))
    this.#current.set(scope, next)
    this.#stored.set(scope, next)
  }
}

function put(ledgers: Map<string, SpanLedger>, scope: string, next: SpanLedger | undefined): void {
  if (next === undefined) ledgers.delete(scope)
  else ledgers.set(scope, next)
}
