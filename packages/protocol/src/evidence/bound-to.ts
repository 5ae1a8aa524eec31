/** What an approval of a run is bound to, and by which fields of the REST API people read it. */

/**
 * Whoever decides must be able to read all of it: the store keeps a run's terms under exactly these names, and the console
 * has a place for each of these fields.
 */
export const BOUND_TO = {
  catalog: ['data_catalog_name'],
  epoch: ['epoch'],
  language: ['script_type'],
  codeHash: ['script_content'],
  cohortHash: ['cohort'],
  outputsHash: ['outputs'],
  filtersHash: ['filters', 'filters_unapplied'],
  image: ['image'],
  parameters: ['parameters'],
  issuer: ['requester_key', 'custody', 'account', 'asked_by'],
  purposeHash: ['purpose'],
  project: ['project'],
  privacyHash: ['privacy'],
  schemaHash: ['contract', 'mappings'],
  uploadsHash: ['uploads'],
  wallTimeMsMax: ['wall_time_ms_max']
} as const
