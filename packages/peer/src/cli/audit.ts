/** `stimnet audit verify`: whether the log of this peer is whole. */
import { join, resolve } from 'node:path'
import type { AuditFinding } from '@stimnet/gateway'
import { systemClock } from '@stimnet/protocol'
import { command, EXIT, oneOf } from './arguments.ts'
import { CLIENT_OPTIONS, clientFor } from './session.ts'
import { CONFIG_OPTION } from './start.ts'

/** Exit code 1: the log is broken. */
export const auditCommand = command({
  name: 'audit',
  usage: 'verify [--config FILE | --url URL] [--json]',
  summary: 'Walks the audit log and says where it was changed, if it was.',
  details: `
With --config the log of a stopped peer is read from its folder; one process at a time holds its database. With --url a
running peer walks its own log; that needs a login with the role auditor, steward or operator.

  stimnet audit verify --config peer/stimnet.yaml
  stimnet audit verify --url http://127.0.0.1:8000`,
  options: { config: CONFIG_OPTION, ...CLIENT_OPTIONS },
  positionals: [1, 1],
  run: async (values, [action = ''], io) => {
    oneOf('action', action, ['verify'])
    const finding = values.url ? await verifyRunning(values.url) : await verifyStopped(values.config ?? 'stimnet.yaml')
    if (values.json) io.out(`${JSON.stringify(finding)}\n`)
    else if (finding.ok) io.out(`Whole: ${finding.records} records, head ${finding.head}\n`)
    else io.out(`BROKEN at record ${finding.sequence}: ${finding.why}\n`)
    return finding.ok ? EXIT.ok : EXIT.failed
  }
})

async function verifyRunning(url: string): Promise<AuditFinding> {
  const { ok, records, head, broken_at: sequence, why } = await (await clientFor(url)).verifyAudit()
  return ok ? { ok, records: records ?? 0, head: head ?? '' } : { ok, sequence: sequence ?? 0, why: why ?? '' }
}

async function verifyStopped(configFile: string): Promise<AuditFinding> {
  // Loaded when needed: the client commands start without DuckDB and libp2p.
  const [{ loadConfig }, { Database }] = await Promise.all([import('../config.ts'), import('../store/database.ts')])
  const { config, baseDir } = await loadConfig(configFile)
  const directory = join(resolve(baseDir, config.data_dir), 'db')
  const database = await Database.open({ directory }, () => systemClock.now())
  try {
    return await database.auditLog.verify()
  } finally {
    await database.close()
  }
}
