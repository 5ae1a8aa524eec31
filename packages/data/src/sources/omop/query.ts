/**
 * The query that makes one row per person of an OMOP Common Data Model 5.4 from declared concept sets, in PostgreSQL and in the engine. Dates
 * are days from an index date.
 */
import { kindOf, OMOP_RECORDS, type OmopSets, type OmopVariable } from '../../catalog/omop-config.ts'
import { quoteName } from '../../quote.ts'

/** The query for one row per person. From the sets it contains only concept ids, day numbers and quoted names. */
export function omopQuery(sets: OmopSets, schema: string): string {
  const at = (table: string) => `${quoteName(schema)}.${table}`
  const isIn = (column: string, concepts: readonly number[]) =>
    sets.descendants
      ? `${column} IN (SELECT descendant_concept_id FROM ${at('concept_ancestor')} WHERE ancestor_concept_id IN (${concepts.join(', ')}))`
      : `${column} IN (${concepts.join(', ')})`
  const { kind, concepts: indexConcepts } = kindOf(sets.index)
  const index = OMOP_RECORDS[kind]
  const columns = sets.variables.map((variable) => {
    const { kind, concepts } = kindOf(variable)
    const record = OMOP_RECORDS[kind]
    return `${valueSql(variable, at(record.table), isIn(`r.${record.concept}`, concepts))} AS ${quoteName(variable.name)}`
  })
  const isObserved = sets.observation_periods
  const seen = isObserved
    ? `,
    min(o.observation_period_start_date) AS seen_from, max(o.observation_period_end_date) AS seen_to`
    : ''
  const periods = isObserved
    ? `
  JOIN ${at('observation_period')} o ON o.person_id = p.person_id
    AND z.day BETWEEN o.observation_period_start_date AND o.observation_period_end_date`
    : ''
  const around = isObserved ? ['day - seen_from AS days_before', 'seen_to - day AS days_after'] : []
  return `WITH day_zero AS (
  SELECT person_id, min(${index.day}) AS day
  FROM ${at(index.table)} WHERE ${isIn(index.concept, indexConcepts)} GROUP BY person_id
), people AS (
  SELECT p.person_id, p.year_of_birth, p.gender_concept_id, z.day${seen}
  FROM ${at('person')} p JOIN day_zero z ON z.person_id = p.person_id${periods}
  GROUP BY p.person_id, p.year_of_birth, p.gender_concept_id, z.day
)
SELECT person_id,
  CAST(extract(year FROM day) AS int) - year_of_birth AS age_at_index,
  CASE gender_concept_id WHEN 8507 THEN 'male' WHEN 8532 THEN 'female' END AS sex,
  ${[...around, ...columns].join(',\n  ')}
FROM people`
}

/** SQL for the value of a variable: a subquery over the records `r` of one person. */
function valueSql(variable: OmopVariable, table: string, isOfSet: string): string {
  const { take, window, unit_concept } = variable
  const { kind } = kindOf(variable)
  const { day } = OMOP_RECORDS[kind]
  const id = kind === 'observation' ? OMOP_RECORDS.observation.id : OMOP_RECORDS.measurement.id
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
      return `(SELECT r.value_as_number ${from} AND r.value_as_number IS NOT NULL ORDER BY r.${day} ${order}, r.${id} ${order} LIMIT 1)`
    }
  }
}
