/** The terms that the approval of a run is bound to, and the fields of the REST API that show each of them. */

/**
 * For each term that an approval is bound to, the fields that show it. The store keeps the terms of a run under these names, and the
 * console shows each field, so that stewards can read everything that they approve.
 */
export const BOUND_TO = {
  catalog: ['data_catalog_name'],
  epoch: ['epoch'],
  language: ['script_type'],
  codeHash: ['script_content'],
  cohortHash: ['cohort', 'set'],
  outputsHash: ['outputs'],
  filtersHash: ['filters', 'filters_unapplied'],
  image: ['image'],
  parameters: ['parameters'],
  issuer: ['requester_key', 'custody', 'account', 'asked_by'],
  purposeHash: ['purpose'],
  project: ['project'],
  permit: ['permit'],
  privacyHash: ['privacy'],
  schemaHash: ['contract', 'mappings'],
  uploadsHash: ['uploads'],
  wallTimeMsMax: ['wall_time_ms_max']
} as const
