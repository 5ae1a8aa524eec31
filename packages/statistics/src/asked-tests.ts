/** Tests that a statistic by name asks for beside its numbers. */
import { type Plan, type ResolvedVariable, type StatisticCall, StimnetError } from '@stimnet/protocol'
import { invalid } from './measures.ts'

/** Tests read the columns that their plan asks for anyway. Throws PARAMETER_INVALID, VALUE_NOT_DECLARED. */
export function withTests(plan: Plan, name: string, call: StatisticCall, by: readonly ResolvedVariable[]): Plan {
  const [one, two] = plan.groupBy
  if (name === 'chi_squared') {
    if (by.length > 0 || !one || !two) invalid('chi_squared takes two variables and no `by`.')
    return { ...plan, tests: [{ kind: 'chi_squared', of: 'subjects', by: [one.name, two.name] }] }
  }
  if (name !== 'compare' && name !== 'anova') return plan
  const [key] = by
  if (!key || !one || by.length !== 1) return invalid(`${name} needs one variable in \`by\`.`)
  const spreads = plan.measures.filter(({ kind }) => kind === 'sd')
  if (name === 'anova') {
    return { ...plan, tests: spreads.map((measure) => ({ kind: 'anova', of: measure.name, by: one.name })) }
  }
  const groups = twoLevels(call, key)
  return {
    ...plan,
    // The others are not asked for: they need not be withheld so that these stay hidden, nor the other way round.
    where: { column: key.ref, op: 'in', values: groups },
    tests: spreads.map((measure) => ({ kind: 'welch', of: measure.name, by: one.name, groups }))
  }
}

function twoLevels(call: StatisticCall, { ref, variable }: ResolvedVariable): readonly [string, string] {
  const { groups } = call.arguments
  const known = variable.levels.join(', ').slice(0, 500)
  if (variable.type !== 'category') invalid(`compare groups by a category, and ${ref} is none.`)
  const asked: unknown = groups ?? (variable.levels.length === 2 ? variable.levels : undefined)
  if (!Array.isArray(asked) || asked.length !== 2 || asked[0] === asked[1]) {
    return invalid(`groups: two different levels of ${ref}. It has: ${known}.`)
  }
  const [one, other]: unknown[] = asked
  if (typeof one === 'string' && typeof other === 'string' && [one, other].every((l) => variable.levels.includes(l))) {
    return [one, other]
  }
  throw new StimnetError('VALUE_NOT_DECLARED', 'planning a comparison', { reason: `${ref} has the levels ${known}.` })
}
