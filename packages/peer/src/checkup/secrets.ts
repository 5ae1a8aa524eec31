/** Check of the peer's key, and of the files that other users of the machine can read. */
import { join } from 'node:path'
import { clientSettings, openToOthers, readPrivate } from '@stimnet/machine'
import { PEER_FOLDERS } from '../store/folders.ts'
import { KEY_FILE, keyLostText, peerIdIn } from '../store/identity.ts'
import { type Finding, messageOf, namer } from './finding.ts'

/** The finding about the key, and the PeerId if the key can be read. */
export async function keyFinding(dataDir: string): Promise<{ finding: Finding; peerId: string | undefined }> {
  const { ok, fix } = namer('key')
  const lost = keyLostText(dataDir)
  if (lost !== undefined) return { finding: fix(lost), peerId: undefined }
  try {
    const peerId = await peerIdIn(dataDir)
    const none = 'none yet: the first start makes one'
    return {
      finding: ok(peerId === undefined ? none : `PeerId ${peerId}; keep a copy of ${KEY_FILE} elsewhere`),
      peerId
    }
  } catch (error) {
    return { finding: fix(messageOf(error)), peerId: undefined }
  }
}

/** Checks whether anybody except the peer's user has access to the peer's files. */
export async function permissionFinding(dataDir: string): Promise<Finding> {
  const { ok, fix } = namer('permissions')
  const { sessionFile, keyFile } = clientSettings()
  const secrets = [...[KEY_FILE, 'accounts.json'].map((file) => join(dataDir, file)), sessionFile, keyFile]
  for (const file of secrets) {
    const problem = await readPrivate(file).then(() => undefined, messageOf)
    if (problem !== undefined) return fix(problem)
  }
  const open = (await Promise.all(PEER_FOLDERS.map((folder) => openToOthers(join(dataDir, folder))))).flat()
  const [first] = open
  if (first === undefined) return ok('keys, accounts and data are closed to other users')
  const more = open.length > 1 ? ` and ${open.length - 1} more` : ''
  return fix(`other users can read ${first.path}${more}: chmod -R go= ${dataDir}`)
}
