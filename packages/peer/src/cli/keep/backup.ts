/** `stimnet backup`: writes a backup of a peer into a new folder. */
import { command, EXIT, type Io, readPassword, refuse } from '@stimnet/machine'
import { cryptographicRandom, systemClock, counted } from '@stimnet/protocol'
import { CONFIG_OPTION } from '../serve/start.ts'

/** Exit code 1: the database is damaged; 2: the folder exists, or the passphrase is too short. */
export const backupCommand = command({
  name: 'backup',
  usage: 'FOLDER [--config FILE] [--with-keys]',
  summary: 'Writes a backup of this peer into a new folder, while it runs or is stopped.',
  details: `
The backup is the peer at one moment: database (jobs, ledgers, audit log), epochs, uploads, accounts, statements of the federation,
charter and configuration. It is verified while it is made, signed by the peer, closed to other users, and gets its name only when it
is complete: FOLDER either does not exist or is a whole backup. The audit log records the backup; that of a stopped peer does so at
its next start.

The backup contains data about patients: protect it like the peer itself. It does not contain source files,
the key and certificate of gateway.tls, and secrets of login providers.

--with-keys also puts the peer's key into it, encrypted with a passphrase of at least 12 characters (one line on standard input).
Whoever has backup and passphrase can act as your institution. Without it, keep a copy of identity.key elsewhere.

A restored peer answers no question about people until a steward has decided: see stimnet restore --help. So back up often.

Exit code 1: the database is damaged, or changes too fast; 2: FOLDER exists, there is nothing to back up, or the passphrase is too short.

  stimnet backup /mnt/backup/north-2026-12-01 --config peer/stimnet.yaml
  stimnet backup /mnt/backup/north-with-key --with-keys --config peer/stimnet.yaml`,
  options: {
    config: CONFIG_OPTION,
    'with-keys': { type: 'boolean', help: 'Include the peer’s key, encrypted with a passphrase' }
  },
  positionals: [1, 1, 'FOLDER'],
  run: async (values, [folder = ''], io) => {
    // Loaded when needed, so that client commands start without LevelDB.
    const [{ loadConfig }, { makeBackup }] = await Promise.all([
      import('../../config/config.ts'),
      import('../../backup/make.ts')
    ])
    const loaded = await loadConfig(values.config ?? 'stimnet.yaml')
    const passphrase = values['with-keys'] ? { passphrase: await newPassphrase(io) } : {}
    const manifest = await makeBackup({
      loaded,
      folder,
      clock: systemClock,
      random: cryptographicRandom,
      ...passphrase
    })
    const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0)
    io.out(
      `Backed up ${manifest.peer_id} into ${folder}: ${counted(manifest.files.length, 'file')}, ${(bytes / 1e6).toFixed(1)} MB\n`
    )
    io.out(`Audit log  ${counted(manifest.audit_log.size, 'record')}, root ${manifest.audit_log.root}\n`)
    if (!values['with-keys']) io.out('The key is not in it: keep a copy of identity.key elsewhere.\n')
    return EXIT.ok
  }
})

async function newPassphrase(io: Io): Promise<string> {
  const { PASSPHRASE_MIN } = await import('../../backup/sealed-key.ts')
  io.err('The passphrase of this backup. Without it, the key in it is lost.\n')
  const passphrase = await readPassword(io)
  if (passphrase.length < PASSPHRASE_MIN) {
    refuse(`The passphrase must have at least ${PASSPHRASE_MIN} characters: one line on standard input`)
  }
  if (io.interactive && (await readPassword(io)) !== passphrase) refuse('The two passphrases differ')
  return passphrase
}
