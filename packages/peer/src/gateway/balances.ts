/** Balances of privacy budgets for stewards: the spent and the remaining amounts. */
import { epsilonOf } from '@stimnet/privacy'
import type { PeerConfig } from '../config/config.ts'
import { capsOf } from '../jobs/release/charge.ts'
import { type PrivacyLedger, rhoText } from '../store/released/privacy-ledger.ts'

/** A balance, with ρ as decimal text. */
export interface BalanceLine {
  readonly catalog: string
  /**
   * `all` for the catalog's lifetime; `*` for all requesters together; `project:NAME`; otherwise the key of a requester or
   * an account.
   */
  readonly scope: string
  readonly rho_spent: string
  readonly rho_left: string
  /** Empty for a catalog that is no longer configured. */
  readonly rho_cap: string
  readonly epsilon_spent: number
  readonly delta: number
}

/** The balances of every catalog that is configured or has charges: its lifetime first, then its scopes by the spent amount. */
export function balancesOf(ledger: PrivacyLedger, catalogs: PeerConfig['catalogs']): BalanceLine[] {
  const names = [...new Set([...catalogs.map(({ name }) => name), ...ledger.catalogs()])]
  return names.flatMap((catalog) => {
    const config = catalogs.find(({ name }) => name === catalog)
    const caps = config ? capsOf({ config }) : undefined
    const delta = Number(config?.budget.delta ?? '0.000001')
    const line = (scope: string, spent: bigint, cap: bigint | undefined): BalanceLine => ({
      catalog,
      scope,
      rho_spent: rhoText(spent),
      rho_left: cap === undefined || cap < spent ? '0' : rhoText(cap - spent),
      rho_cap: cap === undefined ? '' : rhoText(cap),
      epsilon_spent: spent === 0n ? 0 : Number(epsilonOf(Number(spent) / 1e9, delta).toPrecision(3)),
      delta
    })
    return [
      line('all', ledger.spent(catalog), caps?.lifetime),
      ...ledger.balances(catalog).map(({ scope, spent }) => line(scope, spent, caps?.project))
    ]
  })
}
