/**
 * The analysis set that a refused question could be asked of, from the question and the description alone. It does not depend on who
 * lacks a value.
 */
import {
  type AnalysisSet,
  analysisSetFromMessage,
  type Comparison,
  type Filter,
  isComparison,
  type Plan,
  setIn,
  variablesOf
} from '@stimnet/protocol'
import type { JobPlan } from './validate.ts'

/** The comparisons of a filter, also those in its negations. */
export function comparisonsIn(filter: Filter): Comparison[] {
  if (isComparison(filter)) return [filter]
  return ('not' in filter ? [filter.not] : 'all' in filter ? filter.all : filter.any).flatMap(comparisonsIn)
}

/** The comparisons in the conditions of a question. */
export function conditionsOf({ cohort }: Pick<JobPlan, 'cohort'>, { where }: Plan): Comparison[] {
  return [cohort, where].flatMap((filter) => (filter === undefined ? [] : comparisonsIn(filter)))
}

/** Whether a question is asked of an analysis set. */
export function isOfSet(plan: Pick<JobPlan, 'cohort'>, asked: Plan): boolean {
  return conditionsOf(plan, asked).some(({ column }) => setIn(column) !== undefined)
}

/** The variables of which somebody may lack a value: those measured, and those that divide people into groups. */
function refsOf({ groupBy, measures }: Plan): string[] {
  return [...new Set([...groupBy.map(({ variable }) => variable), ...measures.flatMap(variablesOf)])]
}

/**
 * `first`: the declared set that has all variables of the question or, if none has, the one that has most of them, with the words that
 * ask for it. `none`: that a set could be declared, if none has all. Both empty for a question that already names a set, and if a mapping
 * renames variables, since the description of a set has the institution's own names.
 */
export function setAdvice(
  plan: Pick<JobPlan, 'catalog' | 'cohort' | 'schema'>,
  asked: Plan
): { readonly first: string[]; readonly none: string[] } {
  const refs = refsOf(asked)
  if (refs.length === 0 || plan.schema.mappings.length > 0 || isOfSet(plan, asked)) return { first: [], none: [] }
  const [best] = (plan.catalog.descriptor.sets ?? [])
    .map(analysisSetFromMessage)
    .map((set) => ({ set, lacks: refs.filter((ref) => !set.completeOn.includes(ref)) }))
    .filter(({ lacks }) => lacks.length < refs.length)
    // Of sets that lack as many, the one with the fewest conditions has the most people.
    .sort((a, b) => a.lacks.length - b.lacks.length || conditionsIn(a.set) - conditionsIn(b.set))
  const of = 'an analysis set of the people who have a value of each of its variables'
  return {
    first: best === undefined ? [] : [inWords(best)],
    none:
      best?.lacks.length === 0 ? [] : [`Another way, if values of few people are missing: a steward can declare ${of}.`]
  }
}

function conditionsIn({ completeOn, where }: AnalysisSet): number {
  return completeOn.length + (where === undefined ? 0 : comparisonsIn(where).length)
}

function inWords({
  set: { name, where },
  lacks
}: {
  readonly set: AnalysisSet
  readonly lacks: readonly string[]
}): string {
  const whose =
    lacks.length === 0
      ? 'whose people have a value of each variable asked'
      : `whose people have a value of each variable asked except, perhaps, ${lacks.join(' and ')}`
  const limits = where === undefined ? [] : comparisonsIn(where).map(limitInWords)
  const limited = limits.length === 0 ? '' : `, limited to ${limits.join(' and ')}`
  return (
    `First: ask this, and all that follows, of the analysis set ${name}, ${whose}${limited} (--set ${name} on the command line, ` +
    `"set": ${JSON.stringify(name)} in REST and Python, “Analysis set” in the console).`
  )
}

function limitInWords({ column, op, values }: Comparison): string {
  return `${column} ${op === 'in' ? '=' : op} ${values.join(' or ')}`.trimEnd()
}
