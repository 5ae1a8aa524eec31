/** Ledgers of released sums, one per catalog epoch, scope and kind of item: what releases have told. */
import { ledgerToBytes, type SpanLedger } from '@stimnet/privacy'
import type { Database, Draft } from '../database.ts'
import type { Sublevel } from '../level.ts'

/** How one ledger begins, and how it is read again. */
export interface LedgerForm {
  start(): Promise<SpanLedger>
  /** Throws NODE_ERROR where the bytes are not of this ledger. */
  read(bytes: Uint8Array): Promise<SpanLedger>
}

/** One ledger a scope, kept in memory once used. */
export class LedgerStore {
  readonly #ledgers: Sublevel<Uint8Array>
  readonly #current = new Map<string, SpanLedger>()
  /** As it stands in the database. */
  readonly #stored = new Map<string, SpanLedger>()

  constructor(database: Database) {
    // Its name is of the first edition, whose ledgers are read from the same place.
    this.#ledgers = database.root.sublevel<string, Uint8Array>('atoms', {
      valueEncoding: 'view'
    }) as unknown as Sublevel<Uint8Array>
  }

  /** Loads a scope's ledger; starts it only where none is stored. Throws NODE_ERROR where the stored bytes are not one. */
  async load(scope: string, form: LedgerForm): Promise<SpanLedger> {
    const known = this.#current.get(scope)
    if (known) return known
    const bytes = await this.#ledgers.get(scope)
    const next = await (bytes === undefined ? form.start() : form.read(bytes))
    // Another load may have come first; all must share one.
    const current = this.#current.get(scope) ?? next
    this.#current.set(scope, current)
    if (bytes !== undefined && current === next) this.#stored.set(scope, next)
    return current
  }

  /** Whether anything was ever released from that epoch of a catalog. */
  async hasReleased(catalog: string, epoch: string): Promise<boolean> {
    const prefix = `${catalog}!${epoch}!`
    const keys = await this.#ledgers.keys({ gt: prefix, lt: `${prefix}~`, limit: 1 }).all()
    return keys.length > 0
  }

  /** Whether anything exact was ever released from any epoch of a catalog. */
  async hasEverReleased(catalog: string): Promise<boolean> {
    const keys = await this.#ledgers.keys({ gt: `${catalog}!`, lt: `${catalog}!~`, limit: 1 }).all()
    return keys.length > 0
  }

  /** Every ledger of an epoch, by what follows the epoch in its scope's name. */
  async ledgers(catalog: string, epoch: string): Promise<[name: string, bytes: Uint8Array][]> {
    const prefix = `${catalog}!${epoch}!`
    const found = await this.#ledgers.iterator({ gt: prefix, lt: `${prefix}~` }).all()
    return found.map(([scope, bytes]) => [scope.slice(prefix.length), bytes])
  }

  /** Inside the single writer, of a peer that serves nothing: a ledger leaves one epoch and goes on in another. */
  move(draft: Draft, ledger: { catalog: string; name: string; from: string; to: string; next: SpanLedger }): void {
    const { catalog, name, from, to, next } = ledger
    draft.del(this.#ledgers, `${catalog}!${from}!${name}`)
    draft.put(this.#ledgers, `${catalog}!${to}!${name}`, ledgerToBytes(next))
  }

  /** The ledger as of the last change prepared; only what `load` loaded. */
  current(scope: string): SpanLedger | undefined {
    return this.#current.get(scope)
  }

  /**
   * Inside the single writer: the ledger after a release, in the batch that publishes it. Also where the release told
   * nothing new, if it is the first: a ledger that was used is read at the next start, whatever lattice stands there by then.
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
