/** `stimnet epoch`: from which snapshot of its files a catalog answers, and taking a newer one. */
import { join, resolve } from 'node:path'
import { systemClock } from '@stimnet/protocol'
import { command, EXIT, oneOf } from './arguments.ts'
import { CONFIG_OPTION } from './start.ts'
import { tableOf } from './table.ts'

/** Exit code 1: there is no such catalog, or it has not answered yet. */
export const epochCommand = command({
  name: 'epoch',
  usage: 'list | accept CATALOG [--config FILE]',
  summary: 'Shows which snapshot each catalog answers from; takes a newer one.',
  details: `
A catalog that has answered stays at the snapshot it answered from, although its files change: the same question asked of
both snapshots gives the difference, and that may be one patient. Accept a newer one when many subjects have changed, or
when nobody who has the old answers could do harm with them. It cannot be taken back, and it is written into the audit log.
The peer must be stopped; at its next start it reads the files as they are then.`,
  options: { config: CONFIG_OPTION },
  positionals: [1, 2],
  run: async (values, [action = '', name], io) => {
    oneOf('action', action, ['list', 'accept'])
    // Loaded when needed: the client commands start without DuckDB and libp2p.
    const [{ loadConfig }, { Database }, { epochStore }] = await Promise.all([
      import('../config.ts'),
      import('../store/database.ts'),
      import('../opening.ts')
    ])
    const { config, baseDir } = await loadConfig(values.config ?? 'stimnet.yaml')
    const directory = join(resolve(baseDir, config.data_dir), 'db')
    const database = await Database.open({ directory }, () => systemClock.now())
    try {
      const epochs = epochStore(database)
      if (action === 'list') {
        io.out(tableOf(['catalog', 'epoch'], await epochs.iterator().all()))
        return EXIT.ok
      }
      const epoch = name === undefined ? undefined : await epochs.get(name)
      if (name === undefined || epoch === undefined) {
        io.err(`stimnet epoch: no catalog ${JSON.stringify(name ?? '')} has been served here\n`)
        return EXIT.failed
      }
      await database.commit((draft) => {
        draft.del(epochs, name)
        draft.audit({ kind: 'epoch', actor: 'steward', detail: { catalog: name, left: epoch } })
      })
      io.out(`${name} leaves ${epoch}; at its next start the peer takes its files as they are.\n`)
      return EXIT.ok
    } finally {
      await database.close()
    }
  }
})
