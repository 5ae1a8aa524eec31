/** A catalog opened for questions: its public description, its cohorts, and its rows reduced by a plan. */
import {
  type CatalogDescriptor,
  type Clock,
  type Filter,
  type Plan,
  type RandomSource,
  type Reduction,
  StimnetError,
  type SubjectSet
} from '@stimnet/protocol'
import type { CatalogConfig } from './catalog-config.ts'
import { baseCellsOf, cohortOf } from './cohort.ts'
import { describe } from './descriptor.ts'
import type { Engine } from './engine.ts'
import { resolveFilter } from './filter.ts'
import { onLattice } from './lattice.ts'
import { reduce } from './reduce/reduce.ts'
import { loadSnapshot, takeSnapshot } from './snapshot.ts'
import { type IndexLevel, SubjectIndex } from './subject-index.ts'
import { type CohortTable, cohortTables } from './tables.ts'

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
  /** What this node can run for the catalog, as words of `programWord`. */
  readonly programs: readonly string[]
}

export interface Catalog {
  readonly descriptor: CatalogDescriptor
  /** Hash of the snapshot: the same files and description give the same epoch. */
  readonly epoch: string
  /** Distinct subjects, exactly. Stays inside. */
  readonly subjects: number
  readonly config: CatalogConfig
  /**
   * The filter with columns in full and canonical values; unchanged when it is resolved already. Static: it depends on
   * the description alone. Throws VARIABLE_UNKNOWN, VARIABLE_AMBIGUOUS, VALUE_NOT_DECLARED, FILTER_INVALID.
   */
  resolveFilter(filter: Filter, tables?: readonly string[]): Filter
  /** Who fits, by the index alone; everyone without a filter. Throws as `resolveFilter`. */
  cohort(filter: Filter | undefined): Promise<SubjectSet>
  /** The lattice's base cells that are not empty; none without a lattice. */
  baseCells(): Promise<readonly SubjectSet[]>
  /** Whether a filter is made of lattice variables at their cut points. Static. Throws as `resolveFilter`. */
  onLattice(filter: Filter): boolean
  /** Throws PARAMETER_INVALID for a plan that does not fit the catalog or the node, NODE_ERROR, CANCELLED. */
  reduce(plan: Plan, cohort: SubjectSet, signal?: AbortSignal): Promise<Reduction>
  /** The cohort's rows for a sandbox, under fresh pseudonyms. Throws NODE_ERROR, CANCELLED. */
  tables(cohort: SubjectSet, signal?: AbortSignal): Promise<readonly CohortTable[]>
  close(): Promise<void>
}

/**
 * Opens a catalog, after making its snapshot where there is none for these files. Throws SOURCE_INVALID naming file,
 * line and key; NODE_ERROR.
 */
export async function openCatalog(config: CatalogConfig, options: CatalogOptions): Promise<Catalog> {
  const index = new SubjectIndex(options.index, config.name)
  const snapshot = await takeSnapshot({ config, index, ...pick(options) })
  const { epoch, manifest } = snapshot
  const { subjects, snapshotAtMs } = manifest
  const { cohortSizeMin, programs, random } = options
  const descriptor = describe(config, { epoch, snapshotAtMs, subjects, cohortSizeMin, programs })
  const at = { index, epoch, subjects, descriptor }
  const resolve = (filter: Filter, tables?: readonly string[]) => resolveFilter(filter, descriptor, tables)
  const engine = once(() => loadSnapshot(snapshot))
  const withEngine = async (cohort: SubjectSet) => {
    if (cohort.universe !== subjects) throw new StimnetError('NODE_ERROR', 'a cohort of another epoch')
    return engine.get()
  }
  return {
    descriptor,
    epoch,
    subjects,
    config,
    resolveFilter: resolve,
    cohort: async (filter) => cohortOf(filter === undefined ? undefined : resolve(filter), at),
    baseCells: () => baseCellsOf(at),
    onLattice: (filter) => onLattice(resolve(filter), descriptor),
    reduce: async (plan, cohort, signal) =>
      reduce({ plan, cohort, descriptor, config, engine: await withEngine(cohort), signal }),
    tables: async (cohort, signal) =>
      cohortTables({ cohort, config, engine: await withEngine(cohort), random, signal }),
    close: () => engine.close()
  }
}

function pick({ baseDir, dataDir, clock, random }: CatalogOptions) {
  return { baseDir, dataDir, clock, random }
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
