/** Noise on exact sums: what comes out may be shown, what went in may not. */
import type { BoundedReduction, RandomSource } from '@stimnet/protocol'
import { discreteGaussian } from '../mechanisms/discrete-gaussian.ts'
import { discreteLaplace } from '../mechanisms/discrete-laplace.ts'
import { RandomBits } from '../mechanisms/random-bits.ts'
import { type DpPlan, noiseOf } from './plan.ts'

/** One group with noise: by number its value, or those of its bins. */
export interface NoisyGroup {
  readonly key: readonly (string | null)[]
  readonly values: readonly (readonly bigint[])[]
}

/** Draws once for each number of each group. Takes longer for larger noise: show the answer on a grid. */
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
