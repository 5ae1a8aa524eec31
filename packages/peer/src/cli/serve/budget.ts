/** `stimnet budget`: shows the spent and the remaining privacy budget of a peer's catalogs. */
import { join, resolve } from 'node:path'
import { CLIENT_OPTIONS, clientFor, command, EXIT, type Io, oneOf, tableOf } from '@stimnet/machine'
import { codeOf, StimnetError, systemClock } from '@stimnet/protocol'
import type { Usage } from '@stimnet/sdk'
import type { LoadedConfig } from '../../config/config.ts'
import type { BalanceLine } from '../../gateway/balances.ts'
import { CONFIG_OPTION } from './start.ts'

/** A balance. A running peer does not report its ρ converted to ε. */
type Shown = Omit<BalanceLine, 'epsilon_spent' | 'delta'> & {
  readonly epsilon_spent: number | null
  readonly delta: number | null
}

/** Exit code 1: the ledger is older than the audit log. */
export const budgetCommand = command({
  name: 'budget',
  usage: '[list | reconcile] [--config FILE] [--url URL] [--json]',
  summary: 'Shows what each catalog has spent of its differential privacy, and what is left.',
  details: `
ρ is the spent budget; ε is its equivalent at δ. Nothing is ever refunded. A scope is a project that the catalog lists, or
the key of a requester or of a gateway's account. In open mode, where a new key costs nothing, the scope * stands for everybody
together. The catalog's budget limits each scope: preset cautious, standard or census.

If the peer is stopped, the command reads the ledger in the folder of --config. A running peer is asked through its gateway, that of
the configuration or --url, with a login as steward, auditor or operator; ε is then not shown.

A restored old database lacks later charges. If the audit log contains more charges, nothing is spent until
  stimnet budget reconcile --config peer/stimnet.yaml
has copied the missing charges from the log. The peer must be stopped.`,
  options: { config: CONFIG_OPTION, ...CLIENT_OPTIONS },
  positionals: [0, 1],
  run: async (values, [asked = 'list'], io) => {
    const action = oneOf('the action', asked, ['list', 'reconcile'])
    const isJson = values.json === true
    if (action === 'list' && values.url !== undefined) return show(await askRunning(values.url), { isJson, io })
    // Loaded when needed, so that client commands start without DuckDB and libp2p.
    const { loadConfig } = await import('../../config/config.ts')
    const loaded = await loadConfig(values.config ?? 'stimnet.yaml')
    try {
      return await ofStopped(loaded, { isReconciling: action === 'reconcile', isJson, io })
    } catch (error) {
      const { isInUse } = await import('../../store/folder-lock.ts')
      if (action !== 'list' || !isInUse(error)) throw error
      return show(await askRunning(gatewayOf(loaded)), { isJson, io })
    }
  }
})

async function ofStopped(
  { config, baseDir }: LoadedConfig,
  { isReconciling, isJson, io }: { isReconciling: boolean; isJson: boolean; io: Io }
): Promise<number> {
  const [{ Database }, { PrivacyLedger }, { balancesOf }] = await Promise.all([
    import('../../store/database.ts'),
    import('../../store/released/privacy-ledger.ts'),
    import('../../gateway/balances.ts')
  ])
  const directory = join(resolve(baseDir, config.data_dir), 'db')
  const database = await Database.open({ directory }, () => systemClock.now())
  try {
    const ledger = await PrivacyLedger.open(database)
    if (isReconciling) io.err(`Copied ${await ledger.reconcile()} charges from the audit log.\n`)
    show(balancesOf(ledger, config.catalogs), { isJson, io })
    if (ledger.behind) io.err('The ledger is older than the audit log. Run stimnet budget reconcile.\n')
    return ledger.behind ? EXIT.failed : EXIT.ok
  } finally {
    await database.close()
  }
}

function show(balances: readonly Shown[], { isJson, io }: { isJson: boolean; io: Io }): number {
  if (isJson) io.out(`${JSON.stringify(balances, null, 2)}\n`)
  else if (balances.length === 0) io.out('Nothing was spent.\n')
  else {
    io.out(
      tableOf(
        ['catalog', 'scope', 'rho spent', 'rho left', 'of', 'epsilon spent', 'at delta'],
        balances.map((b) => [b.catalog, b.scope, b.rho_spent, b.rho_left, b.rho_cap, b.epsilon_spent, b.delta])
      )
    )
  }
  return EXIT.ok
}

const ROLES = 'steward, auditor or operator'

/** The address of the gateway of a running peer. Throws PARAMETER_INVALID if the configuration does not state it. */
function gatewayOf({ config: { gateway } }: LoadedConfig): string {
  if (gateway.enabled && gateway.public_url !== undefined) return gateway.public_url
  if (gateway.enabled && gateway.port !== 0 && !gateway.tls) {
    const host = gateway.host === '0.0.0.0' ? '127.0.0.1' : gateway.host === '::' ? '::1' : gateway.host
    return `http://${host.includes(':') ? `[${host}]` : host}:${gateway.port}`
  }
  const reason = `The peer is running and has its ledger open. Name its gateway with --url, logged in there as ${ROLES}, or stop the peer.`
  throw StimnetError.told('PARAMETER_INVALID', reason)
}

/** The balances as the running peer reports them. Throws NOT_PERMITTED if nobody is logged in there. */
async function askRunning(url: string): Promise<Shown[]> {
  const client = await clientFor(url)
  try {
    const usage = await client.usage()
    return usage.filter(({ what }) => what === 'privacy budget').map(balanceOf)
  } catch (error) {
    if (codeOf(error) !== 'UNAUTHENTICATED') throw error
    const reason = `The running peer shows its budget to a ${ROLES} who is logged in: stimnet login NAME --url ${url}. Or stop the peer.`
    throw StimnetError.told('NOT_PERMITTED', reason, error)
  }
}

function balanceOf({ data_catalog_name: catalog, scope, used, max }: Usage): Shown {
  const left = max === null ? 0n : nanoOf(max) - nanoOf(used)
  return {
    catalog,
    scope: scope === '' ? 'all' : scope,
    rho_spent: used,
    rho_left: rhoOf(left > 0n ? left : 0n),
    rho_cap: max ?? '',
    epsilon_spent: null,
    delta: null
  }
}

/** ρ in units of 10⁻⁹, from its decimal text. */
function nanoOf(text: string): bigint {
  return BigInt(Math.round(Number(text) * 1e9))
}

function rhoOf(nano: bigint): string {
  return String(Number((Number(nano) / 1e9).toFixed(9)))
}
