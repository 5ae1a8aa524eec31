/** `stimnet audit verify`: whether the log of this peer is whole. */
import { join, resolve } from 'node:path'
import { systemClock } from '@stimnet/protocol'
import { command, EXIT, oneOf } from './arguments.ts'
import { CONFIG_OPTION } from './start.ts'

/** Exit code 1: the log is broken. */
export const auditCommand = command({
  name: 'audit',
  usage: 'verify [--config FILE] [--json]',
  summary: 'Walks the audit log and says where it was changed, if it was.',
  details: `
The peer must be stopped: one process at a time holds its database. A running peer's auditors read the log at
GET /api/v1/audit. Exit code 1 means that a record was changed, dropped or moved.`,
  options: { config: CONFIG_OPTION, json: { type: 'boolean', help: 'Print the finding as JSON' } },
  positionals: [1, 1],
  run: async (values, [action = ''], io) => {
    oneOf('action', action, ['verify'])
    // Loaded when needed: the client commands start without DuckDB and libp2p.
    const [{ loadConfig }, { Database }] = await Promise.all([import('../config.ts'), import('../store/database.ts')])
    const { config, baseDir } = await loadConfig(values.config ?? 'stimnet.yaml')
    const database = await Database.open({ directory: join(resolve(baseDir, config.data_dir), 'db') }, () =>
      systemClock.now()
    )
    try {
      const finding = await database.auditLog.verify()
      if (values.json) io.out(`${JSON.stringify(finding)}\n`)
      else if (finding.ok) io.out(`Whole: ${finding.records} records, head ${finding.head}\n`)
      else io.out(`BROKEN at record ${finding.sequence}: ${finding.why}\n`)
      return finding.ok ? EXIT.ok : EXIT.failed
    } finally {
      await database.close()
    }
  }
})
