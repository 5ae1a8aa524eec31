/** Choosing one of several candidates by their utility with pure differential privacy. */
import { bernoulliExp, type Ratio } from './exact-bernoulli.ts'
import type { RandomBits } from './random-bits.ts'

/**
 * The index of the chosen candidate. In random order each is taken with probability exp(ε(u - max)/2Δ); the best is
 * always taken when its turn comes. Never worse than the exponential mechanism. Utilities are integers of sensitivity 1.
 */
export function permuteAndFlip(bits: RandomBits, utilities: readonly bigint[], epsilon: Ratio): number {
  const [best] = utilities.toSorted((a, b) => (a < b ? 1 : a > b ? -1 : 0))
  if (best === undefined) throw new RangeError('nothing to choose from')
  const left = utilities.map((utility, index) => ({ index, gap: best - utility }))
  for (;;) {
    const [candidate] = left.splice(Number(bits.below(BigInt(left.length))), 1)
    if (!candidate) throw new RangeError('nothing to choose from')
    if (bernoulliExp(bits, { top: candidate.gap * epsilon.top, bottom: 2n * epsilon.bottom })) return candidate.index
  }
}
