/** `stimnet identity`: shows the PeerId of a peer, and gives the peer a new key if the old key is lost or others may have it. */
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { command, EXIT, type Io, oneOf, refuse } from '@stimnet/machine'
import { cryptographicRandom, systemClock } from '@stimnet/protocol'
import type { LoadedConfig } from '../../config/config.ts'
import { CONFIG_OPTION } from '../serve/start.ts'

const ACTIONS = ['show', 'replace'] as const

/** Exit code 1: the peer runs; 2: nothing to replace, a key of another peer, or not confirmed. */
export const identityCommand = command({
  name: 'identity',
  usage: '[show | replace] [--config FILE] [--yes]',
  summary: 'Shows the PeerId of this peer, or gives it a new key after the old one was lost or stolen.',
  details: `
show      prints the PeerId.
replace   makes a new key for a stopped peer and keeps its database: ledgers, audit log, epochs and accounts, so no release is forgotten.
          The old key becomes invalid: this peer refuses it at once.

All others treat the new key as a stranger until people confirm it, because a thief of the old key could also announce a new one. Steps:
  1. Tell the members by a channel that they know, such as the telephone, that the key was replaced, and how both PeerIds end.
  2. Enough members revoke the old key, so that its signatures, connections and credentials no longer count, and admit the new one:
       stimnet federation replace OLD NEW
     Without a charter they exchange it in mesh.peers and requesters.
  3. A steward here confirms that this database is the latest one and no older copy, because no member can check this for a new key:
       stimnet audit reconcile --config peer/stimnet.yaml
     Until then no question about people is answered.
  4. stimnet backup: backups of the old key cannot be restored with the new one.

Receipts of the old key stay valid: stimnet verify FILE --peer OLD. Waiting requests to the old PeerId end unanswered. Everybody
at this gateway must log in again.

Exit code 1: the peer runs, or its database cannot be opened; 2: there is nothing to replace, or nobody confirmed.

  stimnet identity --config peer/stimnet.yaml
  stimnet identity replace --config peer/stimnet.yaml`,
  options: {
    config: CONFIG_OPTION,
    yes: { type: 'boolean', help: 'Replace the key without asking' }
  },
  positionals: [0, 1, 'ACTION'],
  run: async (values, [asked = 'show'], io) => {
    const action = oneOf('the action', asked, ACTIONS)
    // Loaded when needed, so that client commands start without LevelDB.
    const { loadConfig } = await import('../../config/config.ts')
    const loaded = await loadConfig(values.config ?? 'stimnet.yaml')
    return action === 'show' ? show(loaded, io) : replace(loaded, values.yes ?? false, io)
  }
})

async function show({ config, baseDir }: LoadedConfig, io: Io): Promise<number> {
  const { keyLostText, peerIdIn } = await import('../../store/identity.ts')
  const dataDir = resolve(baseDir, config.data_dir)
  const peerId = await peerIdIn(dataDir)
  if (peerId === undefined) refuse(keyLostText(dataDir) ?? `There is no key in ${dataDir} yet: stimnet init makes one`)
  io.out(`${peerId}\n`)
  return EXIT.ok
}

const QUESTION =
  'The old key of this peer becomes invalid, and no member knows the new one yet. Type replace to continue: '

async function replace(loaded: LoadedConfig, isSure: boolean, io: Io): Promise<number> {
  if (!isSure && !io.ask) refuse('stimnet identity replace needs a terminal, where a person confirms it, or --yes')
  if (!isSure && (await io.ask?.(QUESTION, io.signal))?.trim() !== 'replace') refuse('Nothing was changed')
  const { replaceKey } = await import('../../backup/replace-key.ts')
  const { from, to, records } = await replaceKey(loaded, { clock: systemClock, random: cryptographicRandom })
  io.out(
    `The key of ${from} is replaced.\nPeerId ${to}\nAudit log  ${records} records, which the new key signs from now on\n`
  )
  const lines = await linesWith(loaded.file, from)
  if (lines.length > 0) {
    io.out(`${loaded.file} names the old PeerId, which is no longer valid: line ${lines.join(', ')}\n`)
  }
  io.out(`Next, in this order:
  the members, each:   stimnet federation replace ${from} ${to}
  a steward, here:     stimnet audit reconcile --config ${loaded.file}
  then:                stimnet start --config ${loaded.file}, and a new stimnet backup\n`)
  return EXIT.ok
}

async function linesWith(file: string, word: string): Promise<number[]> {
  const lines = (await readFile(file, 'utf8')).split('\n')
  return lines.flatMap((line, at) => (line.includes(word) ? [at + 1] : []))
}
