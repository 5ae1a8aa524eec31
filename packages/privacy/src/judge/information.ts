/**
 * Information: how many bits a number discloses, and how many bits may be disclosed about a variable.
 *
 * Leverage is also a share: Σ P(i,i) is the number of independent numbers of a quantity that were disclosed, and P(i,i) is
 * the part of them that is about item i. For each variable and item, Σ bits·P(i,i) over all quantities that involve the
 * variable must not exceed a share, by default half, of log2 of the number of values that the variable can take. So at most
 * half of the information that would describe each person's value is disclosed.
 */
import type { PrivacySettings } from '../rules/settings.ts'
import type { VariableFacts } from './facts.ts'
import { partsOf } from './precision.ts'

/**
 * Maximum bits of a value: a variable of more than four values has the same budget as a variable of four values. An attacker
 * needs to know no more about an outcome than who is above and below its middle, or who has zero, and all sums, squares and
 * products of a variable together disclose something about it.
 */
const VALUE_BITS_MAX = 2
/** Bits of a value without declared bounds, where its sum is disclosed with all digits. */
const UNBOUNDED_BITS = 20
/**
 * Bits of a normally distributed number that is disclosed in steps of its standard deviation divided by `parts`: the entropy
 * of the rounded number. 5.37 for steps of a tenth, 3.05 for a half, 2.05 for a whole standard deviation.
 */
function bitsOfParts(parts: number): number {
  return Math.log2(parts * Math.sqrt(2 * Math.PI * Math.E))
}

/** Maximum bits that may be disclosed about each value of a variable. */
export function bitsMaxOf({ values }: VariableFacts, { informationShareMax }: PrivacySettings): number {
  const bits = values === undefined ? VALUE_BITS_MAX : Math.min(VALUE_BITS_MAX, Math.log2(Math.max(2, values)))
  return informationShareMax * bits
}

/**
 * Bits of a count among `items` people: at most the entropy of a binomial distribution
 * with probability one half, and at least 1.
 */
export function bitsOfCount(items: number): number {
  return Math.max(1, 0.5 * Math.log2((2 * Math.PI * Math.E * Math.max(1, items)) / 4))
}

/**
 * Maximum bits per person that sums of known numbers may disclose about who is in a group: the allowed share of the bits that identify
 * which `people` of `among` are in the group. For a rare event, this is far less than the bits of each person's value.
 */
export function bitsMaxOfWhich(people: number, among: number, { informationShareMax }: PrivacySettings): number {
  return (informationShareMax * log2Choose(among, people)) / Math.max(1, among)
}

/** The logarithm of the number of sets of `few` among `all`. */
function log2Choose(all: number, few: number): number {
  const least = Math.min(few, all - few)
  if (least <= 0) return 0
  if (least <= 1_000) {
    let bits = 0
    for (let i = 0; i < least; i++) bits += Math.log2((all - i) / (i + 1))
    return bits
  }
  // Stirling's formula, whose error is below a hundredth of a bit here.
  const share = least / all
  const entropy = -share * Math.log2(share) - (1 - share) * Math.log2(1 - share)
  return all * entropy - 0.5 * Math.log2(2 * Math.PI * all * share * (1 - share))
}

/**
 * Bits of a mean, a spread or another sum of values of the variables. With `precision: exact` these are the bits of the
 * exact sum over `items` values. For synthetic data they are always those of the default precision. On a lower rung they are
 * the bits of the remaining digits.
 */
export function bitsOfSum(
  facts: readonly VariableFacts[],
  items: number,
  { precision, synthetic }: PrivacySettings & { readonly synthetic: boolean },
  rung = 0
): number {
  const rounded = bitsOfParts(partsOf(rung))
  if (precision === 'statistical' || synthetic || rung > 0) return rounded
  const each = facts.reduce((sum, { values }) => sum + (values === undefined ? UNBOUNDED_BITS : Math.log2(values)), 0)
  return Math.max(rounded, each + 0.5 * Math.log2((2 * Math.PI * Math.E * Math.max(1, items)) / 12))
}
