/** An attack on the digits that are withheld after many releases about a variable: means of groups and of all their unions. */
import { concludeChange } from './conclude-change.ts'
import { cells, type Condition, either, type Group, groupOf } from './groups.ts'
import type { Reconstruction, Scene } from './scene.ts'
import { askSums } from './sums.ts'

/**
 * The people of each centre, and then all unions of centres. The sums of the centres determine those of all unions, so each further answer
 * would be free of charge, and their rounding errors would average out.
 */
function centresAndUnions({ population, target, questionsMax }: Scene): readonly Group[] {
  const centres = cells(population, ['centre']).flat()
  const ways = Array.from({ length: 2 ** centres.length - 1 }, (_, way) =>
    centres.filter((_, at) => Math.floor((way + 1) / 2 ** at) % 2 === 1)
  ).sort((a, b) => a.length - b.length)
  const unions = ways.flatMap(([first, ...others]): Condition[] => (first ? [others.reduce(either, first)] : []))
  return unions.map((union) => groupOf(population, target, [union])).slice(0, questionsMax)
}

/** The attack of this file. */
export const DIGITS_ATTACK: Reconstruction = {
  id: 'N16',
  attack: 'Means of some groups and of all their unions, against the digits that are withheld where much was told',
  targets: ['change'],
  run: async (scene) => {
    const { oracle, population } = scene
    const groups = centresAndUnions(scene)
    // Means and spreads of the groups use the allowance for full digits; later answers have fewer.
    const first = await askSums(oracle, population, { groups, asked: { moments: true, covariance: true } })
    const then = await askSums(oracle, population, { groups, asked: { moments: false, covariance: false } })
    return concludeChange(population, [...first, ...then])
  }
}
