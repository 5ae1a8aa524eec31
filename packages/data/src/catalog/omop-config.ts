/** The concept sets from which one row per person of an OMOP Common Data Model 5.4 is made, and the `omop` source of a table. */
import { z } from 'zod'
import { TAKEN_MAX, takenShape } from './taken.ts'

/** Maximum number of concepts of a set, without their descendants. */
const CONCEPTS_MAX = 500

const conceptsSchema = z.array(z.int().min(1).max(2_147_483_647)).min(1).max(CONCEPTS_MAX)

/** The kinds of records: the table of each, its columns of concept and day, and for values the id of a record. */
export const OMOP_RECORDS = {
  condition: { table: 'condition_occurrence', concept: 'condition_concept_id', day: 'condition_start_date' },
  drug: { table: 'drug_exposure', concept: 'drug_concept_id', day: 'drug_exposure_start_date' },
  procedure: { table: 'procedure_occurrence', concept: 'procedure_concept_id', day: 'procedure_date' },
  visit: { table: 'visit_occurrence', concept: 'visit_concept_id', day: 'visit_start_date' },
  measurement: {
    table: 'measurement',
    concept: 'measurement_concept_id',
    day: 'measurement_date',
    id: 'measurement_id'
  },
  observation: {
    table: 'observation',
    concept: 'observation_concept_id',
    day: 'observation_date',
    id: 'observation_id'
  }
} as const

/** A kind of records. */
export type OmopKind = keyof typeof OMOP_RECORDS
/** All kinds of records. */
export const OMOP_KINDS = Object.keys(OMOP_RECORDS) as OmopKind[]

const setShape = {
  condition: conceptsSchema.optional(),
  drug: conceptsSchema.optional(),
  procedure: conceptsSchema.optional(),
  visit: conceptsSchema.optional(),
  measurement: conceptsSchema.optional(),
  observation: conceptsSchema.optional()
}

type ConceptSet = Readonly<Partial<Record<OmopKind, readonly number[] | undefined>>>

const ONE_KIND = 'has one of condition, drug, procedure, visit, measurement and observation'
const hasOneKind = (set: Readonly<Partial<Record<OmopKind, unknown>>>) =>
  OMOP_KINDS.filter((kind) => set[kind] !== undefined).length === 1

/** The kind of a set and its concepts. */
export function kindOf(set: ConceptSet): { readonly kind: OmopKind; readonly concepts: readonly number[] } {
  const kind = OMOP_KINDS.find((one) => set[one] !== undefined) ?? 'condition'
  return { kind, concepts: set[kind] ?? [] }
}

/** Columns beside those of the variables. The last two need observation periods. */
const OWN_COLUMNS = ['person_id', 'age_at_index', 'sex', 'days_before', 'days_after'] as const

const variableSchema = z
  .strictObject({
    ...takenShape,
    ...setShape,
    /** The concept of the unit (unit_concept_id). Values in other units are not used. */
    unit_concept: z.int().min(1).max(2_147_483_647).optional(),
    /** The name of the unit, for the description. */
    unit: z.string().max(40).optional()
  })
  .refine(hasOneKind, `a variable ${ONE_KIND}`)
  .refine(
    ({ take, measurement, observation, unit_concept }) =>
      !(take === 'first' || take === 'last') ||
      ((measurement ?? observation) !== undefined && unit_concept !== undefined),
    'a value is of a measurement or an observation, and in one unit (unit_concept)'
  )

const setsShape = {
  /** Whether a concept includes all its descendants (concept_ancestor). */
  descendants: z.boolean().default(true),
  /** Whether people are observed in their observation periods alone. Without them, everybody with an index date has a row. */
  observation_periods: z.boolean().default(true),
  /**
   * The index date is the day of a person's first record with one of these concepts. People without such a record, or whose index date is
   * outside of their observation periods, are left out.
   */
  index: z.strictObject(setShape).refine(hasOneKind, `the index ${ONE_KIND}`),
  variables: z.array(variableSchema).min(1).max(TAKEN_MAX)
}

const differ = ({ variables }: { readonly variables: readonly { readonly name: string }[] }) => {
  const names = [...OWN_COLUMNS, ...variables.map(({ name }) => name.toLowerCase())]
  return new Set(names).size === names.length
}
const differHelp = `the names of variables differ, also from ${OWN_COLUMNS.join(', ')}`

/** The concept sets alone, as in the file for a proposal. */
export const omopSchema = z.strictObject(setsShape).refine(differ, differHelp)

/** The OMOP source of a table: a folder with one CSV file per table of the model, and the concept sets. */
export const omopSourceSchema = z
  .strictObject({ folder: z.string().min(1).max(1024), ...setsShape })
  .refine(differ, differHelp)

/** The parsed concept sets. */
export type OmopSets = z.output<typeof omopSchema>
/** One variable of the concept sets. */
export type OmopVariable = OmopSets['variables'][number]

/** The columns of the rows, which depend only on the concept sets. */
export function omopColumns({ observation_periods: isObserved, variables }: OmopSets): readonly string[] {
  return [...OWN_COLUMNS.slice(0, isObserved ? OWN_COLUMNS.length : 3), ...variables.map(({ name }) => name)]
}
