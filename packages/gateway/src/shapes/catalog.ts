/** Catalogs as clients read them: descriptions, declared levels and rounded sizes. */
import { ACCESS_LEVELS, type CatalogDescriptor, VARIABLE_TYPES } from '@stimnet/protocol'
import { z } from 'zod'
import { settled } from '../http/answer.ts'
import type { CatalogView, FoundCatalogView } from '../peer.ts'
import { isoOf, output, timestamp } from './named.ts'
import { nodeShape } from './node.ts'

const variableShape = z.object({
  name: z.string(),
  type: z.string().describe(`One of ${VARIABLE_TYPES.join(', ')}`),
  unit: z.string(),
  description: z.string(),
  levels: z.array(z.string()),
  breakpoints: z.array(z.number()),
  minimum: z.number().nullable(),
  maximum: z.number().nullable(),
  missing_share: z
    .number()
    .nullable()
    .describe('Share of its rows without a value, to two places, told once an epoch; null: not told'),
  identifying: z
    .boolean()
    .describe('Others are taken to know it of a person anyway: what is told of it does not count as information')
})

const tableShape = z.object({
  name: z.string(),
  description: z.string(),
  one_row_per_subject: z.boolean(),
  variables: z.array(variableShape)
})

const schemaDefinitionShape = output(
  'CatalogSchema',
  z.object({
    subject_key: z.string(),
    tables: z.array(tableShape),
    lattice: z.array(z.object({ variable: z.string(), breakpoints: z.array(z.number()) }))
  })
)

const described = {
  name: z.string(),
  title: z.string(),
  description: z.string().nullable(),
  data_type: z.string(),
  schema_definition: schemaDefinitionShape.nullable(),
  access_level: z.enum(ACCESS_LEVELS),
  total_records: z.number().int().describe('Subjects, rounded down to tens'),
  last_updated: timestamp,
  keywords: z.array(z.string()),
  epoch: z.string().describe('Hash of the snapshot'),
  synthetic: z.boolean(),
  programs: z.array(z.string()).describe('What may be asked: statistic, sql, python, …'),
  cohort_size_min: z.number().int(),
  data_use: z.array(z.string()).describe('GA4GH DUO terms: permission, diseases, modifiers; empty: unrestricted'),
  mode: z.string().describe('sdc: exact numbers under disclosure control; dp: differentially private ones only'),
  scripts: z.string().describe('auto, review or deny'),
  sandbox_grade_min: z.string().nullable().describe('Weakest isolation in which a script is run; null for any'),
  preset: z.string().describe('Disclosure rules by name'),
  policy_hash: z.string().describe('Hash of the rules in force')
}

/** One of this node's catalogs as answered. */
export const catalogShape = output('Catalog', z.object({ id: z.number().int(), ...described }))

/** A catalog of the mesh as answered, with who holds it. */
export const foundCatalogShape = output(
  'FoundCatalog',
  z.object({ peer_id: z.string(), node_id: z.string(), institution: z.string(), ...described })
)

/** What a node has and knows, in one answer. */
export const discoveryShape = output(
  'Discovery',
  z.object({ nodes: z.array(nodeShape), data_catalogs: z.array(catalogShape) })
)

/** An own catalog for the wire. */
export function catalogOf({ number, descriptor }: CatalogView): CatalogAnswer {
  const known = told.get(descriptor)
  if (known?.id === number) return known
  const answer = settled({ id: number, ...descriptionOf(descriptor) })
  told.set(descriptor, answer)
  return answer
}

type CatalogAnswer = z.output<typeof catalogShape>

/** A description never changes: another epoch has another one. Its answer, text and tag are made once. */
const told = new WeakMap<CatalogDescriptor, CatalogAnswer>()
/** Lists that were asked for: by level and by who may see what there are a few. */
const LISTS_MAX = 8
const lists: CatalogAnswer[][] = []

/** The same list again where it was told before, so that its text and tag are made once as well. */
export function catalogsOf(views: readonly CatalogView[]): CatalogAnswer[] {
  const answers = views.map(catalogOf)
  const before = lists.find((list) => list.length === answers.length && list.every((one, at) => one === answers[at]))
  if (before) return before
  lists.unshift(settled(answers))
  lists.length = Math.min(lists.length, LISTS_MAX)
  return answers
}

/** A found catalog for the wire. */
export function foundCatalogOf(view: FoundCatalogView): z.output<typeof foundCatalogShape> {
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
    keywords: [...descriptor.keywords],
    epoch: descriptor.epoch,
    synthetic: descriptor.synthetic,
    programs: [...descriptor.programs],
    cohort_size_min: descriptor.cohortSizeMin,
    data_use: [...descriptor.dataUse],
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

function schemaOf(descriptor: CatalogDescriptor): z.output<typeof schemaDefinitionShape> {
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
        levels: [...variable.levels],
        breakpoints: [...variable.breakpoints],
        minimum: variable.bounded ? variable.minimum : null,
        maximum: variable.bounded ? variable.maximum : null,
        missing_share: variable.missingTold ? variable.missingShare : null,
        identifying: variable.identifying
      }))
    })),
    lattice: descriptor.lattice.map(({ variable, breakpoints }) => ({ variable, breakpoints: [...breakpoints] }))
  }
}
