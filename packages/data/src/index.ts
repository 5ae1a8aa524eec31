/** Safe data: catalogs, sources, snapshots, the subject index, cohorts. */
export { BUDGET_PRESETS } from './budget.ts'
export { type Carried, type CarriedItems, carryEpoch } from './carry.ts'
export { type Catalog, type CatalogOptions, openCatalog } from './catalog.ts'
export {
  type CatalogConfig,
  catalogConfigSchema,
  LATTICE_MAX,
  type LatticeVariable,
  latticeOf
} from './catalog-config.ts'
export { refusalBitsMaxSchema, ruleOverridesShape, type WrittenRules } from './catalog-privacy.ts'
export { groupCells } from './columns.ts'
export { nearFilter, rowFilter } from './filter.ts'
export { isIdentifyingName } from './identifying.ts'
export { planFault } from './plan-check.ts'
export { type LatticeProposal, type ProposedVariable, proposeLattice } from './propose-lattice.ts'
export { assertSourcesApart } from './shared-sources.ts'
export { parseSql } from './sql/parse.ts'
export { reviewOfSql, type SqlFinding, type SqlUse } from './sql/review.ts'
export type { IndexLevel } from './subject-index.ts'
export type { CohortColumn, CohortTable } from './tables.ts'
