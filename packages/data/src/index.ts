/** Public interface of the data package: catalogs, sources, snapshots, the subject index, and cohorts. */
export { BUDGET_PRESETS } from './catalog/budget.ts'
export { type Carried, type CarriedItems, carryEpoch } from './open/carry.ts'
export type { Late, LateItem } from './open/late.ts'
export { type Catalog, type CatalogOptions, openCatalog } from './open/catalog.ts'
export {
  breakpointNumber,
  type CatalogConfig,
  catalogConfigSchema,
  LATTICE_MAX,
  offeredConfig,
  type LatticeVariable,
  latticeOf
} from './catalog/catalog-config.ts'
export { refusalBitsMaxSchema, ruleOverridesShape, type WrittenRules } from './catalog/catalog-privacy.ts'
export { groupCells } from './columns.ts'
export { nearFilter, rowFilter } from './index/filter.ts'
export { planFault } from './reduce/plan-check.ts'
export { checkSources, type SourceCheck, type SourceFault } from './open/check-sources.ts'
export { type DoubledRows, doubledText } from './open/doubled-rows.ts'
export { noteRows, type RowNotes } from './open/row-notes.ts'
export { type FewRows, fewRowsText } from './sources/few-rows.ts'
export { type LatticeProposal, type ProposedVariable, proposeLattice } from './open/propose-lattice.ts'
export { lookAtSources, type SourceLook } from './sources/faults.ts'
export type { SourcePlaces } from './sources/postgres/secrets.ts'
export type { Decision } from './propose/proposal-text.ts'
export { type FileProposalOptions, proposeCatalog } from './propose/from/from-files.ts'
export { proposeFromFhir } from './propose/from/from-fhir.ts'
export { proposeFromBids } from './propose/from/from-bids.ts'
export { type OmopProposalOptions, proposeFromOmop, proposeFromOmopFolder } from './propose/from/from-omop.ts'
export { type DatabaseProposalOptions, proposeFromDatabase } from './propose/from/from-postgres.ts'
export type { Proposal, ProposalOptions } from './propose/propose.ts'
export { KEPT_TENTHS_MIN, proposeSet, type SetProposal } from './open/propose-sets.ts'
export { assertSourcesApart } from './sources/shared-sources.ts'
export { deleteEpoch, storedEpochs } from './open/superseded.ts'
export type { StrayRows } from './sources/strays.ts'
export { parseSql } from './sql/parse.ts'
export { reviewOfSql, type SqlFinding, type SqlUse } from './sql/review.ts'
export type { IndexLevel } from './index/subject-index.ts'
export { derivedFromRows, knownByNameAlone, saidTwice } from './catalog/derive/twice.ts'
export type { CohortColumn, CohortTable } from './tables.ts'
export { isIdentifyingName } from './catalog/identifying.ts'
