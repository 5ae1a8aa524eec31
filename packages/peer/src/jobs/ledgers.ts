/** The ledgers of one catalog epoch: of its subjects, and of the rows of each table with several per subject. */
import type { Catalog } from '@stimnet/data'
import { type Ledgers, Partition } from '@stimnet/privacy'
import type { RowItems } from '@stimnet/protocol'
import type { AtomStore, LedgerForm } from '../store/atoms.ts'
import type { Draft } from '../store/database.ts'

/** What one catalog's releases have told apart, stored and in memory. */
export interface CatalogLedgers {
  /** The ledgers that judge a release: of subjects, and of the rows it was made of. Throws NODE_ERROR. */
  load(items: RowItems | undefined): Promise<Ledgers>
  /** The same as of the last change prepared; for the single writer. */
  current(loaded: Ledgers): Ledgers
  /** Into the batch of the release. */
  replace(draft: Draft, ledgers: Ledgers): void
}

/** Which ledgers of a catalog. */
export interface LedgerChoice {
  /** How many subjects a base cell of rows needs at the start. */
  readonly k: number
  /** A narrower ledger than everybody's, by name. */
  readonly ledger?: string
}

/** Of the epoch that the catalog is served from. */
export function ledgersOf(catalog: Catalog, atoms: AtomStore, { k, ledger }: LedgerChoice): CatalogLedgers {
  const epoch = `${catalog.descriptor.name}!${catalog.epoch}`
  const scope = ledger === undefined ? epoch : `${epoch}!${ledger}`
  // What everybody was given before there were narrower ledgers, each of them was given as well.
  const wide = ledger === undefined ? undefined : ledgersOf(catalog, atoms, { k })
  const subjectScope = `${scope}!subjects`
  const rowScope = (table: string) => `${scope}!rows!${table}`
  const subjects: LedgerForm = {
    start: async () =>
      (await wide?.load(undefined))?.subjects ?? Partition.start(catalog.subjects, await catalog.baseCells()),
    read: async (bytes) => {
      if (!Partition.isCarried(bytes)) return Partition.fromBytes(bytes, catalog.subjects)
      return Partition.fromBytes(bytes, catalog.subjects, undefined, { items: (await catalog.goneOwners()).length })
    }
  }
  const rowsOf = (items: RowItems): LedgerForm => {
    const { table, rows, owners } = items
    return {
      start: async () =>
        (await wide?.load(items))?.rows?.partition ??
        Partition.start(rows, await catalog.rowBaseCells(table), { owners, k }),
      read: async (bytes) => {
        if (!Partition.isCarried(bytes)) return Partition.fromBytes(bytes, rows, owners)
        const gone = await catalog.goneOwners(table)
        return Partition.fromBytes(bytes, rows, owners, { items: gone.length, owners: gone })
      }
    }
  }
  return {
    async load(items) {
      const loaded = { subjects: await atoms.load(subjectScope, subjects) }
      if (items === undefined) return loaded
      const partition = await atoms.load(rowScope(items.table), rowsOf(items))
      return { ...loaded, rows: { table: items.table, partition } }
    },
    current({ subjects: known, rows }) {
      const current = { subjects: atoms.current(subjectScope) ?? known }
      if (rows === undefined) return current
      return { ...current, rows: { ...rows, partition: atoms.current(rowScope(rows.table)) ?? rows.partition } }
    },
    replace(draft, { subjects: next, rows }) {
      atoms.replace(draft, subjectScope, next)
      if (rows !== undefined) atoms.replace(draft, rowScope(rows.table), rows.partition)
    }
  }
}
