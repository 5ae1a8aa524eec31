/** Groups that are defined by covariates, so that the attacker knows their members. */
import type { Known, Population, Target } from './population.ts'

/** A filter in SQL, with the indices of its members in the population. */
export interface Group {
  readonly where: string
  readonly members: readonly number[]
}

/** A condition on covariates. */
export interface Condition {
  readonly text: string
  holds(person: Known): boolean
}

/** Breakpoints of age in the catalog. */
export const AGE_CUTS = [40, 50, 55, 60, 65, 70, 75, 80]

/** The condition that a category has a level. */
export const is = (column: 'sex' | 'arm' | 'diagnosis' | 'centre', level: string): Condition => ({
  text: `${column} = '${level}'`,
  holds: (person) => person[column] === level
})

/** The condition that a person is younger than a breakpoint. */
export const younger = (cut: number): Condition => ({ text: `age < ${cut}`, holds: ({ age }) => age < cut })

/** The condition that a person is at least as old as a breakpoint. */
export const older = (cut: number): Condition => ({ text: `age >= ${cut}`, holds: ({ age }) => age >= cut })

/** The negation of a condition. */
export const except = (a: Condition): Condition => ({ text: `NOT (${a.text})`, holds: (person) => !a.holds(person) })

/** The disjunction of two conditions. */
export const either = (a: Condition, b: Condition): Condition => ({
  text: `(${a.text} OR ${b.text})`,
  holds: (person) => a.holds(person) || b.holds(person)
})

/** The people who fit all conditions and have a value of the target. */
export function groupOf({ people, truth }: Population, target: Target, conditions: readonly Condition[]): Group {
  const members = people.flatMap((person, i) =>
    truth[target][i] !== null && conditions.every(({ holds }) => holds(person)) ? [i] : []
  )
  return { where: conditions.map(({ text }) => text).join(' AND '), members }
}

/** All combinations of the levels of these columns. */
export function cells(
  { people }: Population,
  columns: readonly ('sex' | 'arm' | 'diagnosis' | 'centre')[]
): readonly (readonly Condition[])[] {
  return columns.reduce<readonly (readonly Condition[])[]>(
    (all, column) => {
      const levels = [...new Set(people.map((person) => person[column]))].sort()
      return all.flatMap((conditions) => levels.map((level) => [...conditions, is(column, level)]))
    },
    [[]]
  )
}

/** The smallest size of the first group of a nested chain, and the smallest increase for each further group. */
export interface ChainSteps {
  readonly first: number
  readonly step: number
}

/**
 * Nested groups that grow by age within each cell. Their differences partition the people. Each difference is just large enough
 * for rules about differences.
 */
export function chains(
  population: Population,
  options: { target: Target; cells: readonly (readonly Condition[])[]; steps: ChainSteps }
): readonly Group[] {
  const { target, steps } = options
  return options.cells.flatMap((cell) => {
    const kept: Group[] = []
    let size = 0
    for (const cut of [...AGE_CUTS, 200]) {
      const conditions = cut === 200 ? cell : [...cell, younger(cut)]
      const group = groupOf(population, target, conditions)
      if (group.where === '' || group.members.length - size < (size === 0 ? steps.first : steps.step)) continue
      kept.push(group)
      size = group.members.length
    }
    return kept
  })
}

/** All groups that are defined by one, two or three conditions. Groups with the same members occur once. */
export function overlapping(population: Population, target: Target): readonly Group[] {
  const columns = ['sex', 'arm', 'centre', 'diagnosis'] as const
  const single = columns.map((column) => cells(population, [column]).flat())
  const ages = AGE_CUTS.flatMap((cut) => [younger(cut), older(cut)])
  const families = [...single, ages]
  const conjunctions: Condition[][] = families.flatMap((family) => family.map((condition) => [condition]))
  for (const [i, a] of families.entries()) {
    for (const [j, b] of families.entries()) {
      if (j <= i) continue
      for (const x of a) for (const y of b) conjunctions.push([x, y])
      for (const c of families.slice(j + 1))
        for (const x of a) for (const y of b) for (const z of c) conjunctions.push([x, y, z])
    }
  }
  const seen = new Map(conjunctions.map((each) => groupOf(population, target, each)).map((g) => [g.members.join(), g]))
  return [...seen.values()].filter(({ members }) => members.length > 0)
}
