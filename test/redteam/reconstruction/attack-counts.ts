/** Attacks that use counts: of overlapping groups, of unions, and of groups in which all or none have a level. */
import { seededRandom } from '@stimnet/protocol'
import { diceOf } from '../../usefulness/study.ts'
import { askCounts, concludeCounts } from './counts.ts'
import { cells, either, type Group, groupOf, overlapping, younger } from './groups.ts'
import type { Reconstruction, Scene } from './scene.ts'

/** Smallest group that the attacks ask about, since smaller groups are always refused. */
const PEOPLE_MIN = 12

/** Groups of one, two and three conditions in random order, without small ones. */
function someGroups({ population, target, questionsMax }: Scene): readonly Group[] {
  const dice = diceOf(seededRandom(5))
  const groups = overlapping(population, target).filter(({ members }) => members.length >= PEOPLE_MIN)
  return groups
    .map((group) => ({ group, at: dice.integer(0, 1e9) }))
    .sort((a, b) => a.at - b.at)
    .map(({ group }) => group)
    .slice(0, questionsMax)
}

/** Unions of all pairs of levels. Together they determine each level, even if single levels are rounded or refused. */
function unions({ population, target, questionsMax }: Scene): readonly Group[] {
  const levels = (['centre', 'diagnosis', 'arm', 'sex'] as const).flatMap((column) =>
    cells(population, [column]).flat()
  )
  const ages = [50, 60, 70].map(younger)
  const all = [...levels, ...ages]
  const pairs = all.flatMap((a, i) => all.slice(i + 1).map((b) => groupOf(population, target, [either(a, b)])))
  return pairs.filter(({ members }) => members.length >= PEOPLE_MIN).slice(0, questionsMax)
}

/** The smallest cells that may be answered. */
function smallCells({ population, target, questionsMax }: Scene): readonly Group[] {
  const columns = ['arm', 'sex', 'centre'] as const
  const all = [
    ...cells(population, columns),
    ...cells(population, ['centre', 'sex']),
    ...cells(population, ['diagnosis', 'arm'])
  ]
  return all
    .map((each) => groupOf(population, target, each))
    .filter(({ members }) => members.length >= 5)
    .slice(0, questionsMax)
}

const attack = (id: string, says: string, groups: (scene: Scene) => readonly Group[]): Reconstruction => ({
  id,
  attack: says,
  targets: ['responder', 'adverse'],
  run: async (scene) => concludeCounts(scene, await askCounts(scene.oracle, scene.target, groups(scene)))
})

/** The attacks of this file. */
export const COUNT_ATTACKS: readonly Reconstruction[] = [
  attack('N05', 'Counts of a level in many overlapping groups: integer programs', someGroups),
  attack('N06', 'Counts of a level in unions of groups: integer programs', unions),
  attack(
    'N07',
    'Counts of a level in small cells: nobody, or everybody, by what is told and what is left out',
    smallCells
  )
]
