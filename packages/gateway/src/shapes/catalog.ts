/** Catalogs for the wire: descriptions, declared levels and rounded sizes. */
import { isoOf, type Catalog, type CatalogSchema, type FoundCatalog } from '@stimnet/api'
import { ACCESS_LEVELS, type CatalogDescriptor } from '@stimnet/protocol'
import { settled } from '../http/answer.ts'
import type { CatalogView, FoundCatalogView } from '../peer.ts'

/** An own catalog for the wire. */
export function catalogOf({ number, descriptor }: CatalogView): Catalog {
  const known = told.get(descriptor)
  if (known?.id === number) return known
  const answer = settled({ id: number, ...descriptionOf(descriptor) })
  told.set(descriptor, answer)
  return answer
}

/** A description never changes: another epoch has another one. Its answer, text and tag are made once. */
const told = new WeakMap<CatalogDescriptor, Catalog>()
/** Lists that were asked for: by level and by who may see what there are a few. */
const LISTS_MAX = 8
const lists: Catalog[][] = []

/** The same list again where it was told before, so that its text and tag are made once as well. */
export function catalogsOf(views: readonly CatalogView[]): Catalog[] {
  const answers = views.map(catalogOf)
  const before = lists.find((list) => list.length === answers.length && list.every((one, at) => one === answers[at]))
  if (before) return before
  lists.unshift(settled(answers))
  lists.length = Math.min(lists.length, LISTS_MAX)
  return answers
}

/** A found catalog for the wire. */
export function foundCatalogOf(view: FoundCatalogView): FoundCatalog {
  return {
    peer_id: view.peerId,
    node_id: view.nodeId,
    institution: view.institution,
    ...descriptionOf(view.descriptor)
  }
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
    policy_hash: descriptor.policyHash
  }
}

/** What says nothing known about itself counts as private. */
export function levelOf(descriptor: CatalogDescriptor): (typeof ACCESS_LEVELS)[number] {
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
        identifying: variable.identifying
      }))
    })),
    lattice: descriptor.lattice.map(({ variable, breakpoints }) => ({ variable, breakpoints }))
  }
}
