/** Attacks that use groups which differ by few people, missing values, or mappings that circumvent rounding. */
import { nestedGroups } from './attack-moments.ts'
import { concludeChange } from './conclude-change.ts'
import { askCounts, concludeCounts } from './counts.ts'
import type { Group } from './groups.ts'
import { nearPairs, ordinaryGroups } from './near-groups.ts'
import type { Reconstruction, Scene } from './scene.ts'
import { askSums, type SumsTold } from './sums.ts'

const MEANS = { moments: false, covariance: false } as const

/** Each group, followed by the same group without a few people. */
function pairsOf({ population, target, questionsMax }: Scene): readonly Group[] {
  const pairs = nearPairs(population, { target, wholes: ordinaryGroups(population), pairsEach: 4 })
  const groups = new Map(pairs.flatMap(({ whole, without }) => [whole, without]).map((group) => [group.where, group]))
  return [...groups.values()].slice(0, questionsMax)
}

/** Each group, followed by its members with a value of a variable that is missing for few people. */
function withValue({ population, target, questionsMax }: Scene): readonly Group[] {
  const known = population.truth.adverse
  const all = ordinaryGroups(population).flatMap((conditions): Group[] => {
    const members = population.people.flatMap((person, i) =>
      population.truth[target][i] !== null && conditions.every(({ holds }) => holds(person)) ? [i] : []
    )
    const where = conditions.map(({ text }) => text).join(' AND ')
    const filter = 'adverse_event IS NOT NULL'
    return [
      { where, members },
      { where: where === '' ? filter : `${where} AND ${filter}`, members: members.filter((i) => known[i] !== null) }
    ]
  })
  return all.slice(0, questionsMax)
}

async function byMeansOrCounts(scene: Scene, groups: readonly Group[]) {
  const { oracle, population, target } = scene
  if (target !== 'change') return concludeCounts(scene, await askCounts(oracle, target, groups))
  return concludeChange(population, await askSums(oracle, population, { groups, asked: MEANS }))
}

/** Factors for asking about the variable in its own unit and in two others. */
const FACTORS = [1, 1_000, 3]

/** The mapping by which a request reads the change in another unit. */
function mappingOf(peer: string, factor: number): Readonly<Record<string, unknown>> {
  if (factor === 1) return {}
  const variable = 'visits.change'
  return {
    contract: [{ variable, type: 'number', unit: `points × ${factor}` }],
    mappings: [{ peer, variable, local: variable, levels: [], scale: String(factor) }]
  }
}

/** The attacks of this file. */
export const NEAR_ATTACKS: readonly Reconstruction[] = [
  {
    id: 'N09',
    attack: 'Groups that differ by one to four people: means and counts',
    targets: ['change', 'responder'],
    run: (scene) => byMeansOrCounts(scene, pairsOf(scene))
  },
  {
    id: 'N10',
    attack: 'A group, and those of it who have a value of a variable that few lack',
    targets: ['change', 'responder'],
    run: (scene) => byMeansOrCounts(scene, withValue(scene))
  },
  {
    id: 'N11',
    attack: 'Means of nested groups in three units (×1, ×1000, ×3), against rounding',
    targets: ['change'],
    run: async (scene) => {
      const { oracle, population, peerId } = scene
      const told: SumsTold[] = []
      for (const factor of FACTORS) {
        const more = mappingOf(peerId, factor)
        told.push(...(await askSums(oracle, population, { groups: nestedGroups(scene), asked: MEANS, more, factor })))
      }
      return concludeChange(population, told)
    }
  }
]
