/** Safe data: catalogs, sources, snapshots, the subject index, cohorts. */
export { type Catalog, type CatalogOptions, openCatalog } from './catalog.ts'
export { type CatalogConfig, catalogConfigSchema } from './catalog-config.ts'
export { rowFilter } from './filter.ts'
export { planFault } from './plan-check.ts'
export { assertSourcesApart } from './shared-sources.ts'
export { parseSql } from './sql/parse.ts'
export type { IndexLevel } from './subject-index.ts'
export type { CohortColumn, CohortTable } from './tables.ts'
