/** Confirmation before privacy budget is spent: the command shows the price again, and the user must agree. */
import { type Io, refuse } from '@stimnet/machine'
import type { PrivacyCost } from '@stimnet/sdk'
import { amountOf, pricesIn } from '../answer/cost-text.ts'

/** The confirmation option of `run` and similar commands. */
export const SPEND_OPTIONS = {
  yes: { type: 'boolean', help: 'With --epsilon or --rho: spend the budget without asking for confirmation' }
} as const

/** Asks the user to agree to the price, unless `yes` is set. Throws PARAMETER_INVALID without a terminal. */
export async function agreesToSpend(cost: PrivacyCost, yes: boolean, io: Io): Promise<boolean> {
  if (yes) return true
  const spends = spendsText(cost)
  if (!io.ask)
    refuse(`${spends} Without a terminal, confirm with --yes. stimnet cost shows the price and spends nothing`)
  const answer = await io.ask(`${spends} Continue? [y/N] `, io.signal)
  if (/^y(es)?$/i.test(answer.trim())) return true
  io.err('Nothing was asked, and nothing was spent.\n')
  return false
}

/** The price as a sentence: `This spends ε 0.05 at each of 3 institutions, for good.` */
export function spendsText(cost: PrivacyCost): string {
  const prices = pricesIn(cost)
  const amounts = new Map<string, number>()
  for (const price of prices) amounts.set(amountOf(price), (amounts.get(amountOf(price)) ?? 0) + 1)
  const [[first] = [''], ...others] = amounts
  if (others.length > 0) {
    const each = [...amounts].map(([amount, many]) => `${amount} at ${institutions(many)}`)
    return `This spends ${each.join(' and ')}, permanently.`
  }
  return `This spends ${first} at ${prices.length === 1 ? 'one institution' : `each of ${institutions(prices.length)}`}, permanently.`
}

function institutions(many: number): string {
  return many === 1 ? 'one institution' : `${many} institutions`
}
