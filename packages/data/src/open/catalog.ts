/** An open catalog: its public description, its cohorts, and its rows reduced by a plan. */
import {
  type BoundedPlan,
  type BoundedReduction,
  type CatalogDescriptor,
  type Clock,
  canonicalJson,
  columnsOf,
  type Filter,
  isInSet,
  type Plan,
  type RandomSource,
  type Reduction,
  type RowItems,
  resolveVariable,
  StimnetError,
  SubjectSet,
  setNamed,
  type VariableDescriptor,
  type VariableRef
} from '@stimnet/protocol'
import { type CatalogConfig, decimalsOf, offeredConfig } from '../catalog/catalog-config.ts'
import { describe } from '../catalog/descriptor.ts'
import { type CatalogView, mappedView, plainView, type ViewTerms } from '../catalog/mapped.ts'
import { ROW, SUBJECT } from '../columns.ts'
import type { Engine } from '../engine.ts'
import { baseCellsOf, cohortOf, type EpochIndex } from '../index/cohort.ts'
import { resolveFilter } from '../index/filter.ts'
import { type IndexLevel, SubjectIndex } from '../index/subject-index.ts'
import { quoteName } from '../quote.ts'
import type { ReducedWithout } from '../reduce/base.ts'
import { reduceBounded } from '../reduce/bounded.ts'
import { knownValues } from '../reduce/known-values.ts'
import { type ReduceOptions, reduce } from '../reduce/reduce.ts'
import { loadSnapshot, type Snapshot, takeSnapshot } from '../snapshot.ts'
import type { SourcePlaces } from '../sources/postgres/secrets.ts'
import type { StrayRows } from '../sources/strays.ts'
import { type CohortTable, cohortTables } from '../tables.ts'
import { describeSets, type KnownSet, peopleOfSet, type SetParts, setsOf } from './analysis-sets.ts'
import { goneName } from './carry.ts'
import { type Late, lateIn, setsWithout, viewWithout } from './late.ts'

/** The storage of a catalog, and the facts about this node that the catalog needs. */
export interface CatalogOptions extends SourcePlaces {
  /** Folder of the snapshots. */
  readonly dataDir: string
  readonly index: IndexLevel
  readonly clock: Clock
  readonly random: RandomSource
  /** The node's smallest cohort, in subjects. The catalog's own setting can only raise it. */
  readonly cohortSizeMin: number
  /** The disclosure rules in force, for the description: preset, hash and precision. */
  readonly rules?: {
    readonly preset: string
    readonly policyHash: string
    readonly precision?: 'exact' | 'statistical'
  }
  /** The programs that this node can run for the catalog, as names given by `programWord`. */
  readonly programs: readonly string[]
  /**
   * The epoch from which answers were released, at which the catalog stays: its ledgers know only the rows of this epoch, and a difference
   * between two epochs would reveal the people who arrived in between. If the sources now give another epoch, the catalog is served from
   * the snapshot and description of the pinned epoch, and `Catalog.newer` is the name of the other epoch. To use the newer epoch, open the
   * catalog without `pinned`, or with the newer name. Default: the epoch that the sources give now.
   */
  readonly pinned?: string
  /**
   * The epoch that is served while the catalog's database cannot be reached; `Catalog.note` then reports this. Default: the pinned epoch.
   */
  readonly fallback?: string
}

/** How a plan is reduced. */
export interface ReduceHow {
  readonly signal?: AbortSignal | undefined
  readonly leftOut?: ReducedWithout | undefined
  /**
   * Reduces in memory where the plan allows it, with the same result. A model is always reduced in this way. Ordinary questions need no
   * columns in memory, and their queries run beside the node's other work.
   */
  readonly inMemory?: boolean
}

/** An open catalog. The caller that opens it must close it. */
export interface Catalog {
  readonly descriptor: CatalogDescriptor
  /** Hash of the snapshot. The same files and description give the same epoch. */
  readonly epoch: string
  /**
   * The epoch that the sources give now, if the catalog is pinned to another epoch. Only its name is known: the snapshot is made, and the
   * files are checked, when this epoch is opened.
   */
  readonly newer?: string
  /** A note about the catalog's database for the institution's log: it could not be reached, or its role has write permission. */
  readonly note?: string
  /** The exact number of distinct subjects. It must not leave the institution. */
  readonly subjects: number
  /** Rows of people who are in no table of people, for the institution's own log. */
  readonly strays: readonly StrayRows[]
  /**
   * The configuration with which the catalog is served. A pinned epoch has its own tables and lattice, and the stricter of its own and the
   * current policy. Variables that are not offered are not included.
   */
  readonly config: CatalogConfig
  /**
   * The filter with full column names and canonical values. A resolved filter is returned unchanged. Depends on the description alone, not
   * on data. Throws VARIABLE_UNKNOWN, VARIABLE_AMBIGUOUS, VALUE_NOT_DECLARED, FILTER_INVALID.
   */
  resolveFilter(filter: Filter, tables?: readonly string[]): Filter
  /** The decimal places with which a number is stored; 0 for other types. Throws VARIABLE_UNKNOWN, VARIABLE_AMBIGUOUS. */
  decimalsOf(variable: VariableRef): number
  /** The subjects who satisfy a filter, from the index alone; all subjects without a filter. Throws the errors of `resolveFilter`. */
  cohort(filter: Filter | undefined): Promise<SubjectSet>
  /**
   * The values of a variable, as given by `knownValues`: by subject, or by row of a table with several rows per subject. They must not leave
   * the institution. Throws VARIABLE_UNKNOWN, VARIABLE_AMBIGUOUS.
   */
  valuesOf(variable: VariableRef): Promise<Float64Array>
  /**
   * The condition of membership in an analysis set, and the set's own conditions. Reads no data. Throws PARAMETER_INVALID for a set that
   * the catalog does not have, SCHEMA_MISMATCH if a mapping changes a variable of the set's conditions.
   */
  setFilter(name: string): Filter
  /** The non-empty base cells of the lattice; an empty list without a lattice. */
  baseCells(): Promise<readonly SubjectSet[]>
  /**
   * The subject of each row of a table with several rows per subject, in the order of the rows, which is ascending. Throws NODE_ERROR for
   * any other table.
   */
  owners(table: string): Promise<Uint32Array>
  /** The owners and the number of rows of a table with several rows per subject. Throws the errors of `owners`. */
  itemsOf(table: string): Promise<RowItems>
  /**
   * The owners of items that the ledgers of earlier epochs know and this epoch lacks: rows of a table, or subjects if no table is given.
   * Owners from `subjects` on are gone subjects. In ascending order; empty unless the ledgers of an earlier epoch were carried to this one.
   */
  goneOwners(table?: string): Promise<Uint32Array>
  /**
   * The rows of the subjects of each base cell, for starting the ledger of the table. Cells without rows are omitted. Throws the errors of
   * `owners`.
   */
  rowBaseCells(table: string): Promise<readonly SubjectSet[]>
  /**
   * The source of a variable: the variable itself, or the site's own variable that a mapping converts to another unit. Throws the errors of
   * `decimalsOf`.
   */
  sourceOf(variable: VariableRef): {
    readonly own: VariableRef
    readonly factor: number
    readonly decimals: number
    /** The site's own description of the source variable. */
    readonly variable: VariableDescriptor
    /** Whether a mapping joins several levels of the source variable. */
    readonly isJoined: boolean
    /** The numbers of the cells of the source variable, by cell of the variable. */
    readonly siteCells: readonly (readonly number[])[]
  }
  /**
   * Reduces a plan over a cohort, without the people of `leftOut`, who are left out of everything, of a variable's values, or of the values
   * of a pair. Throws PARAMETER_INVALID for a plan that does not fit the catalog or the node; throws NODE_ERROR, CANCELLED.
   */
  reduce(plan: Plan, cohort: SubjectSet, options?: ReduceHow): Promise<Reduction>
  /** The exact sums of every possible group, to which noise will be added. Throws NODE_ERROR, CANCELLED. */
  reduceBounded(plan: BoundedPlan, cohort: SubjectSet, signal?: AbortSignal): Promise<BoundedReduction>
  /** The rows of a cohort for a sandbox, under new pseudonyms. Throws NODE_ERROR, CANCELLED. */
  tables(cohort: SubjectSet, signal?: AbortSignal): Promise<readonly CohortTable[]>
  /**
   * The catalog in the variables of a request: description, filters, plans and tables. Base cells, owners and ledgers stay those of the
   * site. Reads no data. Throws SCHEMA_MISMATCH, VARIABLE_UNKNOWN or PARAMETER_INVALID for a mapping that does not fit.
   */
  mapped(terms: ViewTerms): Catalog
  /** The values and rows that came with a later epoch than their subject. */
  late(): Promise<Late>
  /**
   * The catalog in the same view, as if the given late values were missing and the given late rows absent. Reads no data. Base cells, owners
   * and ledgers are unchanged.
   */
  without(late: Late): Catalog
  /** The catalog without mappings. */
  readonly plain: Catalog
  close(): Promise<void>
}

/**
 * Opens a catalog, and makes a snapshot first if there is none for these files. Throws SOURCE_INVALID with file, line and key, or if a
 * pinned epoch is lost; throws SOURCE_UNAVAILABLE, NODE_ERROR.
 */
export async function openCatalog(config: CatalogConfig, options: CatalogOptions): Promise<Catalog> {
  const index = new SubjectIndex(options.index, config.name)
  const snapshot = await takeSnapshot({ config, index, ...pick(options) })
  return serve(snapshot, index, options)
}

async function serve(snapshot: Snapshot, index: SubjectIndex, options: CatalogOptions): Promise<Catalog> {
  const { epoch, manifest, newer, note } = snapshot
  const config = offeredConfig(snapshot.config)
  const { subjects, snapshotAtMs } = manifest
  const { cohortSizeMin, programs, random, rules } = options
  const plain = describe(snapshot.config, { epoch, snapshotAtMs, subjects, cohortSizeMin, programs, ...rules })
  const descriptor = { ...plain, sets: describeSets(config, plain) }
  const sets = await setsOf(descriptor)
  const at = { index, epoch, subjects, descriptor, config, peopleOf: (id: string) => peopleOf(id) }
  const engine = once(() => loadSnapshot(snapshot))
  const { itemsOf, rowsOf } = rowItems(snapshot, () => engine.get())
  const withEngine = async (cohort: SubjectSet) => {
    if (cohort.universe !== subjects) throw new StimnetError('NODE_ERROR', 'a cohort of another epoch')
    return engine.get()
  }
  const parts = { sets, itemsOf, rowsOf, withEngine, random }
  const inView = (view: CatalogView): Catalog => ({
    ...catalog,
    ...questionsIn(view, { ...parts, at }),
    get plain() {
      return plainOne
    },
    without: (late) => {
      const correcting = { at: correctedBy(late, { at, sets, engine: () => engine.get() }), ...parts }
      return { ...inView(view), ...questionsIn(viewWithout(late, view), correcting) }
    }
  })
  let late: Promise<Late> | undefined
  const catalog: Omit<Catalog, keyof ReturnType<typeof questionsIn> | 'plain' | 'without'> = {
    epoch,
    ...(newer === undefined ? {} : { newer }),
    ...(note === undefined ? {} : { note }),
    subjects,
    strays: manifest.strays ?? [],
    mapped: (terms) => inView(mappedView(descriptor, config, terms)),
    late: () => {
      late ??= lateIn(index, epoch, config)
      return late
    },
    baseCells: () => baseCellsOf(at),
    owners: async (table) => (await itemsOf(table)).owners,
    itemsOf,
    goneOwners: (table) => index.goneOwners(epoch, goneName(table)),
    rowBaseCells: async (table) => rowsOfCells(await itemsOf(table), await baseCellsOf(at)),
    close: () => engine.close()
  }
  const plainOne = inView(plainView(descriptor, config))
  const { cohort, reduce: reduced } = plainOne
  const k = descriptor.cohortSizeMin
  const setParts: SetParts = { snapshot, index, random, k, subjects, cohort, reduce: reduced }
  const peopleOf = async (id: string) => {
    const set = sets.find((one) => one.id === id)
    if (set !== undefined) return peopleOfSet(set, setParts)
    throw new StimnetError('NODE_ERROR', 'an analysis set of another description')
  }
  return plainOne
}

type IndexAt = EpochIndex & { readonly config: CatalogConfig }

/**
 * The index as if some late values were missing and some late rows absent. A person who lacks a value of an analysis set is not in the set.
 */
function correctedBy(
  late: Late,
  {
    at,
    sets,
    engine
  }: { readonly at: IndexAt; readonly sets: readonly KnownSet[]; readonly engine: () => Promise<Engine> }
): IndexAt {
  const lacking = (set: KnownSet | undefined) => {
    const items = (set?.completeOn ?? []).flatMap((ref) => [
      ...(late.values.get(ref as VariableRef) ?? []),
      ...(late.rows.get(ref.slice(0, ref.indexOf('.'))) ?? [])
    ])
    return SubjectSet.of(
      at.subjects,
      items.map(({ subject }) => subject)
    )
  }
  const { peopleOf } = at
  return {
    ...at,
    corrected: setsWithout(late, { ...at, engine }),
    ...(peopleOf === undefined
      ? {}
      : { peopleOf: async (id: string) => (await peopleOf(id)).without(lacking(sets.find((set) => set.id === id))) })
  }
}

interface QuestionParts extends Pick<ReduceOptions, 'itemsOf' | 'rowsOf'> {
  readonly at: IndexAt
  readonly sets: readonly KnownSet[]
  readonly random: RandomSource
  readonly withEngine: (cohort: SubjectSet) => Promise<Engine>
}

/** The properties and methods of a catalog that depend on the view. */
function questionsIn(view: CatalogView, { at, sets, itemsOf, rowsOf, withEngine, random }: QuestionParts) {
  const { descriptor, config, columnSql, rowsSql, indexed } = view
  const resolve = (filter: Filter, tables?: readonly string[]) => resolveFilter(filter, descriptor, tables)
  const reading = { descriptor, config, columnSql, ...(rowsSql === undefined ? {} : { rowsSql }) }
  return {
    descriptor,
    config,
    resolveFilter: resolve,
    decimalsOf: (ref: string) => {
      const { table, variable } = resolveVariable(descriptor, ref)
      const tables = config.tables.filter(({ name }) => name === table.name)
      return decimalsOf(tables.flatMap((t) => t.variables).find(({ name }) => name === variable.name) ?? variable)
    },
    setFilter: (name: string) => {
      const set = setNamed(sets, name)
      const inSet = isInSet(set.id)
      if (set.where === undefined) return inSet
      assertUnmapped(set.where, { own: at.descriptor, seen: descriptor })
      return { all: [set.where, inSet] }
    },
    cohort: async (filter: Filter | undefined) =>
      cohortOf(filter === undefined ? undefined : resolve(filter), { ...at, descriptor, indexed }),
    sourceOf: (ref: VariableRef) => {
      const { table, variable } = resolveVariable(descriptor, ref)
      const source = view.sourceOf(table.name, variable.name)
      const own = resolveVariable(at.descriptor, source.own)
      const ownCells = (cell: number) => [...indexed(`${table.name}.${variable.name}`, new Set([cell])).cells]
      const isJoined = variable.levels.some((_, cell) => ownCells(cell).length > 1)
      const cells = variable.type === 'category' ? variable.levels.length : variable.breakpoints.length + 1
      const siteCells = Array.from({ length: cells }, (_, cell) => ownCells(cell))
      return { ...source, decimals: decimalsIn(at.config, source.own), variable: own.variable, isJoined, siteCells }
    },
    valuesOf: async (ref: VariableRef) => {
      const everyone = SubjectSet.everyone(at.subjects)
      const { table } = resolveVariable(descriptor, ref)
      const rows = table.oneRowPerSubject ? undefined : rowsOf(table.name)
      return knownValues(ref, { ...reading, engine: await withEngine(everyone), subjects: at.subjects, rows })
    },
    reduce: async (plan: Plan, cohort: SubjectSet, { signal, leftOut, inMemory }: ReduceHow = {}) =>
      reduce({
        plan,
        cohort,
        ...reading,
        itemsOf,
        rowsOf,
        engine: await withEngine(cohort),
        signal,
        leftOut,
        inMemory
      }),
    reduceBounded: async (plan: BoundedPlan, cohort: SubjectSet, signal?: AbortSignal) =>
      reduceBounded({ plan, cohort, ...reading, engine: await withEngine(cohort), random, signal }),
    tables: async (cohort: SubjectSet, signal?: AbortSignal) =>
      cohortTables({ cohort, config, view, engine: await withEngine(cohort), random, signal })
  }
}

/** Throws SCHEMA_MISMATCH unless the variables of a filter are the same in a view as in the unmapped catalog. */
function assertUnmapped(filter: Filter, { own, seen }: Readonly<Record<'own' | 'seen', CatalogDescriptor>>): void {
  const textIn = (descriptor: CatalogDescriptor, ref: string) =>
    descriptor.tables.flatMap(({ name, variables }) =>
      variables.flatMap((one) => (`${name}.${one.name}` === ref ? [canonicalJson(one)] : []))
    )[0]
  const changed = columnsOf(filter).find((ref) => textIn(own, ref) !== textIn(seen, ref))
  if (changed === undefined) return
  throw StimnetError.told('SCHEMA_MISMATCH', `${changed} is a condition of the analysis set: it cannot be mapped.`)
}

/** The decimals of one of the site's own variables. */
function decimalsIn(config: CatalogConfig, own: VariableRef): number {
  const [table, name] = own.split('.')
  const found = config.tables.find((one) => one.name === table)?.variables.find((one) => one.name === name)
  return decimalsOf(found ?? { type: 'integer' })
}

/** The numbers of rows of tables with several rows per subject, from the manifest, and the owners of these rows, which are read once. */
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

/** The rows of each cell's subjects. Cells whose subjects have no rows in the table are omitted. */
function rowsOfCells({ rows, owners }: RowItems, cells: readonly SubjectSet[]): readonly SubjectSet[] {
  const cellOf = new Map<number, number>()
  for (const [cell, subjects] of cells.entries()) for (const subject of subjects) cellOf.set(subject, cell)
  const sets = cells.map(() => SubjectSet.none(rows))
  for (const [row, subject] of owners.entries()) sets[cellOf.get(subject) ?? -1]?.add(row)
  return sets.filter(({ size }) => size > 0)
}

function pick({ baseDir, environment, dataDir, clock, random, pinned, fallback }: CatalogOptions) {
  return {
    baseDir,
    dataDir,
    clock,
    random,
    ...(environment === undefined ? {} : { environment }),
    ...(pinned === undefined ? {} : { pinned }),
    ...(fallback === undefined ? {} : { fallback })
  }
}

/** An engine that is opened on first use. After a failure, the next call tries again. */
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
