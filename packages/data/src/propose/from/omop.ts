/**
 * One query that makes one row per person of an OMOP Common Data Model 5.4 from declared concept sets. Dates are days from an index date.
 */
import { z } from 'zod'
import { TAKEN_MAX, takenShape } from '../../catalog/taken.ts'
import { quoteName } from '../../quote.ts'
import type { CodeBook, ColumnCode } from './code-book.ts'

/** Maximum number of concepts of a set, without their descendants. */
const CONCEPTS_MAX = 500

const conceptsSchema = z.array(z.int().min(1).max(2_147_483_647)).min(1).max(CONCEPTS_MAX)

const RECORDS = {
  condition: { table: 'condition_occurrence', concept: 'condition_concept_id', day: 'condition_start_date' },
  drug: { table: 'drug_exposure', concept: 'drug_concept_id', day: 'drug_exposure_start_date' },
  measurement: { table: 'measurement', concept: 'measurement_concept_id', day: 'measurement_date' }
} as const
type Kind = keyof typeof RECORDS
const KINDS = Object.keys(RECORDS) as Kind[]

const setShape = {
  condition: conceptsSchema.optional(),
  drug: conceptsSchema.optional(),
  measurement: conceptsSchema.optional()
}

const hasOneKind = (set: Readonly<Partial<Record<Kind, unknown>>>) =>
  KINDS.filter((kind) => set[kind] !== undefined).length === 1

/** Names of columns that the query always has. */
const OWN = ['person_id', 'age_at_index', 'sex', 'days_before', 'days_after']

const variableSchema = z
  .strictObject({
    ...takenShape,
    ...setShape,
    /** The concept of the unit (unit_concept_id). Measurements in other units are not used. */
    unit_concept: z.int().min(1).max(2_147_483_647).optional(),
    /** The name of the unit, for the description. */
    unit: z.string().max(40).optional()
  })
  .refine(hasOneKind, 'a variable has one of condition, drug and measurement')
  .refine(
    ({ take, measurement, unit_concept }) =>
      !(take === 'first' || take === 'last') || (measurement !== undefined && unit_concept !== undefined),
    'a value is of a measurement and in one unit (unit_concept)'
  )

/** The concept sets from which a person's row is made. */
export const omopSchema = z
  .strictObject({
    /** Whether a concept includes all its descendants (concept_ancestor). */
    descendants: z.boolean().default(true),
    /**
     * The index date is the day of a person's first record with one of these concepts. People without such a record, or whose index date is
     * outside of their observation periods, are left out.
     */
    index: z.strictObject(setShape).refine(hasOneKind, 'the index has one of condition, drug and measurement'),
    variables: z.array(variableSchema).min(1).max(TAKEN_MAX)
  })
  .refine(
    ({ variables }) => {
      const names = [...OWN, ...variables.map(({ name }) => name.toLowerCase())]
      return new Set(names).size === names.length
    },
    `the names of variables differ, also from ${OWN.join(', ')}`
  )

/** The parsed concept sets. */
export type OmopSets = z.output<typeof omopSchema>
type OmopVariable = OmopSets['variables'][number]

/** The query for one row per person. From the sets it contains only concept ids, day numbers and quoted names. */
export function omopQuery(sets: OmopSets, schema: string): string {
  const at = (table: string) => `${quoteName(schema)}.${table}`
  const isIn = (column: string, concepts: readonly number[]) =>
    sets.descendants
      ? `${column} IN (SELECT descendant_concept_id FROM ${at('concept_ancestor')} WHERE ancestor_concept_id IN (${concepts.join(', ')}))`
      : `${column} IN (${concepts.join(', ')})`
  const [index, indexConcepts] = kindOf(sets.index)
  const columns = sets.variables.map((variable) => {
    const [record, concepts] = kindOf(variable)
    return `${valueSql(variable, at(record.table), record.day, isIn(`r.${record.concept}`, concepts))} AS ${quoteName(variable.name)}`
  })
  return `WITH day_zero AS (
  SELECT person_id, min(${index.day}) AS day
  FROM ${at(index.table)} WHERE ${isIn(index.concept, indexConcepts)} GROUP BY person_id
), people AS (
  SELECT p.person_id, p.year_of_birth, p.gender_concept_id, z.day,
    min(o.observation_period_start_date) AS seen_from, max(o.observation_period_end_date) AS seen_to
  FROM ${at('person')} p JOIN day_zero z ON z.person_id = p.person_id
  JOIN ${at('observation_period')} o ON o.person_id = p.person_id
    AND z.day BETWEEN o.observation_period_start_date AND o.observation_period_end_date
  GROUP BY p.person_id, p.year_of_birth, p.gender_concept_id, z.day
)
SELECT person_id,
  CAST(extract(year FROM day) AS int) - year_of_birth AS age_at_index,
  CASE gender_concept_id WHEN 8507 THEN 'male' WHEN 8532 THEN 'female' END AS sex,
  day - seen_from AS days_before,
  seen_to - day AS days_after,
  ${columns.join(',\n  ')}
FROM people`
}

function kindOf(set: Readonly<Partial<Record<Kind, readonly number[] | undefined>>>) {
  const kind = KINDS.find((one) => set[one] !== undefined) ?? 'condition'
  return [RECORDS[kind], set[kind] ?? []] as const
}

/** SQL for the value of a variable: a subquery over the records `r` of one person. */
function valueSql({ take, window, unit_concept }: OmopVariable, table: string, day: string, isOfSet: string): string {
  const days = window === undefined ? '' : ` AND r.${day} - people.day BETWEEN ${window[0]} AND ${window[1]}`
  const unit = unit_concept === undefined ? '' : ` AND r.unit_concept_id = ${unit_concept}`
  const from = `FROM ${table} r WHERE r.person_id = people.person_id AND ${isOfSet}${days}${unit}`
  switch (take) {
    case 'ever':
      return `CASE WHEN EXISTS (SELECT 1 ${from}) THEN 'yes' ELSE 'no' END`
    case 'first_day':
      return `(SELECT min(r.${day}) - people.day ${from})`
    case 'last_day':
      return `(SELECT max(r.${day}) - people.day ${from})`
    case 'days':
      return `(SELECT count(DISTINCT r.${day}) ${from})`
    case 'first':
    case 'last': {
      const order = take === 'first' ? 'ASC' : 'DESC'
      return `(SELECT r.value_as_number ${from} AND r.value_as_number IS NOT NULL ORDER BY r.${day} ${order}, r.measurement_id ${order} LIMIT 1)`
    }
  }
}

/** The column descriptions that follow from the concept sets, without data: levels, units, and the meaning of each variable. */
export function omopCodeBook(sets: OmopSets): CodeBook {
  const words = (...levels: readonly string[]) => levels.map((level) => [level, ''] as const)
  const index = setWords(sets.index, sets.descendants)
  const own: readonly (readonly [string, ColumnCode])[] = [
    [
      'age_at_index',
      { unit: 'a', description: `Year of the index date (first record of ${index}) less the year of birth` }
    ],
    ['sex', { levels: words('female', 'male'), description: 'OMOP gender concepts 8532 and 8507' }],
    ['days_before', { unit: 'd', description: 'Days of observation before the index date' }],
    ['days_after', { unit: 'd', description: 'Days of observation after the index date' }]
  ]
  const asked = sets.variables.map((variable): readonly [string, ColumnCode] => {
    const { name, take, window, unit } = variable
    const when = window === undefined ? 'at any time' : `from day ${window[0]} to day ${window[1]} of the index date`
    const description = `${TAKEN[take]} ${setWords(variable, sets.descendants)}, ${when}`
    const isDay = take === 'first_day' || take === 'last_day' || take === 'days'
    if (take === 'ever') return [name, { levels: words('yes', 'no'), description }]
    return [name, { description, ...(isDay ? { unit: 'd' } : unit === undefined ? {} : { unit }) }]
  })
  return new Map([...own, ...asked])
}

const TAKEN: Readonly<Record<OmopVariable['take'], string>> = {
  ever: 'Any record of',
  first_day: 'Days from the index date to the first record of',
  last_day: 'Days from the index date to the last record of',
  days: 'Number of days with a record of',
  first: 'First value of',
  last: 'Last value of'
}

/** Maximum number of concepts shown in a description. */
const SHOWN_MAX = 12

function setWords(set: Readonly<Partial<Record<Kind, readonly number[] | undefined>>>, descendants: boolean): string {
  const kind = KINDS.find((one) => set[one] !== undefined) ?? 'condition'
  const concepts = set[kind] ?? []
  const shown = concepts.slice(0, SHOWN_MAX).join(', ')
  const more = concepts.length > SHOWN_MAX ? ` and ${concepts.length - SHOWN_MAX} more` : ''
  return `${kind} ${shown}${more}${descendants ? ' or a descendant' : ''}`
}
