/** Catalogs as clients see them: descriptions, declared levels and rounded sizes. */
import { ACCESS_LEVELS, type Filter, VARIABLE_TYPES } from '@stimnet/protocol'
import { z } from 'zod'
import { output, timestamp, typed } from '../named.ts'
import type { Answered } from '../readonly.ts'
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
    .describe(
      'Share of its rows without a value, to two decimal places, disclosed once per epoch; null: not disclosed'
    ),
  identifying: z
    .boolean()
    .describe('Others are assumed to know a person’s value anyway: its disclosure does not count as information'),
  derivation: z
    .string()
    .optional()
    .describe('The rule by which it is derived, in words; absent if it is not derived, and from an older gateway')
})
/** A variable: its type, unit, and declared levels or breakpoints. */
export type CatalogVariable = Answered<typeof variableShape>

const tableShape = z.object({
  name: z.string(),
  description: z.string(),
  one_row_per_subject: z.boolean(),
  variables: z.array(variableShape)
})
/** The description of a table of a catalog, never its rows. */
export type CatalogTable = Answered<typeof tableShape>

const schemaDefinitionShape = output(
  'CatalogSchema',
  z.object({
    subject_key: z.string(),
    tables: z.array(tableShape),
    lattice: z.array(z.object({ variable: z.string(), breakpoints: z.array(z.number()) })),
    analysis_sets: z
      .array(
        z.object({
          name: z.string(),
          complete_on: z.array(z.string()).describe('table.variable; everybody in the set has a value of each'),
          where: typed<Filter>(z.record(z.string(), z.unknown()))
            .nullable()
            .describe('The people and rows that it contains')
        })
      )
      .optional()
      .describe('Fixed sets of people to which a question can be restricted; absent from an older gateway')
  })
)
/** All tables and variables of a catalog that a question can use. */
export type CatalogSchema = Answered<typeof schemaDefinitionShape>

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
  programs: z.array(z.string()).describe('The permitted kinds of program: statistic, sql, python, …'),
  cohort_size_min: z.number().int(),
  data_use: z.array(z.string()).describe('GA4GH DUO terms: permission, diseases, modifiers; empty: unrestricted'),
  mode: z.string().describe('sdc: exact numbers under disclosure control; dp: differentially private ones only'),
  scripts: z.string().describe('auto, review or deny'),
  sandbox_grade_min: z.string().nullable().describe('The weakest isolation in which a script runs; null for any'),
  permit_required: z.boolean().optional().describe('Whether requests need a data permit; absent if they need none'),
  preset: z.string().describe('Disclosure rules by name'),
  policy_hash: z.string().describe('Hash of the rules in force'),
  precision: z
    .string()
    .optional()
    .describe(
      'The claim of released numbers: exact or statistical, as on every disclosure card; absent if it is not published'
    )
}

/** The schema of one of this node's catalogs in answers. */
export const catalogShape = output('Catalog', z.object({ id: z.number().int(), ...described }))
/** A catalog of the node that answers. */
export type Catalog = Answered<typeof catalogShape>

/** The schema of a catalog in the mesh in answers, with its holder. */
export const foundCatalogShape = output(
  'FoundCatalog',
  z.object({ peer_id: z.string(), node_id: z.string(), institution: z.string(), ...described })
)
/** A catalog found in the mesh, with its holder. */
export type FoundCatalog = Answered<typeof foundCatalogShape>

/** The schema of all nodes and catalogs in one answer. */
export const discoveryShape = output(
  'Discovery',
  z.object({ nodes: z.array(nodeShape), data_catalogs: z.array(catalogShape) })
)
/** The known nodes and the offered catalogs. */
export type Discovery = Answered<typeof discoveryShape>
