/** Pairs of groups that differ by few people: a group, and the same group without a few members. */
import { AGE_CUTS, cells, type Condition, except, type Group, groupOf, older, younger } from './groups.ts'
import type { Population, Target } from './population.ts'

/** Largest difference between the groups of a pair. */
const APART_MAX = 4

/** A group, and the same group without some members. */
export interface Pair {
  readonly whole: Group
  readonly without: Group
}

/** Pairs for each group of the list, at most `pairsEach`, those with the smallest differences first. */
export function nearPairs(
  population: Population,
  options: { target: Target; wholes: readonly (readonly Condition[])[]; pairsEach: number }
): readonly Pair[] {
  const { target, wholes, pairsEach } = options
  const few = [
    ...cells(population, ['diagnosis', 'centre']),
    ...cells(population, ['diagnosis', 'sex']),
    ...AGE_CUTS.slice(-2).flatMap((cut) => cells(population, ['sex', 'centre']).map((cell) => [...cell, older(cut)])),
    ...AGE_CUTS.slice(0, 2).flatMap((cut) =>
      cells(population, ['sex', 'centre']).map((cell) => [...cell, younger(cut)])
    )
  ]
  return wholes.flatMap((conditions) => {
    const whole = groupOf(population, target, conditions)
    const pairs = few.map((some): Pair => {
      const all: Condition = {
        text: some.map(({ text }) => text).join(' AND '),
        holds: (person) => some.every(({ holds }) => holds(person))
      }
      return { whole, without: groupOf(population, target, [...conditions, except(all)]) }
    })
    const apart = ({ without }: Pair) => whole.members.length - without.members.length
    return pairs
      .filter((pair) => apart(pair) > 0 && apart(pair) <= APART_MAX)
      .sort((a, b) => apart(a) - apart(b))
      .slice(0, pairsEach)
  })
}

/** Ordinary groups, as in typical questions. */
export function ordinaryGroups(population: Population): readonly (readonly Condition[])[] {
  const single = (['arm', 'sex', 'centre'] as const).flatMap((column) => cells(population, [column]))
  return [[], ...single, ...cells(population, ['arm', 'sex'])]
}
