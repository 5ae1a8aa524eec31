/** Integer noise with probability proportional to exp(-|x|/scale): the discrete Laplace distribution, drawn exactly. */
import { bernoulliExp, type Ratio } from './exact-bernoulli.ts'
import type { RandomBits } from './random-bits.ts'

const ONE: Ratio = { top: 1n, bottom: 1n }

/**
 * Draws one number. Throws RangeError unless `scale` is above zero. The time depends on the drawn number, so the result must
 * only become visible at a time on the release grid (Canonne, Kamath & Steinke 2020, algorithm 2).
 */
export function discreteLaplace(bits: RandomBits, scale: Ratio): bigint {
  if (scale.top < 1n || scale.bottom < 1n) throw new RangeError('a scale is above zero')
  for (;;) {
    const negative = bits.coin()
    const size = geometric(bits, scale)
    if (size !== 0n || !negative) return negative ? -size : size
  }
}

/** The integer part of an exponential variable of the given scale, composed of a fraction and a number of whole multiples. */
function geometric(bits: RandomBits, { top, bottom }: Ratio): bigint {
  let fraction = bits.below(top)
  while (!bernoulliExp(bits, { top: fraction, bottom: top })) fraction = bits.below(top)
  let multiples = 0n
  while (bernoulliExp(bits, ONE)) multiples += 1n
  return (multiples * top + fraction) / bottom
}
