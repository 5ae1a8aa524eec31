/** A catalog opened for questions: its public description, its cohorts, and its rows reduced by a plan. */
import type { CatalogDescriptor, Clock, Filter, Plan, RandomSource, Reduction, SubjectSet } from '@stimnet/protocol'
import type { AbstractLevel } from 'abstract-level'
import type { CatalogConfig } from './catalog-config.ts'

/** Where the subject index is kept: any sublevel with text keys. */
export type IndexLevel = AbstractLevel<string | Buffer | Uint8Array, string, string>

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

/** One table of a cohort as a sandbox gets it. */
export interface CohortTable {
  readonly name: string
  /** UTF-8, RFC 4180, a header line; the first column is the subject key with pseudonyms in it. */
  readonly csv: Uint8Array
  readonly columns: readonly CohortColumn[]
}

export interface CohortColumn {
  readonly name: string
  readonly type: 'integer' | 'number' | 'category' | 'date' | 'text'
}

export interface Catalog {
  readonly descriptor: CatalogDescriptor
  /** Hash of the snapshot: the same files and description give the same epoch. */
  readonly epoch: string
  /** Distinct subjects, exactly. Stays inside. */
  readonly subjects: number
  readonly config: CatalogConfig
  /**
   * The filter with columns in full and canonical values. Static: it depends on the description alone.
   * Throws VARIABLE_UNKNOWN, VARIABLE_AMBIGUOUS, VALUE_NOT_DECLARED, FILTER_INVALID.
   */
  resolveFilter(filter: Filter, tables?: readonly string[]): Filter
  /** Who fits, by the index alone; everyone without a filter. Takes resolved and unresolved filters. */
  cohort(filter: Filter | undefined): Promise<SubjectSet>
  /** The lattice's base cells that are not empty; none without a lattice. */
  baseCells(): Promise<readonly SubjectSet[]>
  /** Whether a filter is made of lattice variables at their cut points. Static. */
  onLattice(filter: Filter): boolean
  /** Throws NODE_ERROR, CANCELLED, or SQL_NOT_SUPPORTED where the plan has more cells than the node can hold. */
  reduce(plan: Plan, cohort: SubjectSet, signal?: AbortSignal): Promise<Reduction>
  /** The cohort's rows for a sandbox, under fresh pseudonyms. Throws NODE_ERROR, CANCELLED. */
  tables(cohort: SubjectSet, signal?: AbortSignal): Promise<readonly CohortTable[]>
  close(): Promise<void>
}

/** Opens a catalog, after making its snapshot where there is none for these files. Throws SOURCE_INVALID, NODE_ERROR. */
export async function openCatalog(config: CatalogConfig, options: CatalogOptions): Promise<Catalog> {
  throw new Error(`not yet: ${config.name} ${options.baseDir}`)
}
