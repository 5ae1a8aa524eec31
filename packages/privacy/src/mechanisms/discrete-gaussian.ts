/** Integer noise with probability proportional to exp(-x²/2σ²): the discrete Gaussian distribution, drawn exactly. */
import { integerRoot } from '@stimnet/statistics'
import { discreteLaplace } from './discrete-laplace.ts'
import { bernoulliExp, type Ratio } from './exact-bernoulli.ts'
import type { RandomBits } from './random-bits.ts'

/**
 * Draws one number with σ² = top/bottom, which must be above zero; otherwise throws RangeError. Uses rejection from the
 * discrete Laplace distribution (Canonne, Kamath & Steinke 2020, algorithm 3).
 */
export function discreteGaussian(bits: RandomBits, { top, bottom }: Ratio): bigint {
  if (top < 1n || bottom < 1n) throw new RangeError('a variance is above zero')
  const scale = integerRoot(top / bottom) + 1n
  const laplace: Ratio = { top: scale, bottom: 1n }
  const denominator = 2n * top * bottom * scale * scale
  for (;;) {
    const drawn = discreteLaplace(bits, laplace)
    const offset = (drawn < 0n ? -drawn : drawn) * bottom * scale - top
    if (bernoulliExp(bits, { top: offset * offset, bottom: denominator })) return drawn
  }
}
