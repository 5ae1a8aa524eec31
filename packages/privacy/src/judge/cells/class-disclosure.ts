/**
 * Class disclosure in a table: if everyone with the same other keys is in one cell, anybody known to have these keys is
 * known to be in that cell. A table discloses this by its missing cells.
 */
import { type Comparison, type Filter, type GroupKey, isComparison, type Plan } from '@stimnet/protocol'
import type { FactsOf } from '../facts.ts'

/** The part of a group that this rule reads: its key. */
export interface KeyedGroup {
  readonly key: readonly (string | null)[]
}

/**
 * The groups that hold everyone of a line. A line consists of all groups with the same other keys; groups where the value is
 * missing do not count.
 */
export function everyoneInOne<T extends KeyedGroup>(groups: readonly T[], plan: Plan, facts: FactsOf): Set<T> {
  const found = new Set<T>()
  for (const [at, key] of plan.groupBy.entries()) {
    // A variable with one declared value discloses nothing about anybody. A variable that others know anyway discloses
    // nothing new.
    if (facts(key.variable).cells === 1 || facts(key.variable).identifying) continue
    const asked = labelAsked(key, plan.where)
    for (const line of linesOf(groups, at)) {
      const [only, other] = line
      if (only && !other && only.key[at] !== asked) found.add(only)
    }
  }
  return found
}

/** The groups by all their keys except one. Groups in which that key is missing are left out. */
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

/** The label of the only cell that the filter itself allows for a key; undefined if the filter allows several cells. */
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

/** The comparisons that every row satisfies. Conditions inside "or" and "not" are ignored. */
function conjuncts(filter: Filter | undefined): readonly Comparison[] {
  if (filter === undefined) return []
  if (isComparison(filter)) return [filter]
  return 'all' in filter ? filter.all.flatMap(conjuncts) : []
}
