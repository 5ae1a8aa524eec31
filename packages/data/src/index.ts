/** Safe data: catalogs, sources, snapshots, the subject index, cohorts. */
export { type Catalog, type CatalogOptions, type CohortColumn, type CohortTable, type IndexLevel, openCatalog } from './catalog.ts'
export { type CatalogConfig, catalogConfigSchema } from './catalog-config.ts'
export { rowFilter } from './filter.ts'
export { parseSql } from './sql/parse.ts'
