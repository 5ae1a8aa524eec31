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

/** Of the epoch that the catalog is served from; `k` is how many subjects a base cell of rows needs at the start. */
export function ledgersOf(catalog: Catalog, atoms: AtomStore, k: number): CatalogLedgers {
  // One scope for everybody: until affiliations can be verified, a new key costs nothing.
  const scope = `${catalog.descriptor.name}!${catalog.epoch}`
  const subjectScope = `${scope}!subjects`
  const rowScope = (table: string) => `${scope}!rows!${table}`
  const subjects: LedgerForm = {
    start: async () => Partition.start(catalog.subjects, await catalog.baseCells()),
    read: (bytes) => Partition.fromBytes(bytes, catalog.subjects)
  }
  const rowsOf = ({ table, rows, owners }: RowItems): LedgerForm => ({
    start: async () => Partition.start(rows, await catalog.rowBaseCells(table), { owners, k }),
    read: (bytes) => Partition.fromBytes(bytes, rows, owners)
  })
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
