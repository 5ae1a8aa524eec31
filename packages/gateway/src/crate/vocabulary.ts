/** Terms and file names of Five Safes RO-Crate 0.4 and the profiles that it builds on. */

/** Terms by their URLs. */
export const TERMS = {
  profile: 'https://w3id.org/5s-crate/0.4',
  crate: 'https://w3id.org/ro/crate/1.2-DRAFT',
  context: 'https://w3id.org/ro/crate/1.2-DRAFT/context',
  workflowCrate: 'https://w3id.org/workflowhub/workflow-ro-crate/1.0',
  signOff: 'https://w3id.org/shp#SignOff',
  disclosureCheck: 'https://w3id.org/shp#DisclosureCheck',
  generateCheckValue: 'https://w3id.org/shp#GenerateCheckValue',
  sha512: 'https://www.iana.org/assignments/named-information#sha-512',
  potential: 'http://schema.org/PotentialActionStatus',
  active: 'http://schema.org/ActiveActionStatus',
  completed: 'http://schema.org/CompletedActionStatus',
  failed: 'http://schema.org/FailedActionStatus'
} as const

/** Marks an input that is a field of a submission, with its value as JSON. */
export const FIELD = 'urn:stimnet:submission'
/** Marks a parameter of the script, with its value as JSON. The value of an unmarked input is a parameter as it is. */
export const PARAMETER = 'urn:stimnet:parameter'
/** The metadata file in the root of a crate. */
export const METADATA = 'ro-crate-metadata.json'
/** Folder of the program. */
export const WORKFLOW = 'workflow/'

/** The file and language of each kind of program. */
export const PROGRAMS = {
  sql: { file: 'analysis.sql', language: 'SQL', media: 'application/sql' },
  statistic: { file: 'analysis.json', language: 'StimNet statistic', media: 'application/json' },
  python: { file: 'analysis.py', language: 'Python', media: 'text/x-python' },
  r: { file: 'analysis.R', language: 'R', media: 'text/x-r' },
  jupyter: { file: 'analysis.ipynb', language: 'Jupyter', media: 'application/x-ipynb+json' }
} as const

/** One entity of the graph. */
export type Entity = { readonly '@id': string; readonly '@type': string | readonly string[] } & Readonly<
  Record<string, unknown>
>

/** A reference to an entity. */
export function ref(id: string): { readonly '@id': string } {
  return { '@id': id }
}
