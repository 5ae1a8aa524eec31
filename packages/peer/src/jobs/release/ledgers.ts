/** The disclosure ledgers of one catalog epoch: of its subjects, and of the rows of each table with several rows per subject. */
import type { Catalog } from '@stimnet/data'
import { type Ledgers, ledgerFromBytes, needsGone, type RowLedger, SpanLedger, startLedger } from '@stimnet/privacy'
import type { RowItems } from '@stimnet/protocol'
import type { Draft } from '../../store/database.ts'
import type { LedgerForm, LedgerStore } from '../../store/released/ledgers.ts'

/** The record of what one catalog's releases have disclosed, stored and in memory. */
export interface CatalogLedgers {
  /** The ledgers that a release is judged by: of the subjects, and of the rows it was made from. Throws NODE_ERROR. */
  load(items: RowItems | undefined): Promise<Ledgers>
  /** The ledgers that a script is judged by: of the subjects, and of the rows of every table. Throws NODE_ERROR. */
  loadAll(): Promise<Ledgers>
  /** The same ledgers as of the last change prepared. For use inside the single writer. */
  current(loaded: Ledgers): Ledgers
  /** Writes the new ledgers into the batch of the release. */
  replace(draft: Draft, ledgers: Ledgers): void
}

/** The choice of ledgers: those shared by all requesters, or narrower ones by name. */
export interface LedgerChoice {
  readonly ledger?: string
}

/** The ledgers of the epoch that the catalog is served from. */
export function ledgersOf(catalog: Catalog, store: LedgerStore, { ledger }: LedgerChoice): CatalogLedgers {
  const epoch = `${catalog.descriptor.name}!${catalog.epoch}`
  const scope = ledger === undefined ? epoch : `${epoch}!${ledger}`
  // A narrower ledger starts with what was released to everybody before it existed.
  const wide = ledger === undefined ? undefined : ledgersOf(catalog, store, {})
  const subjectScope = `${scope}!subjects`
  const rowScope = (table: string) => `${scope}!rows!${table}`
  const subjects: LedgerForm = {
    start: async () =>
      (await wide?.load(undefined))?.subjects ?? startLedger(catalog.subjects, await catalog.baseCells()),
    read: async (bytes) => {
      const gone = needsGone(bytes) ? { items: (await catalog.goneOwners()).length } : undefined
      return ledgerFromBytes(bytes, { universe: catalog.subjects, gone })
    }
  }
  const rowsOf = (items: RowItems): LedgerForm => {
    const { table, rows: universe, owners } = items
    return {
      start: async () => (await wide?.load(items))?.rows?.ledger ?? SpanLedger.start(universe, owners),
      read: async (bytes) => {
        if (!needsGone(bytes)) return ledgerFromBytes(bytes, { universe, owners })
        const gone = await catalog.goneOwners(table)
        return ledgerFromBytes(bytes, { universe, owners, gone: { items: gone.length, owners: gone } })
      }
    }
  }
  const tableOf = async (items: RowItems): Promise<RowLedger> => ({
    table: items.table,
    ledger: await store.load(rowScope(items.table), rowsOf(items))
  })
  const latest = (row: RowLedger): RowLedger => ({ ...row, ledger: store.current(rowScope(row.table)) ?? row.ledger })
  return {
    async load(items) {
      const loaded = { subjects: await store.load(subjectScope, subjects) }
      return items === undefined ? loaded : { ...loaded, rows: await tableOf(items) }
    },
    async loadAll() {
      const several = catalog.descriptor.tables.filter(({ oneRowPerSubject }) => !oneRowPerSubject)
      const tables: RowLedger[] = []
      for (const { name } of several) tables.push(await tableOf(await catalog.itemsOf(name)))
      return { subjects: await store.load(subjectScope, subjects), tables }
    },
    current({ subjects: known, rows, tables }) {
      return {
        subjects: store.current(subjectScope) ?? known,
        ...(rows === undefined ? {} : { rows: latest(rows) }),
        ...(tables === undefined ? {} : { tables: tables.map(latest) })
      }
    },
    replace(draft, { subjects: next, rows, tables = [] }) {
      store.replace(draft, subjectScope, next)
      for (const { table, ledger } of rows === undefined ? tables : [rows, ...tables]) {
        store.replace(draft, rowScope(table), ledger)
      }
    }
  }
}
