/** The largest ε or ρ with which a question still fits into the remaining budget, computed from the request alone. */
import { integerRoot } from '@stimnet/statistics'
import { decimalText } from '../accounting/decimal.ts'
import type { DpPlan } from './plan.ts'

/** Decimals of an amount before it is shortened: finer than any useful amount. */
const DECIMALS = 12

/**
 * The ε or ρ with which the same question costs at most `left` billionths of ρ, as decimal text of three significant digits,
 * rounded down. Undefined if nothing fits.
 */
export function largestFitting(
  { charge, numbers, sitesPerPerson }: Pick<DpPlan, 'charge' | 'numbers' | 'sitesPerPerson'>,
  left: bigint
): { readonly word: 'epsilon' | 'rho'; readonly amount: string } | undefined {
  if (left <= 0n) return undefined
  const sites = BigInt(sitesPerPerson)
  const unit = 10n ** BigInt(DECIMALS)
  // At each of s sites ε/s is spent, at a cost of (ε/s)²/2m of ρ for m numbers: ε² may be up to 2ms² times the remaining
  // budget.
  const most =
    charge.epsilon === undefined
      ? (sites * left * unit) / 1_000_000_000n
      : integerRoot((2n * BigInt(numbers.length) * sites ** 2n * left * unit ** 2n) / 1_000_000_000n)
  const shortened = threeDigits(most)
  if (shortened === 0n) return undefined
  return { word: charge.epsilon === undefined ? 'rho' : 'epsilon', amount: decimalText(shortened, DECIMALS) }
}

function threeDigits(value: bigint): bigint {
  const step = 10n ** BigInt(Math.max(0, value.toString().length - 3))
  return (value / step) * step
}
