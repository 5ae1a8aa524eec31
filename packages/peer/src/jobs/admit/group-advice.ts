/** A question with fewer groups in place of a refused one, from the question and the description alone. */
import { groupCells } from '@stimnet/data'
import { type CatalogDescriptor, type Plan, type PlanTest, resolveVariable } from '@stimnet/protocol'
import { conditionsOf, isOfSet } from './set-advice.ts'
import type { JobPlan } from './validate.ts'

/** The number of groups of the question, and the nearest question with fewer of them. */
export function groupAdvice(plan: JobPlan, asked: Plan): string[] {
  const { descriptor } = plan.catalog
  const keys = asked.groupBy.map(({ name, variable }) => ({ name, cells: cellsOf(descriptor, variable) }))
  const groups = keys.reduce((product, { cells }) => product * cells, 1)
  const people = descriptor.subjectsRounded
  const size = Math.floor(people / groups)
  const found: string[] = []
  if (groups > 1) {
    found.push(`It asks for ${groups} groups of about ${people} people: some ${size} in each, were they alike.`)
    // The key of the event is part of a question about times; it is not a grouping.
    const events = (asked.tests ?? []).flatMap((test) => ('event' in test ? [test.event.key] : []))
    const free = keys.filter(({ name }) => !events.includes(name)).map(({ name }) => name)
    if (free.length > 0) found.push(`Nearest: ${fewerGroups(asked, free)}.`)
  }
  found.push(...missingAdvice(plan, asked))
  if (plan.cohort !== undefined || asked.where !== undefined)
    found.push('Another way: leave a condition out, or make it wider.')
  return found
}

/** The statistics that compare groups, by the number of columns that form these groups; they cannot be asked with fewer. */
const COMPARED_BY: Readonly<Partial<Record<PlanTest['kind'], number>>> = {
  welch: 1,
  anova: 1,
  pairwise: 1,
  two_by_two: 1,
  mann_whitney: 1,
  log_rank: 1,
  cox: 1,
  chi_squared: 2,
  fisher: 2,
  mcnemar: 2
}

function fewerGroups({ tests = [] }: Plan, free: readonly string[]): string {
  const isSurvival = tests.some(({ kind }) => kind === 'log_rank' || kind === 'cox')
  const needed = Math.max(
    0,
    ...tests.map((test) => (test.kind === 'meta' && test.groups.length > 0 ? 1 : (COMPARED_BY[test.kind] ?? 0)))
  )
  if (needed === 0)
    return free.length > 1 ? `by one of ${free.join(' or ')} alone` : 'the same over all groups together'
  if (needed === 2) return `without the test, the numbers by one of ${free.join(' or ')} alone`
  if (free.length > 1) return `by one of ${free.join(' or ')} alone`
  return isSurvival
    ? 'a comparison needs its groups: kaplan_meier over all groups together'
    : 'a comparison needs its groups: its numbers over all groups together, without the test'
}

/**
 * People without a value form a separate group. If there are few of them, other groups can be affected too. The advice does not state
 * whether there are such people: it depends on the question and the description alone.
 */
function missingAdvice(plan: JobPlan, asked: Plan): string[] {
  const conditioned = conditionsOf(plan, asked)
  const keys = asked.groupBy.filter(({ variable }) => conditioned.every(({ column }) => column !== variable))
  if (isOfSet(plan, asked) || keys.length === 0) return []
  const condition = keys.map(({ variable }) => `${variable} is not null`).join(' and ')
  return [
    `Another way, if few people are in no group because they lack a value: those who have one, by the condition ${condition}.`
  ]
}

function cellsOf(descriptor: CatalogDescriptor, variable: string): number {
  return Math.max(1, groupCells(resolveVariable(descriptor, variable).variable) - 1)
}
