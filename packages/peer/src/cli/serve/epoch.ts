/** `stimnet epoch`: shows the snapshot from which each catalog answers, and accepts a newer one. */
import { join, resolve } from 'node:path'
import { systemClock } from '@stimnet/protocol'
import type { LoadedConfig } from '../../config/config.ts'
import type { Database } from '../../store/database.ts'
import { command, EXIT, type Io } from '../terminal/arguments.ts'
import { given, oneOf } from '../terminal/checked.ts'
import { CONFIG_OPTION } from './start.ts'
import { tableOf } from '../terminal/table.ts'

const ACTIONS = ['list', 'accept'] as const

/** Exit code 1: there is no such catalog, it has not answered yet, or its ledgers cannot be carried. */
export const epochCommand = command({
  name: 'epoch',
  usage: 'list | accept CATALOG [--forget [--tell-missing]] [--config FILE]',
  summary: 'Shows which snapshot each catalog answers from; takes a newer one.',
  details: `
A catalog that has answered stays at the snapshot it answered from, although its files change: the same question asked of
both snapshots gives the difference, and that may be one patient.

accept takes the files as they are, and with them what the ledgers know: whoever came or went is told of only together with
enough others, in the old answers and the new. Few arrivals wait until more have come; questions that include them are
refused until then. It is not possible where rows of somebody were edited, or both came and went, or where tables are
described otherwise: the command says so and changes nothing.

--forget takes the files and begins empty ledgers. Do it when many subjects have changed, or when nobody who has the old
answers could do harm with them. Neither can be taken back, and both are written into the audit log. Of a catalog that told
what is missing everybody has the old shares: after --forget they stay untold, so that nobody learns of a newcomer by
the new ones. --tell-missing tells them all the same; do it when many subjects have changed.

The peer must be stopped.

  stimnet epoch list --config peer/stimnet.yaml
  stimnet epoch accept trial --config peer/stimnet.yaml`,
  options: {
    config: CONFIG_OPTION,
    forget: { type: 'boolean', help: 'accept: begin with empty ledgers; see above' },
    'tell-missing': { type: 'boolean', help: 'accept --forget: tell anew what is missing; see above' }
  },
  positionals: [1, 2, `ACTION (${ACTIONS.join(', ')})`],
  run: async (values, [asked = '', name = ''], io) => {
    const action = oneOf('the action', asked, ACTIONS)
    if (action === 'accept') given('CATALOG', name)
    // Loaded when needed, so that client commands start without DuckDB and libp2p.
    const [{ loadConfig }, { Database }, { epochStore }] = await Promise.all([
      import('../../config/config.ts'),
      import('../../store/database.ts'),
      import('../../start/opening.ts')
    ])
    if (values['tell-missing'] && !values.forget) {
      io.err('stimnet epoch: --tell-missing goes with --forget\n')
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
          `stimnet epoch: no catalog ${JSON.stringify(name)} has been served here; stimnet epoch list shows them\n`
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
      io.out(`${name} leaves ${epoch}; at its next start the peer takes its files as they are, with empty ledgers.\n`)
      if (missingness.stops) io.out('What is missing stays untold: see --tell-missing.\n')
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
    io.err(`stimnet epoch: ${name} stays at ${epoch}: ${accepted.why}\n--forget takes its files with empty ledgers.\n`)
    return EXIT.failed
  }
  io.out(
    `${name} goes on at ${accepted.epoch}, with its ledgers: ${accepted.arrived} arrived, ${accepted.left} left.\n`
  )
  return EXIT.ok
}
