/** `stimnet budget`: shows the privacy budget that a peer's catalogs have spent, and what is left. */
import { join, resolve } from 'node:path'
import { command, EXIT, oneOf, tableOf } from '@stimnet/machine'
import { systemClock } from '@stimnet/protocol'
import { CONFIG_OPTION } from './start.ts'

/** Exit code 1: the ledger is older than the audit log. */
export const budgetCommand = command({
  name: 'budget',
  usage: '[list | reconcile] [--config FILE] [--json]',
  summary: 'Shows what each catalog has spent of its differential privacy, and what is left.',
  details: `
ρ is what was spent; ε is what this amounts to at δ. Nothing is ever refunded. A scope is a project that the catalog lists, or
the key of a requester or of a gateway's account. In open mode, where a new key costs nothing, the scope * stands for everybody
together. The catalog's budget says how much each may spend: preset cautious, standard or census.

A restored old database has forgotten what was spent. If the audit log contains more charges, nothing is spent until
  stimnet budget reconcile --config peer/stimnet.yaml
has copied the missing charges from the log. The peer must be stopped.`,
  options: { config: CONFIG_OPTION, json: { type: 'boolean', help: 'Print as JSON' } },
  positionals: [0, 1],
  run: async (values, [asked = 'list'], io) => {
    const action = oneOf('the action', asked, ['list', 'reconcile'])
    // Loaded when needed, so that client commands start without DuckDB and libp2p.
    const [{ loadConfig }, { Database }, { PrivacyLedger }, { balancesOf }] = await Promise.all([
      import('../../config/config.ts'),
      import('../../store/database.ts'),
      import('../../store/released/privacy-ledger.ts'),
      import('../../gateway/balances.ts')
    ])
    const { config, baseDir } = await loadConfig(values.config ?? 'stimnet.yaml')
    const directory = join(resolve(baseDir, config.data_dir), 'db')
    const database = await Database.open({ directory }, () => systemClock.now())
    try {
      const ledger = await PrivacyLedger.open(database)
      if (action === 'reconcile') io.err(`Copied ${await ledger.reconcile()} charges from the audit log.\n`)
      const balances = balancesOf(ledger, config.catalogs)
      if (values.json) io.out(`${JSON.stringify(balances, null, 2)}\n`)
      else if (balances.length === 0) io.out('Nothing was spent.\n')
      else {
        io.out(
          tableOf(
            ['catalog', 'scope', 'rho spent', 'rho left', 'of', 'epsilon spent', 'at delta'],
            balances.map((b) => [b.catalog, b.scope, b.rho_spent, b.rho_left, b.rho_cap, b.epsilon_spent, b.delta])
          )
        )
      }
      if (ledger.behind) io.err('The ledger is older than the audit log. Run stimnet budget reconcile.\n')
      return ledger.behind ? EXIT.failed : EXIT.ok
    } finally {
      await database.close()
    }
  }
})
