/**
 * Class disclosure in a table: where everyone who shares the other keys is in one cell, whoever is known to share them is
 * known to be in it. A table says so by the cells it does not have.
 */
import { type Comparison, type Filter, type GroupKey, isComparison, type Plan } from '@stimnet/protocol'
import type { FactsOf } from './facts.ts'

/** One group of a table, as far as this rule looks at it. */
export interface KeyedGroup {
  readonly key: readonly (string | null)[]
}

/** The groups that hold everyone of a line: same other keys, and nobody anywhere else but where the value is missing. */
export function everyoneInOne<T extends KeyedGroup>(groups: readonly T[], plan: Plan, facts: FactsOf): Set<T> {
  const found = new Set<T>()
  for (const [at, key] of plan.groupBy.entries()) {
    // A declared domain of one value tells nothing about anybody, nor does what others know of everybody.
    if (facts(key.variable).cells === 1 || facts(key.variable).identifying) continue
    const asked = labelAsked(key, plan.where)
    for (const line of linesOf(groups, at)) {
      const [only, other] = line
      if (only && !other && only.key[at] !== asked) found.add(only)
    }
  }
  return found
}

/** Groups by all their keys but one, without those where that one is missing. */
function linesOf<T extends KeyedGroup>(groups: readonly T[], at: number): Iterable<readonly T[]> {
  const lines = new Map<string, T[]>()
  for (const group of groups) {
    if (group.key[at] === null) continue
    const others = JSON.stringify(group.key.filter((_, i) => i !== at))
    const line = lines.get(others)
    if (line) line.push(group)
    else lines.set(others, [group])
  }
  return lines.values()
}

/** The one cell that the filter itself asks for, as its label; undefined where it leaves several. */
function labelAsked({ variable }: GroupKey, where: Filter | undefined): string | undefined {
  const own = conjuncts(where).filter(({ column }) => column === variable)
  const levels = own.filter(({ op }) => op === '=' || op === 'in').map(({ values }) => values.map(String))
  const [first, ...others] = levels
  if (first) {
    const left = first.filter((level) => others.every((other) => other.includes(level)))
    return left.length === 1 ? left[0] : undefined
  }
  const bound = (op: Comparison['op']) => {
    const values = own.filter((comparison) => comparison.op === op).flatMap((comparison) => comparison.values)
    return values.length === 1 ? values[0] : undefined
  }
  const [from, to] = [bound('>='), bound('<')]
  if (from !== undefined && to !== undefined) return `[${from},${to})`
  if (from !== undefined) return `>=${from}`
  return to === undefined ? undefined : `<${to}`
}

/** Comparisons that each row fits; of anything more involved nothing is taken for granted. */
function conjuncts(filter: Filter | undefined): readonly Comparison[] {
  if (filter === undefined) return []
  if (isComparison(filter)) return [filter]
  return 'all' in filter ? filter.all.flatMap(conjuncts) : []
}
