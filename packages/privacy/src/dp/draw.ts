/** Noise on exact sums: what comes out may be shown, what went in may not. */
import type { BoundedGroup, BoundedReduction, RandomSource } from '@stimnet/protocol'
import { discreteGaussian } from '../mechanisms/discrete-gaussian.ts'
import { discreteLaplace } from '../mechanisms/discrete-laplace.ts'
import { permuteAndFlip } from '../mechanisms/permute-and-flip.ts'
import { RandomBits } from '../mechanisms/random-bits.ts'
import { type DpNumber, moveOf } from './numbers.ts'
import { choiceEpsilonOf, type DpPlan, noiseOf } from './plan.ts'

/** One group with noise: by number its value, or which end of a bin was chosen (0: the lowest breakpoint). */
export interface NoisyGroup {
  readonly key: readonly (string | null)[]
  readonly values: readonly bigint[]
}

/** Draws once for each number of each group. Takes longer for larger noise: show the answer on a grid. */
export function drawNoise(plan: DpPlan, reduction: BoundedReduction, random: RandomSource): NoisyGroup[] {
  const bits = new RandomBits(random)
  const draw = plan.mechanism === 'discrete-laplace' ? discreteLaplace : discreteGaussian
  const noises = plan.numbers.map((number) => noiseOf(plan, number))
  return reduction.groups.map((group) => ({
    key: group.key,
    values: plan.numbers.map((number, i) => {
      const noise = noises[i]
      const value = group.values[i]?.[0]
      if (noise === undefined || value === undefined) throw new TypeError('a reduction of another plan')
      return number.q === undefined ? value + draw(bits, noise) : choose(plan, number, group, i, bits)
    })
  }))
}

/**
 * The breakpoint below which nearest to the share q of the rows lies: utility is minus the distance |bottom·below - top·n|,
 * which a row moves by the larger of top and bottom - top.
 */
function choose(plan: DpPlan, number: DpNumber, { values }: BoundedGroup, at: number, bits: RandomBits): bigint {
  const bins = values[at] ?? []
  const { top, bottom } = number.q ?? { top: 1n, bottom: 2n }
  const all = bins.reduce((sum, rows) => sum + rows, 0n)
  let below = 0n
  const utilities = bins.slice(0, -1).map((rows) => {
    below += rows
    const distance = bottom * below - top * all
    return distance < 0n ? distance : -distance
  })
  const epsilon = choiceEpsilonOf(plan)
  const move = moveOf(number, plan.bounded.rowsPerSubject)
  return BigInt(permuteAndFlip(bits, utilities, { top: epsilon.top, bottom: epsilon.bottom * move }))
}
