/** Addition of noise to exact sums. The results may be released; the inputs may not. */
import type { BoundedReduction, RandomSource } from '@stimnet/protocol'
import { discreteGaussian } from '../mechanisms/discrete-gaussian.ts'
import { discreteLaplace } from '../mechanisms/discrete-laplace.ts'
import { RandomBits } from '../mechanisms/random-bits.ts'
import { type DpPlan, noiseOf } from './plan.ts'

/** One group with noise. For each number of the plan, `values` holds one value or one value per bin. */
export interface NoisyGroup {
  readonly key: readonly (string | null)[]
  readonly values: readonly (readonly bigint[])[]
}

/**
 * Adds an independent draw of noise to each value of each number in each group. Larger noise takes longer to draw, so the
 * answer must only become visible at a time on the release grid. Throws TypeError for a reduction of another plan.
 */
export function drawNoise(plan: DpPlan, reduction: BoundedReduction, random: RandomSource): NoisyGroup[] {
  const bits = new RandomBits(random)
  const draw = plan.mechanism === 'discrete-laplace' ? discreteLaplace : discreteGaussian
  const noises = plan.numbers.map((number) => noiseOf(plan, number))
  return reduction.groups.map(({ key, values }) => ({
    key,
    values: noises.map((noise, i) => {
      const exact = values[i]
      if (exact === undefined || exact.length === 0) throw new TypeError('a reduction of another plan')
      return exact.map((value) => value + draw(bits, noise))
    })
  }))
}
