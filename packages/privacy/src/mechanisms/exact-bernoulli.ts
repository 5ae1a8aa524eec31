/** Coins that fall with probability exp(-x) for a rational x, without ever computing an exponential. */
import type { RandomBits } from './random-bits.ts'

/** A rational that is not negative; `bottom` is at least 1. */
export interface Ratio {
  readonly top: bigint
  readonly bottom: bigint
}

/**
 * True with probability exp(-top/bottom). After Canonne, Kamath & Steinke 2020 (arXiv 2004.00010), algorithm 1: with x
 * up to one, the number of successes in a row of coins x/1, x/2, x/3 … is even with probability exp(-x); above one, one
 * such coin for each whole, and one for the rest.
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
