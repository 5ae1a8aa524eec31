/**
 * Information: how many bits a number tells, and how many may be told of a variable.
 *
 * Leverage is also a share: Σ P(i,i) is how many independent numbers were told of a quantity, and P(i,i) the part of them that
 * is about item i. Of each variable Σ bits·P(i,i), over all quantities that it is in, stays at or below half of log2 of the
 * number of values that it can take: what was told is at most half of what it would take to write down each person's value.
 */
import type { PrivacySettings } from '../rules/settings.ts'
import type { VariableFacts } from './facts.ts'

/**
 * Of a variable of more values no more may be told than of one of four: who is above and below its middle, or its zeros, is all
 * that an attacker needs of an outcome, and sums, squares and products of one variable are told of it together.
 */
const VALUE_BITS_MAX = 2
/** Bits of a value whose bounds nobody declared, where its sum is told to the last digit. */
const UNBOUNDED_BITS = 20
/** A normal number told to a tenth of its standard deviation: log2(10·√(2πe)). */
const STATISTICAL_BITS = Math.log2(10 * Math.sqrt(2 * Math.PI * Math.E))

/** Bits that may be told of each value of a variable. */
export function bitsMaxOf({ values }: VariableFacts, { informationShareMax }: PrivacySettings): number {
  const bits = values === undefined ? VALUE_BITS_MAX : Math.min(VALUE_BITS_MAX, Math.log2(Math.max(2, values)))
  return informationShareMax * bits
}

/** Bits of a number of people of which half have what is counted: the entropy of a binomial, at most. */
export function bitsOfCount(items: number): number {
  return Math.max(1, 0.5 * Math.log2((2 * Math.PI * Math.E * Math.max(1, items)) / 4))
}

/**
 * Bits of a mean, a spread or another sum of values of the variables. With `precision: exact` those of the exact sum over so
 * many items: of made-up people no more than it would be of real ones by default.
 */
export function bitsOfSum(
  facts: readonly VariableFacts[],
  items: number,
  { precision, synthetic }: PrivacySettings & { readonly synthetic: boolean }
): number {
  if (precision === 'statistical' || synthetic) return STATISTICAL_BITS
  const each = facts.reduce((sum, { values }) => sum + (values === undefined ? UNBOUNDED_BITS : Math.log2(values)), 0)
  return Math.max(STATISTICAL_BITS, each + 0.5 * Math.log2((2 * Math.PI * Math.E * Math.max(1, items)) / 12))
}
