/** How much of its budgets and allowances each scope has used: what a steward wants to know before they are gone. */
import type { PeerConfig } from '../config.ts'
import { capsOf } from '../jobs/charge.ts'
import type { CatalogPrivacies } from '../jobs/privacy.ts'
import type { PrivacyLedger } from '../store/privacy-ledger.ts'
import type { Usage } from './monitor.ts'

/** Of every configured catalog. */
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
      ...{ catalog, scope, what: 'privacy budget' },
      ...{ used: Number(used), max: Number(max) }
    })
    yield budget('', ledger.spent(catalog), caps.lifetime)
    for (const { scope, spent } of ledger.balances(catalog)) yield budget(scope, spent, caps.project)
    const projects = config.privacy?.projects?.map(({ name }) => name) ?? ['']
    for (const scope of projects) {
      const { refusals, refusalsMax, scriptBits, scriptBitsMax } = privacy.of(catalog).meter(scope).used
      yield { catalog, scope, what: 'refusals', used: refusals, max: refusalsMax }
      yield { catalog, scope, what: 'script bits', used: scriptBits, max: scriptBitsMax }
    }
  }
}
