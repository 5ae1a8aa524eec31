/** The use of budgets and allowances by each scope, for stewards. */
import type { PeerConfig } from '../../config/config.ts'
import { capsOf } from './charge.ts'
import type { CatalogPrivacies } from './privacy.ts'
import type { PrivacyLedger } from '../../store/released/privacy-ledger.ts'
import type { Usage } from '../../monitor/monitor.ts'

/** A used amount and its maximum, for an allowance or for the information about a variable. */
export type Used = Omit<Usage, 'what'> & { readonly what: Usage['what'] | `information: ${string}` }

/** The use of budgets, refusal bits and script bits of every configured catalog. */
export function* usagesOf(parts: {
  readonly catalogs: PeerConfig['catalogs']
  readonly ledger: PrivacyLedger
  readonly privacy: CatalogPrivacies
}): Generator<Usage> {
  const { catalogs, ledger, privacy } = parts
  for (const config of catalogs) {
    const catalog = config.name
    const caps = capsOf({ config })
    const budget = (scope: string, used: bigint, max: bigint): Usage => ({
      catalog,
      scope,
      what: 'privacy budget',
      used: Number(used),
      max: Number(max)
    })
    yield budget('', ledger.spent(catalog), caps.lifetime)
    for (const { scope, spent } of ledger.balances(catalog)) yield budget(scope, spent, caps.project)
    for (const scope of scopesOf(config)) {
      const { refusalBits, refusalBitsMax, scriptBits, scriptBitsMax } = privacy.of(catalog).meter(scope).used
      yield { catalog, scope, what: 'refusals', used: refusalBits, max: refusalBitsMax }
      yield { catalog, scope, what: 'script bits', used: scriptBits, max: scriptBitsMax }
    }
  }
}

/**
 * The information disclosed about each variable that is not `identifying`: bits per value, and the maximum. It does not run
 * out at once: the more is disclosed, the more questions about the variable are refused. Catalogs with `mode: dp` disclose
 * no exact numbers and are left out.
 */
export async function informedOf(catalogs: PeerConfig['catalogs'], privacy: CatalogPrivacies): Promise<Used[]> {
  const ledgers = catalogs
    .filter(({ mode }) => mode === 'sdc')
    .flatMap((config) => scopesOf(config).map((scope) => ({ catalog: config.name, scope })))
  const found = await Promise.all(
    ledgers.map(async ({ catalog, scope }) =>
      (await privacy.of(catalog).informed(scope)).map(
        ({ variable, told, max }): Used => ({ catalog, scope, what: `information: ${variable}`, used: told, max })
      )
    )
  )
  return found.flat()
}

function scopesOf(config: PeerConfig['catalogs'][number]): readonly string[] {
  return config.privacy?.projects?.map(({ name }) => name) ?? ['']
}
