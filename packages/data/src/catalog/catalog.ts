/** A catalog opened for questions: its public description, its cohorts, and its rows reduced by a plan. */
import {
  type BoundedPlan,
  type BoundedReduction,
  type CatalogDescriptor,
  type Clock,
  type Filter,
  type Plan,
  type RandomSource,
  type Reduction,
  type RowItems,
  resolveVariable,
  StimnetError,
  SubjectSet,
  type VariableRef
} from '@stimnet/protocol'
import { goneName } from './carry.ts'
import { type CatalogConfig, decimalsOf } from './catalog-config.ts'
import { baseCellsOf, cohortOf, type EpochIndex } from '../index/cohort.ts'
import { ROW, SUBJECT } from '../columns.ts'
import { describe } from './descriptor.ts'
import type { Engine } from '../engine.ts'
import { resolveFilter } from '../index/filter.ts'
import { type CatalogView, mappedView, plainView, type ViewTerms } from './mapped.ts'
import { quoteName } from '../quote.ts'
import type { ReducedWithout } from '../reduce/base.ts'
import { reduceBounded } from '../reduce/bounded.ts'
import { type ReduceOptions, reduce } from '../reduce/reduce.ts'
import { loadSnapshot, type Snapshot, takeSnapshot } from '../snapshot.ts'
import { type IndexLevel, SubjectIndex } from '../index/subject-index.ts'
import { type CohortTable, cohortTables } from '../tables.ts'

/** Where a catalog is kept, and what this node brings to it. */
export interface CatalogOptions {
  /** Folder that the files of the configuration are relative to. */
  readonly baseDir: string
  /** Folder of the snapshots. */
  readonly dataDir: string
  readonly index: IndexLevel
  readonly clock: Clock
  readonly random: RandomSource
  /** The node's smallest cohort, subjects; the catalog's own may only raise it. */
  readonly cohortSizeMin: number
  /** The disclosure rules in force, for the description: preset and hash. */
  readonly rules?: { readonly preset: string; readonly policyHash: string }
  /** What this node can run for the catalog, as words of `programWord`. */
  readonly programs: readonly string[]
  /**
   * The epoch that releases were made from, which the catalog stays with: what they have told apart is known of its rows
   * alone, and the difference between two epochs is whoever came between. While the sources make another one, the catalog
   * is served from this epoch's snapshot and description, and says the other's name in `Catalog.newer`; open it without
   * `pinned`, or with that name, to take it. Default: whatever the sources are now.
   */
  readonly pinned?: string
}

/** One catalog, open. Whoever opened it closes it. */
export interface Catalog {
  readonly descriptor: CatalogDescriptor
  /** Hash of the snapshot: the same files and description give the same epoch. */
  readonly epoch: string
  /**
   * The epoch that the sources make now, where the catalog is pinned to another. It is a name: its snapshot is made, and
   * its files are checked, when it is opened.
   */
  readonly newer?: string
  /** Distinct subjects, exactly. Stays inside. */
  readonly subjects: number
  /** What it is served by: of a pinned epoch its own tables and lattice, and the stricter of its policy and today's. */
  readonly config: CatalogConfig
  /**
   * The filter with columns in full and canonical values; unchanged when it is resolved already. Static: it depends on
   * the description alone. Throws VARIABLE_UNKNOWN, VARIABLE_AMBIGUOUS, VALUE_NOT_DECLARED, FILTER_INVALID.
   */
  resolveFilter(filter: Filter, tables?: readonly string[]): Filter
  /** Decimal places in which a number is kept; 0 for anything else. Throws VARIABLE_UNKNOWN, VARIABLE_AMBIGUOUS. */
  decimalsOf(variable: VariableRef): number
  /** Who fits, by the index alone; everyone without a filter. Throws as `resolveFilter`. */
  cohort(filter: Filter | undefined): Promise<SubjectSet>
  /** The lattice's base cells that are not empty; none without a lattice. */
  baseCells(): Promise<readonly SubjectSet[]>
  /**
   * The subject of each row of a table that has several per subject, by the row's place; in ascending order. Throws
   * NODE_ERROR for any other table.
   */
  owners(table: string): Promise<Uint32Array>
  /** The same with how many rows there are. Throws as `owners`. */
  itemsOf(table: string): Promise<RowItems>
  /**
   * Whose the items are that the ledgers of earlier epochs know and this one has no more: rows of a table, or, without one,
   * subjects. Owners from `subjects` on are in it no more themselves. Ascending; none unless an epoch was carried here.
   */
  goneOwners(table?: string): Promise<Uint32Array>
  /** The rows of each base cell's subjects, where they have any; for starting the table's ledger. Throws as `owners`. */
  rowBaseCells(table: string): Promise<readonly SubjectSet[]>
  /** Where a variable comes from: itself, or the site's own that a mapping reads in another unit. Throws as `decimalsOf`. */
  sourceOf(variable: VariableRef): { readonly own: VariableRef; readonly factor: number; readonly decimals: number }
  /**
   * Without those `leftOut`: of everything, of a variable's values, or of a pair's. Throws PARAMETER_INVALID for a plan that
   * does not fit the catalog or the node, NODE_ERROR, CANCELLED.
   */
  reduce(
    plan: Plan,
    cohort: SubjectSet,
    options?: { signal?: AbortSignal; leftOut?: ReducedWithout }
  ): Promise<Reduction>
  /** The sums that noise is added to, exact, over every group there can be. Throws NODE_ERROR, CANCELLED. */
  reduceBounded(plan: BoundedPlan, cohort: SubjectSet, signal?: AbortSignal): Promise<BoundedReduction>
  /** The cohort's rows for a sandbox, under fresh pseudonyms. Throws NODE_ERROR, CANCELLED. */
  tables(cohort: SubjectSet, signal?: AbortSignal): Promise<readonly CohortTable[]>
  /**
   * The same catalog in the words of a request: description, filters, plans and tables. Base cells, owners and ledgers
   * stay its own. Static. Throws SCHEMA_MISMATCH, VARIABLE_UNKNOWN or PARAMETER_INVALID for a mapping that does not fit.
   */
  mapped(terms: ViewTerms): Catalog
  close(): Promise<void>
}

/**
 * Opens a catalog, after making its snapshot where there is none for these files. Throws SOURCE_INVALID naming file,
 * line and key, or that a pinned epoch is lost; NODE_ERROR.
 */
export async function openCatalog(config: CatalogConfig, options: CatalogOptions): Promise<Catalog> {
  const index = new SubjectIndex(options.index, config.name)
  const snapshot = await takeSnapshot({ config, index, ...pick(options) })
  return serve(snapshot, index, options)
}

function serve(snapshot: Snapshot, index: SubjectIndex, options: CatalogOptions): Catalog {
  const { epoch, manifest, config, newer } = snapshot
  const { subjects, snapshotAtMs } = manifest
  const { cohortSizeMin, programs, random, rules } = options
  const descriptor = describe(config, { epoch, snapshotAtMs, subjects, cohortSizeMin, programs, ...rules })
  const at = { index, epoch, subjects, descriptor, config }
  const engine = once(() => loadSnapshot(snapshot))
  const { itemsOf, rowsOf } = rowItems(snapshot, () => engine.get())
  const withEngine = async (cohort: SubjectSet) => {
    if (cohort.universe !== subjects) throw new StimnetError('NODE_ERROR', 'a cohort of another epoch')
    return engine.get()
  }
  const asked = (view: CatalogView) => questionsIn(view, { at, itemsOf, rowsOf, withEngine, random })
  const catalog: Catalog = {
    epoch,
    ...(newer === undefined ? {} : { newer }),
    subjects,
    ...asked(plainView(descriptor, config)),
    mapped: (terms) => ({ ...catalog, ...asked(mappedView(descriptor, config, terms)) }),
    baseCells: () => baseCellsOf(at),
    owners: async (table) => (await itemsOf(table)).owners,
    itemsOf,
    goneOwners: (table) => index.goneOwners(epoch, goneName(table)),
    rowBaseCells: async (table) => rowsOfCells(await itemsOf(table), await baseCellsOf(at)),
    close: () => engine.close()
  }
  return catalog
}

interface QuestionParts extends Pick<ReduceOptions, 'itemsOf' | 'rowsOf'> {
  readonly at: EpochIndex & { readonly config: CatalogConfig }
  readonly random: RandomSource
  readonly withEngine: (cohort: SubjectSet) => Promise<Engine>
}

/** Everything that is asked in the words of a description. */
function questionsIn(view: CatalogView, { at, itemsOf, rowsOf, withEngine, random }: QuestionParts) {
  const { descriptor, config, columnSql, indexed } = view
  const resolve = (filter: Filter, tables?: readonly string[]) => resolveFilter(filter, descriptor, tables)
  const reading = { descriptor, config, columnSql }
  return {
    descriptor,
    config,
    resolveFilter: resolve,
    decimalsOf: (ref: string) => {
      const { table, variable } = resolveVariable(descriptor, ref)
      const tables = config.tables.filter(({ name }) => name === table.name)
      return decimalsOf(tables.flatMap((t) => t.variables).find(({ name }) => name === variable.name) ?? variable)
    },
    cohort: async (filter: Filter | undefined) =>
      cohortOf(filter === undefined ? undefined : resolve(filter), { ...at, descriptor, indexed }),
    sourceOf: (ref: VariableRef) => {
      const { table, variable } = resolveVariable(descriptor, ref)
      const source = view.sourceOf(table.name, variable.name)
      return { ...source, decimals: decimalsIn(at.config, source.own) }
    },
    reduce: async (
      plan: Plan,
      cohort: SubjectSet,
      { signal, leftOut }: { signal?: AbortSignal; leftOut?: ReducedWithout } = {}
    ) => reduce({ plan, cohort, ...reading, itemsOf, rowsOf, engine: await withEngine(cohort), signal, leftOut }),
    reduceBounded: async (plan: BoundedPlan, cohort: SubjectSet, signal?: AbortSignal) =>
      reduceBounded({ plan, cohort, ...reading, engine: await withEngine(cohort), random, signal }),
    tables: async (cohort: SubjectSet, signal?: AbortSignal) =>
      cohortTables({ cohort, config, view, engine: await withEngine(cohort), random, signal })
  }
}

/** Of the catalog's own variables. */
function decimalsIn(config: CatalogConfig, own: VariableRef): number {
  const all = config.tables.flatMap((table) =>
    table.variables.map((one) => ({ ref: `${table.name}.${one.name}`, one }))
  )
  return decimalsOf(all.find(({ ref }) => ref === own)?.one ?? { type: 'integer' })
}

/** The rows of the tables that have several per subject: counted in the manifest, their owners read once. */
function rowItems({ manifest, config }: Snapshot, engine: () => Promise<Engine>) {
  const known = new Map<string, RowItems>()
  const rowsOf = (table: string): number => {
    const several = config.tables.some(({ name, one_row_per_subject }) => name === table && !one_row_per_subject)
    const rows = manifest.tables.find(({ name }) => name === table)?.rows
    if (several && rows !== undefined) return rows
    throw new StimnetError('NODE_ERROR', 'no table with several rows per subject')
  }
  const itemsOf = async (table: string): Promise<RowItems> => {
    const rows = rowsOf(table)
    const before = known.get(table)
    if (before !== undefined) return before
    const session = await (await engine()).session()
    try {
      const sql = `SELECT ${quoteName(SUBJECT)} FROM ${quoteName(table)} ORDER BY ${quoteName(ROW)}`
      const items: RowItems = { table, rows, owners: await session.column(sql, rows) }
      known.set(table, items)
      return items
    } finally {
      session.close()
    }
  }
  return { rowsOf, itemsOf }
}

/** Each row to its subject's cell; cells whose subjects have no rows here are left out. */
function rowsOfCells({ rows, owners }: RowItems, cells: readonly SubjectSet[]): readonly SubjectSet[] {
  const cellOf = new Map<number, number>()
  for (const [cell, subjects] of cells.entries()) for (const subject of subjects) cellOf.set(subject, cell)
  const sets = cells.map(() => SubjectSet.none(rows))
  for (const [row, subject] of owners.entries()) sets[cellOf.get(subject) ?? -1]?.add(row)
  return sets.filter(({ size }) => size > 0)
}

function pick({ baseDir, dataDir, clock, random, pinned }: CatalogOptions) {
  return { baseDir, dataDir, clock, random, ...(pinned === undefined ? {} : { pinned }) }
}

/** One engine, loaded at first need; a failed start is tried again by the next question. */
function once(open: () => Promise<Engine>): { get(): Promise<Engine>; close(): Promise<void> } {
  let opened: Promise<Engine> | undefined
  let closed = false
  return {
    get() {
      if (closed) throw new StimnetError('NODE_ERROR', 'the catalog is closed')
      opened ??= open().catch((cause) => {
        opened = undefined
        throw cause
      })
      return opened
    },
    async close() {
      closed = true
      const engine = await opened?.catch(() => undefined)
      engine?.close()
    }
  }
}
