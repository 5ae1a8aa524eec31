/** Attacks that use moments, and covariances with a known column, of groups whose differences are small. */
import { chains, cells, except, type Condition, type Group, groupOf } from './groups.ts'
import { concludeChange } from './conclude-change.ts'
import type { Reconstruction, Scene } from './scene.ts'
import { type Asked, askSums } from './sums.ts'

/** Groups of at least ten people, each at least five larger than the previous one, which is as small as any rule permits. */
const STEPS = { first: 10, step: 5 } as const

/** Cells with some tens of people each. */
function cellsOf({ population, study }: Scene): readonly (readonly Condition[])[] {
  return cells(population, study.size >= 500 ? ['arm', 'sex', 'centre'] : ['arm', 'sex'])
}

/** Nested groups within each cell. */
export function nestedGroups(scene: Scene): readonly Group[] {
  const { population, target, questionsMax } = scene
  return chains(population, { target, cells: cellsOf(scene), steps: STEPS }).slice(0, questionsMax)
}

/** All people, and all people except a growing group. These groups are large and differ by few people. */
function largeGroups(scene: Scene): readonly Group[] {
  const { population, target, questionsMax } = scene
  const grown = chains(population, { target, cells: cellsOf(scene), steps: { first: 5, step: 5 } })
  const all = groupOf(population, target, [])
  const without = grown.map(({ where, members }): Group => {
    const inside = new Set(members)
    const condition = except({ text: where, holds: () => false })
    return { where: condition.text, members: all.members.filter((person) => !inside.has(person)) }
  })
  return [all, ...without].slice(0, questionsMax)
}

const attack = (
  id: string,
  says: string,
  asked: Asked,
  groups: (scene: Scene) => readonly Group[]
): Reconstruction => ({
  id,
  attack: says,
  targets: ['change'],
  run: async (scene) =>
    concludeChange(scene.population, await askSums(scene.oracle, scene.population, { groups: groups(scene), asked }))
})

/** The attacks of this file. */
export const MOMENT_ATTACKS: readonly Reconstruction[] = [
  attack(
    'N01',
    'Mean, variance, skewness and kurtosis of small nested groups, inverted in their differences',
    { moments: true, covariance: false },
    nestedGroups
  ),
  attack(
    'N02',
    'Means and covariances with age of small nested groups: least squares and rounding',
    { moments: false, covariance: true },
    nestedGroups
  ),
  attack(
    'N03',
    'Moments and covariances with age of small nested groups: values, and whose they are',
    { moments: true, covariance: true },
    nestedGroups
  ),
  attack('N04', 'The same of large groups that differ by few people', { moments: true, covariance: true }, largeGroups)
]
