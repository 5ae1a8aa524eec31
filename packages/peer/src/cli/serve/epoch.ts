/** `stimnet epoch`: shows the snapshot from which each catalog answers, and accepts a newer one. */
import { join, resolve } from 'node:path'
import { command, EXIT, given, type Io, oneOf, tableOf } from '@stimnet/machine'
import { systemClock } from '@stimnet/protocol'
import type { LoadedConfig } from '../../config/config.ts'
import type { Database } from '../../store/database.ts'
import { CONFIG_OPTION } from './start.ts'

const ACTIONS = ['list', 'accept'] as const

/** Exit code 1: there is no such catalog, it has not answered yet, or its ledgers cannot be carried. */
export const epochCommand = command({
  name: 'epoch',
  usage: 'list | accept CATALOG [--forget [--tell-missing]] [--config FILE]',
  summary: 'Shows which snapshot (epoch) each catalog answers from, and accepts a newer one.',
  details: `
A catalog that has answered stays at its snapshot, even if its files change: the same question to both snapshots would disclose the
difference, which may be one patient.

accept takes the present files and carries the ledgers over. People who arrived or left are disclosed only together with enough
others, in the old answers and the new. A few arrivals are left out of answers until more have come, and so are values that were
missing before. accept is refused if values were changed or removed, if rows of a subject both arrived and left, if tables are
described differently, or if values were filled in and a script was answered before. The command then changes nothing.

--forget takes the present files and begins with empty ledgers. Use it if many subjects have changed, or if nobody could do harm with
the old answers. Neither can be undone, and both are recorded in the audit log.

If the catalog has disclosed shares of missing values, everybody may have the old ones. After --forget no new shares are
disclosed, so that the difference does not single out a newcomer. --tell-missing discloses new ones nevertheless; use it if many
subjects have changed.

The peer must be stopped.

  stimnet epoch list --config peer/stimnet.yaml
  stimnet epoch accept trial --config peer/stimnet.yaml`,
  options: {
    config: CONFIG_OPTION,
    forget: { type: 'boolean', help: 'accept: begin with empty ledgers; see above' },
    'tell-missing': { type: 'boolean', help: 'accept --forget: disclose new shares of missing values; see above' }
  },
  positionals: [1, 2, `ACTION (${ACTIONS.join(', ')})`],
  run: async (values, [asked = '', name = ''], io) => {
    const action = oneOf('the action', asked, ACTIONS)
    if (action === 'accept') given('CATALOG', name)
    // Loaded when needed, so that client commands start without DuckDB and libp2p.
    const [{ loadConfig }, { Database, epochStore }] = await Promise.all([
      import('../../config/config.ts'),
      import('../../store/database.ts')
    ])
    if (values['tell-missing'] && !values.forget) {
      io.err('stimnet epoch: --tell-missing needs --forget\n')
      return EXIT.usage
    }
    const loaded = await loadConfig(values.config ?? 'stimnet.yaml')
    const directory = join(resolve(loaded.baseDir, loaded.config.data_dir), 'db')
    const database = await Database.open({ directory }, () => systemClock.now())
    try {
      const epochs = epochStore(database)
      if (action === 'list') {
        io.out(tableOf(['catalog', 'epoch'], await epochs.iterator().all()))
        return EXIT.ok
      }
      const epoch = await epochs.get(name)
      if (epoch === undefined) {
        io.err(
          `stimnet epoch: no catalog ${JSON.stringify(name)} has answered here; stimnet epoch list shows those that have\n`
        )
        return EXIT.failed
      }
      if (!values.forget) return await accept({ name, epoch, loaded, database }, io)
      const [{ stopMissingness }, { forgetAnswered }] = await Promise.all([
        import('../../catalogs/missingness.ts'),
        import('../../store/released/answered.ts')
      ])
      const again = values['tell-missing'] ?? false
      const missingness = await stopMissingness(database, { catalog: name, epoch }, { again })
      const forget = await forgetAnswered(database, name)
      await database.commit((draft) => {
        draft.del(epochs, name)
        forget(draft)
        missingness.write(draft)
        draft.audit({ kind: 'epoch', actor: 'steward', detail: { catalog: name, left: epoch, forgotten: true } })
      })
      io.out(`${name} leaves ${epoch}. At its next start the peer takes the present files, with empty ledgers.\n`)
      if (missingness.stops) io.out('Shares of missing values stay undisclosed: see --tell-missing.\n')
      return EXIT.ok
    } finally {
      await database.close()
    }
  }
})

interface Acceptance {
  readonly name: string
  readonly epoch: string
  readonly loaded: LoadedConfig
  readonly database: Database
}

async function accept({ name, epoch, loaded, database }: Acceptance, io: Io): Promise<number> {
  const config = loaded.config.catalogs.find((catalog) => catalog.name === name)
  if (!config) {
    io.err(`stimnet epoch: no catalog ${JSON.stringify(name)} is configured\n`)
    return EXIT.failed
  }
  const { acceptEpoch } = await import('../../catalogs/carry-epoch.ts')
  const dataDir = resolve(loaded.baseDir, loaded.config.data_dir)
  const accepted = await acceptEpoch({ config, baseDir: loaded.baseDir, dataDir, database, from: epoch })
  if (!accepted.ok) {
    io.err(
      `stimnet epoch: ${name} stays at ${epoch}: ${accepted.why}\n--forget takes the present files with empty ledgers.\n`
    )
    return EXIT.failed
  }
  io.out(
    `${name} continues at ${accepted.epoch} with its ledgers: ${accepted.arrived} arrived, ${accepted.left} left, of ${accepted.filled} values were filled in.\n`
  )
  return EXIT.ok
}
