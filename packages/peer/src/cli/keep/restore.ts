/** `stimnet restore`: restores a backup of a peer. */
import { command, EXIT, localTime, readPassword } from '@stimnet/machine'
import { systemClock, counted } from '@stimnet/protocol'
import { CONFIG_OPTION } from '../serve/start.ts'
import type { ClosedGrants } from '../../witness/grants.ts'

/** Exit code 1: the backup cannot be used, or the folder is in use; 2: key, passphrase or folder do not fit. */
export const restoreCommand = command({
  name: 'restore',
  usage: 'FOLDER [--config FILE] [--replace]',
  summary: 'Puts a backup of this peer back, after verifying all of it.',
  details: `
The peer must be stopped. Nothing is changed before every file of the backup has been compared with the signed manifest. If the
command is interrupted, no peer starts in that folder until the command is run again.

The ledgers of a restored peer lack the releases after the backup: they would permit a second answer whose difference from the first
may rest on fewer than k people. So the peer answers no question about people (LOG_BEHIND), whether or not another member knows more,
until a steward has examined the loss and run
  stimnet audit reconcile --config peer/stimnet.yaml
Start the peer once before that, connected to the other members: their attestations show whether there were later releases. If they show
a longer log after the decision, the peer stops answering again.

A restored peer also lacks later withdrawals. So its data permits are closed until a steward confirms each of them (stimnet permit list,
stimnet permit confirm ID), and standing approvals and API keys end: their users need new ones.

--replace moves an existing database to a folder of data_dir that the command names. Existing accounts and statements about members
are kept: a backup undoes no lock and no revocation.

If identity.key is missing, it is taken from a backup made with --with-keys; the passphrase is one line on standard input. If the
configuration is missing, it is taken from the backup too.

Exit code 1: the backup is incomplete, damaged or of a newer format, or a peer or another restore is at work in the folder; 2: it is
of another peer, the key is missing, the passphrase is wrong, or there is a database.

  stimnet restore /mnt/backup/north-2026-12-01 --config peer/stimnet.yaml`,
  options: {
    config: CONFIG_OPTION,
    replace: { type: 'boolean', help: 'Set aside a database that is there' }
  },
  positionals: [1, 1, 'FOLDER'],
  run: async (values, [folder = ''], io) => {
    // Loaded when needed, so that client commands start without LevelDB.
    const { restoreBackup } = await import('../../backup/restore.ts')
    const configFile = values.config ?? 'stimnet.yaml'
    const { manifest, dataDir, setAside, closed } = await restoreBackup({
      folder,
      configFile,
      replace: values.replace ?? false,
      clock: systemClock,
      passphrase: () => readPassword(io)
    })
    const made = localTime(new Date(manifest.made_at_ms).toISOString())
    io.out(`Restored ${manifest.peer_id} into ${dataDir}, as it was at ${made}\n`)
    io.out(`Audit log  ${counted(manifest.audit_log.size, 'record')}, root ${manifest.audit_log.root}\n`)
    if (setAside !== undefined) io.out(`The previous database is in ${setAside}: auditors may need its log.\n`)
    io.out(closedText(closed))
    io.out(
      'Its ledgers lack the releases after the backup, so no question about people is answered until a steward has decided:\n' +
        `  stimnet audit reconcile --config ${configFile}\n`
    )
    return EXIT.ok
  }
})

function closedText({ permits, standing, api_keys: keys }: ClosedGrants): string {
  const waiting = `${counted(permits, 'data permit')} ${permits === 1 ? 'waits' : 'wait'} for a steward: stimnet permit confirm ID\n`
  const ended = `Ended, since they may have been withdrawn: ${counted(standing, 'standing approval')}, ${counted(keys, 'API key')}\n`
  return `${permits === 0 ? '' : waiting}${standing + keys === 0 ? '' : ended}`
}
