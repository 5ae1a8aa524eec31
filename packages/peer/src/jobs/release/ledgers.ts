/**
 * The disclosure ledgers of one catalog epoch: that of its subjects, and those of the rows of each table with several rows
 * per subject.
 */
import type { Catalog } from '@stimnet/data'
import { type Ledgers, ledgerFromBytes, needsGone, type RowLedger, SpanLedger, startLedger } from '@stimnet/privacy'
import type { RowItems } from '@stimnet/protocol'
import type { Draft } from '../../store/database.ts'
import type { LedgerForm, LedgerStore } from '../../store/released/ledgers.ts'

/** The record of everything that one catalog's releases have disclosed, stored and in memory. */
export interface CatalogLedgers {
  /**
   * The ledgers by which a release is judged: that of the subjects, and that of the rows from which the release was made.
   * Throws NODE_ERROR.
   */
  load(items: RowItems | undefined): Promise<Ledgers>
  /** The ledgers by which a script is judged: that of the subjects, and those of the rows of every table. Throws NODE_ERROR. */
  loadAll(): Promise<Ledgers>
  /** The loaded ledgers in their state after the last prepared change. For use inside the single writer. */
  current(loaded: Ledgers): Ledgers
  /** Writes the new ledgers into the batch of the release. */
  replace(draft: Draft, ledgers: Ledgers): void
}

/** The choice of ledgers: the ledgers shared by all requesters, or narrower ledgers by name. */
export interface LedgerChoice {
  readonly ledger?: string
}

/** The ledgers of the epoch from which the catalog is served. */
export function ledgersOf(catalog: Catalog, store: LedgerStore, { ledger }: LedgerChoice): CatalogLedgers {
  const epoch = `${catalog.descriptor.name}!${catalog.epoch}`
  const scope = ledger === undefined ? epoch : `${epoch}!${ledger}`
  // A narrower ledger starts with everything that was released to everybody before it existed.
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
