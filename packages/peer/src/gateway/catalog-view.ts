/** Catalogs in the types of the API: descriptions, declared levels and rounded sizes. */
import { type Catalog, type CatalogSchema, type FoundCatalog, isoOf } from '@stimnet/api'
import { ACCESS_LEVELS, analysisSetFromMessage, type CatalogDescriptor } from '@stimnet/protocol'
import type { Neighbour } from '../requests/directory.ts'

/** A catalog of this peer, with its number. */
export function catalogOf(id: number, descriptor: CatalogDescriptor): Catalog {
  return { id, ...descriptionOf(descriptor) }
}

/** A catalog found in the mesh, with the peer that holds it. */
export function foundCatalogOf(
  peerId: string,
  holder: Pick<Neighbour, 'nodeId' | 'institution'> | undefined,
  descriptor: CatalogDescriptor
): FoundCatalog {
  const { nodeId = '', institution = '' } = holder ?? {}
  return { peer_id: peerId, node_id: nodeId, institution, ...descriptionOf(descriptor) }
}

function descriptionOf(descriptor: CatalogDescriptor) {
  return {
    name: descriptor.name,
    title: descriptor.title,
    description: descriptor.description || null,
    data_type: descriptor.dataType,
    schema_definition: schemaOf(descriptor),
    access_level: levelOf(descriptor),
    total_records: descriptor.subjectsRounded,
    last_updated: isoOf(descriptor.snapshotAtMs),
    keywords: descriptor.keywords,
    epoch: descriptor.epoch,
    synthetic: descriptor.synthetic,
    programs: descriptor.programs,
    cohort_size_min: descriptor.cohortSizeMin,
    data_use: descriptor.dataUse,
    mode: descriptor.mode || 'sdc',
    scripts: descriptor.scripts,
    sandbox_grade_min: descriptor.sandboxGradeMin || null,
    preset: descriptor.preset,
    policy_hash: descriptor.policyHash,
    ...(descriptor.precision === '' ? {} : { precision: descriptor.precision })
  }
}

/** An unknown level counts as private. */
function levelOf(descriptor: CatalogDescriptor): (typeof ACCESS_LEVELS)[number] {
  return ACCESS_LEVELS.find((level) => level === descriptor.accessLevel) ?? 'private'
}

function schemaOf(descriptor: CatalogDescriptor): CatalogSchema {
  return {
    subject_key: descriptor.subjectKey,
    tables: descriptor.tables.map((table) => ({
      name: table.name,
      description: table.description,
      one_row_per_subject: table.oneRowPerSubject,
      variables: table.variables.map((variable) => ({
        name: variable.name,
        type: variable.type,
        unit: variable.unit,
        description: variable.description,
        levels: variable.levels,
        breakpoints: variable.breakpoints,
        minimum: variable.bounded ? variable.minimum : null,
        maximum: variable.bounded ? variable.maximum : null,
        missing_share: variable.missingTold ? variable.missingShare : null,
        identifying: variable.identifying,
        ...(variable.derivation === '' ? {} : { derivation: variable.derivation })
      }))
    })),
    lattice: descriptor.lattice.map(({ variable, breakpoints }) => ({ variable, breakpoints })),
    analysis_sets: descriptor.sets.map((message) => {
      const { name, completeOn, where = null } = analysisSetFromMessage(message)
      return { name, complete_on: completeOn, where }
    })
  }
}
