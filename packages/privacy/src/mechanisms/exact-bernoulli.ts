/** Exact Bernoulli draws with probability exp(-x) for a rational x, without computing an exponential. */
import type { RandomBits } from './random-bits.ts'

/** A non-negative rational number; `bottom` is at least 1. */
export interface Ratio {
  readonly top: bigint
  readonly bottom: bigint
}

/**
 * True with probability exp(-x) for x = top/bottom. After Canonne, Kamath & Steinke 2020 (arXiv 2004.00010), algorithm 1.
 * For x up to 1, coins with the probabilities x/1, x/2, x/3 … are tossed until one fails; the number of successes is even
 * with probability exp(-x). For a larger x, one such draw for each whole unit and one draw for the remainder must all
 * succeed.
 */
export function bernoulliExp(bits: RandomBits, { top, bottom }: Ratio): boolean {
  let rest = top
  for (; rest > bottom; rest -= bottom) {
    if (!smallBernoulliExp(bits, bottom, bottom)) return false
  }
  return smallBernoulliExp(bits, rest, bottom)
}

function smallBernoulliExp(bits: RandomBits, top: bigint, bottom: bigint): boolean {
  let failedAt = bottom
  let odd = true
  while (bits.below(failedAt) < top) {
    failedAt += bottom
    odd = !odd
  }
  return odd
}
